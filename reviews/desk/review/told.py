"""What changed, as the reviewer reads it: the most dangerous part first, each change in a sentence, was and now, and
the references that stand behind it, numbered as on the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from monographs.citations.csl import FormattedReference, format_reference
from monographs.difference.danger import Danger, Rank, dangers
from monographs.difference.diff_html import Change, Cites, Side, changes_of, side
from monographs.difference.document_diff import Comparison, compare
from monographs.difference.passages import Passage
from monographs.document import PROSE, Document
from monographs.pages.page import numbers_of
from monographs.standing import draft, today
from reviews.desk.review.read_ticks import ReadTick


@dataclass(frozen=True)
class Sides:
    """A passage, was and now, as HTML."""

    was: Side
    now: Side
    is_uncited: bool
    is_long: bool  # only what changed in it is large


@dataclass(frozen=True)
class Said:
    """One change: its sentence, and its passages where they are shown large."""

    rank: Rank
    sentence: str
    is_loud: bool
    sides: tuple[Sides, ...]


@dataclass(frozen=True)
class Behind:
    """A reference that a changed passage cites. Without a `number` the page as it would be has it no more."""

    number: int | None
    text: FormattedReference
    is_new: bool


@dataclass(frozen=True)
class ToldPart:
    """One changed part: what is dangerous about it first, then all that differs word for word."""

    change: Change
    said: tuple[Said, ...]
    behind: tuple[Behind, ...]
    tick: ReadTick | None = None
    box: Any = None  # for a remark
    words: str = ""  # all that is said of it, word for word, as HTML

    @property
    def rank(self) -> Rank:
        return min((one.rank for one in self.said), default=Rank.WORDS)

    @property
    def loud(self) -> list[Said]:
        return [one for one in self.said if one.is_loud]

    @property
    def uncited(self) -> int:
        return sum(sides.is_uncited for one in self.said for sides in one.sides)


def told(
    comparison: Comparison, old: Document | None, new: Document, ticks: Mapping[str, ReadTick] | None = None
) -> list[ToldPart]:
    """Every changed part, the most dangerous first, those of one rank in the order of the page; of a first edition all
    in the order of the page, as it is read."""
    before = numbers_of(draft(old)) if old else {}
    after = numbers_of(draft(new))
    cites = _cites(before, after)
    by_part: dict[str, list[Danger]] = {}
    for one in dangers(comparison):
        by_part.setdefault(one.key, []).append(one)
    parts = []
    for change in changes_of(comparison, cites):
        found = by_part.get(change.key, [])
        change.fields = tuple(one for one in change.fields if not _is_told_whole(one.name, found))
        labels = dict.fromkeys(label for one in found for passage in one.passages for label in passage.labels)
        said = tuple(_said(one, cites) for one in found)
        behind = tuple(_behind(labels, old, new, after))
        parts.append(ToldPart(change, said, behind, (ticks or {}).get(change.key)))
    order = {key: at for at, key in enumerate(by_part)}
    return sorted(parts, key=lambda one: (one.rank, order.get(one.change.key, len(order)))) if old else parts


@dataclass(frozen=True)
class Named:
    """A document by its digest, and as pages call it."""

    digest: str
    called: str
    document: Document | None = field(compare=False)


def told_of(old: Named, new: Named, ticks: Mapping[str, ReadTick]) -> tuple[Comparison, list[ToldPart]]:
    """How two documents differ, and each changed part with its ticks and its words as HTML. A review is opened again
    and again, and what two documents say of each other never changes but with the day, on which notices begin and end
    and with them the numbers of references: the last ones are kept."""
    comparison, parts = _told_of(old, new, today())
    own = (replace(one, change=replace(one.change, people=[]), tick=ticks.get(one.change.key)) for one in parts)
    return comparison, list(own)


@lru_cache(maxsize=8)
def _told_of(old: Named, new: Named, _day: date) -> tuple[Comparison, list[ToldPart]]:
    assert new.document is not None
    comparison = compare(old.document, new.document)
    parts = told(comparison, old.document, new.document)
    names = {"old_name": old.called, "new_name": new.called}
    if old.document is not None:  # a first edition is read as the page that it would be
        parts = [replace(one, words=_words(one, names)) for one in parts]
    return comparison, parts


def _words(part: ToldPart, names: dict[str, str]) -> SafeString:
    return render_to_string("reviews/_told_words.html", {"part": part, "change": part.change, **names})


def _is_told_whole(field: str, found: list[Danger]) -> bool:
    """Whether a field of one line is shown whole, was and now, with its sentence: it need not stand there twice."""
    return field not in PROSE.values() and any(one.field == field and one.is_loud and one.passages for one in found)


def _said(one: Danger, cites: Cites) -> Said:
    loud = one.passages if one.is_loud else ()
    if one.rank in (Rank.FIGURE, Rank.MONITORING) and one.field in PROSE.values():
        # The rest stands in the text below.
        loud = tuple(passage for passage in loud if passage.is_dangerous) or loud
    return Said(one.rank, one.sentence, one.is_loud, tuple(_sides(passage, cites) for passage in loud))


def _sides(passage: Passage, cites: Cites) -> Sides:
    was = side(passage.segments, "removed", 2, cites.old)
    now = side(passage.segments, "added", 2, cites.new)
    return Sides(was, now, passage.is_uncited, max(len(passage.was), len(passage.now)) > _LONG)


_LONG = 120


def _cites(before: Mapping[str, int], after: Mapping[str, int]) -> Cites:
    """Numbers for labels, on each side those of its own page. Where two labels would look the same across the sides,
    the label stands beside the number: nothing that differs may look the same."""
    was, now = ({number: label for label, number in side.items()} for side in (before, after))
    same = {number for number in was.keys() & now.keys() if was[number] != now[number]}
    return Cites(_marks(before, same), _marks(after, same))


def _marks(numbers: Mapping[str, int], named: set[int]) -> dict[str, SafeString]:
    return {
        label: format_html('<span class="cited">[<span class="vh">reference </span>{}{}]</span>', number, f" {label}")
        if number in named
        else format_html('<span class="cited">[<span class="vh">reference </span>{}]</span>', number)
        for label, number in numbers.items()
    }


def _behind(
    labels: Mapping[str, None], old: Document | None, new: Document, numbers: Mapping[str, int]
) -> list[Behind]:
    now = {one.label: one for one in new.citations}
    was = {one.label: one for one in old.citations} if old else {}
    known = [label for label in labels if label in now or label in was]
    return [
        Behind(numbers.get(label), format_reference((now.get(label) or was[label]).csl), bool(old) and label not in was)
        for label in sorted(known, key=lambda label: numbers.get(label, len(numbers) + 1))
    ]
