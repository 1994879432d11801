"""The quantities of a regimen, and those that stand in words: the same amount is found however it is written. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from monographs.doses.lines import course_total
from monographs.doses.model import Regimen
from monographs.doses.units import UNITS

# Size in the smallest unit of a kind, kind, and what it goes by.
Quantity = tuple[Fraction, str, str]

# As people write units, beside how they are listed.
_WRITTEN = {
    "g": "g", "gram": "g", "grams": "g", "mg": "mg", "milligram": "mg", "milligrams": "mg", "microgram": "ug",
    "micrograms": "ug", "mcg": "ug", "µg": "ug", "μg": "ug", "ug": "ug", "nanogram": "ng", "nanograms": "ng",
    "ng": "ng",
    "ml": "mL", "millilitre": "mL", "millilitres": "mL", "l": "L", "litre": "L", "litres": "L", "mmol": "mmol",
    "mgs": "mg", "mcgs": "ug", "mls": "mL",
    "unit": "[iU]", "units": "[iU]", "iu": "[iU]", "international unit": "[iU]", "international units": "[iU]",
}  # fmt: skip
_FIGURE = r"(?:[0-9]{1,3}(?:\s[0-9]{3}){1,3}(?![0-9])|[0-9][0-9,]*)(?:[.·][0-9]+)?"
_QUANTITY = re.compile(
    rf"(?:(?P<low>{_FIGURE})(?:\s(?:to|or|and)\s|\s?[-–—/]\s?))?(?P<number>{_FIGURE})[\s-]?(?P<million>million\s)?"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, _WRITTEN), key=len, reverse=True))})(?P<person>/kg|/m²|/m2)?(?![a-z])",
    re.IGNORECASE,
)
_BY = {"/kg": "kg", "/m²": "m2", "/m2": "m2", "": ""}


def quantities(regimen: Regimen) -> frozenset[Quantity]:
    """Every amount of a dose that its lines hold: doses, maxima, volumes, rates, increases, totals. Not its
    strength."""
    return frozenset(_of(regimen))


def _of(regimen: Regimen) -> Iterator[Quantity]:
    for step in regimen.steps:
        for number in (step.dose, step.high, course_total(regimen, step)):
            if number is not None and step.unit is not None:
                yield _quantity(number, step.unit)
        for pair in (step.volume, step.cap):
            if pair is not None:
                yield _quantity(pair.value, pair.unit)
        if (rate := step.rate) is not None:
            held = (rate.value, rate.value_max, rate.start, rate.by, rate.max)
            yield from (_quantity(one, rate.unit) for one in held if one is not None)
        if (slope := step.slope) is not None:
            yield from (_quantity(by, slope.unit) for by in (slope.by, slope.by_max) if by is not None)
    yield from (_quantity(limit.value, limit.unit) for limit in regimen.limits)


def _quantity(number: Decimal, code: str) -> Quantity:
    unit = UNITS[code]
    return Fraction(number) * unit.factor, unit.kind, unit.person


def read_quantities(words: str) -> frozenset[Quantity]:
    """The quantities that stand in words, in whatever digits and widths: readers see no difference."""
    found = set()
    for one in _QUANTITY.finditer(_plain(words)):
        unit = UNITS[_WRITTEN[" ".join(one["unit"].lower().split())]]
        for figure in filter(None, (one["low"], one["number"])):
            # Of `day 1 500 mg` and `12 000 micrograms` nobody can tell which is one figure: both readings count.
            for read in {re.sub(r"\s", "", figure), figure.split()[-1]}:
                number = Fraction(read.replace(",", "").replace("·", ".")) * (10**6 if one["million"] else 1)
                found.add((number * unit.factor, unit.kind, _BY[(one["person"] or "").lower()]))
    return frozenset(found)


def _plain(words: str) -> str:
    """Digits of other scripts and widths, units in one sign and hyphens of all kinds as they are typed in English."""
    wide = unicodedata.normalize("NFKC", words).replace("\u2010", "-")
    return "".join(str(unicodedata.decimal(one, one)) for one in wide)
