"""The database as it stands at one moment, for whoever asks it much while others write."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Inside, every question is answered as the database stood at the first; nobody who writes waits for it. Inside
    somebody's transaction, that one decides."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        connection.ensure_connection()
        held = connection.connection
        try:
            held.execute("PRAGMA query_only = ON")  # what was written here would be taken back at the end, unsaid
            held.execute("BEGIN DEFERRED")  # past Django's own, which would keep writers waiting
            yield
        finally:
            if connection.connection is held:
                held.rollback()
                held.execute("PRAGMA query_only = OFF")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


@contextmanager
def apart() -> Iterator[None]:
    """What the database refuses inside is raised, and the moment goes on: PostgreSQL answers nothing more in a
    transaction in which it refused something, but for what stands apart in it."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with transaction.atomic():
            yield
    else:
        yield
