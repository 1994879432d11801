"""The smallest phrases of a line: amounts, bands, lengths of time, frequencies. Each is made in one way. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from monographs.doses.combinations import regular
from monographs.doses.faults import RegimenRefused, unknown
from monographs.doses.model import (
    PERIODS,
    RENAL,
    Age,
    At,
    Band,
    Course,
    Freq,
    Gap,
    Interval,
    Length,
    Limit,
    Over,
    Pair,
    Rate,
    Renal,
    Step,
    Strength,
)
from monographs.doses.units import BASES, TIMES, UNITS, time_words
from monographs.doses.values import joined, listed, written


def amount(low: Decimal, unit: str, high: Decimal | None = None) -> str:
    """`15 to 20 mg/kg`; one microgram, 0.5 micrograms."""
    return f"{joined(low, high)} {UNITS[unit].words(high if high is not None else low)}"


def pair(held: Pair) -> str:
    return amount(held.value, held.unit)


def time(low: Decimal, unit: str, high: Decimal | None = None, *, neighbours: bool = False) -> str:
    """`7 to 14 days`; with `neighbours`, as lengths of time are joined, `4 or 5 days`."""
    last = high if high is not None else low
    return f"{joined(low, high, neighbours=neighbours)} {time_words(unit, last == 1)}"


def every(low: Decimal, unit: str, high: Decimal | None = None) -> str:
    """`every 4 to 6 hours`; an interval of 1 drops its number."""
    if high is None and low == 1:
        return f"every {TIMES[unit].one}"
    return f"every {time(low, unit, high)}"


def every_pair(held: Interval) -> str:
    return every(held.value, held.unit)


# -- Who -----------------------------------------------------------------------------------------------------------


def _bounds(band: Band, words: Iterator[str]) -> str:
    """`v or more`, `over v`, `less than v`, `up to v`, joined by “and”. `words` are those of its ends in turn."""
    found = []
    if band.min is not None:
        found.append(f"{next(words)} or more" if band.min_incl else f"over {next(words)}")
    if band.max is not None:
        found.append(f"up to {next(words)}" if band.max_incl else f"less than {next(words)}")
    return " and ".join(found)


def band(held: Band) -> str:
    ends = [end for end in (held.min, held.max) if end is not None]
    if isinstance(held, Age):
        return _bounds(held, (time(end, held.unit) for end in ends))
    unit = RENAL[held.measure][1] if isinstance(held, Renal) else "kg"
    return _bounds(held, (f"{written(end)} {unit}" for end in ends))


def renal(held: Renal) -> str:
    return f"{RENAL[held.measure][0]} {band(held)}"


def hepatic(classes: tuple[str, ...]) -> str:
    return f"Child-Pugh class {listed(list(classes), 'or')}"


def strength(held: Strength) -> str:
    """`120 mg/5 mL`; a `per_value` of 1 drops its number."""
    words = amount(held.value, held.unit)
    if held.per_unit is None:
        return words
    of = BASES[held.per_unit]
    if held.per_value is None or held.per_value == 1:
        return f"{words}/{of.one}"
    return f"{words}/{written(held.per_value)} {of.many}"


# -- How often and how long ----------------------------------------------------------------------------------------

_A_DAY = {"d": "a day", "wk": "a week", "mo": "a month", "a": "a year"}
_ONCE = {"d": "once daily", "wk": "once a week", "mo": "once a month", "a": "once a year"}
_TWICE = {"d": "twice daily", "wk": "twice a week", "mo": "twice a month", "a": "twice a year"}


def frequency(freq: Freq, place: str = "freq") -> str:
    """How often. RegimenRefused: any other combination than these, with its place, whether or not it was refused
    before: drafts hold what the rules (`combinations.py`) refuse to show."""
    if freq.once:
        return "on each day" if freq.each else "as a single dose"
    if freq.continuous:
        return "continuously"
    if freq.period is None or freq.unit is None or (freq.n or freq.n_max) is None:
        raise RegimenRefused([unknown(place, "which does not say how often")])
    if found := list(regular(freq, place)):
        raise RegimenRefused(found)
    if freq.n is None:
        return f"up to {freq.n_max} times {_A_DAY[freq.unit]}"
    if freq.n_max is not None:
        return f"{joined(Decimal(freq.n), Decimal(freq.n_max), neighbours=True)} times {_A_DAY[freq.unit]}"
    is_plain = freq.period == 1 and freq.period_max is None
    if freq.n > 1:
        return _TWICE[freq.unit] if freq.n == 2 else f"{freq.n} times {_A_DAY[freq.unit]}"
    if is_plain and freq.unit in _ONCE:
        return _ONCE[freq.unit]
    if freq.period == 2 and freq.period_max is None and freq.unit == "d":
        return "on alternate days"
    return every(freq.period, freq.unit, freq.period_max)


def daily(step: Step) -> str:
    """A daily amount, and how it is divided."""
    if step.divided_every is not None:
        return f"daily in divided doses {every_pair(step.divided_every)}"
    assert step.divided is not None
    most = None if step.divided_max is None else Decimal(step.divided_max)
    count = joined(Decimal(step.divided), most, neighbours=True)
    return f"daily in {count} divided doses"


def over(held: Over) -> str:
    about = "about " if held.approx else ""
    return f"over {about}{time(held.value, held.unit, held.max, neighbours=True)}"


def length(held: Length) -> str:
    consecutive = "consecutive " if held.consecutive else ""
    low, high = held.value, held.max
    last = high if high is not None else low
    if low is None:
        assert high is not None
        count = f"up to {written(high)}"
    else:
        count = joined(low, high, neighbours=True)
    return f"for {count} {consecutive}{time_words(held.unit, last == 1)}"


def rate(held: Rate) -> str:
    unit = held.unit
    if held.value is not None:
        return f"at {amount(held.value, unit, held.value_max)}"
    assert held.max is not None
    most = f"no more than {amount(held.max, unit)}"
    if held.start is None:
        return f"at {most}"
    assert held.by is not None
    assert held.every is not None
    return (
        f"starting at {amount(held.start, unit)} and increasing by {amount(held.by, unit)} {every_pair(held.every)} "
        f"to {most}"
    )


def least_interval(held: Interval) -> str:
    return f"with at least {time(held.value, held.unit)} between doses"


# -- Labels --------------------------------------------------------------------------------------------------------

_AT = {"d": ("Day", "Days"), "wk": ("Week", "Weeks"), "mo": ("Month", "Months")}


def at(held: At) -> str:
    one, many = _AT[held.unit]
    if held.onwards:
        return f"From {one.lower()} {held.numbers[0]}"
    numbers = listed([str(number) for number in held.numbers])
    return f"{one if len(held.numbers) == 1 else many} {numbers}"


def course(held: Course) -> str:
    if held.to is None:
        return f"Course {held.no}"
    return f"Courses {held.no} {'and' if held.to == held.no + 1 else 'to'} {held.to}"


def gap(held: Gap, of: Course) -> str:
    least = "at least " if held.at_least else ""
    after = "the previous course" if held.at_least or of.to is not None else f"course {of.no - 1}"
    return f"{least}{time(held.value, held.unit)} after {after}"


def limit(held: Limit) -> str:
    """`20 mg in 7 days`"""
    per = PERIODS[held.per] if isinstance(held.per, str) else f"in {time(held.per.value, held.per.unit)}"
    return f"{amount(held.value, held.unit)} {per}"
