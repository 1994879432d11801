"""What a page says of the fields of a value, from their declaration. Pure.

The template lays out some fields and places (`LAID_OUT`). Any other field that is declared is a line of its own, under
its label, below the rest of its part: no field is forgotten on the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from monographs.declared import declared_of, fields_at, words_of
from monographs.document import (
    Citation,
    DoseRegimen,
    Dosing,
    Header,
    MonitoringItem,
    RelatedLink,
    SafetyNotice,
    Section,
)
from monographs.texts.text import Html, quantities
from monographs.texts.wording import ended
from monographs.typed import Value

# Places and fields with a spot in the template, and fields that say where a thing stands, or whether it does.
LAID_OUT: dict[type[Value], frozenset[str]] = {
    Header: frozenset(
        ("title", "name", "names", "brands", "codes", "class_path", "covers", "not_covered", "introduction")
    ),
    Dosing: frozenset(("status", "since", "reason", "instead")),
    Section: frozenset(("kind", "heading", "text")),
    DoseRegimen: frozenset(("status", "since", "reason", "instead", "structure", "lines", "passage")),
    MonitoringItem: frozenset(("test", "schedule", "note", "source")),
    SafetyNotice: frozenset(
        ("type", "severity", "title", "text", "action", "provenance", "effective", "expires", "source")
    ),
    Citation: frozenset(("label", "csl")),
    RelatedLink: frozenset(("target", "reason")),
}


@dataclass(frozen=True)
class Line:
    """A field that stands by itself. `field` is the name of its place."""

    field: str
    label: str
    words: Html


def partial_date(value: str) -> str:
    """ "2020-02-12" in words, as far as it is known: "12 February 2020", "February 2020", "2020"."""
    year, *rest = value.split("-")
    if not rest:
        return year
    month = date(2000, int(rest[0]), 1).strftime("%B")
    return f"{int(rest[1])} {month} {year}" if len(rest) > 1 else f"{month} {year}"


def said_at(value: Value, place: str) -> Iterator[tuple[str, str]]:
    """(field, its words) of what stands together, where it says something."""
    for name in fields_at(type(value), place):
        if words := _words(value, name):
            yield name, words


def _words(value: Value, name: str) -> str:
    words = words_of(value, name)
    return partial_date(words) if words and declared_of(type(value))[name].is_date else words


def joined(value: Value, place: str) -> str:
    """What stands together, in one line."""
    line = ""
    for name, words in said_at(value, place):
        said = declared_of(type(value))[name]
        line += f"{said.joint or '; ' if line else ''}{said.lead}{words}"
    return line


def run_on(value: Value, place: str) -> str:
    """The same as sentences, each ended; one by itself as it was typed."""
    texts = [words for _name, words in said_at(value, place)]
    return " ".join([*map(ended, texts[:-1]), *texts[-1:]])


@cache
def unplaced(model: type[Value]) -> dict[str, str]:
    """Field that stands by itself -> the name of its place."""
    laid_out = next(LAID_OUT[one] for one in model.__mro__ if one in LAID_OUT) | {"text_rules"}
    inside = "dosing_" if issubclass(model, Dosing) else ""
    return {
        name: f"{inside}{name}" for name, said in declared_of(model).items() if (said.place or name) not in laid_out
    }


def lines_of(value: Value) -> tuple[Line, ...]:
    """Each field that stands by itself, and says something."""
    said = declared_of(type(value))
    return tuple(
        Line(place, said[name].label, quantities(words))
        for name, place in unplaced(type(value)).items()
        if (words := _words(value, name))
    )
