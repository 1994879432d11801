"""What the benchmark found, as a table for people. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# The search of 20,000 monographs may cost so many times that of 1,000.
MOST_GROWTH = {"search": 2.2}


@dataclass(frozen=True)
class Row:
    """One thing that was measured. `ratio` is its cost in bare requests of the same moments; a count has a limit."""

    name: str
    ratio: float | None = None
    per_second: float | None = None
    queries: int | None = None
    most_queries: int | None = None
    remark: str = ""

    @property
    def is_over(self) -> bool:
        return self.queries is not None and self.most_queries is not None and self.queries > self.most_queries


@dataclass(frozen=True)
class Report:
    database: str
    monographs: int
    rounds: int
    requests: int
    rows: list[Row] = field(default_factory=list)


def table(report: Report) -> str:
    head = f"{report.database}, {report.monographs} monographs, {report.rounds} rounds of {report.requests} requests"
    lines = [head, f"{'':24}{'bare = 1':>10}{'a second':>10}   queries"]
    return "\n".join([*lines, *(_line(row) for row in report.rows)])


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    rate = "" if row.per_second is None else f"{row.per_second:.{0 if row.per_second >= 10 else 1}f}"
    count = "" if row.queries is None else f"{row.queries} (at most {row.most_queries}{': over' * row.is_over})"
    return f"{row.name:24}{ratio:>10}{rate:>10}   {count or row.remark}".rstrip()


def growth(small: Report, large: Report) -> Iterator[str]:
    """How many times what each thing costs with few monographs it costs with many."""
    yield f"{small.database}, from {small.monographs} to {large.monographs} monographs"
    before = {row.name: row.ratio for row in small.rows}
    for row in large.rows:
        if row.ratio and (was := before.get(row.name)) and row.name != "bare view":
            times, most = row.ratio / was, MOST_GROWTH.get(row.name)
            limit = f"   (at most {most}{': over' * (times > most)})" if most else ""
            yield f"{row.name:24}{times:>10.2f}{limit}"
