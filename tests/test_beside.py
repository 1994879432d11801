"""The old code beside the new tables, for the length of a deploy (docs/deploy.md, "New code"): the checkout before the last
migration goes on serving a database that this one upgraded. Readers get their pages; what is written is written whole,
or refused with a sentence."""

import json
import subprocess
import tarfile
from io import BytesIO
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from reviews.derived import version
from tests import upgrade
from tests.upgrade import ROOT, House

# Runs in the old checkout, by names that both have.
OLD = """
import io, json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "clincalc.settings"
import django
django.setup()
from monographs.models import Edition, Publication
from reviews.derived import version
from reviews.models import AuditEvent
from tests import factories as make

house = make.make_house()
page = make.published(house).monograph
edition = make.start(house, Edition.objects.get(monograph=page))
from clincalc.front import Front
from clincalc.gate import Gate
from clincalc.reader import Handler
application = Gate(Front(Handler()))

def pages():
    told = {}
    for path in ("/", "/drugs/", "/drugs/testazumab/", "/drugs/testazumab/monograph.json", "/updates/feed/", "/search/?q=test"):
        given, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": given, "QUERY_STRING": query, "HTTP_HOST": "127.0.0.1:8000",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
        }
        status = []
        body = b"".join(application(environ, lambda given, headers, error=None: status.append(given)))
        told[path] = [status[0], body.decode()]
    return told

def tried(act):
    before = AuditEvent.objects.count()
    try:
        act()
        return "done", AuditEvent.objects.count() - before
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}", AuditEvent.objects.count() - before

before = pages()
print("begun", flush=True)
sys.stdin.readline()
told = {"version": version.VERSION, "before": before, "meanwhile": pages()}
told["save"] = tried(lambda: make.reword(edition, "monitoring", "Words of the old code.", actor=house.editor))
told["send"] = tried(lambda: make.submit(house, edition))
told["sign"] = tried(lambda: make.sign(edition, house.clinician))
told["after"] = pages()
print(json.dumps(told))
"""


def before_the_last_migration() -> str:
    """The commit before the one that added a migration last; "" where history does not go so far back."""
    asked = ["git", "log", "-1", "--no-merges", "--diff-filter=A", "--format=%H", "--", "*/migrations/0*.py"]
    added = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    found = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{added}^"], cwd=ROOT, capture_output=True, text=True
    )
    return found.stdout.strip() if added else ""


@pytest.fixture
def address(tmp_path, database_url):
    """Of an empty database, in this lane's kind."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/house.sqlite3"
        return
    name = f"beside_{uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield upgrade.beside(database_url, name)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
@pytest.mark.django_db
def test_readers_and_writers_of_the_old_code_beside_the_tables_of_the_new(address, tmp_path):
    commit = before_the_last_migration()
    if not commit:
        pytest.skip("no history here")
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(tmp_path / "old", filter="data")
    old = House(address, tmp_path / "checkpoints.jsonl", tmp_path / "old")
    new = House(address, tmp_path / "checkpoints.jsonl")
    for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput", "--verbosity", "0")):
        done = old.manage(*command)
        assert done.returncode == 0, done.stderr

    with old.begun("-c", OLD) as process:
        assert process.stdout.readline() == "begun\n", process.stderr.read()
        upgraded = new.manage("upgrade")
        assert upgraded.returncode == 0, upgraded.stdout + upgraded.stderr
        said, faults = process.communicate("\n", timeout=120)
    told = json.loads(said)

    assert "Applying " in upgraded.stdout
    assert all(status.startswith("200") for status, _body in told["before"].values()), faults
    assert told["before"] == told["meanwhile"] == told["after"]
    for act in ("save", "send", "sign"):
        how, entries = told[act]
        if told["version"] == version.VERSION:
            assert (how, entries) == ("done", 1), (act, faults)
        else:  # nothing of it is there, and whoever wrote reads why
            assert entries == 0, act
            assert version.OTHER_VERSION in how, act
    verified = new.manage("verify_trail")
    assert verified.returncode == 0, verified.stdout + verified.stderr
