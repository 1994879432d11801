"""A hold keeps from signing and administering, whatever the clock says, and from nothing that keeps harm from readers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from reviews.access import accounts, holds, policy
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.models import AccountHold
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def clock(monkeypatch):
    def move(**by):
        monkeypatch.setattr("django.utils.timezone.now", lambda: NOW() + timedelta(**by))

    return move


def hold(person, by=None):
    with audited_write(actor=by) as trail:
        holds.begin(trail, person, by=by)
        trail.record("account_held", f"user:{person.pk}")
    return AccountHold.objects.latest("pk")


def again(person):
    return User.objects.get(pk=person.pk)


def test_whoever_is_held_signs_nothing_and_is_told_until_when(house):
    edition = make.submit(house, make.draft(house))
    assert policy.can(house.clinician, "sign", edition)
    until = timezone.localtime(hold(house.clinician).until)

    (refusal,) = policy.refusals(again(house.clinician), "sign", edition)

    assert refusal.code == "held"
    assert (
        f"Until {until:%H:%M} on {until.day} {until:%B %Y} you do not sign, publish or administer." in refusal.sentence
    )
    with pytest.raises(Refused) as error:
        make.sign(edition, again(house.clinician))
    assert error.value.codes == ["held"]
    assert policy.can(again(house.pharmacist), "sign", edition), "nobody else is"


def test_what_they_signed_before_counts_while_they_are_held(house):
    edition = make.signed(house)
    hold(house.clinician)

    make.publish(house, edition)

    assert edition.monograph.__class__.objects.get(pk=edition.monograph_id).live is not None


@pytest.mark.parametrize("action", sorted(policy.RULES))
def test_what_waits_and_what_does_not(house, action, monkeypatch):
    monkeypatch.setitem(policy.RULES, action, lambda user, thing: None)
    hold(house.clinician)
    waits = {
        "sign", "still-correct", "full-review", "no-change", "publish", "reinstate", "countersign", "end-warning", "correct", "call_harmless",
        "close_harm_report", "set_tier", "manage_people",
    }  # fmt: skip

    assert policy.can(again(house.clinician), action) == (action not in waits)


def test_whoever_is_held_changes_no_account(house):
    hold(house.admin)

    with pytest.raises(Refused) as error:
        accounts.change_email(house.editor, "new@example.org", actor=house.admin)

    assert error.value.codes == ["held"]


def test_it_ends_after_24_hours_and_the_last_one_counts(house, clock):
    hold(house.clinician)
    clock(hours=1)
    last = hold(house.clinician)

    clock(hours=24.5)
    assert holds.held_until(again(house.clinician)) == last.until
    clock(hours=25.1)
    assert holds.held_until(again(house.clinician)) is None


def test_a_clock_that_is_set_back_shortens_none(house, clock):
    """Before it begins, so that it would be over when the clock is put right; or while it lasts."""
    clock(days=-3)
    hold(house.clinician)
    clock()
    assert holds.held_until(again(house.clinician)) is not None

    clock(days=-3)
    assert holds.held_until(again(house.clinician)) is not None


def test_nobody_is_held_without_a_hold(house):
    assert holds.held_until(house.clinician) is None
