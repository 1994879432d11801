"""V00: combinations that no rule knows. Each is refused with its place, never paraphrased and never left out. Pure.

What is said here once need not be asked again: `lines.py` makes words only of what passed. Units and lengths that could
not be read are absent here, and were refused in reading.
"""

from collections.abc import Iterator
from fractions import Fraction

from monographs.doses.amounts import hours
from monographs.doses.faults import Fault, refused, unknown
from monographs.doses.model import Adjustment, At, Band, Freq, Interval, Rate, Regimen, Step
from monographs.doses.units import DAY, EXACT_TIMES, TIMES, UNITS

# What an increase or a decrease cannot have: it is a change of another dose.
_OF_A_DOSE = (
    "dose", "high", "unit", "up_to", "weight_basis", "volume", "cap", "per", "divided", "divided_max", "divided_every",
    "freq", "over", "rate", "min_interval", "same_day",
)  # fmt: skip
_OF_OTHERS = ("n", "n_max", "period", "period_max", "unit")


def combinations(regimen: Regimen) -> Iterator[Fault]:
    """What of this regimen no rule knows."""
    if not regimen.steps and regimen.is_shown:
        yield unknown("steps", "which are missing")
    if regimen.withheld is not None and regimen.unchecked:
        yield unknown("unchecked", "of a dose that is withheld")
    for name in ("age", "weight", "renal"):
        yield from _band(getattr(regimen, name), name)
    if len(set(regimen.hepatic)) < len(regimen.hepatic):
        yield unknown("hepatic", "where one stands twice")
    if regimen.criteria is not None and len(set(regimen.criteria.of)) < len(regimen.criteria.of):
        yield unknown("criteria.of", "where one stands twice")
    if regimen.strength is not None and regimen.strength.per_value is not None and regimen.strength.per_unit is None:
        yield unknown("strength.per_value", "without its unit")
    yield from _twice_said(regimen)
    for number, adjustment in enumerate(regimen.adjustments):
        yield from _adjustment(adjustment, f"adjustments[{number}]")
    for number, step in enumerate(regimen.steps):
        yield from _step(regimen, step, f"steps[{number}]")
    for number, limit in enumerate(regimen.limits):
        yield from _no_rate(limit.unit, f"limits[{number}].unit")


def _band(band: Band | None, place: str) -> Iterator[Fault]:
    if band is None:
        return
    if band.min is None and band.max is None:
        yield unknown(place, "a band without an end")
    if band.min is None and not band.min_incl:
        yield unknown(f"{place}.min_incl", "without a lower end")
    if band.max is None and band.max_incl:
        yield unknown(f"{place}.max_incl", "without an upper end")


def _twice_said(regimen: Regimen) -> Iterator[Fault]:
    prn = regimen.prn
    if prn is not None and not any(step.is_dose for step in regimen.steps) and regimen.steps:
        yield unknown("prn", "without a dose")
    if prn is not None and prn.min_interval is not None and regimen.min_interval is not None:
        yield unknown("min_interval", "beside the one of when required")
    if prn is not None and prn.max_doses_24h is not None and regimen.max_doses_24h is not None:
        yield unknown("max_doses_24h", "beside the one of when required")
    is_wide = regimen.min_interval is not None or (prn is not None and prn.min_interval is not None)
    if is_wide and regimen.steps and not any(step.is_dose for step in regimen.steps):
        yield unknown("min_interval", "without a dose")
    for number, step in enumerate(regimen.steps):
        if step.min_interval is not None and is_wide:
            yield unknown(f"steps[{number}].min_interval", "beside the one of the regimen")


def _adjustment(held: Adjustment, place: str) -> Iterator[Fault]:
    if (held.renal is not None) + bool(held.hepatic) + (held.when is not None) != 1:
        yield unknown(place, "which must be for one of: renal, hepatic, when")
    yield from _band(held.renal, f"{place}.renal")
    if len(set(held.hepatic)) < len(held.hepatic):
        yield unknown(f"{place}.hepatic", "where one stands twice")
    for name, action in (("every", "same_dose_every"), ("text", "text")):
        if held.action == action and getattr(held, name) is None:
            yield unknown(f"{place}.{name}", "which is missing")
        if held.action != action and getattr(held, name) is not None:
            yield unknown(f"{place}.{name}", f"with the action {held.action}")


# -- Steps ---------------------------------------------------------------------------------------------------------


def _step(regimen: Regimen, step: Step, place: str) -> Iterator[Fault]:
    yield from _label(regimen, step, place)
    if step.is_dose:
        yield from _amount(step, place)
        yield from _how_often(regimen, step, place)
    else:
        yield from _slope(regimen, step, place)
    if step.rate is not None:
        yield from _rate(step.rate, f"{place}.rate")
    if step.length is not None:
        if step.length.value is None and step.length.max is None:
            yield unknown(f"{place}.for", "without a length")
        if step.length.consecutive and step.length.unit in ("min", "h"):
            yield unknown(f"{place}.for.consecutive", f"with the unit {step.length.unit}")


def _label(regimen: Regimen, step: Step, place: str) -> Iterator[Fault]:
    course = step.course
    if step.phase is not None and (step.at is not None or course is not None):
        yield unknown(f"{place}.phase", "beside `at` or a course")
    if step.optional and course is not None and course.optional:
        yield unknown(f"{place}.optional", "beside the one of its course")
    has_label = len(regimen.steps) > 1 or step.phase is not None or step.at is not None or course is not None
    if step.optional and not has_label:
        yield unknown(f"{place}.optional", "without a label that could say so")
    if course is not None and course.gap is not None and course.last == 1:
        yield unknown(f"{place}.course.gap", "before the first course")
    if step.at is not None:
        yield from _at(step.at, f"{place}.at")


def _at(at: At, place: str) -> Iterator[Fault]:
    if not at.numbers or list(at.numbers) != sorted(set(at.numbers)):
        yield unknown(f"{place}.numbers", "which must rise")
    if at.onwards and len(at.numbers) > 1:
        yield unknown(f"{place}.onwards", "from several numbers")


def _slope(regimen: Regimen, step: Step, place: str) -> Iterator[Fault]:
    if step.increase is not None and step.decrease is not None:
        yield unknown(f"{place}.decrease", "beside an increase")
    for name in _OF_A_DOSE:
        if getattr(step, name) not in (None, False):
            yield unknown(f"{place}.{name}", "of an increase or a decrease")
    if step.slope is not None and not any(one.freq is not None and one.freq.continuous for one in regimen.steps):
        yield from _no_rate(step.slope.unit, f"{place}.{'increase' if step.increase else 'decrease'}.unit")


def _no_rate(unit: str | None, place: str) -> Iterator[Fault]:
    """V03: a minute or an hour stands in rates, and in doses that are given continuously."""
    if unit in UNITS and UNITS[unit].is_rate:
        yield refused("V03", place)


def _amount(step: Step, place: str) -> Iterator[Fault]:
    unit = UNITS.get(step.unit or "")
    if step.up_to and step.high is not None:
        yield unknown(f"{place}.high", "with `up_to`")
    if step.volume is not None and step.high is not None:
        yield unknown(f"{place}.volume", "of a range")
    if step.weight_basis is not None and unit is not None and unit.person != "kg":
        yield unknown(f"{place}.weight_basis", "of a dose that goes by no weight")
    if step.freq is None or not step.freq.continuous:
        yield from _no_rate(step.unit, f"{place}.unit")
    for name in ("volume", "cap"):
        held = getattr(step, name)
        yield from _no_rate(held and held.unit, f"{place}.{name}[1]")
    if step.cap is not None and unit is not None and unit.is_rate:
        yield unknown(f"{place}.cap", "of a dose that is given continuously")


def _how_often(regimen: Regimen, step: Step, place: str) -> Iterator[Fault]:
    if step.per is not None:
        if step.freq is not None:
            yield unknown(f"{place}.freq", "beside a daily amount")
        yield from _division(step, place)
    else:
        for name in ("divided", "divided_max", "divided_every"):
            if getattr(step, name) is not None:
                yield unknown(f"{place}.{name}", "without a daily amount")
    if step.freq is not None:
        yield from _freq(step.freq, step, f"{place}.freq")
    if step.same_day and not (step.freq is not None and step.freq.is_once_a("wk")):
        yield unknown(f"{place}.same_day", "of a dose that is not given once a week")
    least = regimen.least_interval(step)
    if least is not None and _is_closer(step, least):
        yield unknown(f"{place}.freq", "which is closer than the least interval")


def _division(step: Step, place: str) -> Iterator[Fault]:
    every = step.divided_every
    if every is not None and (step.divided is not None or step.divided_max is not None):
        yield unknown(f"{place}.divided_every", "beside a number of doses")
    elif every is None and (step.divided is None or (step.divided == 1 and step.divided_max is None)):
        yield unknown(f"{place}.divided", "a daily amount that is not divided")
    if every is not None and (every.unit not in EXACT_TIMES or hours(every) >= DAY):
        yield unknown(f"{place}.divided_every", "which must be within a day")


def _freq(freq: Freq, step: Step, place: str) -> Iterator[Fault]:
    others = [name for name in _OF_OTHERS if getattr(freq, name) is not None]
    if freq.each and not freq.once:
        yield unknown(f"{place}.each", "without `once`")
    if freq.once or freq.continuous:
        if others or (freq.once and freq.continuous):
            yield unknown(f"{place}.{others[0] if others else 'continuous'}", "beside `once` or `continuous`")
        if freq.once:
            yield from _once(freq, step, place)
    elif freq.period is not None and freq.unit is not None:
        yield from regular(freq, place)


def _once(freq: Freq, step: Step, place: str) -> Iterator[Fault]:
    times = len(step.at.numbers) if step.at is not None and not step.at.onwards else 1
    if freq.each and not (step.at is not None and step.at.unit == "d" and times > 1):
        yield unknown(f"{place}.each", "without several days")
    if not freq.each and (times > 1 or (step.at is not None and step.at.onwards)):
        yield unknown(f"{place}.once", "at several times")
    if step.length is not None:
        yield unknown(f"{place}.once", "for a length of time")


def regular(freq: Freq, place: str) -> Iterator[Fault]:
    """What no rule knows of so many doses in a period."""
    if freq.n is None and freq.n_max == 1:
        yield unknown(f"{place}.n_max", "1 alone")
    is_one_period = freq.period == 1 and freq.period_max is None
    if (freq.n or 2) > 1 or freq.n_max is not None:
        if not is_one_period:
            yield unknown(f"{place}.period", "several doses in a period that is not 1")
        elif freq.unit in ("min", "h"):
            yield unknown(f"{place}.unit", "several doses in a minute or an hour")


def _is_closer(step: Step, least: Interval) -> bool:
    """Whether even the longest interval of a frequency is shorter than the least one."""
    freq = step.freq
    if freq is None or freq.period is None or freq.unit not in TIMES or least.unit not in TIMES or not freq.n:
        return False
    longest = Fraction(freq.period_max or freq.period) * TIMES[freq.unit].hours / freq.n
    return longest < hours(least)


def _rate(rate: Rate, place: str) -> Iterator[Fault]:
    rising = [name for name in ("start", "by", "every") if getattr(rate, name) is not None]
    if rate.value is not None:
        for name in (*rising, *(["max"] if rate.max is not None else [])):
            yield unknown(f"{place}.{name}", "beside a value")
    elif rate.value_max is not None:
        yield unknown(f"{place}.value_max", "without a value")
    elif rate.max is None:
        yield unknown(f"{place}.max", "which is missing")
    elif rising and len(rising) < 3:
        yield unknown(place, "which must have start, by, every and max, or none of the first three")
