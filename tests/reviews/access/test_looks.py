"""Looks: what a reviewer ticked as read and saw last, for how long, and that it waits for nobody."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from reviews.access import looks
from reviews.models import AuditEvent, Look
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(house):
    return make.submit(house, make.draft(house))


def test_a_tick_is_one_a_part_is_private_and_no_entry_tells_of_it(house, edition):
    entries = AuditEvent.objects.count()
    assert looks.tick(house.clinician, edition, "header", "a" * 64)
    assert looks.tick(house.clinician, edition, "header", "b" * 64)
    assert looks.tick(house.clinician, edition, "order", "c" * 64)

    ticked = looks.ticks(house.clinician, edition)

    assert {part: digest for part, (digest, _at) in ticked.items()} == {"header": "b" * 64, "order": "c" * 64}
    assert looks.ticks(house.pharmacist, edition) == {}
    assert looks.untick(house.clinician, edition, "header")
    assert looks.untick(house.clinician, edition, "header")
    assert set(looks.ticks(house.clinician, edition)) == {"order"}
    assert AuditEvent.objects.count() == entries


def test_what_a_signer_saw_is_when_they_opened_this_document_and_what_they_ticked(house, edition):
    digest = make.seen(edition)
    assert looks.seen(house.clinician, edition, digest) == (None, {})
    looks.note(house.clinician, edition, "0" * 64)
    looks.note(house.clinician, edition, digest)
    looks.tick(house.clinician, edition, "header", "a" * 64)
    looks.tick(house.pharmacist, edition, "order", "a" * 64)

    opened, ticked = looks.seen(house.clinician, edition, digest)

    assert opened == looks.opened_at(house.clinician, edition, digest)
    assert opened == Look.objects.get(person=house.clinician, part="", digest=digest).at
    assert ticked == looks.ticks(house.clinician, edition)
    assert set(ticked) == {"header"}


def test_of_two_ticks_of_one_part_the_later_holds(house, edition):
    """Two windows may leave them at once; whichever row comes first."""
    now = timezone.now()
    for after in (0, 2, 1):
        Look.objects.create(
            person=house.clinician, edition=edition, part="header", digest=f"{after}" * 64,
            at=now + timedelta(seconds=after),
        )  # fmt: skip

    assert looks.ticks(house.clinician, edition)["header"][0] == "2" * 64
    assert looks.seen(house.clinician, edition, make.seen(edition))[1]["header"][0] == "2" * 64


def test_what_was_seen_last_is_another_state_than_the_present_one(house, edition):
    digest = make.seen(edition)
    looks.note(house.clinician, edition, digest)
    looks.note(house.clinician, edition, digest)

    assert Look.objects.count() == 1
    assert looks.last_seen(house.clinician, edition.monograph, digest) is None
    document, _at = looks.last_seen(house.clinician, edition.monograph, "0" * 64)
    assert document.pk == digest
    assert looks.last_seen(house.pharmacist, edition.monograph, "0" * 64) is None


def test_after_two_weeks_it_is_gone_and_the_hourly_run_deletes_it(house, edition):
    looks.tick(house.clinician, edition, "header", "a" * 64)
    looks.note(house.clinician, edition, make.seen(edition))
    Look.objects.update(at=timezone.now() - looks.LASTS - timedelta(seconds=1))

    assert looks.ticks(house.clinician, edition) == {}
    assert looks.last_seen(house.clinician, edition.monograph, "0" * 64) is None
    call_command("send_reminders")
    assert Look.objects.count() == 0


def test_there_are_not_more_than_so_many(house, edition, monkeypatch):
    monkeypatch.setattr(looks, "MOST_OF_AN_EDITION", 1)
    assert looks.tick(house.clinician, edition, "header", "a" * 64)
    assert not looks.tick(house.clinician, edition, "order", "a" * 64)
    assert Look.objects.count() == 1


def test_what_cannot_be_noted_now_is_not(house, edition, monkeypatch):
    def busy(**_columns):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Look.objects, "create", busy)

    assert not looks.tick(house.clinician, edition, "header", "a" * 64)
    looks.note(house.clinician, edition, "a" * 64)
    assert Look.objects.count() == 0
