"""Files of monographs, read into typed values. Nothing here touches the database.

Two shapes are read: `clincalc-monograph/1`, which the export writes (JSON or JSON lines), and the demonstration's own
shape, by one adapter (reviews/demonstration/adapter.py). Whatever else a file holds is refused with its place.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monographs.canonical import strict_json
from monographs.document import Brand, Code, Document, DrugName, Line, Slug
from monographs.models.drug import TRAITS

LARGEST = 5 * 1024 * 1024
MOST = 1_000  # monographs in one file


@dataclass(frozen=True)
class Place:
    """One reason why a file was refused, and where in it."""

    path: str
    sentence: str


class ImportRefused(Exception):
    """A file was not read, for these reasons. Its text is one line a reason: file, path, sentence."""

    def __init__(self, file: str, places: list[Place]) -> None:
        super().__init__("\n".join(f"{file}: {f'{place.path}: ' if place.path else ''}{place.sentence}" for place in places))
        self.file, self.places = file, places


class DrugForm(BaseModel):
    """The drug of an incoming monograph."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line = Field(min_length=1)
    slug: str = ""
    names: tuple[DrugName, ...] = ()
    brands: tuple[Brand, ...] = ()
    codes: tuple[Code, ...] = ()


class Incoming(BaseModel):
    """One monograph of a file: its identity, and the document that would become a draft."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    form: Literal["clincalc-monograph/1"] = Field(alias="schema")
    slug: Slug
    drug: DrugForm
    traits: tuple[Literal[tuple(TRAITS)], ...] = ()  # type: ignore[valid-type]
    tier: Literal["low", "standard", "high"] | None = None
    class_slug: str = Field(default="", alias="class")
    document: Document
    warnings: tuple[str, ...] = Field(default=(), exclude=True)

    @property
    def therapeutic_class(self) -> str:
        """The class it belongs to; without one, the last that its page prints."""
        path = self.document.header.class_path
        return self.class_slug or (path[-1].slug if path else "")


def read_file(content: bytes, file: str) -> list[Incoming]:
    """Every monograph of a file. Raises ImportRefused with every reason that can be told at once."""
    if len(content) > LARGEST:
        raise ImportRefused(file, [Place("", "The file is larger than 5 MB.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(file, [Place("", f"The file is not UTF-8 (byte {error.start}).")]) from error
    found: list[Incoming] = []
    wrong: list[Place] = []
    for path, value in _values(text, file):
        try:
            found.append(_incoming(value))
        except ValidationError as error:
            wrong += [Place(".".join(filter(None, (path, where))), sentence) for where, sentence in _sentences(error)]
        except (ValueError, RecursionError) as error:
            wrong.append(Place(path, str(error) or "It is nested too deeply."))
    slugs = [one.slug for one in found]
    wrong += [Place("", f"The monograph “{slug}” stands there twice.") for slug in sorted({s for s in slugs if slugs.count(s) > 1})]
    if wrong:
        raise ImportRefused(file, wrong[:50])
    return found


def _values(text: str, file: str) -> Iterator[tuple[str, Any]]:
    """(place, JSON value) of each monograph: a whole file, a list, or a line each."""
    if not text.strip():
        raise ImportRefused(file, [Place("", "The file is empty.")])
    try:
        whole = strict_json(text)
    except (ValueError, RecursionError) as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].lstrip().startswith("{") or not lines[0][1].rstrip().endswith("}"):
            raise ImportRefused(file, [Place("", f"It is not JSON: {_reason(error)}.")]) from error
        yield from _lines(lines, file)
        return
    if isinstance(whole, list):
        if len(whole) > MOST:
            raise ImportRefused(file, [Place("", f"The file holds more than {MOST:,} monographs.")])
        yield from ((f"[{number}]", one) for number, one in enumerate(whole))
    else:
        yield "", whole


def _lines(lines: list[tuple[int, str]], file: str) -> Iterator[tuple[str, Any]]:
    if len(lines) > MOST:
        raise ImportRefused(file, [Place("", f"The file holds more than {MOST:,} monographs.")])
    for number, line in lines:
        try:
            yield f"line {number}", strict_json(line)
        except (ValueError, RecursionError) as error:
            raise ImportRefused(file, [Place(f"line {number}", f"It is not JSON: {_reason(error)}.")]) from error


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno}, column {error.colno})"
    return str(error) or "it is nested too deeply"


def _incoming(value: Any) -> Incoming:
    if not isinstance(value, dict):
        raise ValueError("A monograph is a JSON object.")
    if value.get("schema") == "clincalc-demo-monograph/1":
        from reviews.demonstration.adapter import adapt

        return adapt(value)
    if value.get("schema") != "clincalc-monograph/1":
        raise ValueError("The field “schema” must be clincalc-monograph/1.")
    return Incoming.model_validate({key: field for key, field in value.items() if key != "warnings"} | _no_warnings(value))


def _no_warnings(value: dict[str, Any]) -> dict[str, Any]:
    if "warnings" in value:
        raise ValueError("There is no field “warnings” in a monograph.")
    return {}


_WORDS = {
    "extra_forbidden": "There is no such field.",
    "missing": "This field is missing.",
    "string_type": "This must be text.",
    "list_type": "This must be a list.",
    "tuple_type": "This must be a list.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
    "uuid_parsing": "A key is a UUID.",
    "string_unicode": "The text holds half of a character (a lone surrogate).",
}


def _sentences(error: ValidationError) -> Iterator[tuple[str, str]]:
    """(JSON path, sentence) of each thing that is wrong."""
    for problem in error.errors():
        path = ""
        for step in problem["loc"]:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
        yield path, _WORDS.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
