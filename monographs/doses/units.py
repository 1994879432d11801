"""The units that a dose may have: one closed table, with their UCUM codes. Pure.

A dose unit is a base, or a base for each kilogram or square metre of the person; in rates, for each minute or hour too.
The code that is stored is the code of UCUM, which FHIR uses.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache


@dataclass(frozen=True, slots=True)
class Base:
    """`kind` says what may be compared; `factor` how many of the kind's smallest unit it is."""

    one: str
    many: str
    kind: str
    factor: int


BASES = {
    "g": Base("g", "g", "mass", 10**9),
    "mg": Base("mg", "mg", "mass", 10**6),
    "ug": Base("microgram", "micrograms", "mass", 10**3),
    "ng": Base("nanogram", "nanograms", "mass", 1),
    "L": Base("L", "L", "volume", 10**3),
    "mL": Base("mL", "mL", "volume", 1),
    "mmol": Base("mmol", "mmol", "amount", 1),
    "[iU]": Base("unit", "units", "units", 1),
}
PEOPLE = {"kg": "kg", "m2": "m²"}
TIMES_IN_RATES = {"min": "minute", "h": "hour"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the table. `person` is `kg`, `m2` or empty, `time` is `min`, `h` or empty."""

    code: str
    base: str
    person: str
    time: str

    @property
    def kind(self) -> str:
        return BASES[self.base].kind

    @property
    def factor(self) -> int:
        return BASES[self.base].factor

    @property
    def is_rate(self) -> bool:
        return bool(self.time)

    def words(self, number: Decimal | None) -> str:
        """As it stands after a number: singular at exactly 1."""
        base = BASES[self.base]
        words = base.one if number == 1 else base.many
        if self.person:
            words += f"/{PEOPLE[self.person]}"
        return f"{words}/{TIMES_IN_RATES[self.time]}" if self.time else words


def _table() -> dict[str, Unit]:
    found = {}
    for base in BASES:
        for person in ("", *PEOPLE):
            for time in ("", *TIMES_IN_RATES):
                code = "/".join(part for part in (base, person, time) if part)
                found[code] = Unit(code, base, person, time)
    return found


UNITS = _table()


@dataclass(frozen=True, slots=True)
class Time:
    """A length of time. `hours` is exact but for months and years, which the rules that count them say themselves."""

    one: str
    many: str
    hours: Fraction


DAY = Fraction(24)
TIMES = {
    "min": Time("minute", "minutes", Fraction(1, 60)),
    "h": Time("hour", "hours", Fraction(1)),
    "d": Time("day", "days", DAY),
    "wk": Time("week", "weeks", 7 * DAY),
    "mo": Time("month", "months", 28 * DAY),
    "a": Time("year", "years", 12 * 28 * DAY),
}
EXACT_TIMES = ("min", "h", "d", "wk")
# Ages are compared by the calendar's mean: 24 months are 2 years.
AGES = {"h": Fraction(1, 24), "d": Fraction(1), "wk": Fraction(7), "mo": Fraction(1461, 48), "a": Fraction(1461, 4)}


@cache
def time_words(unit: str, is_one: bool) -> str:
    return TIMES[unit].one if is_one else TIMES[unit].many
