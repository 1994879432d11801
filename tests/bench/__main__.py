"""The benchmark on both databases: python -m tests.bench N [lane …] [arguments for `manage.py bench` …]

With more than 1,000 monographs it measures 1,000 as well, and tells what growth costs. Databases and files are
temporary. PostgreSQL skips fsync here and SQLite does not, so acts of the two are not to be compared.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import takewhile
from pathlib import Path

from tests import postgres
from tests.bench.report import Report, Row, growth, table

ROOT = Path(__file__).resolve().parents[2]
FEW = 1_000
# What a developer set for the demonstration is not what is measured.
OURS = ("DATABASE_URL", "CACHE_URL", "CHECKPOINT_FILE", "DEBUG", "ALLOWED_HOSTS", "SITE_URL", "SSL_REDIRECT")


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="clincalc-bench-") as directory:
        yield f"sqlite:///{directory}/bench.sqlite3"


LANES: dict[str, Callable[[], AbstractContextManager[str]]] = {"sqlite": sqlite, "postgresql": postgres.server}


def measure(url: str, count: int, arguments: list[str]) -> Report:
    """Fills the database and measures on it."""
    with tempfile.TemporaryDirectory(prefix="clincalc-bench-") as directory:
        environment = {
            **{name: value for name, value in os.environ.items() if name not in OURS},
            "DEMO": "1",
            "DATABASE_URL": url,
            "CHECKPOINT_FILE": f"{directory}/checkpoints.jsonl",
            "STATIC_ROOT": f"{directory}/static",
            "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
            "SIGNING_KEY": base64.b64encode(os.urandom(32)).decode(),
        }

        def manage(*command: str) -> str:
            done = subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
            )
            if done.returncode:
                raise RuntimeError(f"{command[0]} failed")
            return done.stdout

        manage("migrate", "--noinput", "--verbosity=0")
        manage("collectstatic", "--noinput", "--verbosity=0")
        print(f"\nLoading {count} monographs …", flush=True)
        manage("load_corpus", str(count))
        found = json.loads(manage("bench", "--json", *arguments))
    return Report(**{**found, "rows": [Row(**row) for row in found["rows"]]})


def main(arguments: list[str]) -> int:
    count, rest = int(arguments[0]), arguments[1:]
    chosen = list(takewhile(LANES.__contains__, rest))
    for lane in chosen or LANES:
        reports = []
        for size in sorted({min(FEW, count), count}):
            with LANES[lane]() as url:
                reports.append(measure(url, size, rest[len(chosen) :]))
            print(table(reports[-1]), flush=True)
        if len(reports) > 1:
            print("", *growth(*reports), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    # A polite kill ends like Ctrl-C: the PostgreSQL of this run is stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except RuntimeError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
