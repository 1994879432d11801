"""From JSON to a regimen and back. Nothing is guessed: an unknown field, a missing one and a value of another kind are
refused, each with its place. Pure.

Numbers are text or integers. A number with a point that is no text has been binary on its way, and is refused (V01).
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from monographs.canonical import BadCharacters, clean_line
from monographs.doses.faults import Fault, RegimenRefused, refused, unknown
from monographs.doses.model import NAMED, Interval, Missing, Pair, Regimen, Step
from monographs.doses.units import BASES, TIMES, UNITS
from monographs.doses.values import plain, read_number

Found = list[Fault]
Reader = Callable[[Any, str, Found], Any]
_DAY = 10
LONGEST_TEXT = 2_000
MOST_ROWS = 40


def read(structure: Any) -> tuple[Regimen, list[Fault]]:
    """The regimen of a structure, and what was refused in reading it. What could not be read is absent: the regimen is
    then fit for more rules to be asked, and for nothing else."""
    found: Found = []
    regimen = _value(Regimen)(structure, "", found)
    return (regimen if isinstance(regimen, Regimen) else Regimen()), found


def build(structure: Any) -> Regimen:
    """The regimen of a structure. RegimenRefused: with all that reading refuses."""
    regimen, found = read(structure)
    if found:
        raise RegimenRefused(found)
    return regimen


# -- Kinds of fields -----------------------------------------------------------------------------------------------


def _number(value: Any, place: str, found: Found) -> Decimal | None:
    number = read_number(value)
    if not number:
        found.append(refused("V01", place))
        return None
    return number


def _bound(value: Any, place: str, found: Found) -> Decimal | None:
    """An end of a band: from 0."""
    number = read_number(value)
    if number is None or (number == 0 and place.endswith("max")):
        found.append(refused("V01", place))
        return None
    return number


def _whole(least: int) -> Reader:
    def reader(value: Any, place: str, found: Found) -> int | None:
        number = read_number(value)
        if number is None or number != int(number) or not least <= number < 10_000:
            found.append(unknown(place, f"which must be a whole number from {least}"))
            return None
        return int(number)

    return reader


def _text(value: Any, place: str, found: Found) -> str | None:
    try:
        words = clean_line(value) if isinstance(value, str) and len(value) <= 2 * LONGEST_TEXT else ""
    except BadCharacters as error:
        found.append(unknown(place, str(error).rstrip(".")))
        return None
    if not words or len(words) > LONGEST_TEXT:
        found.append(unknown(place, f"which must be words, at most {LONGEST_TEXT} characters"))
        return None
    return words


def _flag(value: Any, place: str, found: Found) -> bool:
    if not isinstance(value, bool):
        found.append(unknown(place, "which must be true or false"))
        return False
    return value


def _day(value: Any, place: str, found: Found) -> str | None:
    if (day := read_day(value)) is None:
        found.append(unknown(place, "which must be a day: year-month-day"))
        return None
    return day.isoformat()


def read_day(value: Any) -> date | None:
    """A day as year-month-day, and nothing else."""
    if not isinstance(value, str) or len(value) != _DAY or value[4] != "-" or value[7] != "-" or not value.isascii():
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _one_of(options: Any, rule: str = "V00") -> Reader:
    def reader(value: Any, place: str, found: Found) -> str | None:
        if isinstance(value, str) and value in options:
            return value
        found.append(
            unknown(place, f"which must be one of: {', '.join(options)}") if rule == "V00" else refused(rule, place)
        )
        return None

    return reader


def _pair(kind: type) -> Reader:
    names = [field.name for field in dataclasses.fields(kind)]

    def reader(value: Any, place: str, found: Found) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(names):
            found.append(unknown(place, "which must be a number and its unit"))
            return None
        return _value(kind)(dict(zip(names, value, strict=True)), place, found)

    return reader


def _many(kind: str, *about: Any) -> Reader:
    inner = KINDS[kind](*about)

    def reader(value: Any, place: str, found: Found) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) > MOST_ROWS:
            found.append(unknown(place, f"which must be a list of at most {MOST_ROWS}"))
            return ()
        read = [inner(one, f"{place}[{at}]", found) for at, one in enumerate(value)]
        return tuple(one for one in read if one is not None)

    return reader


def _period(periods: Any, window: type) -> Reader:
    def reader(value: Any, place: str, found: Found) -> Any:
        if isinstance(value, dict):
            return _value(window)(value, place, found)
        return _one_of(periods)(value, place, found)

    return reader


def _missing(kind: type) -> Reader:
    """A header alone means: withheld."""

    def reader(value: Any, place: str, found: Found) -> Any:
        return _value(kind)({"header": value} if isinstance(value, str) else value, place, found)

    return reader


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    reader: Reader
    is_required: bool
    lacking: str  # the rule that asks for it


_LACKING = {"number": "V01", "unit": "V03", "base": "V03", "time": "V03", "rate_unit": "V03"}


@cache
def _fields(kind: type) -> dict[str, _Field]:
    found = {}
    for one in dataclasses.fields(kind):
        name, about = one.metadata["kind"], one.metadata["about"]
        lacking = _LACKING.get(name) or ("V03" if about[1:] == ("V03",) else "V00")
        found[NAMED.get(one.name, one.name)] = _Field(one.name, KINDS[name](*about), one.metadata["required"], lacking)
    return found


@cache
def _value(kind: type) -> Reader:
    """A value with all that it must have; None, if some of that could not be read. A step and a regimen are there even
    so, for the other rules to be asked."""
    is_kept = kind in (Step, Regimen)

    def reader(value: Any, place: str, found: Found) -> Any:
        if not isinstance(value, dict):
            found.append(unknown(place, "which must be fields and their values"))
            return None
        fields, dot = _fields(kind), f"{place}." if place else ""
        read: dict[str, Any] = {}
        for name, held in value.items():
            if (field := fields.get(name)) is None:
                found.append(unknown(f"{dot}{str(name)[:60]}", "and there is no such field"))
            else:
                read[field.name] = field.reader(held, dot + name, found)
        is_whole = True
        for name, field in fields.items():
            if field.is_required:
                if field.name not in read:
                    rule = field.lacking
                    found.append(
                        unknown(dot + name, "which is missing") if rule == "V00" else refused(rule, dot + name)
                    )
                is_whole = is_whole and read.get(field.name) is not None
        return kind(**read) if is_whole or is_kept else None

    return reader


KINDS: dict[str, Callable[..., Reader]] = {
    "number": lambda: _number,
    "bound": lambda: _bound,
    "count": lambda: _whole(1),
    "index": lambda: _whole(0),
    "text": lambda: _text,
    "flag": lambda: _flag,
    "day": lambda: _day,
    "choice": _one_of,
    "unit": lambda: _one_of(UNITS, "V03"),
    "base": lambda: _one_of(BASES, "V03"),
    "time": lambda: _one_of(TIMES, "V03"),
    "rate_unit": lambda: _one_of({code for code, unit in UNITS.items() if unit.is_rate}, "V03"),
    "pair": _pair,
    "value": _value,
    "many": _many,
    "period": _period,
    "missing": _missing,
}


# -- And back ------------------------------------------------------------------------------------------------------


def to_json(value: Any) -> Any:
    """The structure of a regimen, or of a value in it. What is absent, empty or its default is left out."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if isinstance(value, Pair | Interval):
        return [plain(value.value), value.unit]
    if isinstance(value, Missing) and value.because == "withheld":
        return value.header
    if not dataclasses.is_dataclass(value):
        return value
    held = ((one, getattr(value, one.name)) for one in dataclasses.fields(value))
    return {NAMED.get(one.name, one.name): to_json(found) for one, found in held if found != one.default}
