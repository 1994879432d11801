"""How much and how many: one dose, the doses of a day, of a length of time and of a step. Exact fractions, in the
smallest unit of a kind (units.py). Pure.

Rules and figures reckon with these alone. A count that the structure does not fix is None, never a guess.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any

from monographs.doses.model import Pair, Regimen, Step
from monographs.doses.units import DAY, EXACT_TIMES, TIMES, UNITS, Unit

Range = tuple[Fraction, Fraction]
Counts = tuple[int, int | None]


def size(held: Any) -> Fraction:
    """Of an amount, a limit: in the smallest unit of its kind, for each kilogram or square metre if it goes by them."""
    return Fraction(held.value) * UNITS[held.unit].factor


def hours(held: Any) -> Fraction:
    """Of an interval or another length of time; a month is 28 days."""
    return Fraction(held.value) * TIMES[held.unit].hours


def dose_steps(regimen: Regimen) -> Iterator[tuple[int, Step]]:
    """Steps with a dose that can be reckoned with, and their numbers."""
    for number, step in enumerate(regimen.steps):
        if step.dose is not None and step.unit is not None:
            yield number, step


def is_optional(step: Step) -> bool:
    return step.optional or (step.course is not None and step.course.optional)


def is_open(regimen: Regimen, step: Step) -> bool:
    """Nobody must give more than one dose: when required, or `n_max` alone."""
    return regimen.prn is not None or (step.freq is not None and step.freq.n is None and step.freq.n_max is not None)


# -- One dose ------------------------------------------------------------------------------------------------------


def divisions(step: Step) -> tuple[int, int]:
    """Into how many doses a daily amount is divided, fewest and most."""
    if step.divided_every is not None:
        count = max(1, floor(DAY / hours(step.divided_every)))
        return count, count
    fewest = step.divided or 1
    return fewest, step.divided_max or fewest


def typed_range(step: Step) -> Range:
    """The amount as it stands there, of a dose or of a day."""
    assert step.dose is not None
    factor = UNITS[step.unit or ""].factor
    low = Fraction(step.dose) * factor
    return low, Fraction(step.high) * factor if step.high is not None else low


def one_dose(step: Step) -> Range:
    """One dose at its least and at its most, its cap not looked at."""
    low, high = typed_range(step)
    if step.per is None:
        return low, high
    fewest, most = divisions(step)
    return low / most, high / fewest


def capped(value: Fraction, step: Step, weight: Fraction | None = None) -> Fraction:
    """A dose, bounded by the cap of its step. `weight` in kg, where one of the two goes by it."""
    if step.cap is None:
        return value
    cap, unit = UNITS[step.cap.unit], UNITS[step.unit or ""]
    most = size(step.cap)
    if cap.person == unit.person:
        return min(value, most)
    if weight is not None and cap.person == "kg" and not unit.person:
        return min(value, most * weight)
    return value


def in_basis(value: Fraction, step: Step, target: Unit, regimen: Regimen) -> Fraction | None:
    """A dose as a limit counts it. A dose a kilogram against a fixed limit is that of the lightest of the band, a fixed
    dose against a limit a kilogram that of the heaviest. None: they cannot be compared."""
    unit = UNITS[step.unit or ""]
    if unit.kind != target.kind:
        return None
    band = regimen.weight
    if unit.person == target.person:
        return capped(value, step)
    if unit.person == "kg" and not target.person and band is not None and band.min:
        whole = value * Fraction(band.min)
        return min(whole, size(step.cap)) if step.cap is not None and not UNITS[step.cap.unit].person else whole
    if not unit.person and target.person == "kg" and band is not None and band.max:
        return capped(value, step, Fraction(band.max)) / Fraction(band.max)
    return None


# -- Doses of a day ------------------------------------------------------------------------------------------------


def doses_by_interval(regimen: Regimen, step: Step) -> int | None:
    """The most doses in 24 hours that the shortest interval allows; None without an interval."""
    shortest = []
    freq, least = step.freq, regimen.least_interval(step)
    if freq is not None and freq.period is not None and freq.unit in EXACT_TIMES and freq.n == 1 and freq.n_max is None:
        shortest.append(hours(Pair(freq.period, freq.unit)))
    if least is not None:
        shortest.append(hours(least))
    return max(1, floor(DAY / max(shortest))) if shortest else None


def doses_a_day(regimen: Regimen, step: Step) -> int:
    """The most doses in 24 hours."""
    freq, counts = step.freq, []
    if step.per is not None:
        counts.append(divisions(step)[1])
    elif freq is not None and freq.unit is not None and freq.period is not None:
        most = max(freq.n or 0, freq.n_max or 0)
        days = Fraction(freq.period) * TIMES[freq.unit].hours / DAY
        counts.append(max(1, ceil(most / days)) if days >= 1 else floor(most / days))
    else:
        counts.append(1)
    if (by_interval := doses_by_interval(regimen, step)) is not None:
        counts.append(by_interval)
    if regimen.most_doses is not None:
        counts.append(regimen.most_doses)
    return min(counts)


def most_a_day(regimen: Regimen, step: Step, high: Fraction) -> Fraction:
    """The most in 24 hours of a step whose one dose, or daily amount, is at most `high`."""
    if step.freq is not None and step.freq.continuous:
        length = lasting(step)
        span = min(DAY, length[1]) if length is not None else DAY
        return high * (span / TIMES[time].hours if (time := UNITS[step.unit or ""].time) else 1)
    return high if step.per is not None else high * doses_a_day(regimen, step)


# -- Doses of a length of time -------------------------------------------------------------------------------------


def fewest_in(step: Step, window: Fraction) -> int:
    """The fewest doses in so many hours, one at least."""
    freq = step.freq
    if step.per is not None:
        return max(1, floor(window / DAY) * divisions(step)[0])
    if freq is None or freq.n is None or freq.unit is None or freq.period is None:
        return 1
    longest = Fraction(freq.period_max or freq.period) * TIMES[freq.unit].hours
    return max(1, freq.n * floor(window / longest))


def lasting(step: Step) -> tuple[Fraction, Fraction] | None:
    """How many hours a step lasts, least and most; None: it says none, or in months, which differ."""
    held = step.length
    if held is None or held.unit not in EXACT_TIMES or (held.value is None and held.max is None):
        return None
    one = TIMES[held.unit].hours
    most = Fraction(held.max if held.max is not None else held.value or 0) * one
    return (Fraction(held.value) * one if held.value is not None else Fraction(0)), most


def doses_of_step(regimen: Regimen, step: Step) -> Counts | None:
    """How many doses a step has as a whole, fewest and most. None: nothing fixes it."""
    freq, at = step.freq, step.at
    times = len(at.numbers) if at is not None else 1
    if (at is not None and at.onwards) or (freq is not None and freq.continuous):
        return None
    if freq is not None and freq.once:
        return (0 if regimen.prn is not None else times), times
    if step.per is None and (freq is None or freq.period is None or freq.unit is None):
        return None
    if step.length is None:
        span = _of_numbers(step)
        if span is None:
            return None
        least, most = span, span
    elif (length := _counted(step)) is not None:
        least, most = length
    else:
        return None
    highest = min(_given(step, most)[1], doses_a_day(regimen, step) * ceil(most / DAY))
    lowest = 0 if is_open(regimen, step) or not least else min(_given(step, least)[0], highest)
    return lowest * times, highest * times


def _of_numbers(step: Step) -> Fraction | None:
    """`Weeks 0, 1 and 2: … once a week` lasts a week for each number, in the unit of its frequency."""
    at = step.at
    if at is None or at.unit not in EXACT_TIMES:
        return None
    return TIMES[at.unit].hours


def _counted(step: Step) -> tuple[Fraction, Fraction] | None:
    """How long a step lasts, in hours; in months only where its frequency counts months too."""
    held, freq = step.length, step.freq
    if held is not None and freq is not None and held.unit == freq.unit and held.unit in TIMES:
        one = TIMES[held.unit].hours
        most = Fraction(held.max if held.max is not None else held.value or 0) * one
        return (Fraction(held.value) * one if held.value is not None else Fraction(0)), most
    if freq is not None and freq.unit not in EXACT_TIMES:
        return None
    return lasting(step)


def _given(step: Step, span: Fraction) -> tuple[int, int]:
    """The doses in so many hours, fewest and most, the first at their beginning."""
    freq = step.freq
    if step.per is not None:
        fewest, most = divisions(step)
        return ceil(span / DAY * fewest), ceil(span / DAY * most)
    assert freq is not None
    shortest = Fraction(freq.period or 1) * TIMES[freq.unit or "d"].hours
    longest = Fraction(freq.period_max) * TIMES[freq.unit or "d"].hours if freq.period_max else shortest
    fewest, most = freq.n or 1, max(freq.n or 0, freq.n_max or 0)
    if fewest == 1 and most == 1:
        return ceil(span / longest), ceil(span / shortest)
    return floor(span / longest * fewest), ceil(span / shortest * most)


def total_of_step(regimen: Regimen, step: Step, one: Range) -> tuple[Fraction, Fraction | None] | None:
    """What a step gives as a whole, least and most; `one` is one dose of it, or its daily amount."""
    low, high = one
    is_continuous = step.freq is not None and step.freq.continuous
    if step.per is None and not is_continuous:
        counts = doses_of_step(regimen, step)
        return None if counts is None else (low * counts[0], None if counts[1] is None else high * counts[1])
    if step.at is not None or (length := lasting(step)) is None:
        return None
    time = UNITS[step.unit or ""].time
    if is_continuous and not time:
        return low, high
    per = TIMES[time].hours if time else DAY
    least = Fraction(0) if is_open(regimen, step) else low * length[0] / per
    return least, high * length[1] / per
