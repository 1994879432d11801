"""V02 to V07, V10 to V14, V16 to V19 and V21 to V24: a function each, named by its number. V01 and V03 are asked in
reading, V08, V09 and V20 in `maxima.py`, V15 in `overlaps.py`; `faults.py` has the sentences. Pure.

`problems` asks all but V15, which needs the other regimens.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from monographs.doses import maxima
from monographs.doses.amounts import hours
from monographs.doses.combinations import combinations
from monographs.doses.faults import Fault, refused, unknown
from monographs.doses.model import COUNTRIES, STATUSES, Course, Regimen, Step
from monographs.doses.reading import read, read_day
from monographs.doses.units import DAY, TIMES, UNITS
from monographs.doses.values import decimal_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a regimen is judged by beside itself: today; and whether the forms of its drug differ, as liposomal,
    modified-release and plain ones do."""

    today: date
    forms_differ: bool = False


Found = Iterator[Fault]


def problems(structure: Any, asked: Asked) -> tuple[Regimen, list[Fault]]:
    """A regimen, and all that is refused of it, in the order of the rules. With faults it is not fit to be shown."""
    regimen, found = read(structure)
    if not any(one.rule == "V00" for one in found):
        unread = [one.place for one in found]
        found += (one for one in faults(regimen, asked) if not _follows(one, unread))
    return regimen, sorted(dict.fromkeys(found), key=lambda one: one.rule)


def _follows(fault: Fault, unread: list[str]) -> bool:
    """Whether something is only missed because what was typed there could not be read, and was refused already."""
    step = fault.place.partition(".")[0]
    slopes = (f"{step}.increase", f"{step}.decrease")
    return any(
        one.startswith(fault.place)
        or (fault.rule in ("V01", "V03", "V04", "V12") and one.startswith(slopes))
        or (fault.rule in ("V06", "V07", "V19") and one.startswith("limits"))
        for one in unread
    )


def faults(regimen: Regimen, asked: Asked) -> Iterator[Fault]:
    """All that is refused of a regimen that could be read."""
    yield from combinations(regimen)
    for rule in RULES_ASKED:
        yield from rule(regimen, asked)


def _steps(regimen: Regimen) -> Iterator[tuple[str, Step]]:
    return ((f"steps[{number}]", step) for number, step in enumerate(regimen.steps))


def _doses(regimen: Regimen) -> Iterator[tuple[str, Step]]:
    return ((place, step) for place, step in _steps(regimen) if step.is_dose)


def v01(regimen: Regimen, _asked: Asked) -> Found:
    """A dose that is missing; V03: its unit. What was typed was judged in reading."""
    for place, step in _doses(regimen):
        for name, rule in (("dose", "V01"), ("unit", "V03")):
            if getattr(step, name) is None:
                yield refused(rule, f"{place}.{name}")


# -- Ranges --------------------------------------------------------------------------------------------------------


def v02(regimen: Regimen, _asked: Asked) -> Found:
    for name in ("age", "weight", "renal"):
        if (band := getattr(regimen, name)) is not None:
            yield from _rises(band.min, band.max, name)
    for number, adjustment in enumerate(regimen.adjustments):
        if adjustment.renal is not None:
            yield from _rises(adjustment.renal.min, adjustment.renal.max, f"adjustments[{number}].renal")
    for place, step in _steps(regimen):
        for low, high, name in _ranges(step):
            yield from _rises(low, high, f"{place}.{name}")


def _ranges(step: Step) -> Iterator[tuple[Any, Any, str]]:
    yield step.dose, step.high, "high"
    yield step.divided, step.divided_max, "divided_max"
    if (freq := step.freq) is not None:
        yield freq.n, freq.n_max, "freq.n_max"
        yield freq.period, freq.period_max, "freq.period_max"
    if step.over is not None:
        yield step.over.value, step.over.max, "over"
    if step.length is not None:
        yield step.length.value, step.length.max, "for"
    if (rate := step.rate) is not None:
        yield rate.value, rate.value_max, "rate.value_max"
        yield rate.start, rate.max, "rate.max"
    if step.course is not None:
        yield step.course.no, step.course.to, "course.to"
    for slope, name in ((step.increase, "increase"), (step.decrease, "decrease")):
        if slope is not None:
            yield slope.by, slope.by_max, f"{name}.by_max"
            yield slope.every, slope.every_max, f"{name}.every_max"


def _rises(low: Decimal | int | None, high: Decimal | int | None, place: str) -> Found:
    if low is not None and high is not None and low >= high:
        yield refused("V02", place)


# -- How often -----------------------------------------------------------------------------------------------------


def v04(regimen: Regimen, _asked: Asked) -> Found:
    for place, step in _doses(regimen):
        freq = step.freq
        if freq is None:
            if step.per is None:
                yield refused("V04", f"{place}.freq")
        elif not (freq.once or freq.continuous):
            if (freq.n or freq.n_max) is None or freq.period is None or freq.unit is None:
                yield refused("V04", f"{place}.freq")


def v05(regimen: Regimen, _asked: Asked) -> Found:
    if regimen.prn is not None:
        if any(regimen.least_interval(step) is None for _place, step in _doses(regimen)):
            yield refused("V05", "prn.min_interval")


def v06(regimen: Regimen, _asked: Asked) -> Found:
    if regimen.prn is not None and regimen.most_doses is None:
        if not any(maxima.window_of(limit) == DAY for limit in regimen.limits):
            yield refused("V06", "prn.max_doses_24h")


def v07(regimen: Regimen, _asked: Asked) -> Found:
    if regimen.limits or regimen.no_max_in_source:
        return
    for place, step in _steps(regimen):
        unit = UNITS.get((step.unit if step.is_dose else step.slope.unit if step.slope else None) or "")
        is_refused = unit is not None and unit.is_rate and step.freq is not None and not step.freq.continuous
        if unit is not None and unit.person and step.cap is None and not is_refused:
            yield refused("V07", f"{place}.cap")


def v10(regimen: Regimen, _asked: Asked) -> Found:
    if regimen.weekly_only:
        for place, step in _doses(regimen):
            freq = step.freq
            is_weekly = freq is not None and freq.is_once_a("wk")
            if not is_weekly and (freq is not None or step.per is not None):
                yield refused("V10", f"{place}.freq")


def v11(regimen: Regimen, _asked: Asked) -> Found:
    if regimen.route == "iv_infusion":
        for place, step in _doses(regimen):
            is_rate = step.unit in UNITS and UNITS[step.unit].is_rate
            if step.over is None and step.rate is None and not is_rate:
                yield refused("V11", f"{place}.over")


# -- One step after the other --------------------------------------------------------------------------------------


def v12(regimen: Regimen, _asked: Asked) -> Found:
    for place, step in list(_doses(regimen)):
        is_last = place == f"steps[{len(regimen.steps) - 1}]"
        is_single = step.freq is not None and step.freq.once
        if not is_last and not is_single and step.at is None and step.length is None and step.until is None:
            yield refused("V12", f"{place}.for")


def _course_begins(regimen: Regimen) -> Iterator[tuple[str, Course, list[Step]]]:
    """The first step of each course, with the steps of the course before it."""
    before: list[Step] = []
    of: list[Step] = []
    last: Course | None = None
    for place, step in _steps(regimen):
        course = step.course
        if course is None:
            continue
        if last is None or (course.no, course.to) != (last.no, last.to):
            before, of, last = of, [], course
            yield place, course, before
        of.append(step)


def v13(regimen: Regimen, _asked: Asked) -> Found:
    for place, course, _before in _course_begins(regimen):
        if course.last > 1 and course.gap is None:
            yield refused("V13", f"{place}.course.gap")


def v14(regimen: Regimen, _asked: Asked) -> Found:
    for place, course, before in _course_begins(regimen):
        if course.gap is None or course.gap.unit not in TIMES:
            continue
        own = [step for step in regimen.steps if step.course == course]
        lengths = [_length(before), _length(own) if course.to is not None else None]
        if any(length is not None and hours(course.gap) < length for length in lengths):
            yield refused("V14", f"{place}.course.gap")


def _length(steps: list[Step]) -> Fraction | None:
    """How many hours the steps of a course last at their longest; None: one of them does not say."""
    first = min((one.at.numbers[0] for one in steps if one.at is not None and one.at.numbers), default=0)
    end, following = Fraction(0), Fraction(0)
    for step in steps:
        held, at = step.length, step.at
        if held is not None and (longest := held.max if held.max is not None else held.value) is not None:
            lasts = Fraction(longest) * TIMES[held.unit].hours if held.unit in TIMES else None
        else:
            lasts = DAY if step.freq is not None and step.freq.once else None
            lasts = TIMES[at.unit].hours if lasts is None and at is not None and at.unit in TIMES else lasts
        if lasts is None or (at is not None and at.onwards):
            return None
        begins = following
        if at is not None and at.numbers and at.unit in TIMES:
            begins = (at.numbers[-1] - first) * TIMES[at.unit].hours
        following = begins + lasts
        end = max(end, following)
    return end if steps else None


def v19(regimen: Regimen, _asked: Asked) -> Found:
    for number, step in enumerate(regimen.steps):
        if not step.is_dose and step.until is None and not regimen.limits:
            if not any(later.is_dose for later in regimen.steps[number + 1 :]):
                yield refused("V19", f"steps[{number}].until")


# -- Who, from what, under which licence ---------------------------------------------------------------------------


def v16(regimen: Regimen, _asked: Asked) -> Found:
    if regimen.population in ("Child", "Any") and regimen.age is None and regimen.weight is None:
        yield refused("V16", "age")


SOURCES = ("smpc", "label", "epar", "who", "trial")
YEARS_OF_A_SOURCE = 5


def v17(regimen: Regimen, asked: Asked) -> Found:
    """A trial only of an off-label use; one that is older than 5 years, or the WHO Model Formulary, never alone."""
    if regimen.key is None:
        return
    source, licence = regimen.source, regimen.licence
    if source is None or not source.citation or not source.section or read_day(source.accessed) is None:
        yield refused("V17", "source")
        return
    revised = read_day(source.revised)
    is_off_label = licence is not None and licence.status == "off_label"
    is_old = revised is not None and _years_after(revised, YEARS_OF_A_SOURCE) < asked.today
    is_formulary = source.type == "who" and "model formulary" in source.citation.lower()
    if source.type not in SOURCES or (source.type == "trial" and not is_off_label) or is_old or is_formulary:
        yield refused("V17", "source")


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)


def v18(regimen: Regimen, asked: Asked) -> Found:
    if regimen.source is not None and regimen.source.accessed is not None:
        accessed, revised = read_day(regimen.source.accessed), read_day(regimen.source.revised)
        is_unread = regimen.source.revised is not None and revised is None
        if accessed is not None and (is_unread or accessed > asked.today or (revised or accessed) > accessed):
            yield refused("V18", "source.accessed")


def v21(regimen: Regimen, _asked: Asked) -> Found:
    licence = regimen.licence
    if licence is None:
        if regimen.key is not None:
            yield refused("V21", "licence")
    elif licence.status not in STATUSES or licence.country is None:
        yield refused("V21", "licence")
    elif licence.country not in COUNTRIES:
        yield unknown("licence.country", f"which must be one of: {', '.join(COUNTRIES)}")


def v22(regimen: Regimen, _asked: Asked) -> Found:
    """The volume is the dose by the strength; rounded to its own decimals where no three decimals are exact."""
    strength = regimen.strength
    for place, step in _doses(regimen):
        if strength is None or step.volume is None or step.dose is None or step.unit not in UNITS:
            continue
        unit, volume = UNITS[step.unit], UNITS[step.volume.unit]
        per, held = UNITS.get(strength.per_unit or ""), UNITS[strength.unit]
        if held.kind != unit.kind or volume.kind != "volume":
            continue  # V20
        if per is None or per.kind != volume.kind or unit.person != volume.person:
            yield refused("V22", f"{place}.volume")
            continue
        of = Fraction(strength.per_value or 1) * per.factor / (Fraction(strength.value) * held.factor)
        fits = Fraction(step.dose) * unit.factor * of / volume.factor
        exact = decimal_of(fits)
        is_short = exact is not None and -int(exact.as_tuple().exponent) <= 3
        decimals = -int(step.volume.value.normalize().as_tuple().exponent)
        off = abs(Fraction(step.volume.value) - fits)
        if off and (is_short or decimals < 1 or off > Fraction(1, 2 * 10**decimals)):
            yield refused("V22", f"{place}.volume")


def v23(regimen: Regimen, asked: Asked) -> Found:
    if (regimen.not_interchangeable is not None or asked.forms_differ) and not (regimen.product or regimen.formulation):
        yield refused("V23", "product")


def v24(regimen: Regimen, _asked: Asked) -> Found:
    criteria = regimen.criteria
    if criteria is not None and not 2 <= (criteria.at_least or 0) <= len(criteria.of):
        yield refused("V24", "criteria.at_least")


def _maxima(regimen: Regimen, _asked: Asked) -> Found:
    return maxima.faults(regimen)


RULES_ASKED: tuple[Callable[[Regimen, Asked], Found], ...] = (
    v01, v02, v04, v05, v06, v07, _maxima, v10, v11, v12, v13, v14, v16, v17, v18, v19, v21, v22, v23, v24,
)  # fmt: skip
