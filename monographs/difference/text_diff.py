"""Differences between two texts: by words, and by the items of their lists. Pure.

Figures, decimals included, are one word each: a changed figure is never shown as a changed digit.
"""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeVar

from monographs import grammar
from monographs.text import TextRules

Operation = Literal["same", "added", "removed"]

_WORD = re.compile(r"(?:\[@[A-Za-z0-9_-]+\]|\w+(?:[.,'’/-]\w+)*|[^\w\s])[^\S\n]*|\n|[^\S\n]+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Above this many pairs of lines or words an exact comparison takes too long.
_MOST_PAIRS = 250_000

Thing = TypeVar("Thing", bound=Hashable)


@dataclass(frozen=True)
class Segment:
    """A run of words that is in both texts, or only in the new or the old one."""

    op: Operation
    text: str


def word_diff(old: str, new: str) -> tuple[Segment, ...]:
    """Segments that make up both texts: "same" and "removed" joined are the old one, "same" and "added" the new one."""
    segments: list[Segment] = []
    for one, other in _by_lines(old, new):
        segments += _by_words(one, other)
    return tuple(_joined(_without_specks(_joined(segments))))


def _by_lines(old: str, new: str) -> list[tuple[str, str]]:
    """Pairs of passages to compare by words: whole lines that came or went stay whole."""
    before, after = _LINE.findall(old), _LINE.findall(new)
    if len(before) * len(after) > _MOST_PAIRS:
        return [(old, new)]
    return [
        ("".join(before[i1:i2]), "".join(after[j1:j2]))
        for _, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    ]


def _by_words(old: str, new: str) -> list[Segment]:
    if old == new:
        return [Segment("same", old)]
    before, after = _WORD.findall(old), _WORD.findall(new)
    start = end = 0
    least = min(len(before), len(after))
    while start < least and before[start] == after[start]:
        start += 1
    while end < least - start and before[-1 - end] == after[-1 - end]:
        end += 1
    head, tail = before[:start], before[len(before) - end :]
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    segments = [Segment("same", "".join(head))]
    if len(before) * len(after) > _MOST_PAIRS:
        segments += [Segment("removed", "".join(before)), Segment("added", "".join(after))]
    else:
        for op, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if op == "equal":
                segments.append(Segment("same", "".join(before[i1:i2])))
            else:
                segments.append(Segment("removed", "".join(before[i1:i2])))
                segments.append(Segment("added", "".join(after[j1:j2])))
    return [*segments, Segment("same", "".join(tail))]


def _without_specks(segments: list[Segment]) -> list[Segment]:
    """A comma that two changes have in common would chop them up: it counts as changed on both sides."""
    kept: list[Segment] = []
    for position, segment in enumerate(segments):
        inside = 0 < position < len(segments) - 1
        if segment.op == "same" and inside and not re.search(r"\w|\n", segment.text):
            kept += [Segment("removed", segment.text), Segment("added", segment.text)]
        else:
            kept.append(segment)
    return kept


def _joined(segments: list[Segment]) -> list[Segment]:
    """One removed and one added run between two that are the same."""
    joined: list[Segment] = []
    texts: dict[Operation, str] = {"removed": "", "added": ""}

    def flush() -> None:
        joined.extend(Segment(op, text) for op, text in texts.items() if text)
        texts.update({"removed": "", "added": ""})

    for segment in segments:
        if segment.op != "same":
            texts[segment.op] += segment.text
        elif segment.text:
            flush()
            if joined and joined[-1].op == "same":
                joined.append(Segment("same", joined.pop().text + segment.text))
            else:
                joined.append(segment)
    flush()
    return joined


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
        twin = max(gone, key=lambda one: _likeness(one, text), default=None)
        if twin is None or _likeness(twin, text) < 0.5:
            changes.append(ItemChange("added", text, now=after.index(text)))
        else:
            gone.remove(twin)
            changes.append(ItemChange("changed", text, before.index(twin), after.index(text), before=twin))
    changes += [ItemChange("removed", text, was=before.index(text)) for text in gone]
    both = set(before) & set(after)
    for text, _, _ in moved([one for one in before if one in both], [one for one in after if one in both]):
        changes.append(ItemChange("moved", text, before.index(text), after.index(text)))
    return tuple(changes)


def _likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common, 0 to 1."""
    words, more = Counter(one.split()), Counter(other.split())
    return 2 * (words & more).total() / max(1, words.total() + more.total())
