"""What a second process does beside this one comes back whole, or is told to be missing."""

import multiprocessing
import os
import select
import signal
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from monographs.models import Document, Edition
from reviews.audit import verify as verifying
from reviews.audit.beside import EndedEarly, beside
from reviews.audit.verify import verify
from reviews.derived import version
from reviews.models import ChangedPart
from tests import factories as make
from tests.tables import no_triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def long_trail(house, monkeypatch):
    """A trail that counts as a long one."""
    make.published(house)
    monkeypatch.setattr(verifying, "A_STEP", 1)


def test_it_reads_the_database_by_a_connection_of_its_own(house):
    make.published(house)
    with beside(lambda: (os.getpid(), Edition.objects.count())) as answer:
        assert Edition.objects.count() == 1
        process, count = answer()
    assert process != os.getpid()
    assert count == 1


def test_one_that_is_killed_or_fails_says_so(capfd):
    with beside(lambda: os.kill(os.getpid(), signal.SIGKILL)) as answer, pytest.raises(EndedEarly):
        answer()
    with beside(lambda: 1 / 0) as answer, pytest.raises(EndedEarly):
        answer()
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_one_that_is_killed_while_it_speaks_says_so():
    """What it says is longer than the pipe holds, and nobody reads until it is gone."""
    with beside(lambda: (os.getpid(), "x" * 10_000_000)) as answer:
        (child,) = multiprocessing.active_children()
        time.sleep(0.5)
        child.kill()
        with pytest.raises(EndedEarly):
            answer()


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_the_first_process(stop):
    """The pipe of the second one is the last that holds it open: its end is told by nothing that it says."""
    reading, writing = os.pipe()

    def first():
        os.close(reading)
        with beside(lambda: os.write(writing, f"{os.getpid():9}".encode()) and time.sleep(60)) as answer:
            answer()

    process = multiprocessing.get_context("fork").Process(target=first)
    process.start()
    os.close(writing)
    second = int(os.read(reading, 9))
    os.kill(process.pid, stop)
    process.join()
    ended, _, _ = select.select([reading], [], [], 30)
    if not ended:
        os.kill(second, signal.SIGKILL)
    assert ended, "it works on"
    os.close(reading)


def test_of_a_long_trail_documents_and_change_sets_are_judged_beside_it(long_trail, monkeypatch):
    here = []
    for name in ("_documents", "verify_change_sets"):
        kept = getattr(verifying, name)
        monkeypatch.setattr(verifying, name, lambda *given, kept=kept: here.append(kept) or kept(*given))

    assert verify() == []

    assert here == []  # not in this process
    assert not connection.in_atomic_block


def test_what_it_finds_is_found(long_trail):
    changed = ChangedPart.objects.first()
    digest = Document.objects.first().digest
    with no_triggers():
        ChangedPart.objects.filter(pk=changed.pk).update(label="Another label")
        Document.objects.filter(pk=digest).update(text='{"schema_version": 1}')

    found = [sentence for _seq, sentence in verify()]

    said = "what it touched is not labelled as its documents say."
    assert f"reviews.changeset:{changed.change_set_id}: {said}" in found
    assert f"monographs.document:{digest}: its text does not have this digest." in found


def test_change_sets_that_it_passed_over_are_judged_here(long_trail, monkeypatch):
    """They were made anew after it looked: by the time of the first process they are of this version."""
    changed = ChangedPart.objects.first()
    with no_triggers():
        ChangedPart.objects.filter(pk=changed.pk).update(label="Another label")
    here, is_current = os.getpid(), version.is_current
    monkeypatch.setattr(version, "is_current", lambda: os.getpid() == here and is_current())

    assert [sentence.split(":")[0] for _seq, sentence in verify()] == ["reviews.changeset"]


def test_a_verification_whose_second_process_ended_early_says_nothing_of_the_trail(long_trail, monkeypatch):
    monkeypatch.setattr(verifying, "_by_themselves", lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(CommandError, match="says nothing of the trail") as said:
        call_command("verify_trail")
    assert said.value.returncode == 2
