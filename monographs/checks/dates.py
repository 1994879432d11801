"""Days that a header or part gives: whether they agree with one another, and whether they are of our time. Pure: which
day it is today is given, or not asked.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from monographs.document import Citation, DoseRegimen, Header, SafetyNotice
from monographs.typed import Value

EARLIEST = date(1900, 1, 1)
EARLIEST_SOURCE = 1450  # there was no print before
AHEAD = timedelta(days=1)  # it is tomorrow somewhere already
FAR = timedelta(days=3653)  # ten years

Objection = tuple[tuple[str, ...], str]


def disagreeing(value: Value, today: date | None = None) -> Iterator[Objection]:
    """(where, sentence) of each day of a value that cannot be right."""
    if isinstance(value, SafetyNotice):
        yield from _of_notice(value, today)
    elif isinstance(value, Header):
        if sentence := not_of_our_time(value.dosing.since, today, AHEAD):
            yield ("dosing", "since"), sentence
    elif isinstance(value, DoseRegimen):
        if sentence := not_of_our_time(value.since, today, AHEAD):
            yield ("since",), sentence
    elif isinstance(value, Citation):
        yield from _of_source(value.csl, today)


def not_of_our_time(day: str, today: date | None, ahead: timedelta) -> str:
    """What stands against a day (or a month, or a year) that lies further ahead than may be, or before 1900; "" for
    none, and for what is no date."""
    if (first := _first(day)) is None:
        return ""
    if first < EARLIEST:
        return f"“{day}” is before 1900. Check the date."
    if today and first > today + ahead:
        return f"“{day}” lies {'in the future' if ahead == AHEAD else 'more than 10 years ahead'}. Check the date."
    return ""


def _first(day: str) -> date | None:
    """The first day of "2026-07-04", "2026-07" or "2026"."""
    try:
        return date(*map(int, [*day.split("-"), "1", "1"][:3]))
    except ValueError:
        return None


def _of_notice(notice: SafetyNotice, today: date | None) -> Iterator[Objection]:
    ends = _first(notice.expires)
    for field, ahead in (("issued", AHEAD), ("effective", FAR), ("expires", FAR)):
        if sentence := not_of_our_time(getattr(notice, field), today, ahead):
            yield (field,), sentence
    for day, words in ((notice.effective, "it begins"), (notice.issued, "it was issued")):
        begins = _first(day)
        if not ends or not begins:
            continue
        if notice.expires[: len(day)] < day:
            yield ("expires",), f"The notice ends on {notice.expires}, before {words} ({day}). Check both dates."
            return
        if ends == begins and len(day) == 10:
            sentence = f"The notice ends on {notice.expires}, the day on which {words}: nobody would ever see it. "
            yield ("expires",), f"{sentence}Check both dates."
            return


def _of_source(csl: Mapping[str, Any], today: date | None) -> Iterator[Objection]:
    for name, word, ahead in (("issued", "published", 1), ("accessed", "read", 0)):
        days = list(_parts(csl.get(name)))
        for parts in days:
            said = "-".join(f"{one:02}" for one in parts)
            year, first = parts[0], _first("-".join(map(str, parts)))
            if first is None or len(parts) > 3:
                yield ("csl",), f"There is no day “{said}”, on which this source was {word}. Check the date."
            elif year < EARLIEST_SOURCE:
                yield ("csl",), f"This source was {word} in {year}? Check the year."
            elif today and (year > today.year + ahead or (not ahead and first > today + AHEAD)):
                yield ("csl",), f"This source was {word} in the future ({said})? Check the year."
        if len(days) == 2 and days[1] < days[0][: len(days[1])]:
            yield ("csl",), f"The dates between which this source was {word} stand the wrong way round."


def _parts(dated: Any) -> Iterator[list[int]]:
    """The dates of a field of CSL that are numbers; what is none is not judged, and not shown either."""
    parts = dated.get("date-parts") if isinstance(dated, Mapping) else None
    for one in parts if isinstance(parts, list | tuple) else ():
        try:
            numbers = [int(number) for number in one]
        except (TypeError, ValueError, OverflowError):
            continue
        if numbers:
            yield numbers
