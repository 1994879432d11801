"""python -m tests.faults [lane …] [--seconds N]: the run, on SQLite and on PostgreSQL. Exit 1 names what was lost."""

import argparse
import base64
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests import postgres
from tests.faults.harm import PostgreSQL, SQLite
from tests.faults.server import ROOT


@contextmanager
def sqlite(directory: Path) -> Iterator[SQLite]:
    yield SQLite(directory)


@contextmanager
def postgresql(directory: Path) -> Iterator[PostgreSQL]:
    with postgres.cluster() as cluster:
        yield PostgreSQL(cluster)


LANES: dict[str, Callable[[Path], AbstractContextManager]] = {"sqlite": sqlite, "postgresql": postgresql}


def environment(url: str, directory: Path) -> dict[str, str]:
    """Production's, but over plain HTTP. What a developer set for the demonstration does not count."""
    for name in ("DEMO", "DEBUG", "CACHE_URL"):
        os.environ.pop(name, None)
    return {
        "DATABASE_URL": url, "CHECKPOINT_FILE": f"{directory}/checkpoints.jsonl", "STATIC_ROOT": f"{directory}/static",
        "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(), "SSL_REDIRECT": "0", "REQUIRE_MFA": "0", "ALLOWED_HOSTS": "localhost",
        "SIGNING_KEY": base64.b64encode(os.urandom(32)).decode(), "SITE_URL": "https://clincalc.test",
        "DJANGO_SETTINGS_MODULE": "clincalc.settings",
    }  # fmt: skip


def run(lane: str, seconds: float) -> list[str]:
    """What was found, nothing if all is well; the counts are said."""
    with tempfile.TemporaryDirectory(prefix="clincalc-faults-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with LANES[lane](directory) as database:
            os.environ.update(environment(database.url, directory))
            for command in (["migrate", "--noinput"], ["collectstatic", "--noinput"]):
                subprocess.run([sys.executable, "manage.py", *command, "--verbosity=0"], cwd=ROOT, check=True)

            import django

            django.setup()
            from tests.faults.run import faults_on  # it needs the models

            return faults_on(database, lane, directory, seconds)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("lanes", nargs="*", metavar="lane", help=" or ".join(LANES))
    parser.add_argument("--seconds", type=float, default=180)
    given = parser.parse_args(arguments)
    if len(given.lanes) == 1:
        problems = run(given.lanes[0], given.seconds)
        for one in problems[:40]:
            print(f"  WRONG: {one}")
        print(f"{given.lanes[0]}: {len(problems) or 'nothing'} wrong")
        return 1 if problems else 0
    # A process each: settings are read once.
    command = [sys.executable, "-m", "tests.faults", f"--seconds={given.seconds}"]
    return max(subprocess.run([*command, lane], cwd=ROOT).returncode for lane in given.lanes or LANES)


if __name__ == "__main__":
    # A polite kill ends like Ctrl-C: server and database are stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
