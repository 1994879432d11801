"""Presence: who is told of, for how long, and that it waits for nobody."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews.access import presence
from reviews.audit.trail import audited_write
from reviews.models import AuditEvent, Presence
from tests import factories as make
from tests.processes import run_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(house):
    return make.draft(house)


def there(person, edition):
    return [(row.person, row.part) for row in presence.others(person, edition)]


def test_everybody_else_is_told_of_where_they_were_last_and_nobody_of_themself(house, edition):
    entries = AuditEvent.objects.count()
    presence.note(house.editor, edition, "header")
    presence.note(house.editor, edition, "")
    presence.note(house.editor2, edition, "header")

    assert there(house.editor, edition) == [(house.editor2, "header")]
    assert there(house.editor2, edition) == [(house.editor, "")]
    assert there(house.auditor, edition) == [(house.editor, ""), (house.editor2, "header")]
    assert Presence.objects.count() == 2
    assert AuditEvent.objects.count() == entries
    assert there(house.editor, make.draft(house, "otherumab")) == []


def test_after_a_minute_they_are_gone_and_the_hourly_run_deletes_them(house, edition, monkeypatch):
    presence.note(house.editor, edition, "header")
    noted = Presence.objects.get().at
    monkeypatch.setattr(presence.timezone, "now", lambda: noted + timedelta(seconds=59))
    assert there(house.editor2, edition) == [(house.editor, "header")]
    call_command("send_reminders")
    assert Presence.objects.count() == 1

    monkeypatch.setattr(presence.timezone, "now", lambda: noted + timedelta(seconds=60))
    assert there(house.editor2, edition) == []
    call_command("send_reminders")
    assert not Presence.objects.exists()


def test_nobody_is_told_of_an_account_that_is_closed(house, edition):
    presence.note(house.editor, edition, "header")
    make.changed_account(house.editor, is_active=False)

    assert there(house.editor2, edition) == []


def test_the_database_holds_one_row_of_a_person_and_edition(house, edition):
    presence.note(house.editor, edition, "header")

    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.create(person=house.editor, edition=edition, at=timezone.now())


def test_telling_costs_one_query_however_many_are_there(house, edition):
    for person in (house.editor, house.editor2, house.clinician):
        presence.note(person, edition, "header")

    with CaptureQueriesContext(connection) as queries:
        told = [row.person.get_username() for row in presence.others(house.auditor, edition)]

    assert len(told) == 3
    assert len(queries) == 1


def test_where_the_database_takes_no_row_nobody_learns_of_it_and_nothing_fails(house, edition, monkeypatch):
    def busy(**_columns):
        raise OperationalError("locked")

    monkeypatch.setattr(Presence.objects, "create", busy)

    presence.note(house.editor, edition, "header")

    assert not Presence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_neither_waits_for_the_write_lock_nor_holds_it(house):
    """Another process holds the write lock: on PostgreSQL it is noted beside it, on SQLite, which has one writer, it is
    not noted."""
    edition = make.draft(house)

    def write():
        with audited_write(actor=house.editor2) as trail:
            trail.record("looked_up", "test")
            time.sleep(3)

    def arrive():
        time.sleep(1)
        began = time.monotonic()
        presence.note(house.editor, edition, "header")
        assert time.monotonic() - began < 1

    assert run_at_once(write, arrive) == [["done"], ["done"]]
    assert Presence.objects.exists() == (connection.vendor == "postgresql")
    presence.note(house.editor, edition, "header")
    assert Presence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_windows_of_one_person_at_once_none_fails(house):
    edition = make.draft(house)

    assert run_at_once(*(lambda: presence.note(house.editor, edition, "header") for _ in range(6))) == [["done"]] * 6
    assert Presence.objects.count() <= 1
