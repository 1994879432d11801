"""Who reads much sees one moment of the database, and keeps nobody from writing."""

import os
from threading import Thread

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.utils import timezone
from psycopg.pq import TransactionStatus

from monographs.models import Drug, Edition, Monograph
from reviews.audit import verify as verifying
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.editing.library import make_drug
from reviews.models import AuditEvent
from reviews.one_moment import apart, one_moment
from tests import factories as make
from tests.processes import running


@pytest.mark.django_db(transaction=True)
def test_somebody_may_write_meanwhile_and_what_they_write_is_not_seen(house):
    make.draft(house, "oneumab")

    def somebody_writes():
        with audited_write(actor=house.editor) as trail:
            make_drug(trail, name="Another drug")
        connection.close()  # that of its thread

    with one_moment():
        before = list(Drug.objects.values_list("slug", flat=True))
        elsewhere = Thread(target=somebody_writes)
        elsewhere.start()
        elsewhere.join()
        assert list(Drug.objects.values_list("slug", flat=True)) == before

    assert Drug.objects.count() == len(before) + 1
    assert Monograph.objects.count() == 1
    make.draft(house, "twoumab")  # the connection writes as before
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_leaves_the_moment_as_it_is(house):
    make.draft(house, "oneumab")
    with one_moment():
        for _time in range(2):
            with pytest.raises(DatabaseError), apart(), connection.cursor() as cursor:
                cursor.execute("SELECT * FROM there_is_no_such_table")
        assert Monograph.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", [KeyboardInterrupt, DatabaseError, MemoryError])
def test_nothing_is_written_in_it_and_it_ends_with_whatever_stops_it(house, stop):
    make.draft(house, "oneumab")
    with pytest.raises(stop), one_moment():
        with pytest.raises(DatabaseError), apart():
            Session.objects.create(session_key="key", expire_date=timezone.now())
        answers = Drug.objects.iterator(1)
        next(answers)  # amid an answer
        raise stop

    if connection.vendor == "sqlite":
        assert not connection.connection.in_transaction
    else:
        assert connection.connection.info.transaction_status == TransactionStatus.IDLE
    make.draft(house, "twoumab")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_verification_beside_somebody_who_writes_finds_nothing(house, monkeypatch):
    """Another process saves between any two steps of it, and warns and lifts between some."""
    page = make.published(house).monograph
    edition = make.start(house, Edition.objects.get(monograph=page))
    reading, writing = os.pipe()

    def writes():
        number = 0
        while True:
            number += 1
            make.reword(edition, "monitoring", f"Words number {number}.", actor=house.editor)
            if number % 5 == 0:  # an act that leaves a line in the checkpoint file
                (warning,) = make.warn(house.clinician, Monograph.objects.get())
                make.lift(warning, house.pharmacist)
            os.write(writing, b".")

    monkeypatch.setattr(verifying, "A_STEP", 1)  # so that each step is told
    said = []

    def while_somebody_writes(words):
        said.append(words)
        os.read(reading, 4096)
        assert os.read(reading, 1), "nobody writes any more"

    with running(writes):
        os.close(writing)
        before = AuditEvent.objects.latest("seq").seq
        found = verify(say=while_somebody_writes)
    assert found == []
    assert len(said) > 16
    assert AuditEvent.objects.latest("seq").seq > before + 16
    assert verify() == []
