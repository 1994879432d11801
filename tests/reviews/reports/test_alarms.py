"""Alarms: each is told when it is so and not before, names nobody, and stands on both pages alike."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from clincalc import readiness
from reviews.access import registrations
from reviews.audit import seals, stamps
from reviews.audit.trail import audited_write
from reviews.models import ClinicianProfile, Reminder
from reviews.reports import mailing
from reviews.reports.alarms import alarms
from tests import factories as make

pytestmark = pytest.mark.any_database
NOW = timezone.now


def dumped(at=None):
    stamps._path("dumped").write_text((at or NOW()).isoformat())


@pytest.fixture
def calm(house):
    """A house in which all was done last night."""
    stamps.note_verified(0)
    call_command("checkpoint")
    dumped()
    return house


def told(now=None):
    return [(one.kind, one.words) for one in alarms(now)]


def test_nothing_is_told_where_all_was_done(calm):
    assert told() == []
    assert told(NOW() + timedelta(hours=35)) == []


def test_what_was_never_done_is_told(house):
    seals.checkpoint_path().unlink(missing_ok=True)

    assert [kind for kind, _words in told()] == ["verification", "checkpoint", "backup"]


def test_what_stands_still_is_told_after_a_day_and_a_half(calm):
    late = ["verification", "checkpoint", "backup"]
    assert [kind for kind, _words in told(NOW() + timedelta(hours=37))] == late
    # A stamp of a clock that was set back since counts for nothing.
    assert [kind for kind, _words in told(NOW() - timedelta(hours=1))] == late


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_stamp_that_makes_no_sense_is_an_alarm_and_hides_no_other(calm, client, stamp):
    """The first instants and the last have no day in London."""
    stamps._path("dumped").write_text(stamp)
    stamps._path("verified").write_text(f'{{"at": "{stamp}", "findings": 2}}')
    late = stamps._path("dumped")

    assert [(one.kind, one.is_unread) for one in alarms()] == [("verification", True), ("backup", True)]
    client.force_login(calm.admin)
    assert "What is so could not be read." in client.get("/desk/first-steps/").content.decode()
    late.unlink()
    answer = client.get("/health/ready")
    lines = answer.content.decode().splitlines()
    assert (answer.status_code, lines[0]) == (503, "alarms could not be read: verification")
    assert "alarm, backup: No backup of the database was ever made here." in lines


def test_a_database_that_goes_away_meanwhile_is_no_alarm(calm, monkeypatch):
    def gone():
        raise OperationalError("gone")

    monkeypatch.setattr("reviews.reports.alarms.unreached", gone)

    with pytest.raises(OperationalError):
        alarms()


def test_a_verification_that_found_something_is_told(calm):
    stamps.note_verified(1)
    ((kind, words),) = told()
    assert (kind, words.startswith("Verifying the trail found 1 thing on ")) == ("verification", True)


def reminder(person, key="one"):
    with audited_write(actor=None) as trail:
        trail.save(Reminder(key=key, person=person, subject="Due", body="Due", at=trail.at))
        trail.record("reminded", "site")


def test_letters_that_do_not_go_out_are_counted(calm):
    reminder(calm.editor)
    reminder(make.account("unreachable", ""), "two")  # without an address nothing is mailed
    assert told() == []
    later = NOW() + timedelta(hours=4)
    assert told(later) == [("mail", "1 letter has waited for over 3 hours.")]

    mailing.note_refused({calm.editor.pk: "550"}, {})
    assert ("mail", "The mail server refused letters to 1 person.") in told()


def days_ago(profile, days):
    with audited_write(actor=None) as trail:
        profile.register_date = profile.verified_on = profile.verified_on - timedelta(days=days)
        trail.save(profile)
        trail.record("clinician_verified", f"profile:{profile.pk}")


@pytest.mark.parametrize(("days", "words"), [(334, None), (335, "1 registration runs out within 30 days."),
    (365, "1 registration ran out or ended, and is still needed for signatures.")])  # fmt: skip
def test_registrations_are_told_30_days_before_and_once_they_ran_out(calm, days, words):
    days_ago(ClinicianProfile.objects.get(user=calm.clinician), days)
    dumped()

    assert told() == ([("registrations", words)] if words else [])


def test_a_registration_that_nobody_needs_is_not_told(calm):
    make.published(calm)
    profile = ClinicianProfile.objects.get(user=calm.clinician)
    days_ago(profile, 400)
    make.take_role(calm.clinician, "clinician", actor=calm.admin)
    assert [kind for kind, _words in told()] == ["registrations"]  # a live page rests on it

    registrations.lapse(profile, actor=calm.admin, reason="Left")  # opens the reviews
    assert told() == []


def test_both_pages_tell_the_same_and_name_nobody(calm, client, monkeypatch):
    monkeypatch.setattr(readiness, "lacking", lambda request: "")
    stamps.note_verified(2)
    registrations.lapse(calm.clinician.clinician_profile, actor=calm.admin, reason="Given up")
    mailing.note_refused({calm.editor.pk: "550"}, {})
    reminder(calm.editor)

    found = alarms()
    health = client.get("/health/ready")
    client.force_login(calm.admin)
    page = client.get("/desk/first-steps/").content.decode()

    assert health.status_code == 200
    assert health.content.decode() == "ready\n" + "".join(f"alarm, {one.kind}: {one.words}\n" for one in found)
    assert f"{len(found)} alarms" in page
    assert all(one.words in page and one.todo in page for one in found)
    assert all(name not in health.content.decode() for name in ("550", "editor", "clinician", "@"))
    assert {one.kind for one in found} >= {"verification", "registrations"}


def test_alarms_ask_as_many_queries_for_many(calm, django_assert_max_num_queries):
    make.published(calm)
    for name in ("clinician", "pharmacist", "clinician2"):
        days_ago(ClinicianProfile.objects.get(user=calm.people[name]), 400)
    for number in range(10):
        reminder(calm.editor, f"many{number}")
    mailing.note_refused({calm.editor.pk: "550"}, {})

    with django_assert_max_num_queries(10):
        assert len(alarms(NOW() + timedelta(hours=37))) == 6
