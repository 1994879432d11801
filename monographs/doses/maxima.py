"""V08, V09 and V20: a regimen against its own maxima. Pure.

V08 asks the upper end of one dose, V09 what the schedule gives at its least; V20 units that cannot be compared.
"""

from collections.abc import Iterator
from fractions import Fraction

from monographs.doses.amounts import (
    capped,
    dose_steps,
    doses_of_step,
    fewest_in,
    hours,
    in_basis,
    is_open,
    is_optional,
    lasting,
    one_dose,
    size,
    total_of_step,
    typed_range,
)
from monographs.doses.faults import Fault, refused
from monographs.doses.model import Limit, Regimen, Step, Window
from monographs.doses.units import DAY, TIMES, UNITS, Unit

WEEK = 7 * DAY


def window_of(limit: Limit) -> Fraction | None:
    """How many hours a limit looks at; None: a dose, a course, a lifetime."""
    if isinstance(limit.per, Window):
        return hours(limit.per) if limit.per.unit in TIMES else None
    return {"24h": DAY, "7d": WEEK}.get(limit.per)


def faults(regimen: Regimen) -> Iterator[Fault]:
    yield from _v20(regimen)
    for number, limit in enumerate(regimen.limits):
        if limit.value is None or limit.unit not in UNITS:
            continue
        yield from _v08(regimen, limit)
        if limit.per != "dose" and _exceeds(regimen, limit):
            yield refused("V09", f"limits[{number}]")
    yield from _v09_of_numbers(regimen)


def _v08(regimen: Regimen, limit: Limit) -> Iterator[Fault]:
    for number, step in dose_steps(regimen):
        unit = UNITS[step.unit or ""]
        if unit.is_rate:
            continue
        high = in_basis(one_dose(step)[1], step, UNITS[limit.unit], regimen)
        if high is not None and high > size(limit):
            yield refused("V08", f"steps[{number}].{'high' if step.high is not None else 'dose'}")


# -- V09 -----------------------------------------------------------------------------------------------------------


def _exceeds(regimen: Regimen, limit: Limit) -> bool:
    most, window = size(limit), window_of(limit)
    if limit.per == "course":
        return any(amount > most for amount in _courses(regimen, limit))
    if limit.per == "lifetime":
        return sum(amount for amount in _courses(regimen, limit, of_all=True)) > most
    assert window is not None
    steps = [step for _number, step in dose_steps(regimen) if not step.up_to]
    alone = (_in_window(regimen, step, limit, window) for step in steps)
    return any(amount > most for amount in alone) or any(
        amount > most for amount in _in_windows(regimen, limit, window)
    )


def _least(regimen: Regimen, step: Step, limit: Limit, value: Fraction) -> Fraction:
    """An amount of a step as the limit counts it; 0 where they cannot be compared."""
    return in_basis(value, step, UNITS[limit.unit], regimen) or Fraction(0)


def _dose(regimen: Regimen, step: Step, limit: Limit) -> Fraction:
    return _least(regimen, step, limit, one_dose(step)[0])


def _in_window(regimen: Regimen, step: Step, limit: Limit, window: Fraction) -> Fraction:
    """The least that a step gives within so many hours."""
    if is_open(regimen, step):
        return _dose(regimen, step, limit)
    length = lasting(step)
    span = min(window, length[0]) if length is not None and length[0] else window
    if length is not None and not length[0]:
        return _dose(regimen, step, limit)
    unit = UNITS[step.unit or ""]
    if unit.is_rate:
        return _rated(regimen, step, limit, unit, span)
    if step.per is not None:
        days = max(1, int(span / DAY))
        return _capped_day(regimen, step, limit) * days
    counts = doses_of_step(regimen, step)
    fewest = fewest_in(step, span)
    if counts is not None and counts[0]:
        fewest = min(fewest, counts[0])
    return _dose(regimen, step, limit) * fewest


def _rated(regimen: Regimen, step: Step, limit: Limit, unit: Unit, span: Fraction) -> Fraction:
    return _least(regimen, step, limit, typed_range(step)[0] / TIMES[unit.time].hours * span)


def _capped_day(regimen: Regimen, step: Step, limit: Limit) -> Fraction:
    """The least daily amount; its cap bounds each of its doses."""
    daily = typed_range(step)[0]
    doses = daily / one_dose(step)[0]
    return _least(regimen, step, limit, capped(daily / doses, step)) * doses


def _courses(regimen: Regimen, limit: Limit, *, of_all: bool = False) -> Iterator[Fraction]:
    """The least of each course, in order; a regimen without courses is one. `of_all`: as often as it is repeated, and
    optional ones not at all."""
    sums: dict[tuple[int, int], Fraction] = {}
    for _number, step in dose_steps(regimen):
        course = step.course
        if step.up_to or (step.optional if course is not None and not of_all else of_all and is_optional(step)):
            continue
        key = (course.no, course.last) if course is not None else (0, 0)
        times = key[1] - key[0] + 1 if of_all else 1
        sums[key] = sums.get(key, Fraction(0)) + _whole(regimen, step, limit) * times
    yield from sums.values()


def _whole(regimen: Regimen, step: Step, limit: Limit) -> Fraction:
    """The least that a step gives as a whole: one dose where it does not say how long it lasts."""
    low = one_dose(step)[0]
    if not is_open(regimen, step) and not UNITS[step.unit or ""].is_rate:
        one = (low, low) if step.per is None else (typed_range(step)[0],) * 2
        total = total_of_step(regimen, step, one)
        if total is not None and total[0]:
            return _dose(regimen, step, limit) * (total[0] / low)
    return Fraction(0) if UNITS[step.unit or ""].is_rate else _dose(regimen, step, limit)


def _in_windows(regimen: Regimen, limit: Limit, window: Fraction) -> Iterator[Fraction]:
    """The least in a window that begins with a step, over the steps after it whose beginning is fixed."""
    begun = [(at, step) for at, step in _beginnings(regimen) if not step.up_to]
    whole = [_in_window(regimen, step, limit, window) for _at, step in begun]
    ends = [at + (length[0] if (length := lasting(step)) is not None else window) for at, step in begun]
    for first, (start, _step) in enumerate(begun):
        last, amount = start + window, Fraction(0)
        for number in range(first, len(begun)):
            at, step = begun[number]
            if at >= last:
                break
            is_within = ends[number] <= last
            amount += whole[number] if is_within else _in_window(regimen, step, limit, last - at)
        yield amount


def _beginnings(regimen: Regimen) -> list[tuple[Fraction, Step]]:
    """When each step that must be given begins, in hours from the first, as far as that is fixed."""
    found: list[tuple[Fraction, Step]] = []
    course_began = now = Fraction(0)
    number = 0
    for _at, step in dose_steps(regimen):
        course, at = step.course, step.at
        if is_optional(step) or (course is not None and course.gap is not None and course.gap.at_least):
            break
        if course is not None and course.no != number:
            if found:
                if course.gap is None or course.to is not None:
                    break
                now = course_began + hours(course.gap)
            course_began, number = now, course.no
        if at is not None:
            if not at.numbers or at.unit not in TIMES:
                break
            first = 0 if at.unit == "wk" and at.numbers[0] == 0 else 1
            now = course_began + max(0, at.numbers[0] - first) * TIMES[at.unit].hours
        found.append((now, step))
        length = lasting(step)
        if length is None or length[0] != length[1]:
            if at is None and course is None:
                break
            continue
        now += length[0]
    return found


def _v09_of_numbers(regimen: Regimen) -> Iterator[Fault]:
    """The numbers of doses in 24 hours and of courses are maxima too."""
    if (most := regimen.most_doses) is not None:
        for number, step in dose_steps(regimen):
            if not is_open(regimen, step) and not is_optional(step) and fewest_in(step, DAY) > most:
                yield refused("V09", f"steps[{number}].freq")
    if regimen.max_courses is not None:
        courses = [step.course for step in regimen.steps if step.course is not None and not is_optional(step)]
        if any(course.last > regimen.max_courses for course in courses):
            yield refused("V09", "max_courses")


# -- V20 -----------------------------------------------------------------------------------------------------------


def _v20(regimen: Regimen) -> Iterator[Fault]:
    doses = [(f"steps[{number}]", UNITS[step.unit or ""], step) for number, step in dose_steps(regimen)]
    for number, limit in enumerate(regimen.limits):
        if limit.unit in UNITS and any(not _match(unit, UNITS[limit.unit]) for _place, unit, _step in doses):
            yield refused("V20", f"limits[{number}].unit")
    if (strength := regimen.strength) is not None:
        kinds = {UNITS[code].kind for code in (strength.unit, strength.per_unit) if code is not None}
        if any(unit.kind not in kinds for _place, unit, _step in doses):
            yield refused("V20", "strength")
    for place, unit, step in doses:
        if step.cap is not None and step.cap.unit in UNITS and not _match(unit, UNITS[step.cap.unit]):
            yield refused("V20", f"{place}.cap")
        if step.volume is not None and step.volume.unit in UNITS and UNITS[step.volume.unit].kind != "volume":
            yield refused("V20", f"{place}.volume")
    for number, step in enumerate(regimen.steps):
        if step.slope is not None and step.slope.unit in UNITS:
            if any(UNITS[step.slope.unit].kind != unit.kind for _place, unit, _step in doses):
                yield refused("V20", f"steps[{number}].{'increase' if step.increase else 'decrease'}")


def _match(one: Unit, other: Unit) -> bool:
    return one.kind == other.kind and {one.person, other.person} != {"kg", "m2"}
