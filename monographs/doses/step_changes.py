"""What changed in one step of a regimen. Pure."""

from collections.abc import Callable
from fractions import Fraction

from monographs.doses import phrases
from monographs.doses.amounts import divisions
from monographs.doses.change import (
    DAYS_OF,
    LENGTH,
    RAISED,
    TWICE,
    Change,
    Changes,
    amount_line,
    amount_size,
    basis_of,
    class_of,
    farther,
    hours_of,
    in_smaller_unit,
    interval_words,
    of_rows,
    of_sizes,
    of_words,
    said,
    time_size,
)
from monographs.doses.model import PHASES, At, Course, Freq, Gap, Length, Over, Pair, Rate, Regimen, Slope, Step
from monographs.doses.units import TIMES, UNITS
from monographs.doses.values import decimal_of, figure


def of_step(old: Step, new: Step) -> Changes:
    """What is said of a step that was and is, but of its least interval, which may be that of all."""
    dose = list(_dose(old, new))
    yield from dose
    often = list(_how_often(old, new))
    yield from often
    yield from _maximum_of_one(old, new)
    yield from of_words(
        "Volume", said(old.volume, phrases.pair), said(new.volume, phrases.pair), added="critical", changed="critical"
    )
    yield from _infusion(old, new)
    length = list(
        of_sizes("Duration", _lasting(old), _lasting(new), _length, _length_size, verbs=LENGTH, is_worse_up=False)
    )
    yield from (_major(one) for one in length)
    yield from _course(old, new)
    if not any(one.cls == "critical" for one in (*dose, *often)):
        yield from _course_total(old, new)
    for name, slope, other in (("Increase", old.increase, new.increase), ("Decrease", old.decrease, new.decrease)):
        yield from _slope(name, slope, other)
    yield from of_words("Label", old.phase and PHASES[old.phase], new.phase and PHASES[new.phase])
    yield from of_words("Time", said(_at(old), phrases.at), said(_at(new), phrases.at))
    yield from of_words("If needed", _flag(old.optional, "if needed"), _flag(new.optional, "if needed"))
    yield from of_rows("Instruction", old.when, new.when, removed="major")
    same_day = "on the same day each week"
    yield from of_words("Same day", _flag(old.same_day, same_day), _flag(new.same_day, same_day))
    yield from of_words("Condition", old.condition, new.condition)
    yield from of_words("Until", old.until, new.until)


def of_interval(before: Regimen, old: Step, after: Regimen, new: Step) -> Changes:
    """The least interval between doses, be it that of the step or of all."""
    was, now = before.least_interval(old), after.least_interval(new)
    yield from of_sizes("Interval", was, now, interval_words, hours_of, verbs=LENGTH, is_worse_up=False)


# What is typed by half says nothing, and is compared as if it were not there.


def _lasting(step: Step) -> Length | None:
    held = step.length
    return held if held is not None and (held.value is not None or held.max is not None) else None


def _at(step: Step) -> At | None:
    return step.at if step.at is not None and step.at.numbers else None


def _said_rate(step: Step) -> Rate | None:
    rate = step.rate
    if rate is None or (rate.value is None and rate.max is None):
        return None
    is_half = rate.value is None and rate.start is not None and (rate.by is None or rate.every is None)
    return None if is_half else rate


def _flag(is_set: bool, words: str) -> str | None:
    return words if is_set else None


def _major(change: Change) -> Change:
    """A length that is shorter or longer is major, one that is removed critical."""
    is_removed = "removed: was" in change.line
    return change if is_removed or change.cls == "minor" else Change("major", change.line)


# -- The dose ------------------------------------------------------------------------------------------------------


def dose_words(step: Step) -> str:
    assert step.dose is not None
    assert step.unit is not None
    words = phrases.amount(step.dose, step.unit, step.high)
    words = f"up to {words}" if step.up_to else words
    return f"{words} of {step.weight_basis} body-weight" if step.weight_basis else words


def _dose(old: Step, new: Step) -> Changes:
    if old.dose is None or old.unit is None or new.dose is None or new.unit is None:
        was = dose_words(old) if old.dose is not None and old.unit is not None else None
        now = dose_words(new) if new.dose is not None and new.unit is not None else None
        yield from of_words("Dose", was, now)
        if (old.per, new.per) != (None, None) and was == now:
            yield from of_words("Basis", old.per and "daily", new.per and "daily", added="critical")
        return
    was, now = dose_words(old), dose_words(new)
    kind, person, is_rate = basis_of(old.unit)
    new_kind, new_person, new_is_rate = basis_of(new.unit)
    if kind != new_kind:
        yield Change("critical", f"Unit changed: {was} -> {now}")
    elif (person, is_rate, old.per, old.weight_basis) != (new_person, new_is_rate, new.per, new.weight_basis):
        if old.per != new.per:
            was, now = (f"{words} {'daily' if one.per else 'per dose'}" for words, one in ((was, old), (now, new)))
        yield Change("critical", f"Basis changed: {was} -> {now}")
    elif was != now:
        low = amount_size(new.dose, new.unit) / amount_size(old.dose, old.unit)
        high = amount_size(new.high or new.dose, new.unit) / amount_size(old.high or old.dose, old.unit)
        ratio = farther(high, low)
        shown = in_smaller_unit(old.high or old.dose, old.unit, new.high or new.dose, new.unit)
        if ratio == 1 and old.up_to != new.up_to:
            yield Change("critical" if old.up_to else "major", f"Dose changed: {was} -> {now}", in_one_unit=shown)
        else:
            yield Change(class_of(ratio), amount_line(ratio, was, now), ratio, in_one_unit=shown)


def _maximum_of_one(old: Step, new: Step) -> Changes:
    def size(held: Pair) -> tuple[Fraction, ...] | None:
        other = new.cap if held is old.cap else old.cap
        is_comparable = other is not None and basis_of(held.unit) == basis_of(other.unit)
        return (amount_size(held.value, held.unit),) if is_comparable else None

    yield from of_sizes(
        "Maximum for one dose", old.cap, new.cap, phrases.pair, size, verbs=RAISED, is_worse_up=True
    )  # fmt: skip


# -- How often -----------------------------------------------------------------------------------------------------


def doses_a_week(step: Step) -> Fraction | None:
    """The most doses in 7 days; None: continuous, or not said."""
    freq = step.freq
    if step.per is not None and (step.divided is not None or step.divided_every is not None):
        return Fraction(7 * divisions(step)[1])
    if freq is None or freq.continuous:
        return None
    if freq.once:
        return Fraction(1)
    if freq.period is None or freq.unit is None or (freq.n or freq.n_max) is None:
        return None
    days = Fraction(DAYS_OF[freq.unit]) if freq.unit in DAYS_OF else TIMES[freq.unit].hours / 24
    return Fraction(max(freq.n or 0, freq.n_max or 0)) * 7 / (days * Fraction(freq.period))


def _frequency(step: Step) -> str | None:
    if step.freq is not None:
        return phrases.frequency(step.freq) if _is_whole(step.freq) else None
    if step.divided is not None or step.divided_every is not None:
        return phrases.daily(step)
    return None


def _is_whole(freq: Freq) -> bool:
    is_said = freq.period is not None and freq.unit is not None and (freq.n or freq.n_max) is not None
    return freq.once or freq.continuous or is_said


def _how_often(old: Step, new: Step) -> Changes:
    was, now = _frequency(old), _frequency(new)
    if (old.freq, old.divided, old.divided_max, old.divided_every) == (
        new.freq, new.divided, new.divided_max, new.divided_every,
    ):  # fmt: skip
        return
    if was is None or now is None:
        yield from of_words("Frequency", was, now)
        return
    first, second = doses_a_week(old), doses_a_week(new)
    if first is None or second is None:
        yield Change("critical", f"Frequency changed: {was} -> {now}")
        return
    ratio = second / first
    if ratio == 1:
        yield Change("major", f"Frequency changed: {was} -> {now}", per_week=ratio)
        return
    cls = class_of(ratio)
    line = f"{'More' if ratio > 1 else 'Less'} often: {was} -> {now}"
    yield Change("critical" if cls == "critical" else "major", line, per_week=ratio)


# -- How long, and how fast ----------------------------------------------------------------------------------------


def _infusion(old: Step, new: Step) -> Changes:
    def words(held: Over) -> str:
        return phrases.over(held).removeprefix("over ")

    def size(held: Over) -> tuple[Fraction, ...]:
        longest = held.max if held.max is not None else held.value
        return time_size(held.value, held.unit), time_size(longest, held.unit)

    for one in of_sizes("Infusion time", old.over, new.over, words, size, verbs=LENGTH, is_worse_up=False):
        is_about = old.over is not None and new.over is not None and old.over.approx != new.over.approx
        if one.cls == "minor" and is_about:
            yield Change("major", one.line.replace("Same amount, written differently", "Infusion time changed"))
        else:
            yield one
    was, now = _said_rate(old), _said_rate(new)
    yield from of_sizes("Rate", was, now, _rate, _rate_sizes(was, now), verbs=RAISED, is_worse_up=True)


def _rate(held: Rate) -> str:
    words = phrases.rate(held)
    return words.removeprefix("at ")


def _rate_sizes(old: Rate | None, new: Rate | None) -> Callable[[Rate], tuple[Fraction, ...] | None]:
    """How fast it is at each point: start, rise, the time between rises turned round, most."""

    def sizes(held: Rate) -> tuple[Fraction, ...] | None:
        if old is None or new is None or basis_of(old.unit) != basis_of(new.unit):
            return None
        if (old.start is None) != (new.start is None) or (old.value is None) != (new.value is None):
            top = held.max or held.value_max or held.value
            return (amount_size(top, held.unit),) if top is not None else None
        points = [
            one for one in (held.value, held.value_max or held.value, held.start, held.by, held.max) if one is not None
        ]
        every = (1 / time_size(held.every.value, held.every.unit),) if held.every is not None else ()
        return (*(amount_size(one, held.unit) for one in points), *every)

    return sizes


def _length(held: Length) -> str:
    return phrases.length(held).removeprefix("for ")


def _length_size(held: Length) -> tuple[Fraction, ...]:
    longest = held.max if held.max is not None else held.value
    assert longest is not None
    least = time_size(held.value, held.unit) if held.value is not None else Fraction(0)
    return least, time_size(longest, held.unit)


# -- Courses -------------------------------------------------------------------------------------------------------


def _course(old: Step, new: Step) -> Changes:
    one, other = old.course, new.course
    yield from of_words("Course", said(one, _course_words), said(other, _course_words), removed="major")
    gap = one.gap if one is not None else None
    other_gap = other.gap if other is not None else None
    is_of_both = gap is not None and other_gap is not None and gap.at_least != other_gap.at_least
    if is_of_both and gap is not None and other_gap is not None and hours_of(gap) == hours_of(other_gap):
        yield Change("critical" if gap.at_least else "major", f"Gap changed: {_gap(gap)} -> {_gap(other_gap)}")
    else:
        yield from of_sizes("Gap", gap, other_gap, _gap, hours_of, verbs=LENGTH, is_worse_up=False)


def _course_words(held: Course) -> str:
    words = phrases.course(held)
    return f"{words[:1].lower()}{words[1:]}{', if needed' if held.optional else ''}"


def _gap(held: Gap) -> str:
    return f"{'at least ' if held.at_least else ''}{interval_words(held)}"


def _days(held: Length | None) -> Fraction | None:
    if held is None:
        return None
    longest = held.max if held.max is not None else held.value
    return time_size(longest, held.unit) if longest is not None else None


def _course_total(old: Step, new: Step) -> Changes:
    """What a course gives, where neither its dose nor its frequency alone says how much that changed."""
    lengths, weeks = (_days(old.length), _days(new.length)), (doses_a_week(old), doses_a_week(new))
    if old.course is None or new.course is None or None in lengths or not old.dose or not new.dose:
        return
    if not old.unit or not new.unit or basis_of(old.unit) != basis_of(new.unit) or old.per != new.per:
        return
    totals = []
    for step, length, week in ((old, lengths[0], weeks[0]), (new, lengths[1], weeks[1])):
        assert length is not None
        times = length if step.per is not None or week is None else length * week / 7
        assert step.dose is not None
        totals.append(amount_size(step.high or step.dose, step.unit or "") * times)
    ratio = totals[1] / totals[0]
    if ratio >= TWICE or ratio <= 1 / TWICE:
        was, now = (_total_words(total, step) for total, step in zip(totals, (old, new), strict=True))
        yield Change("critical", f"Course total {'raised' if ratio > 1 else 'lowered'}: {was} -> {now}")


def _total_words(total: Fraction, step: Step) -> str:
    unit = UNITS[step.unit or ""]
    number = total / unit.factor
    return f"{figure(number)} {unit.words(decimal_of(number))}"


# -- Increases and decreases ---------------------------------------------------------------------------------------


def _slope_words(held: Slope) -> str:
    every = phrases.every(held.every, held.every_unit, held.every_max)
    return f"{phrases.amount(held.by, held.unit, held.by_max)} {every}"


def _slope(name: str, old: Slope | None, new: Slope | None) -> Changes:
    if old == new:
        return
    if old is None or new is None:
        yield from of_words(name, said(old, _slope_words), said(new, _slope_words))
        return
    line = f"{name} changed: {_slope_words(old)} -> {_slope_words(new)}"
    if basis_of(old.unit) != basis_of(new.unit):
        yield Change("critical", line)
        return
    ratios = [
        amount_size(new.by, new.unit) / amount_size(old.by, old.unit),
        amount_size(new.by_max or new.by, new.unit) / amount_size(old.by_max or old.by, old.unit),
        time_size(old.every, old.every_unit) / time_size(new.every, new.every_unit),
        time_size(old.every_max or old.every, old.every_unit) / time_size(new.every_max or new.every, new.every_unit),
    ]
    ratio = Fraction(1)
    for one in ratios:
        ratio = farther(ratio, one)
    cls = class_of(ratio)
    yield Change("critical" if cls == "critical" else "major" if ratio != 1 else "minor", line)
