"""How the figures of doses changed from one working document to the next, by docs/clinical/dose_changes.md: critical
changes first. Pure. For the desk alone: readers are shown none of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from monographs.declared import words_of
from monographs.document import Document, DoseRegimen
from monographs.doses.change import CLASSES, Change, Class, ratio_words
from monographs.doses.changes import compare
from monographs.doses.model import Regimen
from monographs.doses.slips import Beside, slips
from monographs.regimens import UNRENDERED, regimen_of, working_lines
from monographs.texts.text import Html, quantities


@dataclass(frozen=True)
class DoseLine:
    """One change: its class, its line, the step that it is about, and, of amounts, both in one unit with the ratio."""

    cls: Class
    words: Html
    where: str
    was: Html | None = None
    now: Html | None = None
    ratio: str = ""

    @property
    def is_critical(self) -> bool:
        return self.cls == "critical"


UNREAD = (DoseLine("critical", quantities("It cannot be compared: no rule reads one of its two sides."), ""),)


@dataclass(frozen=True)
class DoseChange:
    """All changes of one regimen; its class is the highest of theirs. Beside them all that it said and says."""

    key: str
    label: str
    lines: tuple[DoseLine, ...]
    whole_before: tuple[Html, ...] = ()
    whole_after: tuple[Html, ...] = ()

    @property
    def cls(self) -> Class:
        return self.lines[0].cls

    @property
    def is_critical(self) -> bool:
        return self.cls == "critical"

    @property
    def anchor(self) -> str:
        return f"dose-change-{self.key}"


def dose_changes(before: Document | None, after: Document) -> list[DoseChange]:
    """Every regimen whose dose changed, came or went, the most dangerous first, those of one class in their order. A
    new amount that is ten times another of its drug, one that went among them, or a tenth, is critical, however it came
    in."""
    old = {one.key: one for one in before.regimens} if before else {}
    new = {one.key: one for one in after.regimens}
    went = [one for key, one in old.items() if key not in new]
    gone: list[tuple[DoseRegimen | None, DoseRegimen | None]] = [(one, None) for one in went]
    pairs = [*((old.get(key), one) for key, one in new.items()), *gone]
    found = [
        DoseChange(str(part.key), (after if now else before or after).label_of(part), lines, _whole(was), _whole(now))
        for was, now in pairs
        if (part := now or was)
        and (lines := tuple(_lines(was, now, [*(one for one in after.regimens if one is not now), *went])))
    ]
    return sorted(found, key=lambda one: CLASSES.index(one.cls))


def _whole(part: DoseRegimen | None) -> tuple[Html, ...]:
    if part is None:
        return ()
    passage = [f"Passage of the source: {part.passage}"] if part.passage else []
    return tuple(map(quantities, [*working_lines(part.structure), *passage]))


def _lines(was: DoseRegimen | None, now: DoseRegimen | None, others: list[DoseRegimen]) -> Iterator[DoseLine]:
    yield from sorted(_found(was, now, others), key=lambda one: CLASSES.index(one.cls))


def _found(was: DoseRegimen | None, now: DoseRegimen | None, others: list[DoseRegimen]) -> Iterator[DoseLine]:
    if was and now and was.status != now.status:
        old, new = words_of(was, "status"), words_of(now, "status")
        yield DoseLine("major", quantities(f"Shown to readers changed: {old} → {new}"), "")
    if was and now and was.passage != now.passage:
        yield DoseLine("minor", quantities("Passage of the source changed."), "")
    if was and now and was.structure == now.structure:
        return
    sides = [regimen_of(one.structure) if one else None for one in (was, now)]
    is_read = all(side or not part for part, side in zip((was, now), sides, strict=True))
    try:
        found = tuple(map(_line, compare(*sides).changes)) if is_read else UNREAD
    except UNRENDERED:  # a draft may hold what no rule can say
        found = UNREAD
    yield from found
    if is_read and sides[1]:
        yield from _tenfold(sides[0], sides[1], others)


def _tenfold(was: Regimen | None, now: Regimen, others: list[DoseRegimen]) -> Iterator[DoseLine]:
    """Beside other steps, limits and doses: what stood there itself is compared above."""
    beside = Beside(others=tuple(filter(None, (regimen_of(one.structure) for one in others))))
    for slip in slips(now, was, lambda: beside):
        if not slip.is_of_past:
            yield DoseLine("critical", quantities(slip.words.rstrip(".")), "")


def _line(change: Change) -> DoseLine:
    was, now = map(quantities, change.in_one_unit) if change.in_one_unit else (None, None)
    ratio = f"{ratio_words(change.ratio)} times" if change.ratio is not None and change.in_one_unit else ""
    return DoseLine(change.cls, quantities(change.line.replace(" -> ", " → ")), change.where, was, now, ratio)
