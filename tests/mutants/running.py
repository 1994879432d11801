"""Copies of the tree, and tests that run in them: each with a bound, and none in the tree that somebody works in."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lanes import JOURNEYS, NOT_INHERITED
from tests.mutants import choosing, noting, witness
from tests.mutants.patches import Patched

RUNNING: set[subprocess.Popen] = set()
INTERRUPTED = threading.Event()
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
WITNESS = ("-p", "tests.mutants.witness")
LANE = 3600  # seconds that a lane may take in one process on a busy machine


@dataclass(frozen=True)
class Outcome:
    code: int  # of the process; 0 is green
    red: list[str]  # the tests that were red
    in_time: bool
    output: str

    @property
    def last(self) -> str:
        return self.output.strip().rpartition("\n")[2]


def stop_all() -> None:
    """End all that runs, and start nothing more."""
    INTERRUPTED.set()
    for process in list(RUNNING):
        stop(process)


def python(tree: Path, *arguments: str, seconds: float, **environment: str) -> Outcome:
    """Run Python in a tree, and answer what became of its tests."""
    if INTERRUPTED.is_set():
        raise KeyboardInterrupt
    gone = (*NOT_INHERITED, "CLINCALC_TEST_DIR")
    made = tempfile.TemporaryDirectory(prefix="clincalc-mutant-", ignore_cleanup_errors=True)
    with made as folder, tempfile.TemporaryFile("w+") as output:
        notes = Path(folder) / "witness"
        environment = {witness.TARGET: str(notes), "CLINCALC_TEST_DIR": folder} | environment
        # As in CI: generated examples are the same each time.
        environment = (
            {name: value for name, value in os.environ.items() if name not in gone} | {"CI": "1"} | environment
        )
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=tree, env=environment, stdout=output, stderr=output, process_group=0
        )
        RUNNING.add(process)
        try:
            process.wait(seconds)
            in_time = True
        except subprocess.TimeoutExpired:
            in_time = False
        finally:
            stop(process)
            RUNNING.discard(process)
        lines = [line.split(" ", 1) for line in notes.read_text().splitlines()] if notes.exists() else []
        output.seek(0)
        red = [name for kind, name in lines if kind == "test"]
        return Outcome(process.returncode, red, in_time, output.read())


def stop(process: subprocess.Popen) -> None:
    """End a process and what it started; politely first, so that a lane stops its PostgreSQL."""
    for how, patience in ((signal.SIGTERM, 30), (signal.SIGKILL, None)):
        if process.poll() is None:
            os.killpg(process.pid, how)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
    try:
        os.killpg(process.pid, signal.SIGKILL)  # what it left behind
    except ProcessLookupError:
        pass


def ask(tree: Path, tests: list[str], seconds: float, *arguments: str) -> Outcome:
    """Run these tests in one process, on SQLite."""
    with tempfile.NamedTemporaryFile("w", prefix="clincalc-mutant-") as names:
        names.write("\n".join(tests))
        names.flush()
        return python(tree, *PYTEST, *WITNESS, *arguments, f"@{names.name}", seconds=seconds)


def lane(tree: Path, name: str, *arguments: str) -> Outcome:
    return python(tree, "-m", "tests.lanes", name, "-n0", "-p", "no:cacheprovider", *WITNESS, *arguments, seconds=LANE)


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy of what git knows or would take, with an index of its own: tests ask git what there is.

    The mutants stay behind: where one of them is in the code, the test that it still fits is red, and notices nothing.
    """
    with tempfile.TemporaryDirectory(prefix="clincalc-mutants-", ignore_cleanup_errors=True) as folder:
        tree = Path(folder) / "tree"
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
        for name in filter(None, names):
            if (root / name).is_file() and not Path(name).match("tests/mutants/*.toml"):
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, tree / name)
        subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
        subprocess.run(["git", "add", "-Af", "."], cwd=tree, check=True)
        yield tree


@contextmanager
def broken(tree: Path, patched: Patched) -> Iterator[Path]:
    """A copy of a copy, with one mutant in it."""
    with tempfile.TemporaryDirectory(prefix="clincalc-mutant-", ignore_cleanup_errors=True) as folder:
        copy = shutil.copytree(tree, Path(folder) / "tree", symlinks=True)
        path = copy / patched.file
        path.write_text(patched.after)
        # Python takes compiled code for current by second and size, and a mutant may keep both.
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
        yield copy


def tests_of(tree: Path) -> list[str]:
    """The names of all tests but the journeys."""
    outcome = python(tree, *PYTEST, *WITNESS, "--collect-only", f"--ignore={JOURNEYS}", seconds=300)
    if outcome.code:
        raise RuntimeError(f"The tests cannot be collected:\n{outcome.output}")
    return [line for line in outcome.output.splitlines() if line.startswith("tests/") and "::" in line]


def make_map(tree: Path, path: Path) -> list[str]:
    """Run all tests but the journeys, and note which runs which line. Answers those that are red."""
    with tempfile.TemporaryDirectory(prefix="clincalc-notes-") as folder:
        arguments = (*PYTEST, *WITNESS, "-p", "tests.mutants.noting", "-n2", f"--ignore={JOURNEYS}")
        outcome = python(tree, *arguments, seconds=2 * LANE, **{noting.TARGET: folder})
        if outcome.code not in (0, 1):
            raise RuntimeError(f"The tests did not run to their end:\n{outcome.output}")
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(choosing.merged(Path(folder), tree)))
        return sorted(set(outcome.red))
