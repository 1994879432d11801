"""The benchmark on both databases: python -m tests.bench N [lane …] [arguments for `manage.py bench` …]

It measures twice at 1,000 monographs, which tells how far figures can be trusted, and once at N, which tells what
growth costs; the trail has 100,000 entries each time. The large corpus stays in `var/bench/` for the next time, and is
brought to the program's version first; the small ones are thrown away. PostgreSQL skips fsync here and SQLite does not,
so acts of the two are not to be compared.
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
from tests.bench.report import Report, Row, table

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "bench"
FEW, ENTRIES = 1_000, 100_000
WHOLE = "whole"  # the name of the file that says that a corpus was filled to its end
# What a developer set for the demonstration is not what is measured.
OURS = ("DATABASE_URL", "CACHE_URL", "CHECKPOINT_FILE", "DEBUG", "ALLOWED_HOSTS", "SITE_URL", "SSL_REDIRECT")


@contextmanager
def sqlite(place: Path) -> Iterator[str]:
    yield f"sqlite:///{place}/bench.sqlite3"


@contextmanager
def postgresql(place: Path) -> Iterator[str]:
    if not (place / "data").exists():  # it was not put back
        (place / WHOLE).unlink(missing_ok=True)
    with postgres.cluster(place / "data") as running:
        yield running.url


LANES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {"sqlite": sqlite, "postgresql": postgresql}


def more_of(count: int) -> list[str]:
    """What a corpus holds beside its published monographs."""
    return [f"--entries={ENTRIES}", f"--open={min(300, count // 3)}", "--histories", "10", "100", "1000"]


class Corpus:
    """A database with so many monographs, in a directory that holds its keys and its checkpoints too."""

    def __init__(self, place: Path, url: str) -> None:
        keys = place / "keys.json"
        if not keys.exists():
            new = {"SECRET_KEY": os.urandom(48), "SIGNING_KEY": os.urandom(32)}
            keys.write_text(json.dumps({name: base64.b64encode(key).decode() for name, key in new.items()}))
        self.whole = place / WHOLE
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in OURS},
            **json.loads(keys.read_text()),
            "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "DATABASE_URL": url,
            "CHECKPOINT_FILE": f"{place}/checkpoints.jsonl",
            "STATIC_ROOT": f"{place}/static",
        }

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed")
        return done.stdout

    def fill(self, count: int) -> None:
        """Brings to this version what was filled before. What was left half filled is refused by `load_corpus`."""
        if self.whole.exists():
            self.manage("upgrade")
        else:
            self.manage("migrate", "--noinput", "--verbosity=0")
            print(f"Loading {count:,} monographs …", flush=True)
            self.manage("load_corpus", str(count), *more_of(count))
            self.whole.touch()
        self.manage("collectstatic", "--noinput", "--verbosity=0")

    def measured(self, arguments: list[str]) -> Report:
        print("Measuring …", flush=True)
        found = json.loads(self.manage("bench", "--json", *arguments))
        return Report(**{**found, "rows": [Row(**row) for row in found["rows"]]})


@contextmanager
def corpus(lane: str, count: int, place: Path) -> Iterator[Corpus]:
    place.mkdir(parents=True, exist_ok=True)
    with LANES[lane](place) as url:
        made = Corpus(place, url)
        made.fill(count)
        yield made


def main(arguments: list[str]) -> int:
    count, rest = int(arguments[0]), arguments[1:]
    chosen = list(takewhile(LANES.__contains__, rest))
    options = rest[len(chosen) :]
    for lane in chosen or LANES:
        print(f"\n{lane}", flush=True)
        with tempfile.TemporaryDirectory(prefix="clincalc-bench-") as directory:
            with corpus(lane, min(FEW, count), Path(directory)) as few:
                reports = [few.measured(options), few.measured(options)]
        if count > FEW:
            with corpus(lane, count, KEPT / f"{lane}-{count}") as many:
                reports.append(many.measured(options))
        print(table(reports), flush=True)
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
