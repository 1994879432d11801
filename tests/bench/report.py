"""What the benchmark found, as a table for people: every line beside its goal. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench.goals import GOALS, Goal

BARE = "bare view"


@dataclass(frozen=True)
class Row:
    """One line. `cost` is in bare requests of the same moments, but for memory, which is in megabytes. `slowest` names
    where the time of a line that misses its goal goes."""

    name: str
    cost: float | None = None
    queries: int | None = None
    remark: str = ""
    slowest: str = ""

    @property
    def goal(self) -> Goal:
        return GOALS.get(self.name, Goal())

    def misses(self, database: str) -> bool:
        most = self.goal.of(database)
        too_dear = most is not None and self.cost is not None and self.cost > most
        too_many = None not in (self.queries, self.goal.queries) and self.queries > self.goal.queries  # type: ignore[operator]
        return too_dear or too_many


@dataclass(frozen=True)
class Report:
    """One measurement of all lines, on a database with so many monographs and entries in the trail."""

    database: str
    monographs: int
    entries: int
    rounds: int
    requests: int
    rows: list[Row] = field(default_factory=list)

    @property
    def titled(self) -> str:
        return f"{self.monographs:,}"


def table(reports: Sequence[Report]) -> str:
    """Measurements of one database side by side; the last one may be of a larger corpus, and tells what growth costs."""
    first, last = reports[0], reports[-1]
    grown = last.monographs > first.monographs
    lines = [
        f"{first.database}, {first.rounds} rounds of {first.requests} requests; costs in bare views",
        f"{'':22}{'goal':>8}" + "".join(f"{one.titled:>9}" for one in reports) + (f"{'growth':>9}" if grown else "")
        + "   queries",
    ]  # fmt: skip
    for name in dict.fromkeys(row.name for one in reports for row in one.rows):
        lines += _lines(name, reports, grown)
    lines.append(f"Entries in the trail: {', '.join(f'{one.entries:,}' for one in reports)}.")
    return "\n".join(lines)


def _lines(name: str, reports: Sequence[Report], grown: bool) -> Iterator[str]:
    rows = [next((row for row in one.rows if row.name == name), Row(name)) for one in reports]
    goal, most = rows[0].goal, rows[0].goal.of(reports[0].database)
    line = f"{name:22}{_figure(most) or '–':>8}" + "".join(f"{_figure(row.cost):>9}" for row in rows)
    times = growth(rows) if grown else None
    if grown:
        line += f"{f'×{times:.2f}' if times else '':>9}"
    line += f"   {_queries(rows, goal)}{rows[-1].remark}"
    at_fault = [f"{one.titled}" for one, row in zip(reports, rows, strict=True) if row.misses(one.database)]
    if times and goal.growth and times > goal.growth:
        at_fault.append(f"growth (at most ×{goal.growth})")
    yield line.rstrip() + (f"   MISSED: {', '.join(at_fault)}" if at_fault else "")
    if at_fault and (slowest := next((row.slowest for row in reversed(rows) if row.slowest), "")):
        yield f"{'':22}slowest: {slowest}"


def growth(rows: Sequence[Row]) -> float | None:
    """How many times what it costs with few monographs it costs with many; against the dearer of the first ones."""
    few = [row.cost for row in rows[:-1] if row.cost]
    return rows[-1].cost / max(few) if few and rows[-1].cost else None


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _queries(rows: Sequence[Row], goal: Goal) -> str:
    counts = dict.fromkeys(str(row.queries) for row in rows if row.queries is not None)
    return f"{'/'.join(counts)}{f' (at most {goal.queries})' if goal.queries else ''}" if counts else ""
