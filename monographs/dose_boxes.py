"""A regimen as boxes that people fill: flat, with a row for each step, band, limit and adjustment. Pure.

`monographs.typed_doses` makes its structure of them, and them of its structure.
"""

# mypy: disable-error-code="valid-type"

from typing import Annotated, Any, Literal

from monographs.declared import Declared, declared_of, must_declare, words_of
from monographs.doses.model import ACTIONS, BASES_OF_WEIGHT, PERIODS, PHASES, POPULATIONS, RENAL, ROUTES
from monographs.doses.rules import SOURCES
from monographs.doses.units import AGES, BASES, TIMES, UNITS
from monographs.typed import Line, Passage, Value, Words

_NONE = {"": "None"}
_YES = {"": "No", "yes": "Yes"}
_UNITS = {**_NONE, **{code: unit.words(None) for code, unit in UNITS.items()}}
_BASES = {**_NONE, **{code: base.many for code, base in BASES.items()}}
_TIMES = {**_NONE, **{code: time.many for code, time in TIMES.items()}}
_PERIODS = {**PERIODS, "window": "in the time beside"}
_KIDNEY = {one: f"{words}, {unit}" for one, (words, unit) in RENAL.items()}
_BANDS = {"age": "Age", "weight": "Body-weight, kg", **_KIDNEY}
_AGES = {**_NONE, **{code: TIMES[code].many for code in AGES}}
_LOW_IS = {"from": "or more", "over": "not that itself"}
_HIGH_IS = {"below": "not that itself", "up_to": "included"}
_PATTERNS = {
    "": "as often as said", "once": "as a single dose", "once_each": "on each day", "continuous": "continuously",
}  # fmt: skip
_AT = {**_NONE, "d": "days", "wk": "weeks", "mo": "months"}
_WEIGHTS = {**_NONE, **{one: one for one in BASES_OF_WEIGHT}}
_CHANGES = {**_NONE, "increase": "increase by", "decrease": "reduce by"}
_LICENCES = {
    "": "Not stated yet", "licensed": "Licensed", "off_label": "Off-label", "unlicensed": "Unlicensed",
}  # fmt: skip
_SOURCES = dict(zip(SOURCES, ("SmPC", "Product label", "EPAR", "WHO", "Trial"), strict=True))
_ACTIONS = {
    "no_change": "no change",
    "contra_indicated": "contra-indicated",
    "same_dose_every": "the same single dose every",
    "text": "these words",
}
assert _ACTIONS.keys() == ACTIONS.keys()
# What few steps and few doses need, by what a form says where it is folded away.
_STAGE = "Phase, dates, more of the course"
_AMOUNT = "Most for one dose, volume, a day’s amount divided"
_TIME = "Longer or shorter, rate, least interval"
_CHANGE = "An increase or a decrease instead"
_WHEN = "If, when, until"
_WHO = "Age, weight, kidney, liver, other conditions"
_PRODUCT = "Product, strength, not interchangeable with"
_MORE = "When required, adjustments, premedication, instructions"
_HIDDEN = "What readers are told meanwhile"


def _of(listed: dict[str, str]) -> Any:
    return Literal[tuple(listed)]


Unit, Base, Time, Yes = _of(_UNITS), _of(_BASES), _of(_TIMES), _of(_YES)


class Boxes(Value):
    """A row of boxes."""

    @property
    def in_words(self) -> str:
        said = (
            (one.label, words_of(self, name)) for name, one in declared_of(type(self)).items() if getattr(self, name)
        )
        return ", ".join(f"{label} {words}" for label, words in said)


class BandBoxes(Boxes):
    """Who: from where to where."""

    of: Annotated[_of(_BANDS), Declared("Of what", choices=_BANDS)]
    low: Annotated[Line, Declared("From")] = ""
    low_is: Annotated[_of(_LOW_IS), Declared("Lower end", choices=_LOW_IS)] = "from"
    high: Annotated[Line, Declared("To")] = ""
    high_is: Annotated[_of(_HIGH_IS), Declared("Upper end", choices=_HIGH_IS)] = "below"
    unit: Annotated[_of(_AGES), Declared("Unit of an age", choices=_AGES)] = ""


class LimitBoxes(Boxes):
    value: Annotated[Line, Declared("Most")] = ""
    unit: Annotated[Unit, Declared("Unit", choices=_UNITS)]
    per: Annotated[_of(_PERIODS), Declared("Per", choices=_PERIODS)]
    window: Annotated[Line, Declared("Time", "Where it is another time, as in 2 years.")] = ""
    window_unit: Annotated[Time, Declared("Unit of that time", choices=_TIMES)] = ""


class AdjustmentBoxes(Boxes):
    """For whom the dose is another, and which."""

    of: Annotated[_of({**_NONE, **_KIDNEY}), Declared("Kidney", choices={**_NONE, **_KIDNEY})] = ""
    low: Annotated[Line, Declared("From")] = ""
    low_is: Annotated[_of(_LOW_IS), Declared("Lower end", choices=_LOW_IS)] = "from"
    high: Annotated[Line, Declared("To")] = ""
    high_is: Annotated[_of(_HIGH_IS), Declared("Upper end", choices=_HIGH_IS)] = "below"
    hepatic: Annotated[Line, Declared("Child-Pugh classes", "As in A, B.")] = ""
    when: Annotated[Line, Declared("Or when, in words")] = ""
    action: Annotated[_of(_ACTIONS), Declared("Then", choices=_ACTIONS)]
    every: Annotated[Line, Declared("Every")] = ""
    every_unit: Annotated[Time, Declared("Unit of every", choices=_TIMES)] = ""
    text: Annotated[Line, Declared("In these words")] = ""


class StepBoxes(Boxes):
    dose: Annotated[Line, Declared("Amount")] = ""
    high: Annotated[Line, Declared("to")] = ""
    unit: Annotated[Unit, Declared("Unit", choices=_UNITS)] = ""
    n: Annotated[Line, Declared("Times")] = ""
    n_max: Annotated[Line, Declared("or, at most, times")] = ""
    period: Annotated[Line, Declared("every")] = ""
    period_max: Annotated[Line, Declared("every, to")] = ""
    period_unit: Annotated[Time, Declared("Unit of every", choices=_TIMES)] = ""
    pattern: Annotated[_of(_PATTERNS), Declared("Or", choices=_PATTERNS)] = ""
    over: Annotated[Line, Declared("Over")] = ""
    over_unit: Annotated[Time, Declared("Unit of over", choices=_TIMES)] = ""
    length: Annotated[Line, Declared("For")] = ""
    length_unit: Annotated[Time, Declared("Unit of for", choices=_TIMES)] = ""
    course: Annotated[Line, Declared("Course", "Its number.")] = ""
    gap: Annotated[Line, Declared("After the course before")] = ""
    gap_unit: Annotated[Time, Declared("Unit of after", choices=_TIMES)] = ""
    phase: Annotated[_of({**_NONE, **PHASES}), Declared("Phase", choices={**_NONE, **PHASES}, fold=_STAGE)] = ""

    course_to: Annotated[Line, Declared("Up to course", fold=_STAGE)] = ""
    course_optional: Annotated[Yes, Declared("Course if needed", choices=_YES, fold=_STAGE)] = ""
    gap_at_least: Annotated[Yes, Declared("At least so long after", choices=_YES, fold=_STAGE)] = ""
    at_unit: Annotated[_of(_AT), Declared("On days, weeks or months", choices=_AT, fold=_STAGE)] = ""
    at_numbers: Annotated[Line, Declared("Their numbers", "As in 0, 1, 2.", fold=_STAGE)] = ""
    at_onwards: Annotated[Yes, Declared("And onwards", choices=_YES, fold=_STAGE)] = ""
    up_to: Annotated[Yes, Declared("Up to this amount", choices=_YES, fold=_AMOUNT)] = ""
    weight_basis: Annotated[_of(_WEIGHTS), Declared("Which weight", choices=_WEIGHTS, fold=_AMOUNT)] = ""
    cap: Annotated[Line, Declared("Most for one dose", fold=_AMOUNT)] = ""
    cap_unit: Annotated[Unit, Declared("Unit of the most", choices=_UNITS, fold=_AMOUNT)] = ""
    volume: Annotated[Line, Declared("Volume", fold=_AMOUNT)] = ""
    volume_unit: Annotated[Unit, Declared("Unit of the volume", choices=_UNITS, fold=_AMOUNT)] = ""
    per: Annotated[
        Literal["", "day"], Declared("The amount is for", choices={"": "one dose", "day": "a day"}, fold=_AMOUNT)
    ] = ""
    divided: Annotated[Line, Declared("In so many doses", fold=_AMOUNT)] = ""
    divided_max: Annotated[Line, Declared("or, at most, doses", fold=_AMOUNT)] = ""
    divided_every: Annotated[Line, Declared("Divided, every", fold=_AMOUNT)] = ""
    divided_every_unit: Annotated[Time, Declared("Unit of divided", choices=_TIMES, fold=_AMOUNT)] = ""
    over_max: Annotated[Line, Declared("Over, to", fold=_TIME)] = ""
    over_approx: Annotated[Yes, Declared("Over about", choices=_YES, fold=_TIME)] = ""
    length_max: Annotated[Line, Declared("For, to", "Alone it reads “up to”.", fold=_TIME)] = ""
    consecutive: Annotated[Yes, Declared("Consecutive", choices=_YES, fold=_TIME)] = ""
    rate: Annotated[Line, Declared("Rate", fold=_TIME)] = ""
    rate_max: Annotated[Line, Declared("Rate, to", fold=_TIME)] = ""
    rate_unit: Annotated[Unit, Declared("Unit of the rate", choices=_UNITS, fold=_TIME)] = ""
    rate_most: Annotated[Line, Declared("Rate, no more than", fold=_TIME)] = ""
    rate_start: Annotated[Line, Declared("Rate starts at", fold=_TIME)] = ""
    rate_by: Annotated[Line, Declared("and rises by", fold=_TIME)] = ""
    rate_every: Annotated[Line, Declared("rising every", fold=_TIME)] = ""
    rate_every_unit: Annotated[Time, Declared("Unit of rising", choices=_TIMES, fold=_TIME)] = ""
    least_interval: Annotated[Line, Declared("Least interval", fold=_TIME)] = ""
    least_interval_unit: Annotated[Time, Declared("Unit of the interval", choices=_TIMES, fold=_TIME)] = ""
    change: Annotated[_of(_CHANGES), Declared("Instead of an amount", choices=_CHANGES, fold=_CHANGE)] = ""
    by: Annotated[Line, Declared("By", fold=_CHANGE)] = ""
    by_max: Annotated[Line, Declared("By, to", fold=_CHANGE)] = ""
    by_unit: Annotated[Unit, Declared("Unit of by", choices=_UNITS, fold=_CHANGE)] = ""
    change_every: Annotated[Line, Declared("By so much every", fold=_CHANGE)] = ""
    change_every_max: Annotated[Line, Declared("By so much every, to", fold=_CHANGE)] = ""
    change_every_unit: Annotated[Time, Declared("Unit of by so much every", choices=_TIMES, fold=_CHANGE)] = ""
    optional: Annotated[Yes, Declared("If needed", choices=_YES, fold=_WHEN)] = ""
    when: Annotated[Line, Declared("When", "Several parted by “;”.", fold=_WHEN)] = ""
    same_day: Annotated[Yes, Declared("On the same day each week", choices=_YES, fold=_WHEN)] = ""
    condition: Annotated[Line, Declared("Condition", fold=_WHEN)] = ""
    until: Annotated[Line, Declared("Until", fold=_WHEN)] = ""


class DoseBoxes(Value):
    passage: Annotated[
        Passage,
        Declared(
            "Passage of the source", "Paste it word for word. It stays on the desk: readers never see it.", rows=10
        ),
    ] = ""
    indication: Annotated[Line, Declared("Indication", "The use, as in “multiple sclerosis”.")] = ""
    population: Annotated[_of(POPULATIONS), Declared("Who", choices=POPULATIONS)] = "Adult"
    route: Annotated[_of(ROUTES), Declared("Route", choices=ROUTES)] = "oral"
    bands: Annotated[tuple[BandBoxes, ...], Declared("Age, weight, kidney", fold=_WHO)] = ()
    hepatic: Annotated[Line, Declared("Child-Pugh classes", "As in A, B.", fold=_WHO)] = ""
    at_least: Annotated[Line, Declared("At least so many of these", fold=_WHO)] = ""
    criteria: Annotated[Words, Declared("These, one a line", rows=2, fold=_WHO)] = ""
    product: Annotated[Line, Declared("Product", fold=_PRODUCT)] = ""
    formulation: Annotated[Line, Declared("Formulation", fold=_PRODUCT)] = ""
    strength: Annotated[Line, Declared("Strength", fold=_PRODUCT)] = ""
    strength_unit: Annotated[Base, Declared("Unit of the strength", choices=_BASES, fold=_PRODUCT)] = ""
    strength_per: Annotated[Line, Declared("Strength, in", fold=_PRODUCT)] = ""
    strength_per_unit: Annotated[Base, Declared("Unit of in", choices=_BASES, fold=_PRODUCT)] = ""
    dose_as: Annotated[Line, Declared("Dose expressed as", fold=_PRODUCT)] = ""
    not_interchangeable: Annotated[Line, Declared("Not interchangeable dose for dose with", fold=_PRODUCT)] = ""
    licence: Annotated[_of(_LICENCES), Declared("Licence", choices=_LICENCES)] = ""
    country: Annotated[Line, Declared("Country", "Two letters: GB.", is_upper=True)] = ""
    steps: Annotated[tuple[StepBoxes, ...], Declared("Steps")] = ()
    limits: Annotated[tuple[LimitBoxes, ...], Declared("Limits")] = ()
    max_courses: Annotated[Line, Declared("Courses at most")] = ""
    no_max_in_source: Annotated[Yes, Declared("The source states no maximum", choices=_YES)] = ""
    when_required: Annotated[Yes, Declared("When required", choices=_YES, fold=_MORE)] = ""
    when_required_for: Annotated[Line, Declared("When required for", fold=_MORE)] = ""
    least_interval: Annotated[Line, Declared("Least interval between doses", fold=_MORE)] = ""
    least_interval_unit: Annotated[Time, Declared("Unit of the interval", choices=_TIMES, fold=_MORE)] = ""
    most_doses: Annotated[Line, Declared("Most doses in 24 hours", fold=_MORE)] = ""
    adjustments: Annotated[tuple[AdjustmentBoxes, ...], Declared("Adjustments", fold=_MORE)] = ()
    premedication: Annotated[Line, Declared("Before each dose", fold=_MORE)] = ""
    instructions: Annotated[Words, Declared("Instructions, one a line", rows=2, fold=_MORE)] = ""
    weekly_only: Annotated[Yes, Declared("Only ever once a week", choices=_YES, fold=_MORE)] = ""
    alternative_to: Annotated[
        Line, Declared("Alternative to", "The dose of first choice, of those of this edition.", fold=_MORE)
    ] = ""
    citation: Annotated[Line, Declared("Source", "A reference of this edition. Add it there first.", cites=True)] = ""
    source_type: Annotated[_of({**_NONE, **_SOURCES}), Declared("Kind of source", choices={**_NONE, **_SOURCES})] = ""
    section: Annotated[Line, Declared("Section", "As in 4.2.")] = ""
    revised: Annotated[Line, Declared("Revised on", "Year-month-day.")] = ""
    accessed: Annotated[Line, Declared("Read on", "The day on which you read it there: year-month-day.")] = ""
    since: Annotated[
        Line, Declared("Not published since", "Year-month-day; empty: as the page says.", fold=_HIDDEN)
    ] = ""
    why: Annotated[Words, Declared("Why it is not published", "Empty: as the page says.", rows=2, fold=_HIDDEN)] = ""
    instead: Annotated[Words, Declared("What to use instead", "Empty: as the page says.", rows=2, fold=_HIDDEN)] = ""


must_declare(DoseBoxes)
