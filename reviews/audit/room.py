"""Where a backup and a restore work: a place for what is not encrypted, and the database of SQLite as a file."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from reviews.audit import seals
from reviews.audit.backup_file import BackupRefused


@contextmanager
def room() -> Iterator[Path]:
    """A place beside the checkpoint file for what is not encrypted: the database stands on that machine anyway, and
    nobody copies the place away. One at a time works in it. What one that was killed left there goes first."""
    place = seals.checkpoint_path().with_suffix(".room")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.chmod(0o700)
    held = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused("Another backup or restore is running here. Wait for its end.") from error
        _empty(place)
        try:
            yield place
        finally:
            _empty(place)
    finally:
        os.close(held)


def _empty(room: Path) -> None:
    for one in room.iterdir():
        one.unlink()


def copy_of_sqlite(file: Path, to: Path) -> None:
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(to)) as other:
        one.backup(other)


def sqlite_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))
