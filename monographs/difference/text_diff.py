"""Differences between two texts: by the order of things, and by the items of their lists. Pure."""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from monographs.texts import grammar
from monographs.texts.text import TextRules

Thing = TypeVar("Thing", bound=Hashable)


# -- Order ---------------------------------------------------------------------------------------------------------


def moved(old: Sequence[Thing], new: Sequence[Thing]) -> list[tuple[Thing, int, int]]:
    """The fewest things that must move to bring one order into the other, each with its places in both (from 0).

    Both hold the same things, each once.
    """
    was = {thing: place for place, thing in enumerate(old)}
    stayed = _longest_rise([was[thing] for thing in new])
    return [(thing, was[thing], place) for place, thing in enumerate(new) if was[thing] not in stayed]


def _longest_rise(numbers: list[int]) -> set[int]:
    """The numbers of a longest increasing run, gaps allowed (patience sorting)."""
    tops: list[int] = []
    below: dict[int, int | None] = {}
    for number in numbers:
        low, high = 0, len(tops)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if tops[middle] < number else (low, middle)
        below[number] = tops[low - 1] if low else None
        tops[low : low + 1] = [number]
    rise: set[int] = set()
    step = tops[-1] if tops else None
    while step is not None:
        rise.add(step)
        step = below[step]
    return rise


# -- Items of lists ------------------------------------------------------------------------------------------------

_ITEM = re.compile(r"^ {0,3}(?:[-+*]|\d{1,9}[.)])[ \t]+(\S.*)$", re.MULTILINE)
_MOST_ITEMS = 300


@dataclass(frozen=True)
class ItemChange:
    """What became of one item of a list: its words (`before` too, if they changed) and its places, from 0."""

    kind: Literal["added", "removed", "changed", "moved"]
    text: str
    was: int | None = None
    now: int | None = None
    before: str = ""


def _items(text: str, rules: TextRules) -> list[str]:
    return [item.typed for item in grammar.items(text)] if rules else _ITEM.findall(text)


def item_changes(old: str, new: str, was: TextRules = None, now: TextRules = None) -> tuple[ItemChange, ...]:
    """Items of the lists of a text that were added, removed, reworded or moved. None if an item stands there twice:
    which of the two moved cannot be told. `was` and `now` are the rules that each side follows."""
    before, after = _items(old, was), _items(new, now)
    if len(set(before)) < len(before) or len(set(after)) < len(after) or max(len(before), len(after)) > _MOST_ITEMS:
        return ()
    gone, come = [one for one in before if one not in set(after)], [one for one in after if one not in set(before)]
    changes = []
    for text in come:
        twin = max(gone, key=lambda one: in_common(one, text), default=None)
        if twin is None or in_common(twin, text) < 0.5:
            changes.append(ItemChange("added", text, now=after.index(text)))
        else:
            gone.remove(twin)
            changes.append(ItemChange("changed", text, before.index(twin), after.index(text), before=twin))
    changes += [ItemChange("removed", text, was=before.index(text)) for text in gone]
    both = set(before) & set(after)
    for text, _, _ in moved([one for one in before if one in both], [one for one in after if one in both]):
        changes.append(ItemChange("moved", text, before.index(text), after.index(text)))
    return tuple(changes)


def in_common(one: str, other: str) -> float:
    """The share of words that two texts have in common, 0 to 1."""
    words, more = Counter(one.split()), Counter(other.split())
    return 2 * (words & more).total() / max(1, words.total() + more.total())
