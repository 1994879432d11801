"""The structure of a regimen: plain frozen values. Each field says how it is read (`reading.py`); what is absent is
None, empty or False. Pure.

The names are those of docs/clinical/doses.md, which says what each means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from monographs.doses.units import AGES

POPULATIONS = {"Adult": "Adult", "Child": "Child", "Neonate": "Neonate", "Any": "Adult or child"}
ROUTES = {
    "oral": "By mouth",
    "iv_infusion": "By intravenous infusion",
    "iv_injection": "By intravenous injection",
    "im": "By intramuscular injection",
    "sc": "By subcutaneous injection",
    "rectal": "By rectum",
    "inhaled": "By inhalation",
}
RENAL = {"crcl": ("creatinine clearance", "mL/min"), "egfr": ("eGFR", "mL/min/1.73 m²")}
CLASSES = ("A", "B", "C")
PHASES = {"initial": "Initially", "then": "Then", "loading": "Loading", "maintenance": "Maintenance"}
BASES_OF_WEIGHT = ("actual", "ideal", "adjusted")
PERIODS = {
    "dose": "per dose",
    "24h": "in 24 hours",
    "7d": "in 7 days",
    "course": "per course",
    "lifetime": "in a lifetime",
}
ACTIONS = {"no_change": "no change", "contra_indicated": "contra-indicated", "same_dose_every": "", "text": ""}
STATUSES = {"licensed": "", "off_label": "Off-label use in {}.", "unlicensed": "Unlicensed medicine in {}."}
COUNTRIES = {"GB": "the United Kingdom"}


def _read(kind: str, *about: Any, required: bool = False, default: Any = None) -> Any:
    """A field and how it is read: `kind` is one of `reading.KINDS`, `about` its closed list or the value inside."""
    return field(default=default, metadata={"kind": kind, "about": about, "required": required})


def _many(kind: str, *about: Any, required: bool = False) -> Any:
    return field(default=(), metadata={"kind": "many", "about": (kind, *about), "required": required})


@dataclass(frozen=True, slots=True)
class Pair:
    """`[value, unit]`, of an amount."""

    value: Decimal = _read("number", required=True)
    unit: str = _read("unit", required=True)


@dataclass(frozen=True, slots=True)
class Interval:
    """`[value, unit]`, of a length of time."""

    value: Decimal = _read("number", required=True)
    unit: str = _read("time", required=True)


@dataclass(frozen=True, slots=True)
class Age:
    min: Decimal | None = _read("bound")
    min_incl: bool = _read("flag", default=True)
    max: Decimal | None = _read("bound")
    max_incl: bool = _read("flag", default=False)
    unit: str = _read("choice", AGES, "V03", required=True)


@dataclass(frozen=True, slots=True)
class Weight:
    """In kilograms, whether or not its unit says so."""

    min: Decimal | None = _read("bound")
    min_incl: bool = _read("flag", default=True)
    max: Decimal | None = _read("bound")
    max_incl: bool = _read("flag", default=False)
    unit: str = _read("choice", ("kg",), "V03", default="kg")


@dataclass(frozen=True, slots=True)
class Renal:
    measure: str = _read("choice", RENAL, required=True)
    min: Decimal | None = _read("bound")
    min_incl: bool = _read("flag", default=True)
    max: Decimal | None = _read("bound")
    max_incl: bool = _read("flag", default=False)


Band = Age | Weight | Renal


@dataclass(frozen=True, slots=True)
class Criteria:
    at_least: int = _read("count", required=True)
    of: tuple[str, ...] = _many("text", required=True)


@dataclass(frozen=True, slots=True)
class Strength:
    value: Decimal = _read("number", required=True)
    unit: str = _read("base", required=True)
    per_value: Decimal | None = _read("number")
    per_unit: str | None = _read("base")


@dataclass(frozen=True, slots=True)
class Licence:
    status: str | None = _read("text")
    country: str | None = _read("text")


@dataclass(frozen=True, slots=True)
class Window:
    value: Decimal = _read("number", required=True)
    unit: str = _read("time", required=True)


@dataclass(frozen=True, slots=True)
class Limit:
    value: Decimal = _read("number", required=True)
    unit: str = _read("unit", required=True)
    per: str | Window = _read("period", PERIODS, Window, required=True)


@dataclass(frozen=True, slots=True)
class Prn:
    reason: str | None = _read("text")
    min_interval: Interval | None = _read("pair", Interval)
    max_doses_24h: int | None = _read("count")


@dataclass(frozen=True, slots=True)
class Adjustment:
    renal: Renal | None = _read("value", Renal)
    hepatic: tuple[str, ...] = _many("choice", CLASSES)
    when: str | None = _read("text")
    action: str = _read("choice", ACTIONS, required=True)
    every: Interval | None = _read("pair", Interval)
    text: str | None = _read("text")


@dataclass(frozen=True, slots=True)
class Source:
    citation: str | None = _read("text")
    type: str | None = _read("text")
    section: str | None = _read("text")
    revised: str | None = _read("text")
    accessed: str | None = _read("text")


@dataclass(frozen=True, slots=True)
class Withheld:
    on: str = _read("day", required=True)
    reason: str = _read("text", required=True)


@dataclass(frozen=True, slots=True)
class Missing:
    """A regimen of the same indication that readers are not shown: its header, and why."""

    header: str = _read("text", required=True)
    because: str = _read("choice", ("withheld", "not yet checked"), default="withheld")


@dataclass(frozen=True, slots=True)
class At:
    unit: str = _read("choice", ("d", "wk", "mo"), "V03", required=True)
    numbers: tuple[int, ...] = _many("index", required=True)
    onwards: bool = _read("flag", default=False)


@dataclass(frozen=True, slots=True)
class Freq:
    n: int | None = _read("count")
    n_max: int | None = _read("count")
    period: Decimal | None = _read("number")
    period_max: Decimal | None = _read("number")
    unit: str | None = _read("time")
    once: bool = _read("flag", default=False)
    each: bool = _read("flag", default=False)
    continuous: bool = _read("flag", default=False)

    def is_once_a(self, unit: str) -> bool:
        """Exactly once a day, a week."""
        return (self.n, self.n_max, self.period_max, self.unit) == (1, None, None, unit) and self.period == 1


@dataclass(frozen=True, slots=True)
class Over:
    value: Decimal = _read("number", required=True)
    max: Decimal | None = _read("number")
    unit: str = _read("time", required=True)
    approx: bool = _read("flag", default=False)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a step lasts; without `value`, up to `max`."""

    value: Decimal | None = _read("number")
    max: Decimal | None = _read("number")
    unit: str = _read("time", required=True)
    consecutive: bool = _read("flag", default=False)


@dataclass(frozen=True, slots=True)
class Rate:
    unit: str = _read("rate_unit", required=True)
    value: Decimal | None = _read("number")
    value_max: Decimal | None = _read("number")
    start: Decimal | None = _read("number")
    by: Decimal | None = _read("number")
    every: Interval | None = _read("pair", Interval)
    max: Decimal | None = _read("number")


@dataclass(frozen=True, slots=True)
class Gap:
    value: Decimal = _read("number", required=True)
    unit: str = _read("time", required=True)
    at_least: bool = _read("flag", default=False)


@dataclass(frozen=True, slots=True)
class Course:
    no: int = _read("count", required=True)
    to: int | None = _read("count")
    optional: bool = _read("flag", default=False)
    gap: Gap | None = _read("value", Gap)

    @property
    def last(self) -> int:
        return self.to or self.no


@dataclass(frozen=True, slots=True)
class Slope:
    """An increase or a decrease."""

    by: Decimal = _read("number", required=True)
    by_max: Decimal | None = _read("number")
    unit: str = _read("unit", required=True)
    every: Decimal = _read("number", required=True)
    every_max: Decimal | None = _read("number")
    every_unit: str = _read("time", required=True)


@dataclass(frozen=True, slots=True)
class Step:
    key: str | None = _read("text")
    phase: str | None = _read("choice", PHASES)
    at: At | None = _read("value", At)
    course: Course | None = _read("value", Course)
    dose: Decimal | None = _read("number")
    high: Decimal | None = _read("number")
    unit: str | None = _read("unit")
    up_to: bool = _read("flag", default=False)
    weight_basis: str | None = _read("choice", BASES_OF_WEIGHT)
    volume: Pair | None = _read("pair", Pair)
    cap: Pair | None = _read("pair", Pair)
    per: str | None = _read("choice", ("day",))
    divided: int | None = _read("count")
    divided_max: int | None = _read("count")
    divided_every: Interval | None = _read("pair", Interval)
    freq: Freq | None = _read("value", Freq)
    over: Over | None = _read("value", Over)
    rate: Rate | None = _read("value", Rate)
    length: Length | None = _read("value", Length)  # `for`, which is a word of the language
    min_interval: Interval | None = _read("pair", Interval)
    increase: Slope | None = _read("value", Slope)
    decrease: Slope | None = _read("value", Slope)
    optional: bool = _read("flag", default=False)
    when: tuple[str, ...] = _many("text")
    same_day: bool = _read("flag", default=False)
    condition: str | None = _read("text")
    until: str | None = _read("text")

    @property
    def slope(self) -> Slope | None:
        return self.increase or self.decrease

    @property
    def is_dose(self) -> bool:
        return self.increase is None and self.decrease is None


@dataclass(frozen=True, slots=True)
class Regimen:
    key: str | None = _read("text")
    indication: str | None = _read("text")
    population: str = _read("choice", POPULATIONS, required=True)
    age: Age | None = _read("value", Age)
    weight: Weight | None = _read("value", Weight)
    renal: Renal | None = _read("value", Renal)
    hepatic: tuple[str, ...] = _many("choice", CLASSES)
    criteria: Criteria | None = _read("value", Criteria)
    route: str = _read("choice", ROUTES, required=True)
    product: str | None = _read("text")
    formulation: str | None = _read("text")
    strength: Strength | None = _read("value", Strength)
    dose_as: str | None = _read("text")
    not_interchangeable: str | None = _read("text")
    licence: Licence | None = _read("value", Licence)
    steps: tuple[Step, ...] = _many("value", Step)
    limits: tuple[Limit, ...] = _many("value", Limit)
    prn: Prn | None = _read("value", Prn)
    min_interval: Interval | None = _read("pair", Interval)
    max_doses_24h: int | None = _read("count")
    adjustments: tuple[Adjustment, ...] = _many("value", Adjustment)
    premedication: str | None = _read("text")
    instructions: tuple[str, ...] = _many("text")
    weekly_only: bool = _read("flag", default=False)
    no_max_in_source: bool = _read("flag", default=False)
    alternative_to: str | None = _read("text")
    max_courses: int | None = _read("count")
    source: Source | None = _read("value", Source)
    withheld: Withheld | None = _read("value", Withheld)
    unchecked: bool = _read("flag", default=False)
    missing_siblings: tuple[Missing, ...] = _many("missing", Missing)

    @property
    def is_shown(self) -> bool:
        return self.withheld is None and not self.unchecked

    @property
    def most_doses(self) -> int | None:
        """In 24 hours, of a when-required or of a regular dose."""
        return (self.prn and self.prn.max_doses_24h) or self.max_doses_24h

    def least_interval(self, step: Step) -> Interval | None:
        return step.min_interval or self.min_interval or (self.prn and self.prn.min_interval) or None


# In the code -> in the structure, where a name of the structure is a word of the language.
NAMED: Mapping[str, str] = {"length": "for"}
