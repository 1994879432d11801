'''Databases as an earlier version of the product left them, on which every later version is tried: `manage.py upgrade`
must bring them here whole, and readers must get the same bytes.

What lies in `tests/data/upgrade/d547f88/`
------------------------------------------
* `database.sqlite3.gz`, `database.sql.gz` (PostgreSQL): one house, told twice. It is the demonstration and what
  `story.py` adds: published monographs and drafts that hold signs which Markdown takes for markup, and what passed once
  although it shows nothing (`as_typed.json`); editions, corrections, warnings, withdrawals, reports.
* `checkpoints.….jsonl`: the checkpoint file of each.
* `pages.json.gz`: every public address of that house with its answer, by the code and at the moment that it names.
  Lists, feed, sitemaps, data, former addresses and refusals are there too. It fits both databases.

All was done under invented keys (`KEYS`) at an invented time: the first day was `BEGUN`. No machine's clock is in it.

When a page is meant to change
------------------------------
Say so in `tests/data/upgrade/intended.toml`, one entry for each change of words or markup:

    [[difference]]
    why = "Headings carry their number."
    before = """<h2>Dose"""
    after = """<h2>3. Dose"""

`before` becomes `after` in every recorded answer that holds it, in the order of the file. The first line of an answer
is its status, type and location, so these can be declared too. An entry that is found nowhere makes the test fail.
`each = "called"` says it once for each row of the list `called` in that file: {0}, {1}… are filled in.

When that would be most of a page, record all pages anew by the code of this checkout, look at what it says has changed,
and commit both together:

    python -m tests.upgrade.make pages

It empties `intended.toml`. The databases stay as they are, for good. Should `story.py` ever have to tell more,

    python -m tests.upgrade.make databases

makes them again from a checkout of that commit, and the pages as its code served them: the same ones each time.
'''

import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "d547f88"
DATA = ROOT / "tests" / "data" / "upgrade"
OF_COMMIT = DATA / COMMIT
INTENDED = DATA / "intended.toml"
PAGES = OF_COMMIT / "pages.json.gz"
DATABASES = {"sqlite": OF_COMMIT / "database.sqlite3.gz", "postgresql": OF_COMMIT / "database.sql.gz"}

BEGUN = "2026-09-01T09:00:00+00:00"
# Long after the story: some reviews are overdue by then, some long overdue, a second signature is late.
READ_AT = "2028-01-15T12:00:00+00:00"

NOT_A_SECRET = "This seals the databases on which the tests try an upgrade, and nothing else. Everybody may know it."
KEYS = {
    "SECRET_KEY": f"test-{hashlib.sha256(NOT_A_SECRET.encode()).hexdigest()}",
    "SIGNING_KEY": base64.b64encode(hashlib.sha256(NOT_A_SECRET.encode()).digest()).decode(),
}


@dataclass(frozen=True)
class House:
    """A database, its checkpoint file, and the checkout whose code works on it."""

    database_url: str
    checkpoints: Path
    code: Path = ROOT

    def run(self, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Python in a process of its own, in which nothing is set but what belongs to this house."""
        return subprocess.run(
            self._command(command), cwd=self.code, env=self._environment(), input=given, capture_output=True, text=True,
            encoding="utf-8",
        )  # fmt: skip

    def begun(self, *command: str) -> subprocess.Popen[str]:
        """One that goes on beside the test."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self._command(command), cwd=self.code, env=self._environment(), stdin=pipe, stdout=pipe, stderr=pipe, text=True,
            encoding="utf-8",
        )  # fmt: skip

    def _command(self, command: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-W", "ignore:No directory at:UserWarning", *command]

    def _environment(self) -> dict[str, str]:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return environment | {
            **KEYS,
            "DEMO": "1",
            "DEMO_PASSWORD": "clincalc-demo",
            "SITE_URL": "http://127.0.0.1:8000",
            "DATABASE_URL": self.database_url,
            "CHECKPOINT_FILE": str(self.checkpoints),
            "STATIC_ROOT": str(self.checkpoints.parent / "static"),
            "EMAIL_URL": "dummymail://",
        }

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *command)

    def inside(self, *command: str, given: str) -> str:
        """What `inside.py` says, in a process of this house."""
        done = self.run(str(Path(__file__).with_name("inside.py")), *command, given=given)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def served(self, at: str, addresses: list[str], what: str = "ask") -> dict[str, str]:
        """What readers get at these addresses at this moment; with `walk`, wherever they lead as well."""
        return json.loads(self.inside(what, given=json.dumps({"at": at, "addresses": addresses})))


# -- What was recorded -------------------------------------------------------------------------------------------------


def recorded() -> dict[str, Any]:
    """{"code": by which version, "at": at which moment, "pages": {address: answer}}, intended differences applied."""
    kept = json.loads(gzip.decompress(PAGES.read_bytes()))
    meant = tomllib.loads(INTENDED.read_text("utf-8"))
    for one in meant.get("difference", []):
        is_found = False
        for before, after in _each(one, meant):
            changed = {
                address: answer.replace(before, after) for address, answer in kept["pages"].items() if before in answer
            }
            is_found = is_found or bool(changed)
            kept["pages"] |= changed
        assert is_found, f"intended.toml: “{one['why']}” is found on no page. Take it out, or mend it."
    return kept


def _each(one: dict[str, str], meant: dict[str, Any]) -> list[tuple[str, str]]:
    """(before, after) of an entry: once as it stands, or filled in with each row of the list that it names."""
    words = one["before"], one["after"]
    if "each" not in one:
        return [words]
    return [(words[0].format(*row), words[1].format(*row)) for row in meant[one["each"]]]


# -- A copy to work on -------------------------------------------------------------------------------------------------


def copied(vendor: str, directory: Path, server: str = "") -> House:
    """The house in a place of its own. `server` is the address of an empty database, for PostgreSQL."""
    checkpoints = directory / "checkpoints.jsonl"
    checkpoints.write_bytes((OF_COMMIT / f"checkpoints.{vendor}.jsonl").read_bytes())
    content = gzip.decompress(DATABASES[vendor].read_bytes())
    if vendor == "sqlite":
        (directory / "house.sqlite3").write_bytes(content)
        return House(f"sqlite:///{directory}/house.sqlite3", checkpoints)
    with psycopg.connect(server) as connection:
        connection.execute(content)
    return House(server, checkpoints)


def beside(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()
