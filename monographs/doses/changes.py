"""What changed between two states of a regimen, in words and with its class (docs/clinical/dose_changes.md). Pure.

Nothing is validated here: what may not be typed can still be compared. Order and words decide nothing; amounts are
compared in one unit, exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from monographs.doses import phrases
from monographs.doses.change import (
    CLASSES,
    RAISED,
    Change,
    Changes,
    Class,
    amount_size,
    basis_of,
    farther,
    of_rows,
    of_sizes,
    of_words,
    ratio_text,
    said,
)
from monographs.doses.lines import day_in_words, header, label
from monographs.doses.model import (
    ACTIONS,
    POPULATIONS,
    RENAL,
    ROUTES,
    Adjustment,
    Age,
    Band,
    Limit,
    Regimen,
    Renal,
    Source,
    Step,
)
from monographs.doses.step_changes import of_interval, of_step
from monographs.doses.units import AGES
from monographs.doses.values import written


@dataclass(frozen=True, slots=True)
class Compared:
    """All changes, critical ones first. `cls` is None where there are none."""

    changes: tuple[Change, ...]

    @property
    def cls(self) -> Class | None:
        return self.changes[0].cls if self.changes else None

    @property
    def lines(self) -> list[str]:
        return [one.line for one in self.changes]

    @property
    def ratio(self) -> str | None:
        """Of the dose, new by old: the one farthest from 1."""
        return _farthest([one.ratio for one in self.changes])

    @property
    def per_week(self) -> str | None:
        return _farthest([one.per_week for one in self.changes])

    @property
    def voids_checks(self) -> str:
        """Any change does; other dates of its source alone do not, where the passage is the same."""
        if not self.changes:
            return "no"
        return "unless the passage is equal" if all(one.is_of_source for one in self.changes) else "yes"


def _farthest(ratios: Sequence[Fraction | None]) -> str | None:
    found: Fraction | None = None
    for one in ratios:
        if one is not None:
            found = one if found is None else farther(found, one)
    return ratio_text(found) if found is not None else None


def compare(before: Regimen | None, after: Regimen | None) -> Compared:
    """Two states of one regimen; None: it was not there, or is not any more."""
    if before is None or after is None:
        found: list[Change] = []
        if before is not None:
            found.append(Change("critical", f"Regimen removed: was {header(before)}"))
        if after is not None:
            found.append(Change("major", f"Regimen added: {header(after)}"))
        return Compared(tuple(found))
    return Compared(tuple(sorted(_changes(before, after), key=lambda one: CLASSES.index(one.cls))))


def _changes(before: Regimen, after: Regimen) -> Changes:
    yield from of_words("Indication", before.indication, after.indication, added="critical", changed="critical")
    yield from _population(before.population, after.population)
    for name, one, other in (
        ("age", before.age, after.age),
        ("body-weight", before.weight, after.weight),
        (_measure(before.renal or after.renal), before.renal, after.renal),
    ):
        yield from _band(name, one, other)
    yield from _hepatic(before.hepatic, after.hepatic)
    yield from _criteria(before, after)
    yield from of_words("Route", *_both(before, after, _route), added="critical", changed="critical")
    for name, field in (("Product", "product"), ("Formulation", "formulation"), ("Salt or base", "dose_as"),
                        ("Interchange warning", "not_interchangeable")):  # fmt: skip
        old, new = getattr(before, field), getattr(after, field)
        yield from of_words(name, old, new, added="critical", changed="critical")
    strengths = [said(one.strength, phrases.strength) for one in (before, after)]
    yield from of_words("Strength", *strengths, added="critical", changed="critical")
    yield from _steps(before.steps, after.steps, before, after)
    yield from _limits(before, after)
    for old, new, after_words in (
        (before.most_doses, after.most_doses, " in 24 hours"),
        (before.max_courses, after.max_courses, ""),
    ):
        thing = "dose" if after_words else "course"
        yield from of_sizes(
            "Maximum", old, new, _counted(thing), lambda held: (Fraction(held),), verbs=RAISED, is_worse_up=True,
            after=after_words,
        )  # fmt: skip
    yield from _when_required(before, after)
    yield from _adjustments(before.adjustments, after.adjustments)
    yield from of_words("Premedication", before.premedication, after.premedication)
    yield from of_rows("Instruction", before.instructions, after.instructions, removed="major")
    for name, field, words in (
        ("Weekly flag", "weekly_only", "once a week only"),
        ("No maximum in the source", "no_max_in_source", "the source states none"),
    ):
        old_flag, new_flag = (words if getattr(one, field) else None for one in (before, after))
        yield from of_words(name, old_flag, new_flag, added="critical")
    yield from of_words("Alternative", *_both(before, after, _alternative))
    yield from of_words("Licence", *_both(before, after, _licence), removed="major")
    yield from _source(before.source or Source(), after.source or Source())


def _both(before: Regimen, after: Regimen, words: Callable[[Regimen], str | None]) -> tuple[str | None, str | None]:
    return words(before), words(after)


def _route(regimen: Regimen) -> str | None:
    return ROUTES[regimen.route].replace("By", "by", 1) if regimen.route in ROUTES else None


def _alternative(regimen: Regimen) -> str | None:
    return "alternative regimen for the same use" if regimen.alternative_to is not None else None


def _licence(regimen: Regimen) -> str | None:
    held = regimen.licence
    return " in ".join(one for one in ((held.status or "").replace("_", "-"), held.country) if one) if held else None


# -- For whom ------------------------------------------------------------------------------------------------------


def _population(old: str | None, new: str | None) -> Changes:
    if old == new or old not in POPULATIONS or new not in POPULATIONS:
        return
    was, now = POPULATIONS[old], POPULATIONS[new]
    if new == "Any" and old != "Neonate":
        yield Change("critical", f"Wider: {was} -> {now}")
    elif old == "Any" and new != "Neonate":
        yield Change("major", f"Narrower: {was} -> {now}")
    else:
        yield Change("critical", f"Population changed: {was} -> {now}")


def _measure(held: Renal | None) -> str:
    return RENAL[held.measure][0] if held is not None else ""


def _unit(band: Band) -> str:
    return RENAL[band.measure][1] if isinstance(band, Renal) else band.unit if isinstance(band, Age) else "kg"


End = tuple[Fraction, int]


def _ends(band: Band) -> tuple[End | None, End | None]:
    """Ends in one unit, so that a larger one lies above: an excluded end lies inside its number."""
    scale = AGES[band.unit] if isinstance(band, Age) else Fraction(1)
    low = None if band.min is None else (Fraction(band.min) * scale, 0 if band.min_incl else 1)
    high = None if band.max is None else (Fraction(band.max) * scale, 1 if band.max_incl else 0)
    return low, high


def _band(name: str, old: Band | None, new: Band | None) -> Changes:
    if old == new:
        return
    if old is None or new is None:
        held = old or new
        assert held is not None
        words = f"{_end_words(held, 'min', 'max')} {_band_unit(held)}"
        was, now = (words, "any") if new is None else ("any", words)
        yield Change(
            "critical" if new is None else "major", f"{'Wider' if new is None else 'Narrower'}: {name} {was} -> {now}"
        )
        return
    if isinstance(old, Renal) and isinstance(new, Renal) and old.measure != new.measure:
        was, now = phrases.renal(old), phrases.renal(new)
        yield Change("critical", f"Wider: {was} -> {now}")
        return
    (low, high), (new_low, new_high) = _ends(old), _ends(new)
    differ = [which for which, one, other in (("min", low, new_low), ("max", high, new_high)) if one != other]
    if not differ:
        yield Change("minor", f"Same band, written differently: {phrases.band(old)} -> {phrases.band(new)}")
        return
    is_low_wider = new_low is None or (low is not None and new_low < low)
    is_high_wider = new_high is None or (high is not None and new_high > high)
    is_wider = ("min" in differ and is_low_wider) or ("max" in differ and is_high_wider)
    is_one_unit = _unit(old) == _unit(new)
    was = _end_words(old, *differ) + ("" if is_one_unit else f" {_band_unit(old)}")
    yield Change(
        "critical" if is_wider else "major",
        f"{'Wider' if is_wider else 'Narrower'}: {name} {was} -> {_end_words(new, *differ)} {_band_unit(new)}",
    )


def _band_unit(band: Band) -> str:
    if isinstance(band, Age):
        last = band.max if band.max is not None else band.min
        return phrases.time(last, band.unit).split(" ", 1)[1] if last is not None else ""
    return _unit(band)


def _end_words(band: Band, *which: str) -> str:
    """`from 30`, `over 30`, `below 50`, `up to 50`; an end that is not there is `any`."""
    found = []
    if "min" in which and band.min is not None:
        found.append(f"{'from' if band.min_incl else 'over'} {written(band.min)}")
    if "max" in which and band.max is not None:
        found.append(f"{'up to' if band.max_incl else 'below'} {written(band.max)}")
    return " and ".join(found) or "any"


def _hepatic(old: tuple[str, ...], new: tuple[str, ...]) -> Changes:
    if set(old) == set(new):
        return
    was, now = (phrases.hepatic(one) if one else "any liver function" for one in (old, new))
    is_narrower = not old or (new and set(new) < set(old))
    yield Change("major" if is_narrower else "critical", f"{'Narrower' if is_narrower else 'Wider'}: {was} -> {now}")


def _criteria(before: Regimen, after: Regimen) -> Changes:
    old, new = before.criteria, after.criteria
    if old is not None and new is not None and old.of == new.of and old.at_least != new.at_least:
        is_wider = new.at_least < old.at_least
        line = f"at least {old.at_least} -> at least {new.at_least} criteria"
        yield Change("critical" if is_wider else "major", f"{'Wider' if is_wider else 'Narrower'}: {line}")
        return
    was, now = (said(one, lambda held: f"at least {held.at_least} of: {'; '.join(held.of)}") for one in (old, new))
    yield from of_words("Criteria", was, now, changed="critical")


# -- Steps ---------------------------------------------------------------------------------------------------------


def _steps(old: tuple[Step, ...], new: tuple[Step, ...], before: Regimen, after: Regimen) -> Changes:
    """Steps by their key, those without one by their order."""
    has_keys = all(step.key for step in (*old, *new)) and bool(old) and bool(new)
    first = {step.key if has_keys else str(number): step for number, step in enumerate(old)}
    second = {step.key if has_keys else str(number): step for number, step in enumerate(new)}
    kept = [key for key in first if key in second]
    if len(kept) < len(first):
        yield Change("critical", f"Step removed: {_steps_words(len(first))} -> {_steps_words(len(kept))}")
    if len(kept) < len(second):
        yield Change("major", f"Step added: {_steps_words(len(kept))} -> {_steps_words(len(second))}")
    order = [key for key in second if key in first]
    if order != kept:
        was, now = (", ".join(str(kept.index(key) + 1) for key in keys) for keys in (kept, order))
        yield Change("critical", f"Step order changed: {was} -> {now}")
    intervals: list[Change] = []
    for key in kept:
        where = label(after, new.index(second[key])) if len(new) > 1 else ""
        yield from (replace(one, where=where) for one in of_step(first[key], second[key]))
        intervals += of_interval(before, first[key], after, second[key])
    if not kept:
        intervals += of_interval(before, Step(), after, Step())
    yield from dict.fromkeys(intervals)


def _steps_words(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _counted(thing: str) -> Callable[[int], str]:
    return lambda count: f"{count} {thing}{'' if count == 1 else 's'}"


# -- Maxima --------------------------------------------------------------------------------------------------------


def _limits(before: Regimen, after: Regimen) -> Changes:
    """Limits of one period, those that can be compared first."""
    old, new = list(before.limits), list(after.limits)
    for is_pair in (_is_comparable, _is_of_one_period):
        for one in list(old):
            other = next((held for held in new if is_pair(one, held)), None)
            if other is not None:
                old.remove(one)
                new.remove(other)
                yield from of_sizes(
                    "Maximum", one, other, _limit_amount, _limit_size(one, other), verbs=RAISED, is_worse_up=True,
                    after=f" {_per(one)}",
                )  # fmt: skip
    yield from (Change("critical", f"Maximum removed: was {phrases.limit(one)}") for one in old)
    yield from (Change("major", f"Maximum added: {phrases.limit(one)}") for one in new)


def _is_of_one_period(one: Limit, other: Limit) -> bool:
    return one.per == other.per


def _is_comparable(one: Limit, other: Limit) -> bool:
    return one.per == other.per and basis_of(one.unit) == basis_of(other.unit)


def _limit_amount(held: Limit) -> str:
    return phrases.amount(held.value, held.unit)


def _limit_size(one: Limit, other: Limit) -> Callable[[Limit], tuple[Fraction, ...] | None]:
    is_comparable = _is_comparable(one, other)
    return lambda held: (amount_size(held.value, held.unit),) if is_comparable else None


def _per(held: Limit) -> str:
    return phrases.limit(held).removeprefix(_limit_amount(held)).strip()


# -- The rest ------------------------------------------------------------------------------------------------------


def _when_required(before: Regimen, after: Regimen) -> Changes:
    def words(regimen: Regimen) -> str | None:
        if regimen.prn is None:
            return None
        return f"when required for {regimen.prn.reason}" if regimen.prn.reason else "when required"

    yield from of_words("When required", words(before), words(after), added="critical")


def _adjustments(old: tuple[Adjustment, ...], new: tuple[Adjustment, ...]) -> Changes:
    def who(held: Adjustment) -> str:
        if held.renal is not None:
            return phrases.renal(held.renal)
        return phrases.hepatic(held.hepatic) if held.hepatic else held.when or ""

    def words(held: Adjustment) -> str:
        action = ACTIONS[held.action] or held.text or ""
        if held.every is not None:
            action = f"give the same single dose {phrases.every_pair(held.every)}"
        return f"{who(held)}: {action}"

    gone = [one for one in old if one not in new]
    come = [one for one in new if one not in old]
    for one in gone:
        other = next((held for held in come if who(held) == who(one)), None)
        if other is not None:
            come.remove(other)
        yield from of_words("Adjustment", words(one), words(other) if other else None, changed="critical")
    yield from (Change("major", f"Adjustment added: {words(one)}") for one in come)


def _source(old: Source, new: Source) -> Changes:
    for field, name in (("accessed", "Source read again"), ("revised", "Source revised"), ("citation", "Source"),
                        ("type", "Type of source"), ("section", "Section of the source")):  # fmt: skip
        one, other = getattr(old, field), getattr(new, field)
        if one == other:
            continue
        if field in ("accessed", "revised"):
            was, now = (_date(day) for day in (one, other))
            yield Change("minor", f"{name}: {was} -> {now}", is_of_source=True)
        else:
            made = of_words(name, one, other, added="minor", removed="minor", changed="minor")
            yield from (Change("minor", change.line) for change in made)


def _date(day: str | None) -> str:
    try:
        return day_in_words(day) if day else "no date"
    except ValueError:
        return str(day)
