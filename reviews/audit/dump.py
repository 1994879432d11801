"""The schema `public` of PostgreSQL in a file, by the programs of PostgreSQL, and put back from one.

All that is put back becomes the owner's. So no other schema is dumped or put back, and a dump that lists one is
refused: what the app's role makes elsewhere (reviews.audit.database_roles) would do there what the owner may.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from reviews.audit.backup_file import BackupRefused
from reviews.audit.schema import AS_MADE

NO_PROGRAM = "{} is not installed here, or not in PATH."
_OURS = "--schema=public"
# What a dump may list. The schemas themselves, which dumps of before name too, stay as they are by a restore.
_LISTED = re.compile(
    r"\d+; \d+ \d+ (?:(?:TABLE|TABLE DATA|SEQUENCE|SEQUENCE SET|SEQUENCE OWNED BY|DEFAULT|CONSTRAINT|FK CONSTRAINT"
    rf"|INDEX|TRIGGER|FUNCTION|COMMENT|ACL) public |(?:|COMMENT - |ACL - )SCHEMA (?:- )?(?:public|{AS_MADE}) )"
)


def dump(to: Path, snapshot: str) -> None:
    """What that snapshot of this database shows."""
    _run("pg_dump", "--format=custom", _OURS, f"--snapshot={snapshot}", f"--file={to}", f"--dbname={_database()}")


def refuse_others(file: Path) -> None:
    """BackupRefused, where a dump lists what this product does not make."""
    lines = [line for line in _run("pg_restore", "--list", str(file)).splitlines() if line and line[0] != ";"]
    if others := [line for line in lines if not _LISTED.match(line)]:
        listed = "".join(f"  {line}\n" for line in others[:20])
        raise BackupRefused(
            f"The backup holds what this product does not make:\n{listed}Find out who made it. Nothing was restored."
        )


def columns(file: Path, table: str, *names: str) -> Iterator[list[str]]:
    """Of each row of a table of a dump. No value of those that are asked for needs an escape."""
    columns: list[str] = []
    command = ["pg_restore", "--data-only", _OURS, f"--table={table}", "--file=-", str(file)]
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as reading:  # noqa: S603
            assert reading.stdout
            for line in reading.stdout:
                if columns and line != "\\.\n":
                    row = dict(zip(columns, line.rstrip("\n").split("\t"), strict=True))
                    yield [row[name] for name in names]
                else:
                    start, _open, rest = line.partition(" (")
                    is_copy = start.startswith("COPY ")
                    columns = [one.strip('"') for one in rest.partition(")")[0].split(", ")] if is_copy else []
    except FileNotFoundError as error:
        raise BackupRefused(NO_PROGRAM.format("pg_restore")) from error
    if reading.returncode:
        raise BackupRefused(f"pg_restore cannot read {table} of the backup. Nothing was restored.")


def put_in_place(file: Path) -> None:
    """What it holds, in the place of what is in this database. Owners and rights are those of here: a machine of
    another name has roles of other names. What somebody left where nothing stays goes first: a view of a table there
    would hold the table fast."""
    database = f"--dbname={_database()}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {AS_MADE} CASCADE")
    connection.close()
    here = (_OURS, "--no-owner", "--no-privileges")
    _run("pg_restore", "--clean", "--if-exists", "--single-transaction", *here, database, str(file))


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _run(*command: str) -> str:
    """What one of PostgreSQL's programs says, of the server's version, found by PATH; it gets the password by its
    environment."""
    told = connection.settings_dict
    host, port = told["HOST"] or told["OPTIONS"].get("host", ""), told["PORT"] or told["OPTIONS"].get("port", "")
    named = {"PGHOST": host, "PGPORT": str(port or 5432), "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"]}
    named |= {"PGSSLMODE": str(told["OPTIONS"].get("sslmode", ""))}
    environment = {**os.environ, **{name: value for name, value in named.items() if value}}
    try:
        # The programs are named here, and the rest by the settings.
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise BackupRefused(NO_PROGRAM.format(command[0])) from error
    if done.returncode:
        raise BackupRefused(f"{command[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout
