"""What the dose engine costs, as multiples of building its model: 2,000 generated regimens (at least 10,000 with
`--rounds=5`), in this process, and what memory is left behind."""

import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from monographs.doses.changes import compare
from monographs.doses.figures import figures
from monographs.doses.lines import lines
from monographs.doses.reading import build
from monographs.doses.rules import faults
from tests.bench.report import Row
from tests.monographs.doses.examples import ASKED
from tests.monographs.doses.generated import regimens

COUNT = 2_000


def rows(rounds: int, count: int = COUNT) -> Iterator[Row]:
    """Model and subject in turn, regimen by regimen the same ones; the median of their ratios counts."""
    structures = list(regimens(count))
    built = [build(one) for one in structures]
    whole = [one for one in built if not list(faults(one, ASKED))]
    pairs = list(pairwise(whole))
    model = _each(build, structures)
    yield Row("dose: model", 1.0, remark=f"of itself, {model * 1e6:.0f} µs")
    subjects: tuple[tuple[str, Callable[[Any], Any], Sequence[Any]], ...] = (
        ("dose: rules", lambda one: list(faults(one, ASKED)), whole),
        ("dose: lines", lines, whole),
        ("dose: figures", figures, whole),
        ("dose: class", lambda two: compare(*two), pairs),
    )
    for name, subject, held in subjects:
        both = [(_each(build, structures), _each(subject, held)) for _ in range(rounds)]
        ratio = median(its / of for of, its in both)
        yield Row(name, ratio, remark="of its model")
    yield Row("dose: memory", remark=f"{_left(structures):.0f} bytes left of each")


def _each(subject: Callable[[Any], Any], held: Sequence[Any]) -> float:
    """Seconds of the processor for each."""
    begun = time.process_time()
    for one in held:
        subject(one)
    return (time.process_time() - begun) / len(held)


def _left(structures: Sequence[Any]) -> float:
    """Bytes that stay behind of each regimen, once the first have filled what is kept."""

    def work(some: Sequence[Any]) -> None:
        for one in some:
            regimen = build(one)
            if not list(faults(regimen, ASKED)):
                lines(regimen), figures(regimen)

    few = structures[: len(structures) // 4]
    work(few)
    tracemalloc.start()
    work(few)
    before = tracemalloc.get_traced_memory()[0]
    work(structures)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return max(0, after - before) / len(structures)
