"""A monograph that comes from outside, as a typed value, and how its bad parts are told. Pure.

`reviews.exchange.files` reads files into it.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import AfterValidator, ValidationError, model_validator

from monographs.checks.typed_words import written
from monographs.document import Brand, Code, Document, DrugName
from monographs.texts.characters import says_nothing
from monographs.texts.confusables import mixed_scripts
from monographs.texts.text import shows_as_typed
from monographs.typed import Line, Slug, Value

Built = TypeVar("Built")


@dataclass(frozen=True)
class Finding:
    """One reason why a file is refused: where in the file (a JSON path; empty for the whole) and a sentence."""

    path: str
    reason: str


class Unreadable(ValueError):
    """What stands against one monograph of a file."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__(" ".join(one.reason for one in findings))


def _one_script(name: str) -> str:
    if says_nothing(name):
        raise ValueError("This must not be empty.")
    if mixed_scripts(name):
        raise ValueError(f"“{name[:80]}” mixes letters of different alphabets that look alike.")
    return name


Name = Annotated[Line, AfterValidator(_one_script)]


class IncomingDrug(Value):
    name: Name
    slug: Slug
    names: tuple[DrugName, ...] = ()
    brands: tuple[Brand, ...] = ()
    codes: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _names_do_not_mislead(self) -> "IncomingDrug":
        for name in [one.name for one in self.names] + [one.name for one in self.brands]:
            _one_script(name)
        return self


@dataclass(frozen=True)
class Incoming:
    """One monograph of a file. `tier` is a suggestion; `therapeutic_class` is the slug of a class."""

    slug: str
    therapeutic_class: str
    drug: IncomingDrug
    traits: tuple[str, ...]
    tier: str | None
    document: Document
    said: tuple[str, ...] = ()  # what was left out of the file's words


def check_names(document: Document) -> None:
    """Refuses names that mix alphabets, also those that the header copies. A title is no name: it may speak of TNFα."""
    header = document.header
    named = [("name", header.name)]
    named += [(f"names[{n}].name", one.name) for n, one in enumerate(header.names)]
    named += [(f"brands[{n}].name", one.name) for n, one in enumerate(header.brands)]
    found = [
        Finding(f"document.header.{path}", f"“{name[:80]}” mixes letters of different alphabets that look alike.")
        for path, name in named
        if mixed_scripts(name)
    ]
    if found:
        raise Unreadable(*found)


def check_texts(document: Document) -> None:
    """Refuses a text that follows the first rules where these show other signs than it has: it would be a new one, and
    nobody has seen how a page prints it. An import keeps the first rules of a text only where they show what is typed:
    so the digest of an old monograph that was exported comes back."""
    sentence = (
        "By the rules of text that it follows a page would not print this as it is typed. Put “text_rules”: 2 beside "
        "it, so that it follows those of today."
    )
    found = [
        Finding(_path(("document", *one.where)), sentence)
        for one in written(document)
        if one.is_prose and not shows_as_typed(one.text, one.rules)
    ]
    if found:
        raise Unreadable(*found)


def slug_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:100].strip("-")


_KEYS = uuid5(NAMESPACE_URL, "clincalc-monograph")


def key_maker(slug: str) -> Callable[[str, str], UUID]:
    """Makes keys for parts that have none: the same for the same part of the same monograph, at every import."""
    seen: Counter[tuple[str, str]] = Counter()

    def key(field: str, identity: str) -> UUID:
        seen[field, identity] += 1
        return uuid5(_KEYS, f"{slug}/{field}/{identity}/{seen[field, identity]}".encode("utf-8", "replace").decode())

    return key


# -- Refusals as sentences -----------------------------------------------------------------------------------------

_SENTENCES = {
    "missing": "This field is missing.",
    "extra_forbidden": "There is no such field. An import makes drafts: it takes no state, signature or id.",
    "string_type": "Text is expected here.",
    "string_unicode": "The text holds half of a character (a lone surrogate). Type it again.",
    "string_too_long": "The text is longer than {max_length} characters.",
    "too_long": "The text is longer than {max_length} characters.",
    "string_pattern_mismatch": "This does not have the form {pattern}.",
    "literal_error": "Only {expected} can stand here.",
    "tuple_type": "A list is expected here.",
    "list_type": "A list is expected here.",
    "dict_type": "An object is expected here.",
    "model_type": "An object is expected here.",
    "model_attributes_type": "An object is expected here.",
    "uuid_parsing": "A key is a UUID, such as 123e4567-e89b-42d3-a456-426614174000.",
    "uuid_type": "A key is a UUID, such as 123e4567-e89b-42d3-a456-426614174000.",
    "value_error": "{error}",
}


def validated(build: Callable[[Any], Built], value: Any) -> Built:
    """What `build` makes of a value. Raises Unreadable with the path and a sentence for everything that it refuses."""
    try:
        return build(value)
    except ValidationError as error:
        found = []
        for problem in error.errors():
            sentence = _SENTENCES.get(problem["type"], "{msg}.").format(msg=problem["msg"], **problem.get("ctx", {}))
            found.append(Finding(_path(problem["loc"]), sentence))
        raise Unreadable(*found) from error


def _path(place: tuple[int | str, ...]) -> str:
    """("sections", 2, "text") -> sections[2].text"""
    path = ""
    for step in place:
        path += f"[{step}]" if isinstance(step, int) else f".{step[:80]}"
    return path.strip(".")
