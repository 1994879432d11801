"""The document: one edition of a monograph as a plain, typed, immutable value.

What clinicians sign, what is stored, compared, shown, exported and imported is this value and nothing else. It holds no
database ids and no times of its own. `digest()` names its bytes: each part has a digest (SHA-256 of its RFC 8785 JSON),
the document's is that of its schema version, its header and the list of [kind, key, part digest]. What is empty is left
out before hashing (but not inside `csl`), so that a new optional field moves no digest. Anything else raises
`SCHEMA_VERSION`; old text is read by its own version and never written again.

Building a document never refuses a draft for being unfinished: `checks/problems.py` lists what submission refuses.
Reading never refuses what was stored: `from_text` and `Value.stored` ask for the structure alone (fields, their types,
words of closed lists, keys). What may be typed (characters, grammar, lengths, dates, identifiers: every rule here that
is `_typed`) is asked of any other value, and again of each part that a change set saves and of each that is submitted
(`Value.judged`): refused with a sentence (pydantic.ValidationError). So such a rule can become stricter at any time.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, ValidationInfo
from pydantic_core import PydanticKnownError

from monographs.canonical import canonical, clean, clean_line, clean_prose
from monographs.declared import Declared, must_declare
from monographs.texts import text as markdown
from monographs.texts.identifiers import cut_doi, cut_pmid
from monographs.texts.line_grammar import safe_address
from monographs.vocabulary import NAME_KINDS, NOTICE_TYPES, SECTION_KINDS

SCHEMA_VERSION: Literal[1] = 1

COUNTRY = r"^[A-Z]{2}$"
SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
LABEL = r"^[A-Za-z0-9_-]{1,80}$"
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)

# -- Types ---------------------------------------------------------------------------------------------------------

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
Slug = Annotated[str, _typed(_at_most(100), _matching(SLUG))]
Label = Annotated[str, _typed(_matching(LABEL))]
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


def _cleaned(value: Any, depth: int = 0) -> Any:
    if depth > 12:
        raise ValueError("The record is nested too deeply.")
    if isinstance(value, dict | MappingProxyType):
        return {clean_line(str(k)): _cleaned(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(v, depth + 1) for v in value]
    # JSON's readers disagree beyond 2^53, and RFC 8785 refuses such integers.
    if isinstance(value, int | float) and not abs(value) < 2**53:
        raise ValueError("A number in the record is too large.")
    return clean(value) if isinstance(value, str) else value


def _record(value: Any) -> Any:
    text = canonical(_cleaned(value))
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


# What is said of each text that follows the grammar.
GRAMMAR = (
    "A blank line starts a paragraph. A list stands by itself, its items begin with “- ” or “1. ”. *Emphasis*, "
    "[words](https://…) for a link, [@label] cites a reference of this edition. All else is printed as you type it."
)
_RULES_OF_TEXT = Declared("Rules of the text", is_typed=False)
_SOURCE = Declared("Source", "A reference of this edition. Add it there first.", cites=True)


class DrugName(Value):
    kind: Annotated[Literal["international", "british", "american", "other"], Declared("Kind", choices=NAME_KINDS)]
    name: Annotated[Line, Declared("Name")] = ""

    @property
    def in_words(self) -> str:
        return f"{NAME_KINDS[self.kind]}: {self.name}"


class Brand(Value):
    name: Annotated[Line, Declared("Brand name")] = ""
    country: Annotated[str, _typed(_matching(COUNTRY)), Declared("Country", "Two letters: GB.", is_upper=True)]

    @property
    def in_words(self) -> str:
        return f"{self.name} ({self.country})"


class Code(Value):
    system: Annotated[Literal["ATC", "RxNorm", "SNOMED CT", "dm+d"], Declared("System")]
    code: Annotated[str, _typed(clean_line, _at_most(20)), Declared("Code", is_upper=True)] = ""
    name: Annotated[Line, Declared("Its name there")] = ""

    @property
    def in_words(self) -> str:
        return f"{self.system} {self.code} {self.name}".rstrip()


class PathStep(Value):
    slug: Annotated[Slug, Declared("Address of the class", is_typed=False)]
    name: Annotated[Line, Declared("Name of the class", is_typed=False)] = ""

    @property
    def in_words(self) -> str:
        return f"{self.name} ({self.slug})"


class Dosing(Value):
    """Doses of this edition. Until doses are data there is one status: no dose is published here."""

    status: Annotated[Literal["unpublished"], Declared("Doses", is_typed=False)] = "unpublished"
    since: Annotated[Day, Declared("No dose published since", "Year-month-day.", is_date=True)] = ""
    reason: Annotated[Words, Declared("Why no dose is published", rows=3)] = ""
    instead: Annotated[Words, Declared("What to use instead", rows=3)] = ""


class Header(Value):
    """What stands above the parts. Names, brands, codes and classes are copies of the drug's and the class's."""

    title: Annotated[Line, Declared("Title")] = ""
    name: Annotated[Line, Declared("Name", "Of the drug, as the page prints it.")] = ""
    names: Annotated[tuple[DrugName, ...], Declared("Other names")] = ()
    brands: Annotated[tuple[Brand, ...], Declared("Brand names")] = ()
    codes: Annotated[tuple[Code, ...], Declared("Codes")] = ()
    class_path: Annotated[tuple[PathStep, ...], Declared("Therapeutic class", is_typed=False)] = ()
    covers: Annotated[Line, Declared("Covers", "As in “multiple sclerosis”, if the drug has other uses.")] = ""
    not_covered: Annotated[Line, Declared("Does not cover", "The main uses that this page leaves out.")] = ""
    text_rules: Annotated[TextRules, _RULES_OF_TEXT] = None
    introduction: Annotated[Prose, Declared("Introduction", f"One or two sentences. {GRAMMAR}", rows=4)] = ""
    dosing: Dosing = Dosing()


class Part(Value):
    part_kind: ClassVar[str]
    key: UUID

    @property
    def label_for_people(self) -> str:
        """How the desk and the history name this part."""
        raise NotImplementedError


class Section(Part):
    part_kind: ClassVar[str] = "section"
    kind: Annotated[
        Literal[tuple(SECTION_KINDS)],  # type: ignore[valid-type]  # the list is made elsewhere
        Declared("Kind of section", choices={one.slug: one.heading for one in SECTION_KINDS.values()}),
    ]
    heading: Annotated[Line, Declared("Heading", "Leave it empty for the usual heading of this section.")] = ""
    text_rules: Annotated[TextRules, _RULES_OF_TEXT] = None
    text: Annotated[Prose, Declared("Text", GRAMMAR, rows=14)] = ""

    @property
    def label_for_people(self) -> str:
        return self.heading or SECTION_KINDS[self.kind].heading


class MonitoringItem(Part):
    """One test: what, when, how often, for how long. `source` is the label of a citation of this document."""

    part_kind: ClassVar[str] = "monitoring"
    test: Annotated[Line, Declared("Test", "One test an item, as in “Full blood count”.")] = ""
    when: Annotated[Line, Declared("When", "As in “before treatment”.", place="schedule")] = ""
    how_often: Annotated[Line, Declared("How often", "As in “every 3 months”.", place="schedule")] = ""
    how_long: Annotated[
        Line, Declared("How long", "As in “until 48 months after the last infusion”.", place="schedule")
    ] = ""
    note: Annotated[Words, Declared("Note", rows=3)] = ""
    source: Annotated[Line, _SOURCE] = ""

    @property
    def label_for_people(self) -> str:
        return f"Monitoring: {self.test or 'unnamed test'}"


class SafetyNotice(Part):
    """A signed warning. It begins at `effective`, or at once, and ends at `expires`. `source` is a label."""

    part_kind: ClassVar[str] = "notice"
    type: Annotated[
        Literal[tuple(NOTICE_TYPES)],  # type: ignore[valid-type]  # the same
        Declared(
            "Type",
            "The type decides how severe it is, and where it stands on the page.",
            choices={kind: label for kind, (_severity, label) in NOTICE_TYPES.items()},
        ),
    ]
    severity: Annotated[Literal["critical", "major", "information"], Declared("Severity", is_typed=False)]
    title: Annotated[Line, Declared("Title")] = ""
    text_rules: Annotated[TextRules, _RULES_OF_TEXT] = None
    text: Annotated[Prose, Declared("Text", GRAMMAR, rows=5)] = ""
    action: Annotated[Words, Declared("What to do", rows=3)] = ""
    issuer: Annotated[Line, Declared("Issued by", "As in “MHRA”.", place="provenance")] = ""
    issued: Annotated[
        PartialDay,
        Declared(
            "Issued on",
            "Year, year-month or year-month-day, as it is known: 2020-02-12.",
            place="provenance",
            joint=", ",
            is_date=True,
        ),
    ] = ""
    effective: Annotated[Day, Declared("In force from", "Year-month-day; empty: at once.", is_date=True)] = ""
    expires: Annotated[Day, Declared("Ends on", "Year-month-day; empty: it does not end.", is_date=True)] = ""
    source: Annotated[Line, _SOURCE] = ""
    supersedes: Annotated[
        Line,
        Declared(
            "Replaces", "The earlier notice that this one takes the place of.", place="provenance", lead="replaces: "
        ),
    ] = ""

    @property
    def label_for_people(self) -> str:
        return f"Safety notice: {self.title or 'untitled'}"

    def in_force(self, today: date) -> bool:
        """From its first day on, until the day before `expires`; dates are those of the Europe/London calendar."""
        return self.has_begun(today) and (not self.expires or today < date.fromisoformat(self.expires))

    def has_begun(self, today: date) -> bool:
        return not self.effective or date.fromisoformat(self.effective) <= today


class Citation(Part):
    """The use of a bibliographic record in this document: `[@label]` in the text leads to it. `csl` is CSL-JSON."""

    part_kind: ClassVar[str] = "citation"
    label: Annotated[
        Label, Declared("Label", "The word in [@label]. Made from the first author and the year if left empty.")
    ]
    csl: Csl = Field(default_factory=dict, validate_default=True)

    @property
    def label_for_people(self) -> str:
        return f"Reference: {self.label}"


class RelatedLink(Part):
    """A link that the editors chose, with its reason. The target may not exist yet."""

    part_kind: ClassVar[str] = "related"
    target: Annotated[
        Slug,
        Declared("Monograph", "The last part of its address, as in “ocrelizumab”. It need not be there yet."),
    ]
    reason: Annotated[Line, Declared("Reason", "Why they are related. Readers see it.")] = ""

    @property
    def label_for_people(self) -> str:
        return f"Related: {self.target}"


# Kind of part -> the document's field; the order is that of digest, export and desk.
PART_FIELDS: dict[str, str] = {
    "section": "sections",
    "monitoring": "monitoring",
    "notice": "notices",
    "citation": "citations",
    "related": "related",
}
for _one in (Header, Section, MonitoringItem, SafetyNotice, Citation, RelatedLink):
    must_declare(_one)


# What holds prose -> its field.
PROSE: dict[type[Value], str] = {Header: "introduction", Section: "text", SafetyNotice: "text"}
Prosed = TypeVar("Prosed", bound=Value)


def retyped(value: Prosed, before: Value | None = None) -> Prosed:
    """A header or part as it is saved in the place of the one that stood there: its prose follows the rules that
    `rules_of` gives it, whatever it says itself."""
    if type(value) not in PROSE:
        return value
    name = PROSE[type(value)]
    rules = rules_of(getattr(value, name), getattr(before, name, ""), getattr(before, "text_rules", None))
    return value.model_copy(update={"text_rules": rules})


class Document(Value):
    """An edition. Parts of a kind stand in their order; keys are unique in all of it, labels among citations."""

    schema_version: Literal[1] = SCHEMA_VERSION
    header: Header = Header()
    sections: tuple[Section, ...] = ()
    monitoring: tuple[MonitoringItem, ...] = ()
    notices: tuple[SafetyNotice, ...] = ()
    citations: tuple[Citation, ...] = ()
    related: tuple[RelatedLink, ...] = ()

    def model_post_init(self, _context: Any) -> None:
        keys = [part.key for part in self.parts()]
        if len(keys) != len(set(keys)):
            raise ValueError("Two parts have the same key.")
        labels = [citation.label for citation in self.citations]
        if len(labels) != len(set(labels)):
            raise ValueError("Two references have the same label.")

    def parts(self) -> Iterator[Part]:
        """Every part, kind after kind."""
        for field in PART_FIELDS.values():
            yield from getattr(self, field)

    def by_key(self) -> dict[UUID, Part]:
        return {part.key: part for part in self.parts()}

    def sections_of(self, kind: str) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.kind == kind)
