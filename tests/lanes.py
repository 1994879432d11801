"""The lanes of `make test`: python -m tests.lanes [lane …] [arguments for pytest …]

Every lane runs, whatever became of the one before; the last lines give one summary a lane.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from itertools import takewhile
from pathlib import Path

from tests import browser, postgres

JOURNEYS = Path("tests/journeys")
# What a developer set for the demonstration is not what is tested: each lane says its own database. Compiled code is kept:
# without it every process of a run compiles everything again, which is most of its start.
NOT_INHERITED = ("DATABASE_URL", "CHECKPOINT_FILE", "PYTHONDONTWRITEBYTECODE")


def run_pytest(*arguments: str, **environment: str) -> tuple[bool, str]:
    """Run pytest, pass on what it says, and answer whether it passed, with its last line."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    if sys.stdout.isatty():
        command.append("--color=yes")
    last = "it said nothing"
    with tempfile.TemporaryDirectory(prefix="clincalc-test-", ignore_cleanup_errors=True) as directory:
        environment = {**inherited, "CLINCALC_TEST_DIR": directory, **environment}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            for line in process.stdout:
                print(line, end="", flush=True)
                last = line.strip() or last
        except BaseException:
            process.terminate()  # its database is about to go
            raise
        finally:
            process.wait()
    return process.returncode == 0, last


def sqlite(arguments: list[str]) -> tuple[bool, str]:
    """Everything but the journeys."""
    return run_pytest("-n", "2", f"--ignore={JOURNEYS}", *arguments)


def postgresql(arguments: list[str]) -> tuple[bool, str]:
    """Everything whose answer depends on the database (tests/conftest.py leaves out what needs none)."""
    given = os.environ.get("TEST_DATABASE_URL")
    with nullcontext(given) if given else postgres.server() as url:
        return run_pytest("-n", "2", f"--ignore={JOURNEYS}", *arguments, DATABASE_URL=url)


def journeys(arguments: list[str]) -> tuple[bool, str]:
    why_not = browser.install()
    if why_not:
        names = ", ".join(sorted(path.stem.removeprefix("test_") for path in JOURNEYS.glob("test_*.py")))
        # Elsewhere a missing browser is the reader's choice; CI must not pass for want of one.
        return not os.environ.get("CI"), f"did not run ({names}): {why_not}"
    return run_pytest("-n", "2", str(JOURNEYS), *arguments)


LANES: dict[str, Callable[[list[str]], tuple[bool, str]]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
    "journeys": journeys,
}


def main(arguments: list[str]) -> int:
    chosen = list(takewhile(LANES.__contains__, arguments))
    results = {}
    for lane in chosen or LANES:
        print(f"\n--- {lane} ---", flush=True)
        try:
            results[lane] = LANES[lane](arguments[len(chosen) :])
        except (OSError, RuntimeError) as error:
            results[lane] = False, f"could not start: {error}"
    print()
    for lane, (_passed, summary) in results.items():
        print(f"{lane}: {summary}")
    return 0 if all(passed for passed, _summary in results.values()) else 1


if __name__ == "__main__":
    # A polite kill ends like Ctrl-C: the PostgreSQL of this run is stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
