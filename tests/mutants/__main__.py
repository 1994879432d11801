"""python -m tests.mutants [area or name …] [--list] [--quick] [--map] [--json FILE] [-j N]

Breaks copies of the product, one mutant at a time, and says which lane noticed. First the tests that run the lines that
changed; whoever they do not notice meets every lane whole. Exit code 1: a mutant
survived, does not fit any more, or broke so much that no test could answer.
"""

import argparse
import dataclasses
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.mutants import choosing, patches, running
from tests.mutants.patches import Mutant

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "var" / "mutants.json"
LANES = ("sqlite", "postgresql", "journeys")  # the cheapest first


@dataclasses.dataclass(frozen=True)
class Verdict:
    outcome: str  # killed, SURVIVED, unnoticed, stale, broken
    lane: str = ""
    test: str = ""
    note: str = ""

    def __str__(self) -> str:
        if self.outcome == "killed":
            return f"killed by {self.lane}: {self.test}{self.note}"
        said = "not noticed by the tests that cover it" if self.outcome == "unnoticed" else self.outcome
        return f"{said}: {self.note}" if self.note else said


def judge(lane: str, outcome: running.Outcome) -> Verdict | None:
    """What a run says of a mutant; nothing if it was green."""
    if outcome.red:
        return Verdict("killed", lane, outcome.red[0])
    if not outcome.in_time:
        return Verdict("killed", lane, "(time)")
    if outcome.code == 0 or "did not run" in outcome.last:
        return None
    return Verdict("broken", lane, note=outcome.last)


def ask_covering(tree: Path, batch: list[str], seconds: float) -> Verdict | None:
    outcome = running.ask(tree, batch, seconds, "-x")
    if outcome.code == 4:  # the mutant changes the names of tests: so all of their modules
        outcome = running.ask(tree, list(dict.fromkeys(test.split("::")[0] for test in batch)), seconds + 600, "-x")
    return judge("sqlite", outcome)


def meet(mutant: Mutant, base: Path, notes: choosing.Map, known: list[str], quick: bool) -> Verdict:
    try:
        patched = patches.apply(mutant, base)
    except patches.Stale as stale:
        return Verdict("stale", note=str(stale))
    moved = "" if patched.file == mutant.file else f" (now in {patched.file})"
    with running.broken(base, patched) as tree:
        batches = choosing.choose(notes, known, mutant, patched)
        for batch in batches:
            seconds = 120 + 10 * sum(notes.seconds.get(test, 1) for test in batch)
            if verdict := ask_covering(tree, batch, seconds):
                return dataclasses.replace(verdict, note=verdict.note + moved)
        if quick:
            return Verdict("unnoticed", note=f"{sum(map(len, batches))} tests{moved}")
        missed = []
        for lane in LANES:
            outcome = running.lane(tree, lane, "-x")
            if verdict := judge(lane, outcome):
                return dataclasses.replace(verdict, note=verdict.note + moved)
            if "did not run" in outcome.last:
                missed.append(outcome.last)
    return Verdict("SURVIVED", note="; ".join(missed) + moved)


def red_anyway(base: Path, verdicts: list[Verdict]) -> list[str]:
    """Witnesses that are red without a mutant as well: what they said counts for nothing."""
    red = []
    for lane in LANES:
        tests = sorted({v.test for v in verdicts if v.outcome == "killed" and v.lane == lane and v.test != "(time)"})
        if tests:
            outcome = running.ask(base, tests, running.LANE) if lane == "sqlite" else running.lane(base, lane, *tests)
            red += sorted(set(outcome.red) & set(tests))
    return red


def chosen(mutants: list[Mutant], words: list[str]) -> list[Mutant]:
    unknown = set(words) - {mutant.name for mutant in mutants} - {mutant.area for mutant in mutants}
    if unknown:
        sys.exit(f"There is no area and no mutant of this name: {', '.join(sorted(unknown))}")
    return [mutant for mutant in mutants if not words or {mutant.name, mutant.area} & set(words)]


def work(mutants: list[Mutant], jobs: int, one: Callable[[Mutant], Verdict]) -> dict[str, Verdict]:
    """All verdicts, each told when it is there. An interruption ends what was started."""
    verdicts = {}

    def timed(mutant: Mutant) -> tuple[Verdict, float]:
        began = time.monotonic()
        return one(mutant), time.monotonic() - began

    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(timed, mutant): mutant for mutant in mutants}
        try:
            for future in as_completed(futures):
                verdict, seconds = future.result()
                verdicts[futures[future].name] = verdict
                print(f"{futures[future].name}: {verdict} ({seconds:.0f} s)", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            running.stop_all()
            raise
    return verdicts


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.partition("\n\n")[2])
    parser.add_argument("words", nargs="*", metavar="NAME", help="an area (a file) or a mutant; default: all")
    parser.add_argument("--list", action="store_true", help="only list them")
    parser.add_argument("--quick", action="store_true", help="ask the tests that cover it, and no lane")
    parser.add_argument("--map", action="store_true", help="note again which test runs which line")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the verdicts here as well")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where the *.toml are")
    parser.add_argument("-j", type=int, default=2, dest="jobs", metavar="N", help="so many at a time (2)")
    options = parser.parse_args(arguments)
    mutants = chosen(patches.read(options.folder), options.words)
    if options.list:
        for mutant in mutants:
            print(f"{mutant.area:8} {mutant.name}: {mutant.breaks}")
        return 0
    with running.copied(ROOT) as base:
        known = running.tests_of(base)
        if options.map or not MAP.exists():
            began = time.monotonic()
            print("Noting which test runs which line; this takes the lane sqlite, and half again …", flush=True)
            for test in running.make_map(base, MAP):
                print(f"red without a mutant: {test}", flush=True)
            print(f"… {time.monotonic() - began:.0f} s", flush=True)
        notes = choosing.load(MAP)
        verdicts = work(mutants, options.jobs, lambda mutant: meet(mutant, base, notes, known, options.quick))
        red = red_anyway(base, list(verdicts.values()))
    counts = Counter(verdict.outcome for verdict in verdicts.values())
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no mutants")
    for test in red:
        print(f"red without a mutant, what it noticed does not count: {test}")
    if options.json:
        rows = [dataclasses.asdict(m) | dataclasses.asdict(verdicts[m.name]) for m in mutants]
        options.json.write_text(json.dumps({"mutants": rows, "red anyway": red}, indent=1))
    return 1 if red or set(counts) & {"SURVIVED", "unnoticed", "stale", "broken"} else 0


if __name__ == "__main__":
    # A polite kill ends like Ctrl-C: what was started is stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
