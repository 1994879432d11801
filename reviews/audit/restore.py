"""A backup is put in the place of the database.

A restore never overwrites a checkpoint file that goes further than the backup, nor another installation's database. It
names each entry that would be lost: all that file and database tell of and the backup does not hold, number and hash;
and each report of harm that waits.
Whoever accepts that leaves a signed line in the file, which `verify_trail` reports and accepts: from then on the trail
goes on without these entries.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError, connection

from monographs.models import WriteLock
from monographs.texts.characters import seen
from reviews.audit import database_roles, dump, seals
from reviews.audit.backup import Head, newest
from reviews.audit.backup_file import CHECKPOINTS, DATABASE, BackupRefused, decrypt
from reviews.audit.hashes import instant
from reviews.audit.losses import standing
from reviews.audit.room import copy_of_sqlite, room, sqlite_file
from reviews.audit.signed_lines import forms_of, keys_of
from reviews.models import AuditEvent, InboxReport

LONGEST = 600  # of what is said of one entry: a reason is no longer than 500


@dataclass(frozen=True)
class Restored:
    """The head of what was put in its place, what was lost by it, whether the roles were given their rights, and the
    line of the checkpoint file by which the loss was accepted."""

    head: Head
    lost: list[str]
    are_roles_granted: bool
    line: str = ""


def restore(path: Path, key: bytes, *, accept_loss: bool = False, reason: str = "") -> Restored:
    """Puts a backup in the place of the database. BackupRefused, and nothing is touched: it cannot be read, holds what
    is not ours, is of another installation, or something would be lost that nobody accepts."""
    path = newest(path)
    with room() as place:
        about = decrypt(path, place, key)
        if about["vendor"] != connection.vendor:
            raise BackupRefused(f"{path}: it is of {about['vendor']}, and DATABASE_URL names {connection.vendor}.")
        if connection.vendor == "postgresql":
            dump.refuse_others(place / DATABASE)
        head = Head(about["seq"], about["hash"])
        backed = (place / CHECKPOINTS).read_bytes()
        now = _checkpoints_now(backed)
        site, held = _entries(place / DATABASE)
        _refuse_another(path, site)
        lost = {(seq, hashed): said for seq, hashed, said in _lost(held, backed, now)}
        reports = list(_reports_lost(place / DATABASE))
        named = [_one_line(said) for said in (*(said for _at, said in sorted(lost.items())), *reports)]
        if named and not accept_loss:
            entries = "\n".join(f"  {said}" for said in named)
            raise BackupRefused(
                f"{path} ends with entry {head.seq}. These {len(named)} of now would be lost:\n{entries}\n"
                "Take a newer backup, or add --accept-loss and a --reason. Nothing was restored."
            )
        are_roles_granted = _put_in_place(place / DATABASE)
        if len(now) < len(backed):
            _write_checkpoints(backed)
        line = ""
        if named:
            numbers = [seq for seq, hashed in lost if hashed]
            which = {"from": min(numbers), "to": max(numbers)} if numbers else {}
            which |= {"reports": len(reports)} if reports else {}
            line = seals.append_checkpoint(head.seq, head.hash, lost={**which, "reason": reason})
    return Restored(head, named, are_roles_granted, line)


def _one_line(said: str) -> str:
    """It is shown and mailed, and whoever may write to the file or the database may have put anything into it."""
    return " ".join(seen(said).split())[:LONGEST]


def _checkpoints_now(backed: bytes) -> bytes:
    """The file that is here, which the backup's goes on from, or the other way round."""
    try:
        now = seals.checkpoint_path().read_bytes()
    except FileNotFoundError:
        return b""
    if not (now.startswith(backed) or backed.startswith(now)):
        raise BackupRefused(
            f"{seals.checkpoint_path()} is not the checkpoint file of this backup: neither continues the other. Find "
            "out why; where the one here is another installation's, move it away. Nothing was restored."
        )
    return now


def _entries(file: Path) -> tuple[UUID, dict[int, str]]:
    """Of which installation the database of a backup is, and the hash of each entry that it holds."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(file)) as copy:
            ((site,),) = copy.execute("SELECT site FROM monographs_pen")
            return UUID(site), dict(copy.execute("SELECT seq, hash FROM reviews_auditevent"))
    ((site,),) = dump.columns(file, "monographs_pen", "site")
    return UUID(site), {int(seq): hashed for seq, hashed in dump.columns(file, "reviews_auditevent", "seq", "hash")}


def _refuse_another(path: Path, site: UUID) -> None:
    """BackupRefused, where the database here is another installation's. One that nobody ever wrote to is nobody's."""
    try:
        here = WriteLock.objects.filter(seq__gt=0).values_list("site", flat=True).first()
    except (DatabaseError, ValueError):
        return  # it cannot be read: it is damaged, or empty
    if here not in (None, site):
        raise BackupRefused(
            f"{path} is of another installation than the database that DATABASE_URL names. Name another database, or "
            "empty this one, if it may go. Nothing was restored."
        )


def _lost(held: dict[int, str], backed: bytes, now: bytes) -> Iterator[tuple[int, str, str]]:
    """(entry, its hash, what it was) of all that checkpoint file and database tell and the backup does not hold: what
    was done after it, or elsewhere than it, where the trail went on from an older one. What was accepted since is told
    too, by no hash."""
    last = max(held, default=0)
    forms = forms_of(max(now, backed, key=len).splitlines(keepends=True))
    keys, known = keys_of(forms), forms_of(backed.splitlines(keepends=True))
    for line in standing([one for one in forms if one]):
        if "lost" in line:
            if line not in known:
                yield line["seq"], "", f"what was accepted on {line['at']}: {line['lost']['reason']}"
        # Whoever may write to the file makes lines of later entries, which are named, and none of earlier ones.
        elif line["seq"] > last or (held.get(line["seq"]) != line.get("hash") and seals.line_holds(line, keys)):
            said = f"entry {line['seq']}, {line.get('at')}: {line.get('act') or 'a checkpoint'}"
            yield line["seq"], str(line.get("hash") or "?"), said
    try:
        columns = ("seq", "hash", "at", "verb", "subject", "actor_name")
        for seq, hashed, at, verb, subject, name in (
            AuditEvent.objects.order_by("-seq").values_list(*columns).iterator(2000)
        ):
            if held.get(seq) == hashed:
                return  # up to here both are one
            who = f" by {name}" if name else ""
            yield seq, hashed, f"entry {seq}, {instant(at)}: {verb} {subject}{who}"
    except (DatabaseError, ValueError):
        return  # what is there cannot be read: it is damaged, or empty


def _reports_lost(file: Path) -> Iterator[str]:
    """What readers reported as harm, which waits here to be taken in and which the backup does not hold: no entry tells
    of it yet. Not what it says: that is for the desk alone."""
    held: set[str] = set()
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(file)) as copy,
            suppress(sqlite3.OperationalError),
        ):  # it may be of before the table
            held = {key for (key,) in copy.execute("SELECT key FROM reviews_inboxreport")}
    else:
        held = {key for (key,) in dump.columns(file, "reviews_inboxreport", "key")}
    try:
        for key, at, page in InboxReport.objects.order_by("pk").values_list("key", "at", "page"):
            if key not in held:
                yield f"a report of harm of {instant(at)}, on {page or 'the site'}, that waits to be taken in"
    except (DatabaseError, ValueError):
        return  # what is there cannot be read: it is damaged, or empty


def _put_in_place(file: Path) -> bool:
    """Whether the roles of the database were given their rights in it."""
    if connection.vendor == "sqlite":
        connection.close()
        try:
            copy_of_sqlite(file, sqlite_file())
        except sqlite3.DatabaseError:  # it is no database any more
            for end in ("", "-wal", "-shm"):
                if (damaged := Path(f"{sqlite_file()}{end}")).exists():
                    damaged.replace(f"{damaged}.damaged")
            copy_of_sqlite(file, sqlite_file())
    else:
        try:
            dump.put_in_place(file)
        except BackupRefused:
            with suppress(DatabaseError):  # what is there may be damaged
                database_roles.renew()
            raise
        return database_roles.renew()
    return False


def _write_checkpoints(content: bytes) -> None:
    path = seals.checkpoint_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
