"""What the fields of a document hold: words, prose, days, addresses, a record, and `Value`, of which it is made.

Reading never refuses what was stored: `Value.stored` asks for the structure alone (fields, their types, words of closed
lists). What may be typed (characters, grammar, lengths, dates, identifiers: every rule here that is `_typed`) is asked
of any other value, and again of each part that a change set saves and of each that is submitted (`Value.judged`):
refused with a sentence (pydantic.ValidationError). So such a rule can become stricter at any time.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, ValidationInfo
from pydantic_core import PydanticKnownError

from monographs.canonical import canonical, clean, clean_line, clean_prose
from monographs.texts import text as markdown
from monographs.texts.identifiers import cut_doi, cut_pmid
from monographs.texts.line_grammar import safe_address
from monographs.texts.plain_titles import plain

COUNTRY = r"^[A-Z]{2}$"
SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
LABEL = r"^[A-Za-z0-9_-]{1,80}$"
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)

# The context in which stored text is read.
STORED = "stored"


def _typed(*rules: Callable[[Any], Any]) -> AfterValidator:
    """Rules for what somebody types. What is stored already is taken as it stands."""

    def judge(value: Any, info: ValidationInfo) -> Any:
        for rule in rules if info.context is not STORED else ():
            value = rule(value)
        return value

    return AfterValidator(judge)


_FAR_LONGER = 4  # times as long as it may be: not looked at


def _at_most(longest: int, times: int = 1) -> Callable[[str], str]:
    """As it is kept, a text may be shorter than as it was sent: browsers send two characters for the end of a line."""

    def rule(value: str) -> str:
        if len(value) > times * longest:
            raise PydanticKnownError("string_too_long", {"max_length": longest})
        return value

    return rule


def _matching(pattern: str) -> Callable[[str], str]:
    def rule(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": pattern})
        return value

    return rule


def _partial_date(value: str) -> str:
    if value and not PARTIAL_DATE.fullmatch(value):
        raise ValueError("Give the date as year, year-month or year-month-day.")
    if len(value) == 10:
        date.fromisoformat(value)
    return value


def _day(value: str) -> str:
    if value and (len(value) != 10 or not PARTIAL_DATE.fullmatch(value)):
        raise ValueError("Give the date as year-month-day.")
    return _partial_date(value)


_MOST_FAULTS = 5  # what is said at once; the rest follows when these are mended


def _grammar(value: str, info: ValidationInfo) -> str:
    if info.context is not STORED:
        if found := markdown.refusals(value, info.data.get("text_rules")):
            raise ValueError(" ".join(found[:_MOST_FAULTS]))
    return value


# Those that a text follows, before the text, which is judged by them. What names none is shown as it always was.
TextRules = markdown.TextRules


def rules_of(words: str, before: str, followed: TextRules) -> TextRules:
    """The rules that a text follows once it is saved: those of today if its words were changed, or if those that it
    followed show other signs than were typed. Else those that it followed."""
    if words == before and markdown.shows_as_typed(words, followed):
        return followed
    return markdown.RULES if words else None


# The length is that of what is stored: bringing text to NFC can make it longer.
Line = Annotated[str, _typed(clean_line, _at_most(500))]
Words = Annotated[str, _typed(clean, _at_most(2_000))]
Prose = Annotated[str, _typed(_at_most(100_000, _FAR_LONGER), clean_prose, _at_most(100_000)), AfterValidator(_grammar)]
# The words of a source, as they stand there: nobody here wrote them, so they are no text that is proofed (`written`).
Passage = Annotated[str, _typed(_at_most(20_000, _FAR_LONGER), clean_prose, _at_most(20_000))]
Slug = Annotated[str, _typed(_at_most(100), _matching(SLUG))]
Label = Annotated[str, _typed(_matching(LABEL))]
Country = Annotated[str, _typed(_matching(COUNTRY))]
ShortCode = Annotated[str, _typed(clean_line, _at_most(20))]
Day = Annotated[str, _typed(_at_most(10), _day)]
PartialDay = Annotated[str, _typed(_at_most(10), _partial_date)]


def _frozen(value: Any) -> Any:
    if isinstance(value, dict | MappingProxyType):
        return MappingProxyType({str(k): _frozen(v) for k, v in value.items()})
    return tuple(_frozen(v) for v in value) if isinstance(value, list | tuple) else value


def to_plain(value: Any) -> Any:
    """A plain, changeable copy of a frozen JSON value (of `csl`)."""
    if isinstance(value, dict | MappingProxyType):
        return {k: to_plain(v) for k, v in value.items()}
    return [to_plain(v) for v in value] if isinstance(value, list | tuple) else value


_DEEPEST = 12


def _cleaned(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise ValueError("The record is nested too deeply.")
    if isinstance(value, dict | MappingProxyType):
        return {clean_line(str(k)): _cleaned(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(v, depth + 1) for v in value]
    # JSON's readers disagree beyond 2^53, and RFC 8785 refuses such integers.
    if isinstance(value, int | float) and not abs(value) < 2**53:
        raise ValueError("A number in the record is too large.")
    return clean(value) if isinstance(value, str) else value


_IDENTIFIERS = frozenset(("URL", "DOI", "PMID", "id"))


def _plain(value: Any, depth: int = 0) -> Any:
    """A record without the marks of web pages in its words; an entity may hide any character, so it comes first."""
    if isinstance(value, dict | MappingProxyType) and depth <= _DEEPEST:
        return {key: held if key in _IDENTIFIERS else _plain(held, depth + 1) for key, held in value.items()}
    if isinstance(value, list | tuple) and depth <= _DEEPEST:
        return [_plain(one, depth + 1) for one in value]
    return plain(value) if isinstance(value, str) else value


def _record(value: Any) -> Any:
    text = canonical(_cleaned(_plain(value)))
    if len(text) > 100_000:
        raise ValueError("The record of this source is longer than 100,000 characters.")
    # Through text and back: what a row returns is then what was put in (1.0 is 1, for both).
    record = json.loads(text)
    for name, cut in (("DOI", cut_doi), ("PMID", cut_pmid)):
        if isinstance(identifier := record.get(name), str):
            record[name], _said = cut(identifier)
    url = record.get("URL")
    if url is not None and not (isinstance(url, str) and safe_address(url)):
        raise ValueError("The address of a source begins with http:// or https://.")
    return record


Csl = Annotated[dict[str, Any], _typed(_record), AfterValidator(_frozen), PlainSerializer(to_plain)]


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    @classmethod
    def stored(cls, fields: dict[str, Any]) -> Self:
        """What the database holds, as it stands. ValidationError: it is broken."""
        return cls.model_validate(fields, context=STORED)

    def judged(self) -> Self:
        """This value as it would be if somebody typed it now (ValidationError, with each place)."""
        return type(self).model_validate(self.model_dump())

    def replaced(self, **fields: Any) -> Self:
        """This value with other fields, checked like a new one (pydantic.ValidationError)."""
        return type(self).model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **fields})


class Told:
    """A value as a key, by how each of its fields is told: a record has no hash, and of two that are equal one may say
    1 and the other true."""

    def __init__(self, value: Value) -> None:
        self.value, self.told = value, repr(list(vars(value).values()))

    def __hash__(self) -> int:
        return hash(self.told)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Told) and self.told == other.told
