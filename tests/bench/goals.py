"""What each line of the benchmark may cost. Pure.

A cost is told in bare requests: how many times the processor's time that a Django view takes which does nothing. Where
a goal was set in milliseconds, a bare view took 0.22 of them.
"""

from dataclasses import dataclass

BARE_MS = 0.22
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Goal:
    """At most so many bare requests (of each database, where they differ), so many queries, and so many times the cost
    of a thousand monographs at the largest corpus."""

    most: float | dict[str, float] | None = None
    queries: int | None = None
    growth: float | None = None

    def of(self, database: str) -> float | None:
        return self.most.get(database) if isinstance(self.most, dict) else self.most


def ms(value: float) -> float:
    return value / BARE_MS


# Of the capacity of a bare view on gunicorn: 0.80 on PostgreSQL, 1.1 on SQLite; on Granian 2.3 and 3.
HOT = {POSTGRESQL: 1 / 0.80, SQLITE: 1 / 1.1}
HOT_GRANIAN = {POSTGRESQL: 1 / 2.3, SQLITE: 1 / 3}

GOALS = {
    "page": Goal(HOT, growth=1.1),
    "pages in turn": Goal(HOT, growth=1.1),
    "page, Granian": Goal(HOT_GRANIAN, growth=1.1),
    "home": Goal(HOT, growth=1.1),
    "letter": Goal(HOT, growth=1.1),
    "class": Goal(HOT, growth=1.1),
    "page, cold": Goal(ms(7), 4, 1.1),
    "home, cold": Goal(growth=1.5),
    "letter, cold": Goal(ms(5), growth=1.5),
    "search": Goal(ms(2.5), 3, 2),
    "queue, 300 open": Goal(growth=1.5),
    "workspace": Goal(ms(25), growth=1.5),
    "review of 60 parts": Goal(ms(35), growth=1.5),
    "open a part": Goal(growth=1.5),
    "save": Goal(ms(20), 34, 1.5),
    "sign + publish": Goal(ms(49), 60, 1.5),
    **{f"history of {many}": Goal(ms(20)) for many in (10, 100, 1000)},
    **{f"comparison of {many}": Goal(ms(20)) for many in (10, 100, 1000)},
    **{f"restore of {many}": Goal(ms(60)) for many in (10, 1000)},
    "memory, gunicorn": Goal(115),
    "memory, Granian": Goal(),
}  # fmt: skip
