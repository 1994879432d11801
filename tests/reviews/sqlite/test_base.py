"""Who waits in line on SQLite, for how long, and what lets the next one go on."""

import os
import re
import signal
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from monographs.models import TherapeuticClass
from reviews.access.turns import in_turn, without_waiting
from reviews.audit.trail import WriteLockTimeout, audited_write
from reviews.models import AuditEvent
from reviews.sqlite import base
from reviews.sqlite.turn import Turn
from tests.processes import fork

pytestmark = [pytest.mark.any_database, pytest.mark.django_db(transaction=True)]

USERS = get_user_model().objects
# Of an account, only its last sign-in is written without an entry.
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def line() -> Turn:
    """The turn of somebody else, if it is to be had at once."""
    return Turn(connection.settings_dict["NAME"], "writers", 0)


def is_free() -> bool:
    try:
        line().end()
    except TimeoutError:
        return False
    return True


@contextmanager
def patience(milliseconds: int):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
        yield
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (milliseconds,)
        cursor.execute("PRAGMA busy_timeout = 5000")


def act(house):
    with audited_write(actor=house.editor) as trail:
        trail.record("looked_up", "test")


def rolled_back():
    with transaction.atomic():
        USERS.update(last_login=NOW)
        transaction.set_rollback(True)


def by_hand():
    transaction.set_autocommit(False)
    try:
        USERS.update(last_login=NOW)
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)


def with_raw_words():
    with connection.cursor() as cursor:
        cursor.execute("\n  update auth_user SET last_login = '2026-01-01 00:00:00'")


def many_at_once():
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE auth_user SET last_login = %s WHERE id = %s", [(str(NOW), 1), (str(NOW), 2)])


WRITERS = {
    "an act": act,
    "a session": lambda house: SessionStore().save(),
    "a row": lambda house: house.editor.save(update_fields=["last_login"]),
    "a new row": lambda house: Session.objects.create(session_key="new", expire_date=NOW),
    "some rows": lambda house: USERS.update(last_login=NOW),
    "rows that go": lambda house: USERS.filter(pk=-1)._raw_delete("default"),
    "what is undone": lambda house: rolled_back(),
    "without autocommit": lambda house: by_hand(),
    "raw words": lambda house: with_raw_words(),
    "many at once": lambda house: many_at_once(),
}


@pytest.mark.parametrize("writes", WRITERS.values(), ids=WRITERS)
def test_whoever_writes_waits_in_line_and_lets_the_next_one_go_on(house, writes):
    first = line()
    with patience(50), pytest.raises((OperationalError, WriteLockTimeout)):
        writes(house)
    with without_waiting(), pytest.raises((OperationalError, WriteLockTimeout)):
        writes(house)
    assert not is_free()
    first.end()

    writes(house)

    assert is_free()


def test_readers_stand_in_no_line(house):
    first = line()
    try:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN SELECT 1")
        assert list(USERS.filter(username="editor").union(USERS.filter(username="admin")))
        assert AuditEvent.objects.exists()
        assert TherapeuticClass.objects.exists()
    finally:
        first.end()


def test_a_turn_lasts_as_long_as_the_outermost_transaction(house):
    seen = [is_free()]
    with transaction.atomic():
        seen.append(is_free())
        with pytest.raises(IntegrityError), transaction.atomic():
            USERS.create(username="editor")
        seen.append(is_free())
        with transaction.atomic():
            USERS.update(last_login=NOW)
        seen.append(is_free())

    assert seen == [True, False, False, False]
    assert is_free()


def refused_at_the_end():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_user_groups (user_id, group_id) VALUES (99, 99)")


def refused_in_between():
    with transaction.atomic():
        USERS.create(username="editor")


def refused_at_once():
    USERS.create(username="editor")


@pytest.mark.parametrize("fails", [refused_at_the_end, refused_in_between, refused_at_once])
def test_what_the_database_refuses_lets_the_next_one_go_on(house, fails):
    with pytest.raises(IntegrityError):
        fails()

    assert is_free()


def test_a_connection_that_is_closed_in_the_middle_lets_the_next_one_go_on(house):
    with pytest.raises(DatabaseError), transaction.atomic():
        assert not is_free()
        connection.close()
        assert is_free()
        USERS.update(last_login=NOW)

    assert is_free()


def test_a_process_that_is_killed_in_its_act_lets_the_next_one_go_on(house):
    def doomed():
        with audited_write(actor=house.editor) as trail:
            trail.record("looked_up", "test")
            assert not is_free()
            os.kill(os.getpid(), signal.SIGKILL)

    before = AuditEvent.objects.count()
    fork(doomed)()

    assert is_free()
    act(house)
    assert AuditEvent.objects.count() == before + 1


def test_a_writer_waits_as_long_as_it_may_in_line_and_at_the_lock_together(house):
    """Somebody wrote with another program, which stands in no line."""
    told = []
    connection.connection.set_trace_callback(told.append)
    first = line()
    ends = threading.Timer(0.4, first.end)
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ends.start()
        with patience(600), pytest.raises(WriteLockTimeout):
            act(house)
    connection.connection.set_trace_callback(None)
    ends.join()

    waits = [int(found[1]) for one in told if (found := re.fullmatch(r"PRAGMA busy_timeout = (\d+)", one))]
    assert waits[0] == waits[2] == 600
    assert waits[1] <= 200
    assert is_free()


@pytest.mark.parametrize("error", [PermissionError, FileNotFoundError, OSError])
def test_where_there_is_no_file_for_the_line_the_database_alone_decides(house, error, monkeypatch):
    def refuse(*_given):
        raise error

    monkeypatch.setattr(base, "Turn", refuse)
    act(house)
    USERS.update(last_login=NOW)

    assert USERS.get(username="editor").last_login == NOW


def test_a_database_in_memory_has_no_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    alone = base.DatabaseWrapper({**connection.settings_dict, "NAME": ":memory:"}, "alone")
    with alone.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a)")
        cursor.execute("INSERT INTO t VALUES (1)")
        assert cursor.execute("SELECT a FROM t").fetchone() == (1,)

    assert list(tmp_path.iterdir()) == []


def test_what_is_counted_one_by_one_waits_in_a_line_of_its_own(house, monkeypatch):
    monkeypatch.setattr("reviews.access.turns.LONGEST_WAIT", 0.05)
    with in_turn("password 1"):
        act(house)
        with pytest.raises(WriteLockTimeout), in_turn("password 2"):
            pass
    with in_turn("password 2"):
        assert is_free()


def test_eight_threads_write_one_after_the_other(house):
    before, failed = AuditEvent.objects.count(), []

    def write():
        try:
            for _ in range(5):
                act(house)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    began = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failed == []
    assert AuditEvent.objects.count() == before + 40
    assert time.monotonic() - began < 60
