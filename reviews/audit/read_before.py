"""What the last whole run of `verify_trail` read, kept beside the checkpoint file: a later run may go on from there.

It is signed with the key that seals, and believed only by the same program, and only where the trail still holds the
last entry that it read: whoever writes over it makes the next run a whole one, and nothing more. A run that found
something leaves none.
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from reviews.audit import seals
from reviews.audit.hashes import instant
from reviews.audit.on_disk import OnDisk
from reviews.audit.replay import Replay
from reviews.models import AuditEvent

PREFIX = "clincalc-read-v1\n"


def _paths() -> tuple[Path, Path]:
    return seals.checkpoint_path().with_suffix(".read.sqlite3"), seals.checkpoint_path().with_suffix(".read.json")


def keep(replay: Replay) -> None:
    """After a whole run that found nothing. Raises OSError where nothing can be written."""
    file, note = _paths()
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    memory = json.dumps(replay.memory())
    with closing(sqlite3.connect(part)) as copy:
        try:
            replay.disk.database.commit()
            replay.disk.database.backup(copy)
            copy.execute("CREATE TABLE memory (said)")
            copy.execute("INSERT INTO memory VALUES (?)", (memory,))
            copy.commit()
        except sqlite3.Error as error:
            raise OSError(str(error)) from error
    part.chmod(0o600)
    last = replay.hash_at.last
    form: dict[str, Any] = {
        "seq": last, "hash": replay.hash_at.get(last), "at": instant(timezone.now()), "file": _digest(part),
        "program": _program(), "key": seals.key_id(),
    }  # fmt: skip
    part.replace(file)
    note_part = note.with_name(f"{note.name}.part")
    note_part.write_text(json.dumps({**form, "signature": seals.signer().sign(PREFIX, form)}))
    note_part.replace(note)


def forget() -> None:
    """After a run that found something: only a whole run may say that it is gone. Raises OSError."""
    for path in reversed(_paths()):
        path.unlink(missing_ok=True)


def believed() -> tuple[Replay, dict[str, Any]] | None:
    """What was read before, and when and how far; None, where there is none that can be believed. What it holds is that
    of a copy without a name, made where nobody else may put anything beside it."""
    file, note = _paths()
    try:
        form = json.loads(note.read_text())
        signature = form.pop("signature")
        if not seals.own_key().holds(PREFIX, form, form["key"], signature):
            return None
        if form["program"] != _program() or not AuditEvent.objects.filter(seq=form["seq"], hash=form["hash"]).exists():
            return None
        with tempfile.TemporaryDirectory(prefix="clincalc-read-") as directory:
            copy = Path(directory) / "read"
            shutil.copyfile(file, copy)
            if _digest(copy) != form["file"]:
                return None
            disk = OnDisk(str(copy))
        (said,) = disk.one("SELECT said FROM memory") or ("",)
        return Replay.remembering(disk, json.loads(said)), form
    except (OSError, ValueError, KeyError, TypeError, AttributeError, sqlite3.Error, DatabaseError):
        return None


@cache
def _program() -> str:
    """Which program this is: another one may find what this one does not."""
    found = hashlib.sha256()
    for path in sorted(one for room in ("monographs", "reviews") for one in (settings.BASE_DIR / room).rglob("*.py")):
        found.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return found.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
