"""How much work something takes, told by other work in the same run: no machine is too slow or too busy for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LENGTH, TIMES = 8_000, 4
# Four times the text costs four times the work, or a little more; what looks at each place from each place costs sixteen.
TOO_MUCH = 9.0
NOTHING = 0.05  # seconds of the processor in which a clock tells nothing
ROUNDS = 1_100_000  # of adding, which took 0.05 s where the figures of `within` were chosen


def grows_with_its_length(work: Callable[[str], object], unit: str) -> bool:
    """Whether `work` on a row of `unit` four times as long costs at most about four times as much, judged by the best of
    five tries, as other work on the machine only ever adds.
    """

    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        start = time.process_time()
        work(text)
        return time.process_time() - start

    for _ in range(5):
        few, many = seconds(LENGTH), seconds(LENGTH * TIMES)
        if many < NOTHING or many <= TOO_MUCH * few:
            return True
    return False


def adding() -> float:
    """Seconds of the processor for a row of additions, now."""
    start = time.process_time()
    total = 0
    for one in range(ROUNDS):
        total += one
    return time.process_time() - start


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What stands in it takes no longer than so many seconds of the machine for which the figure was chosen: as many times
    a row of additions, made before and after.
    """
    before = adding()
    start = time.process_time()
    yield
    took = time.process_time() - start
    row = max(before, adding())
    assert took < seconds * row / 0.05, (
        f"as much as {took / row:.0f} rows of additions, and {seconds / 0.05:.0f} may be"
    )
