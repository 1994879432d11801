"""Whether parts were moved: two of them that stand the one before the other, and did not so before.

As many steps as there are parts, and where parts that were there changed places, their logarithm times as many: all
pairs of 5,000 references would be twelve millions.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

# Of more parts that are not where they were it is no longer asked which of them it was.
FEW = 100


def is_moved(before: list[str], after: list[str], wanted: list[str]) -> bool:
    """Whether two parts stand in `after` one before the other as they do in `wanted`, and did not so in `before`, be it
    that one of them was not there."""
    at, was = {key: n for n, key in enumerate(after)}, {key: n for n, key in enumerate(before)}
    rows = [(at[key], was.get(key, -1)) for key in wanted if key in at]
    return _joins_a_new_one(rows) or _turned_round([row for row in rows if row[1] >= 0])


def _joins_a_new_one(rows: list[tuple[int, int]]) -> bool:
    """Whether a part that was not there stands to another as it is wanted: after one with a lower place, or before one
    with a higher."""
    first, last = math.inf, -1.0
    for place, was in rows:
        if was < 0 and first < place:
            return True
        first = min(first, place)
    for place, was in reversed(rows):
        if was < 0 and last > place:
            return True
        last = max(last, place)
    return False


def _turned_round(rows: list[tuple[int, int]]) -> bool:
    """Whether of two parts that were there the first has the lower place now and had the higher before."""
    in_place = sorted(rows)
    if all(one[1] < other[1] for one, other in pairwise(in_place)):
        return False
    rank = {row: n + 1 for n, row in enumerate(in_place)}
    highest = [-1] * (len(rows) + 1)  # a Fenwick tree: the highest former place up to a rank
    for row in rows:
        step = rank[row]
        while step:
            if highest[step] > row[1]:
                return True
            step &= step - 1
        step = rank[row]
        while step <= len(rows):
            highest[step] = max(highest[step], row[1])
            step += step & -step
    return False


def is_moved_from(live: list[str], before: list[str], after: list[str], wanted: list[str]) -> bool:
    """`is_moved` by two parts that do not stand in `live` as they do in `wanted`. Where nearly all do not, any two."""
    moved = out_of_place(live, wanted)
    if len(moved) > FEW:
        return is_moved(before, after, wanted)
    places = [{key: n for n, key in enumerate(keys)} for keys in (wanted, after, before, live)]
    return any(_is_new(places, one, other) for one in moved for other in wanted if one != other)


def _is_new(places: Sequence[dict[str, int]], one: str, other: str) -> bool:
    """Whether two parts stand to each other in the second as in the first, and in none that follow."""
    wanted, after, *others = places
    first, second = (one, other) if wanted[one] < wanted[other] else (other, one)

    def stand(where: dict[str, int]) -> bool:
        return first in where and second in where and where[first] < where[second]

    return stand(after) and not any(map(stand, others))


def out_of_place(live: list[str], now: list[str]) -> list[str]:
    """The fewest parts of `now` without which the others stand as they do in `live`."""
    was = {key: n for n, key in enumerate(live)}
    ends, last = list[int](), list[str]()  # by length: how the longest rows that rise end, in `live` and in `now`
    before: dict[str, str | None] = {}
    for key in now:
        if key in was:
            at = bisect_left(ends, was[key])
            before[key] = last[at - 1] if at else None
            ends[at : at + 1], last[at : at + 1] = [was[key]], [key]
    stay, one = set[str](), last[-1] if last else None
    while one is not None:
        stay.add(one)
        one = before[one]
    return [key for key in now if key not in stay]
