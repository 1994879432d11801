"""Backups: the database with its checkpoint file, encrypted, while people write; and one put in its place again.

A restore never overwrites a checkpoint file that goes further than the backup, and names each entry that would be lost.
Whoever accepts that leaves a signed line in the file, which `verify_trail` reports and accepts: from then on the trail
goes on without these entries.
"""

import json
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from monographs.models import WriteLock
from reviews.audit import database_roles, seals
from reviews.audit.backup_file import BackupRefused, decrypt, encrypt
from reviews.audit.checkpoints import A_MOMENT, standing
from reviews.audit.hashes import instant
from reviews.models import AuditEvent

SUFFIX, AT = ".backup", "%Y-%m-%dT%H%M%S.%fZ"  # the name of a file: when it was made
_TRIES = 3
DATABASE, CHECKPOINTS = "database", "checkpoints"


@dataclass(frozen=True)
class Head:
    """The last entry that a backup holds."""

    seq: int
    hash: str


# -- Making one ------------------------------------------------------------------------------------------------------


def make(directory: Path, key: bytes) -> tuple[Path, Head]:
    """A backup of this moment, in a file of its own. Nobody waits for it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = timezone.now()
    for _try in range(_TRIES):
        with _room(directory) as room:
            head = _dump(room / DATABASE)
            time.sleep(A_MOMENT.total_seconds())  # the lines of acts that had just ended
            kept = lines_until(head.seq)
            if kept is None:
                continue
            (room / CHECKPOINTS).write_bytes(kept)
            to = directory / f"{at.strftime(AT)}{SUFFIX}"
            about = {"at": instant(at), "vendor": connection.vendor, "seq": head.seq, "hash": head.hash}
            if key_of_head := AuditEvent.objects.filter(seq=head.seq).values_list("seal", flat=True).first():
                about["key"] = key_of_head.partition(":")[0]
            encrypt({name: room / name for name in (CHECKPOINTS, DATABASE)}, to, key, about)
            return to, head
    raise BackupRefused("Lines of the checkpoint file came in another order than their acts. Run it again.")


@contextmanager
def _room(directory: Path) -> Iterator[Path]:
    """A place beside the backups for what is not encrypted yet; nothing of it stays."""
    with tempfile.TemporaryDirectory(dir=directory, prefix=".") as name:
        yield Path(name)


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
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={to}")
    return Head(seq, hashed)


def lines_until(seq: int) -> bytes | None:
    """The checkpoint file up to the first line about a later entry. None, where a line about an earlier one stands
    behind it: two acts ended at once."""
    try:
        content = seals.checkpoint_path().read_bytes()
    except OSError:
        return b""
    lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)
    forms = [_form(line) for line in lines]
    taken_back = len(forms) - 1 - next((n for n, form in enumerate(reversed(forms)) if "lost" in form), len(forms))
    later = [n for n, form in enumerate(forms) if n > taken_back and form.get("seq", 0) > seq]
    if not later:
        return b"".join(lines)
    if any(form.get("seq", 0) <= seq for form in forms[later[0] :]):
        return None
    return b"".join(lines[: later[0]])


def _form(line: bytes) -> dict[str, Any]:
    try:
        form = json.loads(line)
        return form if isinstance(form, dict) and isinstance(form.get("seq"), int) else {}
    except ValueError:
        return {}


# -- Putting one in its place ----------------------------------------------------------------------------------------


def newest(path: Path) -> Path:
    """The backup of this name, or the newest one of a directory."""
    if not path.is_dir():
        return path
    found = sorted(path.glob(f"*{SUFFIX}"))
    if not found:
        raise BackupRefused(f"{path}: there is no backup.")
    return found[-1]


def restore(
    path: Path, key: bytes, *, replace: bool = False, accept_loss: bool = False, reason: str = ""
) -> tuple[Head, list[str]]:
    """Puts a backup in the place of the database. Answers its head, and what is lost by it. BackupRefused, and nothing
    is touched: it cannot be read, is of another database or trail, the database here holds something and nobody said
    that it may go, entries would be lost that nobody accepts, or another key took over since."""
    path = newest(path)
    with _room(path.parent) as room:
        about = decrypt(path, room, key)
        if about["vendor"] != connection.vendor:
            raise BackupRefused(f"{path}: it is of {about['vendor']}, and DATABASE_URL names {connection.vendor}.")
        head = Head(about["seq"], about["hash"])
        backed = (room / CHECKPOINTS).read_bytes()
        now = _checkpoints_now(backed)
        lost = dict(_lost(head, now))
        if lost and not accept_loss:
            entries = "\n".join(f"  {said}" for _seq, said in sorted(lost.items()))
            raise BackupRefused(
                f"{path} ends with entry {head.seq}. These {len(lost)} of now would be lost:\n{entries}\n"
                "Take a newer backup, or add --accept-loss and a --reason. Nothing was restored."
            )
        if not (replace or accept_loss) and (held := _held()):
            raise BackupRefused(
                f"The database here is not empty: it goes up to entry {held}. Nothing was restored. Add --replace "
                "where the backup may take its place."
            )
        if lost and "key" in about and about["key"] != seals.key_id():
            raise BackupRefused(
                f"{path}: another key took over since. It ends with what {about['key']} sealed, and SIGNING_KEY is "
                f"{seals.key_id()}. Put the one of then in its place, restore, and let another take over "
                "(docs/keys.md). Nothing was restored."
            )
        _put_in_place(room / DATABASE)
        if len(now) < len(backed):
            _write_checkpoints(backed)
        if lost:
            seals.append_checkpoint(head.seq, head.hash, lost={"from": min(lost), "to": max(lost), "reason": reason})
    return head, [said for _seq, said in sorted(lost.items())]


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


def _lost(head: Head, now: bytes) -> Iterator[tuple[int, str]]:
    """(entry, what it was) of all that was done after the backup, as far as checkpoint file and database tell. Whether
    the lines are signed is not asked here: that needs the database, which may be the one that is damaged."""
    for line in standing([form for one in now.splitlines() if (form := _form(one))]):
        if line["seq"] > head.seq:
            yield line["seq"], f"entry {line['seq']}, {line.get('at')}: {line.get('act') or 'a checkpoint'}"
    try:
        same = AuditEvent.objects.filter(seq=head.seq).values_list("hash", flat=True).first()
        if same not in (None, head.hash):
            raise BackupRefused("The database here holds another trail than the backup. Empty it first, if it may go.")
        later = AuditEvent.objects.filter(seq__gt=head.seq).order_by("seq")
        for one in later.only("seq", "at", "verb", "subject", "actor_name").iterator(2000):
            who = f" by {one.actor_name}" if one.actor_name else ""
            yield one.seq, f"entry {one.seq}, {instant(one.at)}: {one.verb} {one.subject}{who}"
    except (DatabaseError, ValueError):
        return  # what is there cannot be read: it is damaged, or empty


def _held() -> int:
    """The last entry of the database that is here; 0, where it is empty or cannot be read."""
    try:
        return WriteLock.objects.values_list("seq", flat=True).get(pk=1)
    except (DatabaseError, ObjectDoesNotExist, ValueError):
        return 0


def _put_in_place(file: Path) -> None:
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
        name = connection.settings_dict["NAME"]
        connection.close()
        # Owners and rights are those of here: a machine of another name has roles of other names.
        here = ("--no-owner", "--no-privileges")
        _run("pg_restore", "--clean", "--if-exists", "--single-transaction", *here, str(file), database=name)
        database_roles.renew()


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


def _run(program: str, *arguments: str, database: str = "") -> None:
    """One of PostgreSQL's programs, of the server's version, found by PATH; it gets the password by its environment."""
    told = connection.settings_dict
    host, port = told["HOST"] or told["OPTIONS"].get("host", ""), told["PORT"] or told["OPTIONS"].get("port", "")
    named = {"PGHOST": host, "PGPORT": str(port or 5432), "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"]}
    named |= {"PGSSLMODE": str(told["OPTIONS"].get("sslmode", ""))}
    environment = {**os.environ, **{name: value for name, value in named.items() if value}}
    command = [program, *arguments[:-1], f"--dbname={database or told['NAME']}", arguments[-1]]
    try:
        # The programs are named here, and the rest by the settings.
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise BackupRefused(f"{program} is not installed here, or not in PATH.") from error
    if done.returncode:
        raise BackupRefused(f"{program}: {done.stderr.strip()[-500:]}")
