"""Derived figures: what an editor and a reviewer see beside the totals of the source. Pure.

Labels are a closed list (docs/clinical/doses.md). A figure is exact, or says “about”; what the structure does not fix
has no figure. A dose that goes by weight or surface has its figures at a weight or surface that is asked for, else at
the ends of its weight band.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from monographs.doses.amounts import (
    Range,
    capped,
    dose_steps,
    doses_a_day,
    doses_by_interval,
    is_optional,
    most_a_day,
    one_dose,
    size,
    total_of_step,
    typed_range,
)
from monographs.doses.maxima import window_of
from monographs.doses.model import Limit, Regimen, Step
from monographs.doses.units import DAY, PEOPLE, UNITS, Unit
from monographs.doses.values import decimal_of, figure, listed

# Where a figure is taken: of whom ("kg", "m2"), and how many; None: it goes by nobody.
Point = tuple[str, Fraction] | None
Total = tuple[Fraction, Fraction | None]
BINDS = " (the maximum binds)"


def figures(regimen: Regimen, weight: Decimal | None = None, surface: Decimal | None = None) -> dict[str, str]:
    """Label -> figure. `weight` in kg, `surface` in m²."""
    steps = [step for _number, step in dose_steps(regimen)]
    if not steps or not regimen.is_shown or len({UNITS[step.unit or ""].kind for step in steps}) > 1:
        return {}
    found: dict[str, str] = {}
    for point in _points(regimen, steps, weight, surface):
        here = [step for step in steps if _is_of(step, point)]
        if here:
            found |= _of_one_dose(here, point)
            found |= _of_a_day(regimen, here, point)
            if len(here) == len(steps):
                found |= _of_spans(regimen, steps, point)
    if any(step.increase is not None for step in regimen.steps):
        # How far it is increased, nobody reckons.
        found = {label: words for label, words in found.items() if not label.startswith("24 hours")}
    else:
        found |= _most_of_a_day(regimen, steps)
    return found | _binding(regimen, steps)


def _points(regimen: Regimen, steps: list[Step], weight: Decimal | None, surface: Decimal | None) -> Iterator[Point]:
    people = {UNITS[step.unit or ""].person for step in steps}
    if "" in people:
        yield None
    if "kg" in people:
        band = regimen.weight
        ends = [weight] if weight is not None else [band.min, band.max] if band is not None else []
        yield from (("kg", Fraction(end)) for end in ends if end)
    if "m2" in people and surface:
        yield "m2", Fraction(surface)


def _is_of(step: Step, point: Point) -> bool:
    return UNITS[step.unit or ""].person == (point[0] if point is not None else "")


def _at(point: Point) -> str:
    return f" at {figure(point[1])} {PEOPLE[point[0]]}" if point is not None else ""


# -- Amounts in words ----------------------------------------------------------------------------------------------


def _words(value: Fraction, unit: Unit) -> str:
    """In the unit of a step, less what it goes by."""
    base = UNITS[unit.base]
    number = value / base.factor
    return f"{figure(number)} {base.words(decimal_of(number))}"


def _range(low: Fraction, high: Fraction, unit: Unit) -> str:
    if low == high:
        return _words(low, unit)
    return f"{figure(low / UNITS[unit.base].factor)} to {_words(high, unit)}"


def _unit(steps: list[Step]) -> Unit:
    return UNITS[steps[0].unit or ""]


# -- One dose, a day -----------------------------------------------------------------------------------------------


def _scaled(value: Fraction, step: Step, point: Point) -> Fraction:
    """A dose at a point, bounded by its cap."""
    if point is None:
        return capped(value, step)
    whole = capped(value, step) * point[1]
    is_fixed = step.cap is not None and not UNITS[step.cap.unit].person
    return min(whole, size(step.cap)) if is_fixed else whole


def _doses(step: Step, point: Point) -> Range:
    low, high = one_dose(step)
    return _scaled(low, step, point), _scaled(high, step, point)


def _of_one_dose(steps: list[Step], point: Point) -> dict[str, str]:
    """One dose, where it is not what stands in the line."""
    steps = [step for step in steps if (point is not None or step.per is not None) and not _unit([step]).is_rate]
    if not steps:
        return {}
    ranges, label = [_doses(step, point) for step in steps], f"one dose{_at(point)}"
    low, high = min(one[0] for one in ranges), max(one[1] for one in ranges)
    if len(set(ranges)) == 1:
        return {label: _range(low, high, _unit(steps))}
    return {f"{label}, least": _words(low, _unit(steps)), f"{label}, most": _words(high, _unit(steps))}


def _day_of(regimen: Regimen, step: Step, point: Point) -> Fraction:
    """The most of a step in 24 hours: its doses, each at most its cap."""
    high = _doses(step, point)[1]
    if step.per is None:
        return most_a_day(regimen, step, high)
    daily = typed_range(step)[1] * (point[1] if point is not None else 1)
    return min(daily, high * doses_a_day(regimen, step))


def _of_a_day(regimen: Regimen, steps: list[Step], point: Point) -> dict[str, str]:
    if point is None:
        return _by_interval(regimen, steps)
    step, amount = max(((one, _day_of(regimen, one, point)) for one in steps), key=lambda one: one[1])
    return {f"24 hours{_at(point)}": _bounded(regimen, amount, UNITS[step.unit or ""], point)}


def _by_interval(regimen: Regimen, steps: list[Step]) -> dict[str, str]:
    """What the interval alone would allow, where something else allows less."""
    found = {}
    for step in steps:
        count = doses_by_interval(regimen, step)
        if count is not None and step.freq is not None and step.freq.unit in ("h", "min"):
            amount = _doses(step, None)[1] * count
            tightest = _tightest(regimen, None)
            if count > doses_a_day(regimen, step) or (tightest is not None and size(tightest) < amount):
                found["24 hours by interval"] = _words(amount, UNITS[step.unit or ""])
    return found if len(steps) == 1 else {}


def _tightest(regimen: Regimen, point: Point) -> Limit | None:
    """The lowest limit in 24 hours that can be compared at a point."""
    known = ["", point[0]] if point is not None else [""]
    limits = [one for one in regimen.limits if window_of(one) == DAY and UNITS[one.unit].person in known]
    return min(limits, key=lambda one: _whole(one, point), default=None)


def _whole(limit: Limit, point: Point) -> Fraction:
    return size(limit) * (point[1] if point is not None and UNITS[limit.unit].person else 1)


def _bounded(regimen: Regimen, amount: Fraction, unit: Unit, point: Point) -> str:
    limit = _tightest(regimen, point)
    if limit is None or _whole(limit, point) >= amount:
        return _words(amount, unit)
    return _words(_whole(limit, point), UNITS[limit.unit]) + BINDS


def _most_of_a_day(regimen: Regimen, steps: list[Step]) -> dict[str, str]:
    """The most that anybody is given in 24 hours; none, where a dose by weight has no upper end."""
    found: list[tuple[Fraction, Unit]] = []
    for step in steps:
        unit, cap = UNITS[step.unit or ""], step.cap
        heaviest = regimen.weight.max if regimen.weight is not None else None
        if not unit.person:
            found.append((_day_of(regimen, step, None), unit))
        elif unit.person == "kg" and heaviest:
            found.append((_day_of(regimen, step, ("kg", Fraction(heaviest))), unit))
        elif cap is not None and not UNITS[cap.unit].person:
            found.append((size(cap) * doses_a_day(regimen, step), UNITS[cap.unit]))
        elif (limit := _tightest(regimen, None)) is not None:
            return {"24 hours, most": _words(size(limit), UNITS[limit.unit]) + BINDS}
        else:
            return {}
    amount, unit = max(found, key=lambda one: one[0])
    return {"24 hours, most": _bounded(regimen, amount, unit, None)}


# -- Courses, phases, the whole ------------------------------------------------------------------------------------


def _total(regimen: Regimen, steps: list[Step], point: Point) -> Total | None:
    """What some steps give together; None, where one of them says not how long it lasts."""
    low, high = Fraction(0), Fraction(0)
    is_bounded = True
    for step in steps:
        one = _doses(step, point)
        if step.per is not None:
            of_day = typed_range(step)[0] * (point[1] if point is not None else 1)
            one = (min(of_day, _day_of(regimen, step, point)), _day_of(regimen, step, point))
        total = total_of_step(regimen, step, one)
        if total is None:
            return None
        low += total[0]
        is_bounded = is_bounded and total[1] is not None
        high += total[1] or 0
    return (low, high if is_bounded else None) if steps else None


def _said(label: str, total: Total | None, unit: Unit, point: Point) -> dict[str, str]:
    """A total under its label: both ends, or the most alone where nothing need be given."""
    if total is None or total[1] is None:
        return {}
    if not total[0]:
        return {f"{label}{_at(point)}, most": _words(total[1], unit)}
    return {f"{label}{_at(point)}": _range(total[0], total[1], unit)}


def _of_spans(regimen: Regimen, steps: list[Step], point: Point) -> dict[str, str]:
    unit = _unit(steps)
    found = _of_courses(regimen, steps, point)
    if not any(step.course is not None for step in steps):
        found |= _of_times(regimen, steps, point)
        loading = [step for step in steps if step.phase == "loading"]
        found |= _said("loading", _total(regimen, loading, point), unit, point)
    if len(steps) == len(regimen.steps):
        found |= _of_all(regimen, steps, point)
    [first, *others] = steps
    freq = first.freq
    is_weekly = freq is not None and freq.unit == "wk" and freq.period == 1 and freq.n and freq.n_max is None
    if not others and is_weekly and first.length is None and first.at is None and regimen.prn is None:
        assert freq is not None
        low, high = _doses(first, point)
        found[f"4 weeks{_at(point)}"] = _range(low * 4 * (freq.n or 1), high * 4 * (freq.n or 1), unit)
    return found


def _of_courses(regimen: Regimen, steps: list[Step], point: Point) -> dict[str, str]:
    unit = _unit(steps)
    found: dict[str, str] = {}
    must: dict[int, Total | None] = {}
    for number in dict.fromkeys(step.course.no for step in steps if step.course is not None):
        of = [step for step in steps if step.course is not None and step.course.no == number]
        course = of[0].course
        assert course is not None
        total = _total(regimen, of, point)
        if course.to is None:
            found |= _said(f"course {number}", total, unit, point)
        elif course.to == number + 1 and total is not None:
            both = (total[0] * 2, total[1] * 2 if total[1] is not None else None)
            found |= _said(f"courses {number} and {course.to}", both, unit, point)
        if not any(is_optional(step) for step in of):
            must |= dict.fromkeys(range(number, course.last + 1), total)
    if len(must) == 2 and max(must) - min(must) == 1 and all(must.values()):
        together = _sum(list(must.values()))
        found |= _said(f"courses {min(must)} and {max(must)}", together, unit, point)
    return found


def _sum(totals: list[Total | None]) -> Total | None:
    known = [one for one in totals if one is not None and one[1] is not None]
    if len(known) < len(totals):
        return None
    return sum((one[0] for one in known), Fraction(0)), sum((one[1] or Fraction(0) for one in known), Fraction(0))


def _times(step: Step) -> int:
    """How often a course is given."""
    return step.course.last - step.course.no + 1 if step.course is not None else 1


def _of_all(regimen: Regimen, steps: list[Step], point: Point) -> dict[str, str]:
    totals = [(step, _total(regimen, [step], point)) for step in steps for _time in range(_times(step))]
    whole = _sum([total for _step, total in totals])
    must = _sum([total for step, total in totals if not is_optional(step)])
    if whole is None or must is None or whole[1] is None:
        return {}
    label, unit = "whole treatment", _unit(steps)
    if must == whole:
        return _said(label, whole, unit, point)
    found = {f"{label}{_at(point)}, most": _words(whole[1], unit)}
    return found | ({f"{label}{_at(point)}, least": _words(must[0], unit)} if must[0] else {})


def _of_times(regimen: Regimen, steps: list[Step], point: Point) -> dict[str, str]:
    """Days and weeks that are named: the first so many, or two days."""
    found: dict[str, str] = {}
    for code, word in (("d", "days"), ("wk", "weeks")):
        of = [one for one in steps if one.at is not None and one.at.unit == code and not one.at.onwards]
        numbers = [number for one in of if one.at is not None for number in one.at.numbers]
        total = _total(regimen, of, point)
        if len(numbers) < 2 or any(is_optional(one) for one in of):
            continue
        if numbers in (list(range(len(numbers))), list(range(1, len(numbers) + 1))):
            found |= _said(f"first {len(numbers)} {word}", total, _unit(steps), point)
        elif len(numbers) == 2 and code == "d":
            found |= _said(f"days {listed([str(number) for number in numbers])}", total, _unit(steps), point)
    return found


# -- Where a maximum binds -----------------------------------------------------------------------------------------


def _binding(regimen: Regimen, steps: list[Step]) -> dict[str, str]:
    """From which weight or surface on a fixed cap or limit is less than what goes by it."""
    caps: set[tuple[Fraction, str]] = set()
    limits: set[tuple[Fraction, str]] = set()
    for step in steps:
        unit, high = UNITS[step.unit or ""], one_dose(step)[1]
        if not unit.person or unit.is_rate:
            continue
        if step.cap is not None and not UNITS[step.cap.unit].person:
            caps.add((size(step.cap) / high, unit.person))
        a_day = typed_range(step)[1] if step.per is not None else most_a_day(regimen, step, high)
        for limit in regimen.limits:
            if not UNITS[limit.unit].person and (limit.per == "dose" or window_of(limit) == DAY):
                limits.add((size(limit) / (high if limit.per == "dose" else a_day), unit.person))
    found = {}
    for label, points in (("cap binds from", caps), ("limit binds from", limits)):
        if points:
            least, person = min(points)
            found[label] = f"{figure(least)} {PEOPLE[person]}"
    return found
