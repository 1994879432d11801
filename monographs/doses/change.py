"""One change of a regimen: its class and its line, as docs/clinical/dose_changes.md has them; and how amounts, lengths
and words are compared. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeVar

from monographs.doses import phrases
from monographs.doses.units import BASES, TIMES, UNITS
from monographs.doses.values import decimal_of, rounded, written

Class = Literal["critical", "major", "minor"]
CLASSES: tuple[Class, ...] = ("critical", "major", "minor")
T = TypeVar("T")

TWICE, MUCH = Fraction(2), Fraction(5, 4)
# A month for doses a week; docs/clinical/dose_changes.md.
DAYS_OF = {"d": 1, "wk": 7, "mo": 30, "a": 365}


@dataclass(frozen=True, slots=True)
class Change:
    """`line` is what people read. `ratio` is new by old of a dose, `per_week` of the doses of a week; `in_one_unit` is
    old and new in the smaller unit. `is_of_source` voids no check by itself. `where` is the label of its step, where
    there are several."""

    cls: Class
    line: str
    ratio: Fraction | None = None
    per_week: Fraction | None = None
    in_one_unit: tuple[str, str] | None = None
    is_of_source: bool = False
    where: str = ""


Changes = Iterator[Change]


def said(held: T | None, words: Callable[[T], str]) -> str | None:
    return words(held) if held is not None else None


def farther(one: Fraction, other: Fraction) -> Fraction:
    """The ratio that is farther from 1."""
    return max(one, other, key=_off)


def _off(ratio: Fraction) -> Fraction:
    return max(ratio, 1 / ratio)


def ratio_text(ratio: Fraction) -> str:
    """To 2 decimals, else “about”; no comma, for machines."""
    return ratio_words(ratio).replace(",", "")


def ratio_words(ratio: Fraction) -> str:
    exact = decimal_of(ratio)
    if exact is not None and exact == round(exact, 2):
        return written(exact)
    near = rounded(ratio, 2)
    return f"about {written(near)}" if near else "less than 0.01"


def class_of(ratio: Fraction) -> Class:
    off = _off(ratio)
    return "critical" if off >= TWICE else "major" if off >= MUCH else "minor"


def amount_line(ratio: Fraction, old: str, new: str) -> str:
    """`1,000 times more: …`, `More: … (1.25 times)`, `Slightly less: …`, `Same amount, written differently: …`"""
    if ratio == 1:
        return f"Same amount, written differently: {old} -> {new}"
    cls, is_more = class_of(ratio), ratio > 1
    if cls == "critical":
        times = ratio_words(ratio if is_more else 1 / ratio)
        return f"{times[:1].upper()}{times[1:]} times {'more' if is_more else 'less'}: {old} -> {new}"
    more = "more" if is_more else "less"
    return f"{f'Slightly {more}' if cls == 'minor' else more.capitalize()}: {old} -> {new} ({ratio_words(ratio)} times)"


def in_smaller_unit(old: Decimal, old_unit: str, new: Decimal, new_unit: str) -> tuple[str, str]:
    """Old and new in the smaller of their units."""
    one, other = UNITS[old_unit], UNITS[new_unit]
    unit = one if one.factor <= other.factor else other

    def words(number: Decimal, of: Any) -> str:
        exact = decimal_of(Fraction(number) * of.factor / unit.factor)
        assert exact is not None
        return f"{written(exact)} {unit.words(exact)}"

    return words(old, one), words(new, other)


# -- What was added, removed, changed ------------------------------------------------------------------------------


def of_words(
    name: str,
    old: str | None,
    new: str | None,
    *,
    added: Class = "major",
    removed: Class = "critical",
    changed: Class = "major",
) -> Changes:
    """Words against words: `X removed: was …`, `X added: …`, `X changed: … -> …`."""
    if old == new:
        return
    if new is None:
        yield Change(removed, f"{name} removed: was {old}")
    elif old is None:
        yield Change(added, f"{name} added: {new}")
    else:
        yield Change(changed, f"{name} changed: {old} -> {new}")


def of_rows(
    name: str, old: tuple[str, ...], new: tuple[str, ...], *, removed: Class, changed: Class = "major"
) -> Changes:
    """Rows of words: one for one where as many went as came, else each by itself."""
    gone = [one for one in old if one not in new]
    come = [one for one in new if one not in old]
    if len(gone) == len(come):
        for one, other in zip(gone, come, strict=True):
            yield from of_words(name, one, other)
    else:
        yield from (Change(removed, f"{name} removed: was {one}") for one in gone)
        yield from (Change("major", f"{name} added: {one}") for one in come)
    if not gone and not come and old != new:
        yield Change("major", f"{name} changed: {'; '.join(old)} -> {'; '.join(new)}")


def of_sizes(
    name: str,
    old: T | None,
    new: T | None,
    words: Callable[[T], str],
    size: Callable[[T], tuple[Fraction, ...] | None],
    *,
    verbs: tuple[str, str],
    is_worse_up: bool,
    after: str = "",
) -> Changes:
    """Something with a size, such as an interval: `verbs` for larger and smaller. Which of them is critical says
    `is_worse_up`; the other is major. Removed is critical, added major. Without sizes that compare: critical."""
    if old == new:
        return
    if old is None or new is None:
        held = old if old is not None else new
        assert held is not None
        is_gone = new is None
        told = f"removed: was {words(held)}{after}" if is_gone else f"added: {words(held)}{after}"
        yield Change("critical" if is_gone else "major", f"{name} {told}")
        return
    first, second = size(old), size(new)
    said = f"{words(old)} -> {words(new)}{after}"
    if first is None or second is None or len(first) != len(second):
        yield Change("critical", f"{name} changed: {said}")
        return
    pairs = list(zip(first, second, strict=True))
    is_up, is_down = any(b > a for a, b in pairs), any(b < a for a, b in pairs)
    if not is_up and not is_down:
        is_written = words(old) != words(new)
        yield Change("minor", f"Same amount, written differently: {said}" if is_written else f"{name} changed: {said}")
        return
    goes_up = is_up and (is_worse_up or not is_down)
    is_worse = is_up if is_worse_up else is_down
    yield Change("critical" if is_worse else "major", f"{name} {verbs[0 if goes_up else 1]}: {said}")


RAISED, LENGTH = ("raised", "lowered"), ("longer", "shorter")


def hours_of(held: Any) -> tuple[Fraction, ...] | None:
    """Of an interval or a gap, a month as 30 days."""
    return (time_size(held.value, held.unit),)


def time_size(value: Decimal, unit: str) -> Fraction:
    days = Fraction(DAYS_OF[unit]) if unit in DAYS_OF else TIMES[unit].hours / 24
    return Fraction(value) * days


def amount_size(value: Decimal, unit: str) -> Fraction:
    """In the smallest unit of its kind, in an hour if it is a rate."""
    found = UNITS[unit]
    per = TIMES[found.time].hours if found.time else 1
    return Fraction(value) * found.factor / per


def basis_of(unit: str) -> tuple[str, str, bool]:
    """What must be the same for two amounts to be compared: kind, person, whether it is a rate."""
    found = UNITS[unit]
    return BASES[found.base].kind, found.person, found.is_rate


def interval_words(held: Any) -> str:
    return phrases.time(held.value, held.unit)
