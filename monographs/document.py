"""The document: one edition of a monograph as a plain, typed, immutable value.

What clinicians sign, what is stored, compared, shown, exported and imported is this value and nothing else. It holds no
database ids and no times of its own. `digest()` names its bytes: each part has a digest (SHA-256 of its RFC 8785 JSON),
the document's is that of its schema version, its header and the list of [kind, key, part digest]. What is empty is left
out before hashing (but not inside `csl`), so that a new optional field moves no digest. Anything else raises
`SCHEMA_VERSION`; old text is read by its own version and never written again.

Building a document never refuses a draft for being unfinished: `checks/problems.py` lists what submission refuses.
Reading never refuses what was stored, and what is typed is judged field by field: `monographs/typed.py`.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from monographs.called import called
from monographs.declared import Declared, must_declare
from monographs.regimens import Lines, Structure, strings, words_of_lines
from monographs.typed import (
    Country,
    Csl,
    Day,
    Label,
    Line,
    PartialDay,
    Passage,
    Prose,
    ShortCode,
    Slug,
    TextRules,
    Value,
    Words,
    rules_of,
)
from monographs.vocabulary import NAME_KINDS, NOTICE_TYPES, SECTION_KINDS

SCHEMA_VERSION: Literal[1] = 1

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
    country: Annotated[Country, Declared("Country", "Two letters: GB.", is_upper=True)]

    @property
    def in_words(self) -> str:
        return f"{self.name} ({self.country})"


class Code(Value):
    system: Annotated[Literal["ATC", "RxNorm", "SNOMED CT", "dm+d"], Declared("System")]
    code: Annotated[ShortCode, Declared("Code", is_upper=True)] = ""
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

    @property
    def called(self) -> str:
        return called(self.name, self.title)


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


class DoseRegimen(Part):
    """One dose, for one use and one group of people: its structure with its steps, and the lines that are signed of it.
    Readers get it as `monographs.signable` leaves it."""

    part_kind: ClassVar[str] = "regimen"
    status: Annotated[
        Literal["unpublished", "shown"],
        Declared("Shown to readers", choices={"unpublished": "Not published", "shown": "To be shown"}),
    ] = "unpublished"
    since: Annotated[Day, Declared("Not published since", "Year-month-day.", is_date=True)] = ""
    reason: Annotated[Words, Declared("Why this dose is not published", rows=2)] = ""
    instead: Annotated[Words, Declared("What to use instead of this dose", rows=2)] = ""
    structure: Annotated[Structure, Declared("Dose", is_typed=False)] = Field(default="{}", validate_default=True)
    lines: Annotated[Lines, Declared("Lines that are signed", is_typed=False)] = Field(
        default="[]", validate_default=True
    )
    # What its editors read it from: never signed and never published (monographs.signable).
    passage: Annotated[Passage, Declared("Passage of the source", rows=8)] = ""

    @property
    def for_whom(self) -> str:
        """Indication, population, bands and route, as its first line says them."""
        return next(iter(words_of_lines(self.lines)), "")

    @property
    def said(self) -> str:
        """Every word that somebody typed into its structure."""
        return "\n".join(strings(json.loads(self.structure)))

    @property
    def label_for_people(self) -> str:
        return f"Dose: {self.for_whom.rstrip('.') or 'for nobody yet'}"


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
    "regimen": "regimens",
    "monitoring": "monitoring",
    "notice": "notices",
    "citation": "citations",
    "related": "related",
}
for _one in (Header, Section, DoseRegimen, MonitoringItem, SafetyNotice, Citation, RelatedLink):
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


def label_beside(part: Part, regimens: Iterable[DoseRegimen]) -> str:
    """What people call a part where these doses stand: those of the same first line are told apart by a number, in
    their order. A dose that is none of them is called by its line alone."""
    label = part.label_for_people
    if not isinstance(part, DoseRegimen):
        return label
    alike = [one.key for one in regimens if one.label_for_people == label]
    is_told_apart = part.key in alike and len(alike) > 1
    return f"{label} ({alike.index(part.key) + 1} of {len(alike)})" if is_told_apart else label


class Document(Value):
    """An edition. Parts of a kind stand in their order; keys are unique in all of it, labels among citations."""

    schema_version: Literal[1] = SCHEMA_VERSION
    header: Header = Header()
    sections: tuple[Section, ...] = ()
    regimens: tuple[DoseRegimen, ...] = ()
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

    def label_of(self, part: Part) -> str:
        """What people call this part beside the others: doses of the same first line are told apart by a number."""
        return label_beside(part, self.regimens)

    def sections_of(self, kind: str) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.kind == kind)
