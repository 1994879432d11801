"""Asking somebody to sign an edition by a day, and how that ends."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError

from monographs.standing import today
from reviews.access.handover import close
from reviews.access.refusals import Refused
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.assignments import assign, end_assignment
from reviews.models import Assignment, AuditEvent, Reminder
from reviews.reports.reminders import remind
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


def asked(edition, person, actor, days=7, **more):
    return assign(edition, person=person, due_on=today() + timedelta(days=days), actor=actor, **more)


def codes(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.codes


def test_somebody_is_asked_by_a_day_and_told_by_a_letter(house):
    edition = make.draft(house)

    row = asked(edition, house.pharmacist, house.editor)

    entry, day = AuditEvent.objects.get(verb="assigned"), today() + timedelta(days=7)
    assert (row.person, row.by, row.due_on, row.ended_at) == (house.pharmacist, house.editor, day, None)
    assert (entry.actor, entry.subject) == (house.editor, "monograph:testazumab")
    assert {key: entry.data[key] for key in ("edition", "person", "name", "due_on")} == {
        "edition": 1, "person": house.pharmacist.pk, "name": "Test pharmacist", "due_on": day.isoformat(),
    }  # fmt: skip
    letter = Reminder.objects.get()
    assert letter.person == house.pharmacist
    assert letter.subject == f"You are asked to sign edition 1 of {edition.called} by {day.day} {day:%B %Y}"
    assert verify() == []


def test_a_clinician_claims_it_and_gets_no_letter_from_themself(house):
    row = asked(make.draft(house), house.clinician, house.clinician)

    assert row.is_claimed
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("person", ["nobody", "auditor"])
def test_whoever_does_not_work_in_the_class_asks_nobody(house, person):
    edition = make.draft(house)

    assert codes(lambda: asked(edition, house.pharmacist, house.people[person])) == ["not_granted"]

    assert not Assignment.objects.exists()
    assert AuditEvent.objects.get(verb="refused").data["action"] == "assign"


def test_whoever_could_not_sign_is_not_asked(house):
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Other words.", actor=house.clinician)

    with pytest.raises(Refused) as refused:
        asked(edition, house.clinician, house.editor)
    assert str(refused.value) == "Test clinician wrote or suggested everything that changed."
    assert codes(lambda: asked(edition, house.editor2, house.editor)) == ["cannot_sign"]
    # Of oneself it is told as signing tells it.
    assert codes(lambda: asked(edition, house.clinician, house.clinician)) == ["counts_for_nothing"]
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("days", [-1, 366])
def test_the_day_is_neither_past_nor_over_a_year_away(house, days):
    edition = make.draft(house)
    assert codes(lambda: asked(edition, house.pharmacist, house.editor, days)) == ["due_on"]
    assert codes(lambda: assign(edition, person=house.pharmacist, due_on=None, actor=house.editor)) == ["due_on"]

    asked(edition, house.pharmacist, house.editor, 0)
    asked(edition, house.clinician, house.editor, 365)
    assert Assignment.objects.standing().count() == 2


def test_nobody_is_asked_twice_or_once_all_is_signed(house):
    edition = make.draft(house)
    asked(edition, house.pharmacist, house.editor)

    assert codes(lambda: asked(edition, house.pharmacist, house.editor2)) == ["assigned_already"]

    edition = make.signed(house, "otherumab")
    assert codes(lambda: asked(edition, house.clinician2, house.editor)) == ["wrong_state"]


def test_somebody_is_asked_in_the_place_of_another_who_is_told(house):
    edition = make.draft(house)
    first = asked(edition, house.clinician, house.editor)

    second = asked(edition, house.clinician2, house.editor2, instead=first)

    first.refresh_from_db()
    assert (first.ended_how, first.ended_by, first.ended_reason) == ("replaced", house.editor2, "")
    assert list(Assignment.objects.standing()) == [second]
    assert AuditEvent.objects.filter(verb="assigned").latest("seq").data["instead"] == "Test clinician"
    told = {one.person.username: one.subject.split(" edition")[0] for one in Reminder.objects.order_by("pk")[1:]}
    assert told == {"clinician": "You are not asked any more to sign", "clinician2": "You are asked to sign"}
    # What has ended is nobody's place.
    assert codes(lambda: asked(edition, house.pharmacist, house.editor, instead=first)) == ["assignment_ended"]
    # The same person with another day.
    third = asked(edition, house.clinician2, house.editor, 9, instead=second)
    assert [one.pk for one in Assignment.objects.standing()] == [third.pk]
    assert verify() == []


def test_its_person_declines_with_a_reason_and_whoever_asked_is_told(house):
    row = asked(make.draft(house), house.pharmacist, house.editor)
    assert codes(lambda: end_assignment(row, actor=house.pharmacist, reason=" ")) == ["reason"]

    end_assignment(row, actor=house.pharmacist, reason="I am away.")

    row.refresh_from_db()
    entry = AuditEvent.objects.get(verb="assignment_declined")
    assert (row.ended_how, row.ended_reason, row.ended_by) == ("declined", "I am away.", house.pharmacist)
    assert (entry.actor, entry.reason) == (house.pharmacist, "I am away.")
    assert Reminder.objects.latest("pk").person == house.editor
    assert Reminder.objects.latest("pk").subject.startswith("Test pharmacist declined to sign edition 1")
    assert "away" not in Reminder.objects.latest("pk").body
    assert codes(lambda: end_assignment(row, actor=house.pharmacist, reason="Again")) == ["assignment_ended"]
    assert verify() == []


def test_somebody_who_works_on_it_takes_it_off_and_a_stranger_does_not(house):
    row = asked(make.draft(house), house.pharmacist, house.editor)
    assert codes(lambda: end_assignment(row, actor=house.auditor, reason="x")) == ["not_granted"]
    assert Assignment.objects.standing().exists()

    end_assignment(row, actor=house.editor2, reason="Another signs.")

    row.refresh_from_db()
    assert (row.ended_how, row.ended_by) == ("taken_off", house.editor2)
    assert AuditEvent.objects.get(verb="assignment_taken_off").reason == "Another signs."
    assert Reminder.objects.latest("pk").person == house.pharmacist


def test_an_edition_that_is_given_up_or_published_ends_it(house):
    edition = make.draft(house)
    asked(edition, house.pharmacist, house.editor)
    perform("discard", editions=[edition], actor=house.editor, digest=make.seen(edition), reason="Wrong drug.")
    assert not Assignment.objects.standing().exists()

    other = make.submit(house, make.draft(house, "otherumab"))
    row = asked(other, house.pharmacist, house.editor)
    make.sign(other, house.clinician)
    make.sign(other, house.pharmacist)
    assert Assignment.objects.standing().get() == row
    perform("publish", editions=[other], actor=house.publisher, digest=make.seen(other))
    assert not Assignment.objects.standing().exists()
    assert codes(lambda: end_assignment(row, actor=house.pharmacist, reason="Late")) == ["assignment_ended"]


def test_it_waits_in_review_until_its_person_signed_and_again_in_the_next_round(house):
    edition = make.draft(house)
    row = asked(edition, house.pharmacist, house.editor)
    assert not Assignment.objects.waiting().exists()

    edition = make.submit(house, edition)
    assert Assignment.objects.waiting().get() == row
    make.sign(edition, house.pharmacist)
    assert not Assignment.objects.waiting().exists()

    edition = perform(
        "send-back", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="One thing"
    )[0].edition
    make.submit(house, edition)
    assert Assignment.objects.waiting().get() == row


def test_what_is_late_is_told_once_to_both_and_to_nobody_else(house):
    edition = make.submit(house, make.draft(house))
    row = asked(edition, house.pharmacist, house.editor, 0)
    late = make_noon(row.due_on + timedelta(days=1))
    remind(make_noon(row.due_on))
    assert not Reminder.objects.filter(key__startswith="assigned:").exists()

    remind(late)
    remind(late + timedelta(days=3))

    told = Reminder.objects.filter(key__startswith="assigned:")
    assert sorted(one.person.username for one in told) == ["editor", "pharmacist"]
    assert told[0].subject.startswith(f"Test pharmacist was asked to sign by {row.due_on:%d %B %Y}")


def make_noon(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


def test_whoever_leaves_is_asked_for_nothing_and_why_they_left_is_not_told(house):
    row = asked(make.draft(house), house.pharmacist, house.editor)
    role = {"to": house.clinician2}

    close(house.pharmacist, actor=house.admin, reason="Left the house", **role)

    row.refresh_from_db()
    assert (row.ended_how, row.ended_reason, row.ended_by) == ("taken_off", "The account was closed", house.admin)
    assert verify() == []


def test_the_database_holds_one_a_person_and_ends_only_whole(house):
    row = asked(make.draft(house), house.pharmacist, house.editor)
    for wrong in ({"ended_how": "declined"}, {"ended_how": "taken_off", "ended_by": house.editor}):
        with pytest.raises(IntegrityError), audited_write(actor=house.editor) as trail:
            again = Assignment.objects.get(pk=row.pk)
            for name, value in wrong.items():
                setattr(again, name, value)
            trail.save(again)
