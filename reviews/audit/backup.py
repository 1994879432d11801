"""Backups: the database with its checkpoint file, encrypted, while people write; and one put in its place again.

A restore never overwrites a checkpoint file that goes further than the backup, nor another installation's database. It
names each entry that would be lost: all that file and database tell of and the backup does not hold, number and hash.
Whoever accepts that leaves a signed line in the file, which `verify_trail` reports and accepts: from then on the trail
goes on without these entries. What is not encrypted is worked on beside the checkpoint file, never beside the backups.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from monographs.canonical import sha256
from monographs.models import WriteLock
from reviews.audit import database_roles, dump, seals
from reviews.audit.backup_file import CHECKPOINTS, DATABASE, PARTS, BackupRefused, decrypt, encrypt
from reviews.audit.checkpoints import A_MOMENT, standing
from reviews.audit.hashes import instant
from reviews.audit.keys import Keys, believed
from reviews.models import AuditEvent

SUFFIX, AT = ".backup", "%Y-%m-%dT%H%M%S.%fZ"  # the name of a file: when it was made
_TRIES = 3


@dataclass(frozen=True)
class Head:
    """The last entry that a backup holds."""

    seq: int
    hash: str


# -- Making one ------------------------------------------------------------------------------------------------------


def make(directory: Path, key: bytes) -> tuple[Path, Head]:
    """A backup of this moment, in a file of its own. Nobody waits for it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_rooms_of_before(directory)
    at = timezone.now()
    for _try in range(_TRIES):
        with _room() as room:
            head = _dump(room / DATABASE)
            time.sleep(A_MOMENT.total_seconds())  # the lines of acts that had just ended
            kept = lines_until(head.seq)
            if kept is None:
                continue
            (room / CHECKPOINTS).write_bytes(kept)
            to = directory / f"{at.strftime(AT)}{SUFFIX}"
            about = {"at": instant(at), "vendor": connection.vendor, "seq": head.seq, "hash": head.hash}
            encrypt({name: room / name for name in (CHECKPOINTS, DATABASE)}, to, key, about)
            return to, head
    raise BackupRefused("Lines of the checkpoint file came in another order than their acts. Run it again.")


@contextmanager
def _room() -> Iterator[Path]:
    """A place beside the checkpoint file for what is not encrypted: the database stands on that machine anyway, and
    nobody copies the place away. One at a time works in it. What one that was killed left there goes first."""
    room = seals.checkpoint_path().with_suffix(".room")
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    room.chmod(0o700)
    held = os.open(room, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused("Another backup or restore is running here. Wait for its end.") from error
        _empty(room)
        try:
            yield room
        finally:
            _empty(room)
    finally:
        os.close(held)


def _empty(room: Path) -> None:
    for one in room.iterdir():
        one.unlink()


def _remove_rooms_of_before(directory: Path) -> None:
    """Earlier versions worked beside the backups, and left the database there when they were killed."""
    for one in directory.glob(".????????"):
        if one.is_dir() and not one.is_symlink() and all(file.name.startswith(PARTS) for file in one.iterdir()):
            shutil.rmtree(one)


def _dump(to: Path) -> Head:
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if connection.vendor == "sqlite":
        _copy(Path(_sqlite()), to)
        with closing(sqlite3.connect(to)) as copy:
            ((seq, hashed),) = copy.execute("SELECT seq, hash FROM monographs_pen")
        return Head(seq, hashed)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        seq, hashed = WriteLock.objects.values_list("seq", "hash").get(pk=1)
        dump.dump(to, snapshot)
    return Head(seq, hashed)


def lines_until(seq: int) -> bytes | None:
    """The checkpoint file up to the first line about a later entry. None, where a line about an earlier one stands
    behind it: two acts ended at once."""
    try:
        content = seals.checkpoint_path().read_bytes()
    except OSError:
        return b""
    lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)
    forms = _forms(lines)
    taken_back = len(forms) - 1 - next((n for n, form in enumerate(reversed(forms)) if "lost" in form), len(forms))
    later = [n for n, form in enumerate(forms) if n > taken_back and form.get("seq", 0) > seq]
    if not later:
        return b"".join(lines)
    if any(form.get("seq", 0) <= seq for form in forms[later[0] :]):
        return None
    return b"".join(lines[: later[0]])


def _forms(lines: list[bytes]) -> list[dict[str, Any]]:
    """What each line says, in order; nothing, where it cannot be read. A loss is accepted by a line alone that follows
    the one before it and that a key of ours signed. What the database says of keys is not asked: it may be the one that
    is damaged."""
    forms = [_form(line) for line in lines]
    keys = _keys(forms)
    for number, form in enumerate(forms):
        before = lines[number - 1].rstrip(b"\n").decode(errors="replace") if number else None
        if "lost" in form and not (
            _is_signed(form, keys) and form.get("last") == (sha256(before) if before is not None else "")
        ):
            del form["lost"]
    return forms


def _form(line: bytes) -> dict[str, Any]:
    try:
        form = json.loads(line)
        return form if isinstance(form, dict) and isinstance(form.get("seq"), int) else {}
    except ValueError:
        return {}


def _keys(forms: list[dict[str, Any]]) -> Keys:
    """The key of the environment, and those that it took over from by the statements in these lines."""
    said = [one["statement"] for one in forms if isinstance(one.get("statement"), dict)]
    keys = believed(seals.signer().public_bytes, said)
    return Keys({name: one for name, one in keys.by_id.items() if not one.is_revoked})


def _is_signed(form: dict[str, Any], keys: Keys) -> bool:
    said = {name: value for name, value in form.items() if name != "signature"}
    return keys.holds(seals.CHECKPOINT_PREFIX, said, str(form.get("key")), str(form.get("signature")))


# -- Putting one in its place ----------------------------------------------------------------------------------------


def newest(path: Path) -> Path:
    """The backup of this name, or the newest one of a directory."""
    if not path.is_dir():
        return path
    found = sorted(path.glob(f"*{SUFFIX}"))
    if not found:
        raise BackupRefused(f"{path}: there is no backup.")
    return found[-1]


@dataclass(frozen=True)
class Restored:
    """The head of what was put in its place, what was lost by it, and whether the roles were given their rights."""

    head: Head
    lost: list[str]
    are_roles_granted: bool


def restore(path: Path, key: bytes, *, accept_loss: bool = False, reason: str = "") -> Restored:
    """Puts a backup in the place of the database. BackupRefused, and nothing is touched: it cannot be read, holds what
    is not ours, is of another installation, or something would be lost that nobody accepts."""
    path = newest(path)
    with _room() as room:
        about = decrypt(path, room, key)
        if about["vendor"] != connection.vendor:
            raise BackupRefused(f"{path}: it is of {about['vendor']}, and DATABASE_URL names {connection.vendor}.")
        if connection.vendor == "postgresql":
            dump.refuse_others(room / DATABASE)
        head = Head(about["seq"], about["hash"])
        backed = (room / CHECKPOINTS).read_bytes()
        now = _checkpoints_now(backed)
        site, held = _entries(room / DATABASE)
        _refuse_another(path, site)
        lost = {(seq, hashed): said for seq, hashed, said in _lost(held, backed, now)}
        named = [said for _at, said in sorted(lost.items())]
        if lost and not accept_loss:
            entries = "\n".join(f"  {said}" for said in named)
            raise BackupRefused(
                f"{path} ends with entry {head.seq}. These {len(lost)} of now would be lost:\n{entries}\n"
                "Take a newer backup, or add --accept-loss and a --reason. Nothing was restored."
            )
        are_roles_granted = _put_in_place(room / DATABASE)
        if len(now) < len(backed):
            _write_checkpoints(backed)
        if lost:
            numbers = [seq for seq, hashed in lost if hashed]
            which = {"from": min(numbers), "to": max(numbers)} if numbers else {}
            seals.append_checkpoint(head.seq, head.hash, lost={**which, "reason": reason})
    return Restored(head, named, are_roles_granted)


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
    forms = _forms(max(now, backed, key=len).splitlines(keepends=True))
    keys, known = _keys(forms), _forms(backed.splitlines(keepends=True))
    for line in standing([one for one in forms if one]):
        if "lost" in line:
            if line not in known:
                yield line["seq"], "", f"what was accepted on {line['at']}: {line['lost']['reason']}"
        # Whoever may write to the file makes lines of later entries, which are named, and none of earlier ones.
        elif line["seq"] > last or (held.get(line["seq"]) != line.get("hash") and _is_signed(line, keys)):
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


def _put_in_place(file: Path) -> bool:
    """Whether the roles of the database were given their rights in it."""
    if connection.vendor == "sqlite":
        connection.close()
        try:
            _copy(file, Path(_sqlite()))
        except sqlite3.DatabaseError:  # it is no database any more
            for end in ("", "-wal", "-shm"):
                if (damaged := Path(f"{_sqlite()}{end}")).exists():
                    damaged.replace(f"{damaged}.damaged")
            _copy(file, Path(_sqlite()))
    else:
        try:
            dump.put_in_place(file)
        except BackupRefused:
            with suppress(DatabaseError):  # what is there may be damaged
                database_roles.renew()
            raise
        return database_roles.renew()
    return False


def _copy(file: Path, to: Path) -> None:
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(to)) as other:
        one.backup(other)


def _write_checkpoints(content: bytes) -> None:
    path = seals.checkpoint_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _sqlite() -> str:
    return str(connection.settings_dict["NAME"])
