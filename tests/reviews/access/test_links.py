"""Links to a password: who makes one, what opens, once and for how long, who is held, and what is never kept."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from monographs.canonical import sha256
from reviews.access import accounts, handover, holds, links, own_address
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.models import AccountHold, AccountLink, AuditEvent
from tests import factories as make
from tests.conftest import rows_now

pytestmark = pytest.mark.django_db
NEW = "another horse battery"


def token_of(address):
    return address.rstrip("/").rpartition("/")[2]


def set_by(address, new=NEW):
    return links.set_password(token_of(address), new_password=new, again_password=new)


def codes(act):
    with pytest.raises(Refused) as error:
        act()
    return error.value.codes


def opens(address):
    try:
        return links.way_of(token_of(address)).person
    except Refused as refused:
        assert [str(one.sentence) for one in refused.refusals] == [links.NO_LINK.sentence]
        return None


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock so far from now."""
    now = timezone.now

    def move(**by):
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(**by))

    return move


@pytest.fixture
def newcomer(house):
    return accounts.new("ann", "Ann Other", "ann@example.org", actor=house.admin)


def again(person):
    return User.objects.get(pk=person.pk)


# -- The first password ------------------------------------------------------------------------------------------------


def test_a_link_sets_the_first_password_once_and_nobody_is_held(house, newcomer):
    address = links.issue(newcomer, actor=house.admin)
    assert address.startswith("https://clincalc.test/accounts/link/")
    assert opens(address) == newcomer

    set_by(address)

    assert authenticate(None, username="ann", password=NEW) == newcomer
    assert opens(address) is None
    assert codes(lambda: set_by(address, "a third horse battery")) == ["no_link"]
    assert (holds.held_until(again(newcomer)), AccountHold.objects.count()) == (None, 0)
    event = AuditEvent.objects.get(verb="password_set", subject=f"user:{newcomer.pk}")
    assert (event.actor, event.data["held"], event.data["by_mail"]) == (newcomer, False, False)
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


@pytest.mark.parametrize("by_mail", [True, False])
def test_an_account_that_got_another_address_before_it_was_opened_is_held_and_confirms_nothing(
    house, newcomer, by_mail
):
    """Whoever typed the other address may read the letter."""
    make.give_role(house.editor, "administrator", actor=house.admin)
    accounts.change_email(newcomer, "elsewhere@example.org", actor=house.editor)
    address = links.issue(again(newcomer), actor=house.editor, by_mail=by_mail)

    set_by(address)

    assert holds.held_until(again(newcomer)) is not None
    assert not own_address.is_confirmed(again(newcomer))


def test_only_a_digest_of_a_link_is_kept(house, newcomer):
    token = token_of(links.issue(newcomer, actor=house.admin))

    cells = {str(value) for _table, _columns, rows in rows_now() for row in rows for value in row}
    assert not [one for one in cells if token in one]
    assert AccountLink.objects.get().digest == sha256(token)


def test_a_later_link_ends_the_one_before_and_no_other_persons(house, newcomer):
    others = links.issue(house.editor, actor=house.admin)
    first, second = (links.issue(newcomer, actor=house.admin) for _ in range(2))

    assert (opens(first), opens(second), opens(others)) == (None, newcomer, house.editor)


@pytest.mark.parametrize(("hours", "is_open"), [(71.9, True), (72.1, False)])
def test_a_link_lives_for_72_hours(house, newcomer, clock, hours, is_open):
    address = links.issue(newcomer, actor=house.admin)

    clock(hours=hours)

    assert (opens(address) == newcomer) is is_open


def test_a_link_of_a_closed_account_opens_nothing(house, newcomer):
    address = links.issue(newcomer, actor=house.admin)
    mailed = links.mailed_address(newcomer)
    handover.close(newcomer, actor=house.admin, reason="Left")

    assert (opens(address), opens(mailed)) == (None, None)
    assert codes(lambda: links.issue(newcomer, actor=house.admin)) == ["closed_already"]


@pytest.mark.parametrize("name", ["editor", "clinician", "auditor", "nobody"])
def test_only_an_administrator_makes_a_link_and_none_for_themselves(house, newcomer, name):
    assert codes(lambda: links.issue(newcomer, actor=house.people[name])) == ["no_administrator"]
    assert codes(lambda: links.issue(house.admin, actor=house.admin)) == ["oneself"]
    assert AccountLink.objects.count() == 0
    assert AuditEvent.objects.latest("seq").verb == "refused"


@pytest.mark.parametrize("token", ["", "x", ".", "MQ.", "MQ.x-y", "=.x", "9" * 9_000, "\x00", "é", "MQ" * 40 + ".1-2"])
def test_what_was_never_a_link_is_told_the_same(house, token):
    assert codes(lambda: links.way_of(token)) == ["no_link"]


@pytest.mark.parametrize("new", ["short", "x" * 129, "ann@example.org", ""])
def test_a_password_that_may_not_be_one_uses_no_link_up(house, newcomer, new):
    address = links.issue(newcomer, actor=house.admin)

    assert "new_password" in codes(lambda: set_by(address, new))
    typed_otherwise = {"new_password": NEW, "again_password": f"{NEW}x"}
    assert codes(lambda: links.set_password(token_of(address), **typed_otherwise)) == ["new_password"]

    assert opens(address) == newcomer
    assert not again(newcomer).has_usable_password()


# -- Another password --------------------------------------------------------------------------------------------------


def test_a_password_that_somebody_else_gave_a_way_to_holds_for_24_hours(house, clock):
    browser = Client()
    browser.force_login(house.clinician)
    mail.outbox.clear()

    set_by(links.issue(house.clinician, actor=house.admin))

    assert browser.get("/desk/").status_code == 302, "every session ends"
    hold = AccountHold.objects.get()
    assert (hold.person, hold.by, hold.until - hold.began_at) == (house.clinician, house.admin, timedelta(hours=24))
    assert AuditEvent.objects.get(verb="password_set", subject=f"user:{house.clinician.pk}").data["held"] is True
    assert [one.to for one in mail.outbox] == [["clinician@example.org"]] * 2  # when it was made, and when it was used
    assert NEW not in str([one.body for one in mail.outbox])
    assert holds.held_until(again(house.clinician)) == hold.until
    clock(hours=23.9)
    assert holds.held_until(again(house.clinician)) == hold.until
    clock(hours=24.1)
    assert holds.held_until(again(house.clinician)) is None


def confirm(person):
    with audited_write(actor=person) as trail:
        own_address.confirmed(trail, person)


def test_ones_own_reset_by_mail_holds_nobody_and_is_recorded(house):
    confirm(house.clinician)
    address = links.mailed_address(house.clinician)

    set_by(address)

    assert authenticate(None, username="clinician", password=NEW) == house.clinician
    assert holds.held_until(again(house.clinician)) is None
    event = AuditEvent.objects.get(verb="password_set", subject=f"user:{house.clinician.pk}")
    assert (event.actor, event.data["by_mail"], event.data["held"]) == (house.clinician, True, False)
    assert opens(address) is None, "once"


def test_a_reset_by_mail_to_the_address_that_an_account_began_with_holds_until_it_is_confirmed(house, newcomer):
    set_by(links.issue(newcomer, actor=house.admin))

    set_by(links.mailed_address(again(newcomer)), "a third horse battery")

    assert AccountHold.objects.get().by == house.admin
    assert AuditEvent.objects.filter(verb="password_set").latest("seq").data["held"] is True


def test_a_reset_by_mail_to_an_address_that_somebody_else_gave_holds(house):
    confirm(house.clinician)
    accounts.change_email(house.clinician, "elsewhere@example.org", actor=house.admin)

    set_by(links.mailed_address(again(house.clinician)))

    assert AccountHold.objects.get().by == house.admin
    assert holds.held_until(again(house.clinician)) is not None


def test_another_password_of_the_owner_does_not_show_that_the_address_is_theirs(house):
    """Whoever gave it could else wait for the owner to change the password, and sign at once after a reset."""
    accounts.change_email(house.clinician, "elsewhere@example.org", actor=house.admin)
    change = {"password": make.PASSWORD, "new_password": NEW, "again_password": NEW}
    browser = Client()
    browser.force_login(house.clinician)
    assert browser.post("/accounts/password/", change).status_code == 302

    set_by(links.mailed_address(again(house.clinician)), "a third horse battery")
    assert AccountHold.objects.get().by == house.admin

    set_by(links.mailed_address(again(house.clinician)), "a fourth horse battery")
    assert AccountHold.objects.count() == 2, "nor does a reset: whoever reads the letters sets a password"

    confirm(again(house.clinician))
    set_by(links.mailed_address(again(house.clinician)), "a fifth horse battery")
    assert AccountHold.objects.count() == 2


@pytest.mark.parametrize(("minutes", "is_open"), [(59, True), (62, False)])
def test_a_mailed_link_lives_for_an_hour(house, monkeypatch, minutes, is_open):
    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    address = links.mailed_address(house.editor)
    now = PasswordResetTokenGenerator._now
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: now(self) + timedelta(minutes=minutes))

    assert (opens(address) == house.editor) is is_open


def test_a_mailed_link_ends_with_another_password_or_address(house):
    address, other = links.mailed_address(house.editor), links.mailed_address(house.clinician)
    make.changed_account(house.editor, password=NEW)
    make.changed_account(house.clinician, email="new@example.org")

    assert (opens(address), opens(other)) == (None, None)


def test_of_two_who_use_a_link_at_once_one_sets_it(house, newcomer, monkeypatch):
    address = links.issue(newcomer, actor=house.admin)
    check = links.check_new

    def and_somebody_is_faster(person, new):
        monkeypatch.setattr(links, "check_new", check)
        set_by(address, "a third horse battery")

    monkeypatch.setattr(links, "check_new", and_somebody_is_faster)

    assert codes(lambda: set_by(address)) == ["no_link"]
    assert authenticate(None, username="ann", password="a third horse battery") == newcomer
