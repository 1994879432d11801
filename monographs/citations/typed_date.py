"""The date of a source as people type it, and as it is shown: one box for a day, a month or a year. Pure.

What could be read in two ways is read as it is written in Britain, the day before the month, and said. What names no
year of four digits is refused: nobody guesses the century.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NAMED = {word: number for number, name in enumerate(MONTHS, 1) for word in (name.lower(), name[:3].lower())}
_NAMED["sept"] = 9
_SEASONS = r"(?:spring|summer|autumn|fall|winter|early|mid|late)"
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<month>[a-z]{3,9})\.?", r"(?P<year>\d{4})"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        _YEAR,
        rf"{_YEAR}(?P<gap>[-/.])(?P<month>\d{{1,2}})(?:(?P=gap)(?P<day>\d{{1,2}}))?",
        rf"{_WEEKDAY}{_DAY}[ -](?:of )?{_MONTH},?[ -]{_YEAR}",
        rf"{_WEEKDAY}{_MONTH} {_DAY},? {_YEAR}",
        rf"{_MONTH},?[ /-]{_YEAR}",
        rf"{_YEAR},?[ -]{_MONTH}(?:[ -]{_DAY})?",
        rf"(?P<month>\d{{1,2}})[-/.]{_YEAR}",
    )
)
_FIGURES = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.]{_YEAR}", re.ASCII)
_LOOSE = re.compile(rf"(?:©|\(c\)|c|ca\.?|circa|{_SEASONS}) ?{_YEAR}", re.ASCII)

NO_YEAR = "Give the year in four digits."
UNREAD = "We could not read this date. Give it as 12 March 2020, March 2020 or 2020."


@dataclass(frozen=True)
class TypedDate:
    """`parts` are year, month and day, as far as they were given; empty with a sentence in `refused`, or if nothing was
    typed. `said` says how it was read if it could be read otherwise."""

    parts: tuple[int, ...] = ()
    said: str = ""
    refused: str = ""


def read_date(typed: str) -> TypedDate:
    """What somebody typed into the box of a date."""
    words = " ".join(typed.split()).rstrip(".,;/")
    lower = words.lower()
    if not words:
        return TypedDate()
    if len(words) > 40:
        return TypedDate(refused=UNREAD)
    if found := _FIGURES.fullmatch(lower):
        return _of_figures(words, int(found[1]), int(found[2]), int(found["year"]))
    for form in _FORMS:
        if (found := form.fullmatch(lower)) and (parts := _parts(found.groupdict())):
            return _judged(words, parts)
    if found := _LOOSE.fullmatch(lower):
        read = _judged(words, (int(found["year"]),))
        return read if read.refused else TypedDate(read.parts, f"We kept the year of “{words}”.")
    return TypedDate(refused=NO_YEAR if _lacks_year(lower) else UNREAD)


def _of_figures(words: str, first: int, second: int, year: int) -> TypedDate:
    """Three numbers with the year at the end: the day first, unless that makes no month."""
    if second > 12 >= first:
        read = _judged(words, (year, first, second))
        return read if read.refused else TypedDate(read.parts, f"{_read(words, read)}: there is no month {second}.")
    read = _judged(words, (year, second, first))
    if read.refused or first > 12 or first == second:
        return read
    return TypedDate(read.parts, f"{_read(words, read)}: the day comes first.")


def _read(words: str, read: TypedDate) -> str:
    return f"We read “{words}” as {in_words(read.parts)}"


def _parts(found: Mapping[str, str | None]) -> tuple[int, ...]:
    """Year, month, day of what was found; nothing if the word for the month is none."""
    month = found.get("month")
    if month and not month.isdigit():
        if not (number := _NAMED.get(month)):
            return ()
        month = str(number)
    return tuple(int(one) for one in (found["year"], month, found.get("day")) if one)


def _judged(words: str, parts: tuple[int, ...]) -> TypedDate:
    year, month, day = (*parts, 1, 1)[:3]
    if year < 1000:
        return TypedDate(refused=NO_YEAR)
    if not 1 <= month <= 12:
        return TypedDate(refused=f"There is no month {month}. {UNREAD.partition('. ')[2]}")
    try:
        date(year, month, day)
    except ValueError:
        return TypedDate(refused=f"There is no {day} {MONTHS[month - 1]} {year}. Check the date.")
    return TypedDate(parts)


def _lacks_year(words: str) -> bool:
    """Whether there is a date in it without a year of four digits: a number, or the name of a month."""
    if re.search(r"(?<!\d)\d{4}(?!\d)", words, re.ASCII):
        return False
    return any(sign.isdigit() for sign in words) or any(word in _NAMED for word in re.findall(r"[a-z]+", words))


def in_words(parts: tuple[int, ...]) -> str:
    """ "12 March 2020", "March 2020", "2020"; "" for what is no date."""
    read = _judged("", parts) if 1 <= len(parts) <= 3 else TypedDate()
    year, *rest = read.parts or (0,)
    words = [MONTHS[rest[0] - 1]] if rest else []
    return " ".join([*map(str, rest[1:]), *words, str(year)]) if year else ""


def date_of(csl: Mapping[str, Any], name: str = "issued") -> str:
    """The date of a record as it stands in its box; of a span its beginning and its end. "" for what is none."""
    issued = csl.get(name)
    dates = issued.get("date-parts") if isinstance(issued, Mapping) else None
    found = []
    for one in dates if isinstance(dates, list | tuple) else ():
        try:
            found.append(in_words(tuple(int(part) for part in one)))
        except (TypeError, ValueError, OverflowError):
            return ""
    return " to ".join(found) if all(found) and len(found) <= 2 else ""
