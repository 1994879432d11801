"""What submission refuses in a document, each with its place and a sentence that says what to do. Pure.

A draft may have problems for as long as it is one; what may not be typed at all is refused by monographs.document, and
told from here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from monographs.checks.dates import disagreeing
from monographs.checks.typed_words import addresses_of, is_empty, written
from monographs.document import Citation, Document, MonitoringItem, Part, SafetyNotice, Section
from monographs.doses.signable import UNPUBLISHED
from monographs.regimens import lines_made
from monographs.texts import text as markdown
from monographs.texts.addresses import hidden_host
from monographs.texts.characters import says_nothing
from monographs.texts.identifiers import DOI, LONGEST_DOI, PMID
from monographs.typed import COUNTRY, LABEL, Told, Value
from monographs.vocabulary import CODE_SYSTEMS, NOTICE_TYPES, REGULATOR_TYPES, SectionKind, needed_kinds

_OF_PATTERN = {
    COUNTRY: "Give the country by its two letters, as in GB.",
    LABEL: "A label has letters, digits, hyphens and underscores, and nothing else.",
}


def sentences(error: ValidationError) -> Iterator[tuple[tuple[Any, ...], str]]:
    """(where, sentence) of everything that a value refuses."""
    for problem in error.errors():
        words = str(problem["msg"]).removeprefix("Value error, ")
        if problem["type"] in ("string_too_long", "too_long"):
            words = f"This is longer than {problem['ctx']['max_length']:,} characters. Shorten it."
        elif problem["type"] in ("literal_error", "enum"):
            words = "Choose one from the list."
        elif problem["type"] == "string_pattern_mismatch":
            words = _OF_PATTERN.get(
                problem["ctx"]["pattern"], "Use small letters, digits and hyphens, as in an address."
            )
        elif problem["type"] == "value_error" and not words.endswith("."):  # the calendar's own words
            words = "There is no such day. Check the date."
        yield problem["loc"], words


def objections(value: Value, today: date | None = None) -> Iterator[tuple[str, str]]:
    """(field, sentence) of everything in a header or part that nobody could type now, or on the day that is given."""
    yield from _objections_to_citation(Told(value), today) if isinstance(value, Citation) else _objections(value, today)


@lru_cache(maxsize=512)  # each save judges all parts, of which one is another
def _objections(value: Value, today: date | None) -> tuple[tuple[str, str], ...]:
    return tuple(_objecting(value, today))


@lru_cache(maxsize=512)
def _objections_to_citation(one: Told, today: date | None) -> tuple[tuple[str, str], ...]:
    return tuple(_objecting(one.value, today))


def _objecting(value: Value, today: date | None) -> Iterator[tuple[str, str]]:
    found: list[tuple[tuple[Any, ...], str]] = list(disagreeing(value, today))
    try:
        value.judged()
    except ValidationError as error:
        found += sentences(error)
    for where, sentence in found:
        yield "_".join(map(str, where[:2] if where[0] == "dosing" else where[:1])), sentence
    yield from ((field, sentence) for field, address in addresses_of(value) if (sentence := hidden_host(address)))


@dataclass(frozen=True)
class Problem:
    """One reason why an edition cannot be sent for review: where it is (part key, or None for the header; field) and
    a sentence that says what to do."""

    code: str
    sentence: str
    key: UUID | None = None
    field: str = ""
    place: str = "Header"


def problems(document: Document, today: date | None = None) -> list[Problem]:
    """All that stands against submission, in the order of the page. An empty list: it may be sent for review. Without
    the day, no date is found to lie in the future."""
    return [*(found for rule in _RULES for found in rule(document)), *_could_be_typed(document, today)]


def _header_is_whole(document: Document) -> Iterator[Problem]:
    header = document.header
    for field, sentence in (
        ("title", "Give the monograph a title."),
        ("name", "Name the drug."),
        ("class_path", "Choose a therapeutic class."),
        ("introduction", "Write an introduction of one or two sentences."),
    ):
        if is_empty(header, field) if field != "class_path" else not header.class_path:
            yield Problem("missing", sentence, field=field)
    for field, sentence in (
        ("since", "Say since when no dose is published."),
        ("reason", "Say why no dose is published."),
        ("instead", "Say what to use instead of a dose on this page."),
    ):
        if is_empty(header.dosing, field):
            yield Problem("missing", sentence, field=f"dosing_{field}")
    for brand in header.brands:
        if is_empty(brand, "name"):
            yield Problem("missing", "Name the brand, or take it out.", field="brands")
    for code in header.codes:
        if not re.fullmatch(CODE_SYSTEMS[code.system], code.code, re.ASCII):
            yield Problem("code", f"“{code.code}” is not a code of {code.system}.", field="codes")


def _has_sections(document: Document) -> Iterator[Problem]:
    if not document.sections:
        yield Problem("missing", "Write at least one clinical section.", place="Sections")


def _parts_are_whole(document: Document) -> Iterator[Problem]:
    def missing(part: Part, field: str, sentence: str) -> Problem:
        return Problem("missing", sentence, part.key, field, document.label_of(part))

    for section in document.sections:
        if is_empty(section, "text"):
            yield missing(
                section,
                "text",
                "This section is empty. Write it, or remove it: the page then says that it is not covered.",
            )
        if is_empty(section, "heading"):
            yield missing(section, "heading", "Give the section a heading.")
    for item in document.monitoring:
        if is_empty(item, "test"):
            yield missing(item, "test", "Name the test.")
        if is_empty(item, "when") and is_empty(item, "how_often"):
            yield missing(item, "how_often", "Say when, or how often, the test is done.")
    for notice in document.notices:
        if is_empty(notice, "title"):
            yield missing(notice, "title", "Give the notice a title.")
        if not notice.source:
            yield missing(notice, "source", "Cite the source of this notice.")
        if NOTICE_TYPES[notice.type][0] != notice.severity:
            yield Problem(
                "severity",
                f"The type “{NOTICE_TYPES[notice.type][1]}” has the severity {NOTICE_TYPES[notice.type][0]}.",
                notice.key,
                "severity",
                document.label_of(notice),
            )
        if notice.type in REGULATOR_TYPES:
            if not notice.issued:
                yield missing(notice, "issued", "Give the date on which the regulator issued it.")
            if is_empty(notice, "action"):
                yield missing(notice, "action", "Say what to do.")
    for link in document.related:
        if is_empty(link, "reason"):
            yield missing(link, "reason", "Say why these two monographs are related.")


def _doses_can_be_signed(document: Document) -> Iterator[Problem]:
    """Of a dose that is not shown, whom it is for is signed. What its figures still lack stands against showing them,
    and against nothing else."""
    for regimen in document.regimens:
        if not regimen.for_whom:
            sentence = "Say for whom this dose is: its use, population and route."
            yield Problem("missing", sentence, regimen.key, "structure", document.label_of(regimen))
        elif regimen.status != UNPUBLISHED:
            sentence = "This dose has not had its checks against the source, so it cannot be shown. Set it back."
            yield Problem("unchecked", sentence, regimen.key, "status", document.label_of(regimen))
        elif regimen.lines != lines_made(regimen.structure, is_shown=False):
            sentence = "The rules make other lines of this dose today than those that stand there. Save it again."
            yield Problem("lines", sentence, regimen.key, "lines", document.label_of(regimen))


def _citations_lead_somewhere(document: Document) -> Iterator[Problem]:
    labels = {citation.label for citation in document.citations}

    def dangling(label: str, key: UUID | None, field: str, place: str) -> Problem:
        return Problem(
            "citation",
            f"[@{label}] leads to no reference of this edition. Add it, or take the mark out.",
            key,
            field,
            place,
        )

    def in_text(text: str, key: UUID | None, field: str, place: str) -> Iterator[Problem]:
        for label in markdown.citation_labels(text):
            if label not in labels:
                yield dangling(label, key, field, place)
        for begun in markdown.begun_citations(text):
            sentence = f"“{begun}” is begun and cites nothing. Choose its source, or take the mark out."
            yield Problem("citation", sentence, key, field, place)

    yield from in_text(document.header.introduction, None, "introduction", "Header")
    for part in document.parts():
        if isinstance(part, Section | SafetyNotice):
            yield from in_text(part.text, part.key, "text", document.label_of(part))
        if isinstance(part, SafetyNotice | MonitoringItem) and part.source and part.source not in labels:
            yield dangling(part.source, part.key, "source", document.label_of(part))


def _references_are_whole(document: Document) -> Iterator[Problem]:
    for citation in document.citations:

        def wrong(code: str, sentence: str, citation: Citation = citation) -> Problem:
            return Problem(code, sentence, citation.key, "csl", document.label_of(citation))

        if says_nothing(str(citation.csl.get("title") or "")):
            yield wrong("missing", "Give the reference a title.")
        doi = str(citation.csl.get("DOI", ""))
        if "DOI" in citation.csl and not (DOI.fullmatch(doi) and len(doi) <= LONGEST_DOI):
            yield wrong("doi", "A DOI looks like 10.1016/S0140-6736(12)61769-3.")
        if "PMID" in citation.csl and not PMID.fullmatch(str(citation.csl["PMID"])):
            yield wrong("pmid", "A PMID is a number of up to 8 digits.")


def _nothing_is_blank(document: Document) -> Iterator[Problem]:
    """A box that may stay empty holds words, or nothing at all. What must not stay empty is asked for above."""
    asked = {(one.key, one.field) for rule in (_header_is_whole, _parts_are_whole) for one in rule(document)}
    for value in (document.header, *document.parts()):
        key, place = (value.key, document.label_of(value)) if isinstance(value, Part) else (None, "Header")
        for one in written(value):
            if one.text and one.is_empty and (key, one.field) not in asked:
                sentence = (
                    f"“{one.text[:20]}” says nothing: it has no letter and no figure. Write it, or empty the box."
                )
                yield Problem("missing", sentence, key, one.field, place)


def _could_be_typed(document: Document, today: date | None) -> Iterator[Problem]:
    """A rule may have become stricter since the words were stored."""
    for field, sentence in objections(document.header, today):
        yield Problem("invalid", sentence, field=field)
    for part in document.parts():
        for field, sentence in objections(part, today):
            yield Problem("invalid", sentence, part.key, field, document.label_of(part))


_RULES: tuple[Callable[[Document], Iterator[Problem]], ...] = (
    _header_is_whole,
    _has_sections,
    _parts_are_whole,
    _doses_can_be_signed,
    _citations_lead_somewhere,
    _references_are_whole,
    _nothing_is_blank,
)


# -- What the page does not cover ----------------------------------------------------------------------------------


def gaps(document: Document, traits: frozenset[str] | set[str]) -> list[SectionKind]:
    """The needed kinds of which nothing is shown here. Monitoring is covered by its items too."""
    covered = {section.kind for section in document.sections if not is_empty(section, "text")}
    if any(not one.is_empty for item in document.monitoring for one in written(item)):
        covered.add("monitoring")
    return [kind for kind in needed_kinds(traits) if kind.slug not in covered]
