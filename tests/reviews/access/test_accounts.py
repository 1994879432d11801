"""Accounts: each verb by the right one, the wrong one and oneself, what it leaves, and what the database itself refuses."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User, update_last_login
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client

from monographs.triggers import ACCOUNT_COLUMNS
from reviews.access import accounts, handover
from reviews.access.refusals import RefusalType, Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def broken():
    """What is wrong with the trail, but for the checkpoint file, which a test without a publication does not have."""
    return [one for one in verify() if "checkpoint" not in one[1]]


def last():
    event = AuditEvent.objects.latest("seq")
    assert broken() == []
    return event.verb, event.subject, event.actor, {name: one for name, one in event.data.items() if name != "rows"}


def everybody():
    return list(User.objects.order_by("pk").values(*ACCOUNT_COLUMNS))


def refused(act):
    """The codes of a refusal that changed no account."""
    before = everybody()
    with pytest.raises(Refused) as error:
        act()
    assert everybody() == before
    return error.value.codes


# -- What each verb does -----------------------------------------------------------------------------------------------


def test_a_new_account_is_opened_by_no_password_and_may_do_nothing(house):
    made = accounts.new("ann", " Ann Maria  Other ", "Ann@Example.org", actor=house.admin)

    assert last() == ("account_made", f"user:{made.pk}", house.admin, {"username": "ann"})
    made = User.objects.get(username="ann")
    assert (made.get_full_name(), made.email) == ("Ann Maria Other", "Ann@Example.org")
    assert (made.has_usable_password(), made.is_active, made.is_staff, made.is_superuser) == (False, True, False, False)
    assert (list(made.grants.all()), authenticate(None, username="ann", password="")) == ([], None)


def test_the_trail_holds_no_address(house):
    made = accounts.new("ann", "Ann Other", "ann@clincalc.test", actor=house.admin)
    accounts.change_email(made, "other@clincalc.test", actor=house.admin)

    assert not [one for one in AuditEvent.objects.values_list("text", flat=True) if "clincalc.test" in one]


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"username": "Editor"}, ["username_taken"]),
        ({"username": "editor@example.org"}, ["username"]),
        ({"username": "Invite"}, ["username"]),
        ({"username": "-ann"}, ["username"]),
        ({"username": ""}, ["username"]),
        ({"username": "änn"}, ["username"]),
        ({"username": "аnn"}, ["username"]),  # its first letter is Cyrillic
        ({"username": "a" * 61}, ["too_long"]),
        ({"username": "a b"}, ["username"]),
        ({"name": "  "}, ["missing"]),
        ({"name": "-"}, ["missing"]),
        ({"name": "9990000018"}, ["patient_data"]),
        ({"name": "Ann\u202e"}, ["characters"]),
        ({"email": "EDITOR@Example.ORG"}, ["email_taken"]),
        ({"email": ""}, ["email"]),
        ({"email": "ann"}, ["email"]),
        ({"email": f"ann@{'a' * 70}.org"}, ["email"]),
        ({"email": "ann@éxample.org"}, ["email"]),
    ],
)
def test_a_name_or_an_address_that_cannot_be_used_makes_no_account(house, given, codes):
    words = {"username": "ann", "name": "Ann Other", "email": "ann@example.org", **given}

    assert refused(lambda: accounts.new(**words, actor=house.admin)) == codes


def test_another_address_is_an_entry(house):
    accounts.change_email(house.editor, "new@example.org", actor=house.admin)

    event = AuditEvent.objects.get(verb="account_email_changed")
    told = (event.subject, event.actor, event.data["username"])
    assert told == (f"user:{house.editor.pk}", house.admin, "editor")
    assert broken() == []
    assert User.objects.get(pk=house.editor.pk).email == "new@example.org"
    assert refused(lambda: accounts.change_email(house.editor, "new@example.org", actor=house.admin)) == ["same"]
    taken = refused(lambda: accounts.change_email(house.editor, "Clinician@example.org", actor=house.admin))
    assert taken == ["email_taken"]
    accounts.change_email(house.editor, "New@example.org", actor=house.admin)  # their own, in other letters


def test_the_address_of_before_is_told_that_letters_go_elsewhere(house):
    """Else an administrator takes an account over in silence: another address, a link that is mailed there, a day."""
    accounts.change_email(house.editor, "new@example.org", actor=house.admin)

    (told,) = mail.outbox
    assert told.to == ["editor@example.org"]
    assert "letters about it go to another address from now on" in told.body
    assert "new@example.org" not in told.body
    browser = Client()
    browser.force_login(house.editor)
    assert "Letters about your account go to new@example.org." in browser.get("/accounts/").content.decode()


def test_a_closed_account_ends_its_sessions_and_opens_again_with_what_it_had(house):
    browser, other = Client(), Client()
    browser.force_login(house.editor)
    other.force_login(house.clinician)
    assert browser.get("/desk/").status_code == 200

    handover.close(house.editor, actor=house.admin, reason="Left the house")

    assert last() == ("account_closed", f"user:{house.editor.pk}", house.admin, {"username": "editor"})
    assert AuditEvent.objects.latest("seq").reason == "Left the house"
    assert browser.get("/desk/").status_code == 302
    assert other.get("/desk/").status_code == 200
    assert authenticate(None, username="editor", password=make.PASSWORD) is None
    assert refused(lambda: handover.close(house.editor, actor=house.admin, reason="x y")) == ["closed_already"]

    accounts.reactivate(house.editor, actor=house.admin)

    assert last() == ("account_opened", f"user:{house.editor.pk}", house.admin, {"username": "editor"})
    assert browser.get("/desk/").status_code == 302, "the session of before"
    assert authenticate(None, username="editor", password=make.PASSWORD) == house.editor
    assert refused(lambda: accounts.reactivate(house.editor, actor=house.admin)) == ["open_already"]


def test_a_session_that_outlived_the_closing_opens_nothing_afterwards(house, monkeypatch):
    browser = Client()
    browser.force_login(house.editor)
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "end_sessions", lambda user: None)
        handover.close(house.editor, actor=house.admin, reason="Left")
    assert Session.objects.count() == 1

    accounts.reactivate(house.editor, actor=house.admin)

    assert browser.get("/desk/").status_code == 302


@pytest.mark.parametrize("reason", ["", " ", "…"])
def test_an_account_is_closed_for_a_reason(house, reason):
    assert refused(lambda: handover.close(house.editor, actor=house.admin, reason=reason)) == ["reason"]


VERBS = {
    "new": lambda house, actor: accounts.new("ann", "Ann Other", "ann@example.org", actor=actor),
    "change_email": lambda house, actor: accounts.change_email(house.nobody, "new@example.org", actor=actor),
    "deactivate": lambda house, actor: handover.close(house.nobody, actor=actor, reason="Left"),
    "reactivate": lambda house, actor: accounts.reactivate(house.nobody, actor=actor),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["editor", "clinician", "publisher", "auditor", "nobody"])
def test_only_an_administrator_changes_accounts(house, verb, name):
    assert refused(lambda: VERBS[verb](house, house.people[name])) == ["no_administrator"]
    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.actor, event.data["codes"]) == ("refused", house.people[name], ["no_administrator"])


def test_an_administrator_changes_nothing_of_their_own(house):
    admin = house.admin
    acts = [
        lambda: accounts.change_email(admin, "other@example.org", actor=admin),
        lambda: handover.close(admin, actor=admin, reason="Left"),
        lambda: accounts.reactivate(admin, actor=admin),
    ]

    assert [refused(act) for act in acts] == [["oneself"]] * 3


def test_an_administrator_who_was_closed_meanwhile_changes_nothing(house):
    admin = User.objects.get(pk=house.admin.pk)
    make.changed_account(house.admin, is_active=False)

    assert refused(lambda: VERBS["change_email"](house, admin)) == ["no_administrator"]


def test_what_is_wrong_with_the_words_is_told_at_its_field(house):
    with pytest.raises(Refused) as error:
        accounts.new("editor", "Ann", "ann@example.org", actor=house.admin)

    (refusal,) = error.value.refusals
    assert (refusal.field, refusal.kind) == ("username", RefusalType.INVALID)


# -- What the database refuses -----------------------------------------------------------------------------------------


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


OTHER = {
    "id": 999, "password": "!", "is_superuser": True, "username": "other", "first_name": "Other", "last_name": "Other",
    "email": "other@example.org", "is_staff": True, "is_active": False, "date_joined": datetime(2020, 1, 1, tzinfo=UTC),
}  # fmt: skip


def test_the_list_of_columns_is_every_column_but_the_last_sign_in():
    columns = {field.column for field in User._meta.concrete_fields}

    assert set(ACCOUNT_COLUMNS) == columns - {"last_login"} == set(OTHER)


@pytest.mark.each_case
@pytest.mark.parametrize("column", OTHER)
def test_no_column_of_an_account_is_written_without_the_write_lock(house, column):
    before = everybody()

    with pytest.raises(DatabaseError, match="without the write lock"):
        run(f"UPDATE auth_user SET {column} = %s WHERE id = %s", OTHER[column], house.nobody.pk)

    assert everybody() == before


def test_no_account_is_put_in_or_taken_out_without_the_write_lock(house):
    before = everybody()

    with pytest.raises(DatabaseError, match="without the write lock"), transaction.atomic():
        User.objects.bulk_create([User(username="other", email="other@example.org")])
    with pytest.raises(DatabaseError, match="without the write lock"):
        run("DELETE FROM auth_user WHERE id = %s", house.nobody.pk)

    assert everybody() == before


def test_a_sign_in_is_noted_without_the_write_lock(house):
    update_last_login(None, house.nobody)
    house.nobody.save()  # every column as it is

    assert User.objects.get(pk=house.nobody.pk).last_login is not None
    assert broken() == []


# -- What the trail tells ----------------------------------------------------------------------------------------------


@pytest.mark.each_case
@pytest.mark.parametrize("column", [name for name in OTHER if name != "id"])
def test_each_column_that_somebody_changes_by_hand_is_named(house, column):
    seq = AuditEvent.objects.get(verb="account_made", subject=f"user:{house.clinician.pk}").seq
    with tables.no_triggers():
        User.objects.filter(pk=house.clinician.pk).update(**{column: OTHER[column]})

    told = f"auth.user:{house.clinician.pk}: the row is not as entry {seq} left it."
    assert broken() == [(seq, told)]


def test_a_row_that_somebody_puts_in_or_takes_out_by_hand_is_named(house):
    seq = AuditEvent.objects.get(verb="account_made", subject=f"user:{house.nobody.pk}").seq
    with tables.no_triggers():
        User.objects.bulk_create([User(username="other", password="!")])
        User.objects.filter(pk=house.nobody.pk)._raw_delete("default")
    other = User.objects.get(username="other")

    assert set(broken()) == {
        (None, f"auth.user:{other.pk}: no entry tells of this row."),
        (seq, f"auth.user:{house.nobody.pk}: the row of entry {seq} is gone."),
    }


# -- What an earlier version left --------------------------------------------------------------------------------------


def test_accounts_that_an_earlier_version_left_are_taken_over_once(empty_database):
    assert not accounts.found_without_entry()
    with tables.no_triggers():
        User.objects.bulk_create([User(username=name, password="!") for name in ("ann", "bob")])
    assert accounts.found_without_entry()
    assert len(broken()) == 2

    assert accounts.take_over() == 2

    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.actor, event.data["accounts"]) == ("accounts_taken_over", None, 2)
    assert sorted(event.data["rows"]) == [f"auth.user:{one.pk}" for one in User.objects.order_by("pk")]
    assert broken() == []
    with tables.no_triggers():
        User.objects.bulk_create([User(username="other", password="!")])
    assert not accounts.found_without_entry(), "nobody is taken over twice"


def test_where_one_account_has_an_entry_none_is_taken_over(house):
    with tables.no_triggers():
        User.objects.bulk_create([User(username="other", password="!")])

    assert not accounts.found_without_entry()
