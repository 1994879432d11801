"""Waiting for others. One after the other, whichever process asks: for what is counted before it is tried, and takes
too long for the write lock. And not at all."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

from reviews.audit.trail import WriteLockTimeout
from reviews.sqlite.turn import Turn

LONGEST_WAIT = 5.0  # seconds


@contextmanager
def in_turn(what: str) -> Iterator[None]:
    """Alone with this name for as long as the block takes. Raises WriteLockTimeout when others take five seconds.

    The database keeps the turns on PostgreSQL; on SQLite, whose database is one file of one machine, a file beside it,
    and there all names wait for one another. It is no lock of the database's rows, so the write lock may be taken
    inside, and everybody else goes on. Not to be taken twice by the same caller.
    """
    with (_advised if connection.vendor == "postgresql" else _by_file)(what):
        yield


@contextmanager
def _advised(what: str) -> Iterator[None]:
    name = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [name])  # the connection's lock_timeout holds for it
        except OperationalError as error:
            raise WriteLockTimeout from error
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [name])


@contextmanager
def _by_file(_what: str) -> Iterator[None]:
    database: Any = connection  # SQLite's own
    if database.is_in_memory_db():  # nobody else has it
        yield
        return
    try:
        turn = Turn(connection.settings_dict["NAME"], "turns", LONGEST_WAIT)
    except OSError as error:  # others took too long, or nobody may write here
        raise WriteLockTimeout from error
    try:
        yield
    finally:
        turn.end()


@contextmanager
def without_waiting() -> Iterator[None]:
    """Inside, whoever asks for the write lock while somebody else has it is told so at once (WriteLockTimeout)."""
    stop, go_on = "PRAGMA busy_timeout = 0", f"PRAGMA busy_timeout = {int(LONGEST_WAIT * 1000)}"
    if connection.vendor == "postgresql":
        stop, go_on = "SET lock_timeout = '1ms'", "RESET lock_timeout"
    _tell(stop)
    try:
        yield
    finally:
        _tell(go_on)


@contextmanager
def beside_writers() -> Iterator[None]:
    """For rows of somebody's own, which are written without the write lock: inside, nobody waits for those who have it.
    SQLite's file has one writer, so there nobody waits at all. PostgreSQL's rows wait for the same row alone and the
    account of its person, until whoever writes there is done, and five seconds at most."""
    if connection.vendor == "postgresql":
        yield
    else:
        with without_waiting():
            yield


def _tell(how: str) -> None:
    """The connection, how long it waits: on SQLite its driver alone, which asks nothing of the file."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(how)
    else:
        connection.ensure_connection()
        with connection.wrap_database_errors:  # whoever asked knows Django's errors, not the driver's
            connection.connection.execute(how)
