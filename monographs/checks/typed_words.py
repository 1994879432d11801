"""The words of a header or part: where they stand, which of them are prose, and which show nothing. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from monographs.document import Citation, DoseRegimen
from monographs.texts import text as markdown
from monographs.texts.characters import says_nothing
from monographs.texts.line_grammar import ATOM, CITATION
from monographs.typed import Line, Prose, Value, Words

# What a field is made of, by the first rule that its type names.
_PLAIN = [get_args(alias)[1] for alias in (Line, Words)]
_PROSE = get_args(Prose)[1]
_LABELS = frozenset(("source",))  # a line that holds the label of a reference, and no words


def field_of(where: tuple[str | int, ...]) -> str:
    """The field of a form and of a problem for a place in a value."""
    return "_".join(map(str, where if where[0] == "dosing" else where[:1]))


@dataclass(frozen=True)
class Written:
    """One text of a value: its field as forms and problems name it, and whether it takes marks."""

    where: tuple[str | int, ...]
    text: str
    is_prose: bool
    rules: markdown.TextRules = None

    @property
    def field(self) -> str:
        return field_of(self.where)

    @property
    def is_empty(self) -> bool:
        """Whether readers see no letter and no figure of it."""
        return says_nothing(_visible(self.text, self.rules) if self.is_prose else self.text)


def written(value: Value, where: tuple[str | int, ...] = (), only: str = "") -> Iterator[Written]:
    """Every text of a value that somebody wrote, empty ones too; those of its names, brands and doses as well. `only`:
    of this field."""
    for name, is_prose in _fields(type(value)):
        if only and name != only:
            continue
        held = getattr(value, name)
        if is_prose is not None:
            yield Written((*where, name), held, is_prose, getattr(value, "text_rules", None) if is_prose else None)
            continue
        for at, inner in enumerate(held if isinstance(held, tuple) else (held,)):
            if isinstance(inner, Value):
                yield from written(inner, (*where, name, at) if isinstance(held, tuple) else (*where, name))


@lru_cache(maxsize=64)
def _fields(kind: type[Value]) -> tuple[tuple[str, bool | None], ...]:
    """The fields of a kind of value, each with whether it is prose; None: it is no text, and may hold some."""

    def is_prose(name: str, rules: list[Any]) -> bool | None:
        if _PROSE in rules:
            return True
        return False if name not in _LABELS and any(rule in rules for rule in _PLAIN) else None

    return tuple((name, is_prose(name, about.metadata)) for name, about in kind.model_fields.items())


# Of a record, what is words: an identifier is a number by nature, and so are its pages.
_NO_WORDS = frozenset(
    ("id", "type", "DOI", "URL", "PMID", "PMCID", "ISBN", "ISSN", "volume", "issue", "page", "number", "edition")
)
# Addresses and identifiers in a text are no words either.
_IDENTIFIER = re.compile(r"(?:https?://|mailto:)[^\s<>]+|\b10\.\d{4,9}/\S+", re.IGNORECASE)


def words_of(value: Value) -> Iterator[tuple[str, str]]:
    """(field, words) of all that a value says, those of a record too, without addresses and identifiers."""
    for one in written(value):
        yield one.field, _IDENTIFIER.sub(" ", one.text)
    if isinstance(value, DoseRegimen):
        yield from (("structure", _IDENTIFIER.sub(" ", words)) for words in value.said.splitlines())
    if isinstance(value, Citation):
        yield from (("csl", _IDENTIFIER.sub(" ", words)) for words in _strings(value.csl))


def _strings(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        for name, inner in held.items():
            if name not in _NO_WORDS:
                yield from _strings(inner)
    elif isinstance(held, list | tuple):
        for inner in held:
            yield from _strings(inner)


def addresses_of(value: Value) -> Iterator[tuple[str, str]]:
    """(field, address) of each link of a value."""
    for one in written(value):
        if one.is_prose and ":" in one.text:
            links = (found["address"] or found["bare"] for found in ATOM.finditer(one.text))
            yield from ((one.field, link) for link in links if link)
    if isinstance(value, Citation) and isinstance(url := value.csl.get("URL"), str):
        yield "csl", url


def is_empty(value: Value, field: str) -> bool:
    """Whether a field of a value shows nothing: its words, or all that it lists. A field without words: whether it is
    left out."""
    words = [one.is_empty for one in written(value, only=field)]
    return all(words) if words else not getattr(value, field)


def _visible(text: str, rules: markdown.TextRules) -> str:
    """What is seen of prose; as soon as surely something is, the text itself: pages ask this of each of their texts."""
    bare = CITATION.sub("", text)
    return bare if "](" not in bare and any(map(str.isalpha, bare)) else markdown.plain(text, rules)
