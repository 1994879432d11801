"""Backups: the database with its checkpoint file, encrypted, while people write (one is put back by
`reviews.audit.restore`). What is not encrypted is worked on beside the checkpoint file, never beside the backups.
"""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.utils import timezone

from monographs.models import WriteLock
from reviews.audit import dump
from reviews.audit.backup_file import CHECKPOINTS, DATABASE, PARTS, BackupRefused, encrypt
from reviews.audit.checkpoints import A_MOMENT
from reviews.audit.hashes import instant
from reviews.audit.room import copy_of_sqlite, room, sqlite_file
from reviews.audit.signed_lines import lines_until
from reviews.one_moment import one_moment

SUFFIX, AT = ".backup", "%Y-%m-%dT%H%M%S.%fZ"  # the name of a file: when it was made
_TRIES = 3


@dataclass(frozen=True)
class Head:
    """The last entry that a backup holds."""

    seq: int
    hash: str


def make(directory: Path, key: bytes) -> tuple[Path, Head]:
    """A backup of this moment, in a file of its own. Nobody waits for it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_rooms_of_before(directory)
    at = timezone.now()
    for _try in range(_TRIES):
        with room() as place:
            head = _dump(place / DATABASE)
            time.sleep(A_MOMENT.total_seconds())  # the lines of acts that had just ended
            kept = lines_until(head.seq)
            if kept is None:
                continue
            (place / CHECKPOINTS).write_bytes(kept)
            to = directory / f"{at.strftime(AT)}{SUFFIX}"
            about = {"at": instant(at), "vendor": connection.vendor, "seq": head.seq, "hash": head.hash}
            encrypt({name: place / name for name in (CHECKPOINTS, DATABASE)}, to, key, about)
            return to, head
    raise BackupRefused("Lines of the checkpoint file came in another order than their acts. Run it again.")


def _remove_rooms_of_before(directory: Path) -> None:
    """Earlier versions worked beside the backups, and left the database there when they were killed."""
    for one in directory.glob(".????????"):
        if one.is_dir() and not one.is_symlink() and all(file.name.startswith(PARTS) for file in one.iterdir()):
            shutil.rmtree(one)


def _dump(to: Path) -> Head:
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if connection.vendor == "sqlite":
        copy_of_sqlite(sqlite_file(), to)
        with closing(sqlite3.connect(to)) as copy:
            ((seq, hashed),) = copy.execute("SELECT seq, hash FROM monographs_pen")
        return Head(seq, hashed)
    with one_moment(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        seq, hashed = WriteLock.objects.values_list("seq", "hash").get(pk=1)
        dump.dump(to, snapshot)
    return Head(seq, hashed)


def newest(path: Path) -> Path:
    """The backup of this name, or the newest one of a directory."""
    if not path.is_dir():
        return path
    found = sorted(path.glob(f"*{SUFFIX}"))
    if not found:
        raise BackupRefused(f"{path}: there is no backup.")
    return found[-1]
