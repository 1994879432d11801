"""The lines of a regimen: made of its structure by fixed rules, so that no two places can say it differently. Pure.

A line is a row of segments `[slot, text]` that join to it; segments without a slot are what stands between two others.
Every line is made of the structure as it is: no unit is converted, nothing is left out. A structure of which `problems`
(`rules.py`) says anything has no lines that may be read.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from monographs.doses import phrases
from monographs.doses.model import (
    ACTIONS,
    COUNTRIES,
    PHASES,
    POPULATIONS,
    ROUTES,
    STATUSES,
    Adjustment,
    Regimen,
    Slope,
    Step,
)
from monographs.doses.values import decimal_of

Segment = tuple[str, str]
Line = tuple[Segment, ...]

NOT_YET = "Dose not published yet: it has not had its checks against the source. Use the product SmPC."
WEEKLY = "This is a weekly dose. Never give it daily."
ALTERNATIVE = "Alternative regimen for the same use."


def lines(regimen: Regimen) -> tuple[Line, ...]:
    """The lines that are signed: header first. Of a regimen that is not shown, the header alone."""
    found = [_header(regimen)]
    if regimen.is_shown:
        found += (_begun(line) for line in _body(regimen))
    return tuple(found)


def system_lines(regimen: Regimen) -> tuple[Line, ...]:
    """What the system says of a regimen or of its neighbours that are not shown; nobody signs it."""
    found: list[Segment] = []
    if regimen.withheld is not None:
        reason = regimen.withheld.reason.rstrip(".")
        found.append(
            ("withheld", f"Dose withheld on {day_in_words(regimen.withheld.on)}: {reason}. Use the product SmPC.")
        )
    elif regimen.unchecked:
        found.append(("unchecked", NOT_YET))
    for one in regimen.missing_siblings:
        words = f"Not shown for this indication, because {one.because}: {one.header}"
        found.append(("missing", _stopped(words)))
    return tuple((segment,) for segment in found)


def text(regimen: Regimen) -> str:
    """All lines, one below the other."""
    return "\n".join(joined(line) for line in (*lines(regimen), *system_lines(regimen)))


def joined(line: Line) -> str:
    return "".join(words for _slot, words in line)


def header(regimen: Regimen) -> str:
    return joined(_header(regimen))


def day_in_words(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _capital(words: str) -> str:
    """With a capital first letter; words like eGFR and pH stay."""
    return words if words[1:2].isupper() else words[:1].upper() + words[1:]


def _begun(line: Line) -> Line:
    (slot, words), *others = line
    return ((slot, _capital(words)), *others)


def _stopped(words: str) -> str:
    """With the full stop that it may lack."""
    return words if words.endswith(".") else f"{words}."


def _closed(segments: list[Segment]) -> Line:
    """The same of a line."""
    return tuple(segments) if segments[-1][1].endswith(".") else (*segments, ("", "."))


# -- Header --------------------------------------------------------------------------------------------------------


def _header(regimen: Regimen) -> Line:
    found: list[Segment] = []
    if regimen.indication is not None:
        found += [*_closed([("indication", _capital(regimen.indication))]), ("", " ")]
    found.append(("population", POPULATIONS[regimen.population]))
    if regimen.age is not None:
        found += [("", " "), ("age", phrases.band(regimen.age))]
    bands = []
    if regimen.weight is not None:
        bands.append(("weight", f"body-weight {phrases.band(regimen.weight)}"))
    if regimen.renal is not None:
        bands.append(("renal", phrases.renal(regimen.renal)))
    if regimen.hepatic:
        bands.append(("hepatic", phrases.hepatic(regimen.hepatic)))
    if regimen.criteria is not None:
        of = "; ".join(regimen.criteria.of)
        bands.append(("criteria", f"with at least {regimen.criteria.at_least} of these: {of}"))
    for segment in bands:
        found += [("", ", "), segment]
    return (*_closed(found), ("", " "), ("route", ROUTES[regimen.route]), ("", "."))


# -- Below it ------------------------------------------------------------------------------------------------------


def _body(regimen: Regimen) -> Iterator[Line]:
    yield from _preparation(regimen)
    if regimen.dose_as is not None:
        yield _closed([("", "Dose expressed as "), ("dose_as", regimen.dose_as)])
    if regimen.not_interchangeable is not None:
        words = regimen.not_interchangeable
        yield _closed([("", "Not interchangeable dose for dose with "), ("not_interchangeable", words)])
    for number in range(len(regimen.steps)):
        yield _step(regimen, number)
    for one in regimen.limits:
        yield ("", "Maximum "), ("limit", phrases.limit(one)), ("", ".")
    if (most := regimen.most_doses) is not None:
        yield ("", "No more than "), ("max_doses_24h", f"{_counted(most, 'dose')} in 24 hours"), ("", ".")
    if regimen.max_courses is not None:
        yield ("", "No more than "), ("max_courses", _counted(regimen.max_courses, "course")), ("", ".")
    for adjustment in regimen.adjustments:
        yield _adjustment(adjustment)
    if regimen.premedication is not None:
        yield ("", "Before each dose: "), ("premedication", _stopped(regimen.premedication))
    for instruction in regimen.instructions:
        yield (("instruction", _stopped(instruction)),)
    if regimen.weekly_only:
        yield (("weekly_only", WEEKLY),)
    if regimen.alternative_to is not None:
        yield (("alternative_to", ALTERNATIVE),)
    if regimen.licence is not None and regimen.licence.status != "licensed":
        words = STATUSES[str(regimen.licence.status)].format(COUNTRIES[str(regimen.licence.country)])
        yield (("licence", words),)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"


def _preparation(regimen: Regimen) -> Iterator[Line]:
    found: list[Segment] = [("", "Preparation: ")]
    if regimen.product is not None:
        found.append(("product", regimen.product))
    after = []
    if regimen.formulation is not None:
        after.append(("formulation", regimen.formulation))
    if regimen.strength is not None:
        after.append(("strength", phrases.strength(regimen.strength)))
    for number, segment in enumerate(after):
        if number or regimen.product is not None:
            found.append(("", " " if number else ", "))
        found.append(segment)
    if len(found) > 1:
        yield _closed(found)


def _adjustment(held: Adjustment) -> Line:
    who = (
        phrases.renal(held.renal) if held.renal else phrases.hepatic(held.hepatic) if held.hepatic else held.when or ""
    )
    action = ACTIONS[held.action] or held.text or ""
    if held.every is not None:
        action = f"give the same single dose {phrases.every_pair(held.every)}"
    return ("who", who), ("", ": "), ("action", _stopped(action))


# -- Steps ---------------------------------------------------------------------------------------------------------


def label(regimen: Regimen, number: int) -> str:
    """`Course 1, month 1`, `Loading`, `Step 2, if needed`; empty for the only step, unless that says more."""
    step, found = regimen.steps[number], []
    if step.course is not None:
        found.append(phrases.course(step.course))
    if step.at is not None and step.at.numbers:
        words = phrases.at(step.at)
        found.append(words[:1].lower() + words[1:] if found else words)
    if step.phase is not None:
        found.append(PHASES[step.phase])
    if not found and len(regimen.steps) > 1:
        found.append(f"Step {number + 1}")
    if step.optional or (step.course is not None and step.course.optional):
        found.append("if needed")
    return ", ".join(found)


def _step(regimen: Regimen, number: int) -> Line:
    step = regimen.steps[number]
    found: list[Segment] = []
    if words := label(regimen, number):
        found += [("label", words), ("", ": ")]
    first = next((at for at, one in enumerate(regimen.steps) if one.is_dose), None)
    place = f"steps[{number}].freq"
    said = _dose(regimen, step, place, is_first=number == first) if step.is_dose else _slope(step)
    found += next(said)
    for segments in said:
        found += segments
    for segment in _after(regimen, step):
        found += [("", ", "), segment]
    return _closed(found)


def _spaced(slot: str, words: str) -> list[Segment]:
    return [("", " "), (slot, words)]


def _slope(step: Step) -> Iterator[list[Segment]]:
    def said(held: Slope, verb: str, slot: str) -> list[Segment]:
        by = phrases.amount(held.by, held.unit, held.by_max)
        how_often = phrases.every(held.every, held.every_unit, held.every_max)
        return [(slot, f"{verb} by {by}"), ("", " "), ("frequency", how_often)]

    if step.increase is not None:
        yield said(step.increase, "increase", "increase")
    elif step.decrease is not None:
        yield said(step.decrease, "reduce", "decrease")
    if step.length is not None:
        yield _spaced("for", phrases.length(step.length))


def _dose(regimen: Regimen, step: Step, place: str, *, is_first: bool) -> Iterator[list[Segment]]:
    assert step.dose is not None
    assert step.unit is not None
    words = phrases.amount(step.dose, step.unit, step.high)
    if step.up_to:
        words = f"up to {words}"
    if step.weight_basis is not None:
        words += f" of {step.weight_basis} body-weight"
    yield [("dose", words)]
    if step.volume is not None:
        yield [("", " ("), ("volume", phrases.pair(step.volume)), ("", ")")]
    if step.cap is not None:
        yield [("", " (maximum "), ("cap", f"{phrases.pair(step.cap)} per dose"), ("", ")")]
    yield _spaced("frequency", phrases.frequency(step.freq, place) if step.freq is not None else phrases.daily(step))
    if is_first and regimen.prn is not None:
        reason = f" for {regimen.prn.reason}" if regimen.prn.reason is not None else ""
        yield _spaced("when_required", f"when required{reason}")
    if step.over is not None:
        each = ", each " if gives_several(step) else " "
        yield [("", each), ("over", phrases.over(step.over))]
    if step.length is not None:
        yield _spaced("for", phrases.length(step.length))
    if (total := course_total(regimen, step)) is not None:
        assert step.course is not None
        each = " each" if step.course.to is not None else ""
        yield [("", " ("), ("total", f"total {phrases.amount(total, step.unit)}{each}"), ("", ")")]


def gives_several(step: Step) -> bool:
    """Several doses of one time: three times a day, divided. Every 4 hours is one dose and another."""
    freq = step.freq
    return step.per is not None or (freq is not None and max(freq.n or 0, freq.n_max or 0) > 1)


def course_total(regimen: Regimen, step: Step) -> Decimal | None:
    """Of a course with one fixed dose a day and one fixed number of days; else none is printed."""
    held, at = step.length, step.at
    if step.course is None or step.dose is None or step.freq is None or regimen.prn is not None:
        return None
    if not step.freq.is_once_a("d") or step.high is not None or step.up_to or step.cap is not None:
        return None
    if held is None or held.value is None or held.max is not None or held.unit != "d" or held.value != int(held.value):
        return None
    if at is not None and (at.onwards or len(at.numbers) > 1):
        return None
    return decimal_of(Fraction(step.dose) * Fraction(held.value))


def _after(regimen: Regimen, step: Step) -> Iterator[Segment]:
    """What stands after commas, in its order."""
    if step.rate is not None:
        yield "rate", phrases.rate(step.rate)
    interval = regimen.least_interval(step)
    if step.is_dose and interval is not None:
        yield "min_interval", phrases.least_interval(interval)
    if step.course is not None and step.course.gap is not None:
        yield "gap", phrases.gap(step.course.gap, step.course)
    if step.same_day:
        yield "same_day", "on the same day each week"
    for words in step.when:
        yield "when", words
    if step.condition is not None:
        yield "condition", step.condition
    if step.until is not None:
        yield "until", f"until {step.until}"
