"""A decimal point that slipped: amounts of a dose that are ten times others of the same kind, or a tenth. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from monographs.doses.maxima import window_of
from monographs.doses.model import Limit, Regimen, Step
from monographs.doses.units import TIMES, UNITS
from monographs.doses.values import written

TENFOLD = Fraction(99, 10)  # or its inverse: a decimal point that slipped, within 1 per cent
_SHORT = Context(prec=6)
_STOOD = "what stood there"
# Boxes whose amounts are held against those of other steps, and of other doses: of the rest each step has its own.
_ALIKE_ELSEWHERE = frozenset(("dose", "cap", "value"))


@dataclass(frozen=True)
class Slip:
    """An amount that is ten times another, or a tenth: in which row (from 0) of which list, at which box, and what is
    said of it. `is_of_past`: the other is what stood there at another time."""

    rows: str
    number: int
    box: str
    words: str
    is_of_past: bool = False


@dataclass(frozen=True)
class Beside:
    """What a dose is held against: the same dose at other times, each with the words for it, and other doses."""

    past: tuple[tuple[str, Regimen], ...] = ()
    others: tuple[Regimen, ...] = ()


@dataclass(frozen=True)
class _Figure:
    """One amount: the box where it stands, what it is of its row ("": the row itself), its ends."""

    box: str
    name: str
    low: Decimal
    high: Decimal
    unit: str


@dataclass(frozen=True)
class _Row:
    rows: str
    number: int
    held: Step | Limit
    figures: tuple[_Figure, ...]

    @property
    def name(self) -> str:
        return f"{'Step' if self.rows == 'steps' else 'Limit'} {self.number + 1}"


def slips(now: Regimen, was: Regimen | None, beside: Callable[[], Beside]) -> Iterator[Slip]:
    """Of each amount that is not as it was, the first that it is ten times, or a tenth of. What it is held against is
    asked for only if there is such an amount."""
    new = [(row, one) for row in _rows(now) for one in row.figures if not (was and _stood(row, one, was, now))]
    if not new:
        return
    around = beside()
    past = (*([(_STOOD, was)] if was else []), *around.past)
    for row, one in new:
        if (found := _said(row, one, now, past, around.others)) is not None:
            yield Slip(row.rows, row.number, one.box, *found)


def _said(
    row: _Row, one: _Figure, now: Regimen, past: tuple[tuple[str, Regimen], ...], others: tuple[Regimen, ...]
) -> tuple[str, bool] | None:
    if one.low and one.high / one.low >= TENFOLD:
        of = f"the upper end of {one.name}" if one.name else "its upper end"
        return f"{row.name}: {of} is {_times(Fraction(one.high) / Fraction(one.low))} its lower one.", False
    subject = f"{row.name}: {one.name}" if one.name else row.name
    for words, other, is_of_past in _held_against(row, one, now, past, others):
        if other.box == one.box and (ratio := _ratio(one, other)):
            return f"{subject} is {_times(ratio)} {words}.", is_of_past
    return None


def _held_against(
    row: _Row, one: _Figure, now: Regimen, past: tuple[tuple[str, Regimen], ...], others: tuple[Regimen, ...]
) -> Iterator[tuple[str, _Figure, bool]]:
    for words, before in past:
        yield from ((words, figure, True) for same in _same(row, before, now) for figure in same.figures)
    if one.box not in _ALIKE_ELSEWHERE:
        return
    for earlier in _rows(now):
        if earlier.number < row.number and _is_alike(row, earlier):
            yield from ((earlier.name.lower(), figure, False) for figure in earlier.figures)
    for other in others:
        for theirs in _rows(other):
            if _is_alike(row, theirs):
                yield from (("another dose of this drug", figure, False) for figure in theirs.figures)


# -- Rows, and which of them are the same --------------------------------------------------------------------------


def _rows(regimen: Regimen) -> Iterator[_Row]:
    yield from (_Row("steps", at, step, tuple(_of_step(step))) for at, step in enumerate(regimen.steps))
    yield from (_Row("limits", at, limit, tuple(_of_limit(limit))) for at, limit in enumerate(regimen.limits))


def _is_alike(one: _Row, other: _Row) -> bool:
    """Whether their amounts may be held against one another: two steps, or limits of the same length of time."""
    if isinstance(one.held, Limit) and isinstance(other.held, Limit):
        return _period(one.held) == _period(other.held)
    return one.rows == other.rows


def _period(limit: Limit) -> object:
    return window_of(limit) or limit.per


def _stood(row: _Row, one: _Figure, was: Regimen, now: Regimen) -> bool:
    """Whether this amount stood in this row already. A new step has a key of its own; steps that have none are the same
    at the same place, where none came or went."""
    return any(one in other.figures for other in _rows(was) if _is_alike(row, other) and _is_same(row, other, was, now))


def _is_same(row: _Row, other: _Row, was: Regimen, now: Regimen) -> bool:
    if not isinstance(row.held, Step) or len(was.steps) != len(now.steps) or row.held.key:
        return _key(row) == _key(other)
    return _key(other) is None and row.number == other.number


def _same(row: _Row, before: Regimen, now: Regimen) -> Iterator[_Row]:
    """What this row was at another time: a step by its key; a new one may be one that stood at its place, or one that
    was taken out."""
    rows = [other for other in _rows(before) if _is_alike(row, other)]
    if not isinstance(row.held, Step):
        yield from rows
        return
    by_key = [other for other in rows if row.held.key and _key(other) == row.held.key]
    here = {step.key for step in now.steps}
    yield from by_key or [other for other in rows if other.number == row.number or _key(other) not in here]


def _key(row: _Row) -> str | None:
    return row.held.key if isinstance(row.held, Step) else None


# -- Amounts -------------------------------------------------------------------------------------------------------


def _of_step(step: Step) -> Iterator[_Figure]:
    rate, slope = step.rate, step.slope
    yield from _figure("dose", "", step.dose, step.high, step.unit)
    if step.cap:
        yield from _figure("cap", "the most for one dose", step.cap.value, None, step.cap.unit)
    if step.volume:
        yield from _figure("volume", "its volume", step.volume.value, None, step.volume.unit)
    if rate:
        yield from _figure("rate", "its rate", rate.value, rate.value_max, rate.unit)
        yield from _figure("rate_start", "where its rate starts", rate.start, None, rate.unit)
        yield from _figure("rate_by", "what its rate rises by", rate.by, None, rate.unit)
        yield from _figure("rate_most", "the most of its rate", rate.max, None, rate.unit)
    if slope:
        yield from _figure("by", "what it goes up or down by", slope.by, slope.by_max, slope.unit)


def _of_limit(limit: Limit) -> Iterator[_Figure]:
    yield from _figure("value", "", limit.value, None, limit.unit)


def _figure(box: str, name: str, low: Decimal | None, high: Decimal | None, unit: str | None) -> Iterator[_Figure]:
    if low is not None and unit is not None:
        yield _Figure(box, name, low, high if high is not None else low, unit)


def _ratio(one: _Figure, other: _Figure) -> Fraction | None:
    """Of two amounts of one kind, on one basis, the lower or the upper ends; None where they cannot be compared, or are
    not ten times one another."""
    mine, theirs = UNITS[one.unit], UNITS[other.unit]
    if (mine.kind, mine.person, mine.is_rate) != (theirs.kind, theirs.person, theirs.is_rate) or not other.low:
        return None
    ends = ((one.low, other.low), (one.high, other.high))
    ratios = (Fraction(mine_) * _size(one.unit) / (Fraction(theirs_) * _size(other.unit)) for mine_, theirs_ in ends)
    return next((ratio for ratio in ratios if ratio >= TENFOLD or ratio <= 1 / TENFOLD), None)


def _size(code: str) -> Fraction:
    """Of one of a unit, in the smallest of its kind; of a rate, for each hour."""
    unit = UNITS[code]
    return unit.factor / TIMES[unit.time].hours if unit.is_rate else Fraction(unit.factor)


def _times(ratio: Fraction) -> str:
    more = _SHORT.divide(*map(Decimal, (ratio if ratio > 1 else 1 / ratio).as_integer_ratio()))
    return f"{written(more)} times" if ratio > 1 else f"1/{written(more)} of"
