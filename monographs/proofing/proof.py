"""Proofing: what the rules find in a text or a document, with the places where it was typed. Pure.

A finding never changes a word. What it does to a submission follows from its severity: `block` stands against it,
`warn` passes with a reason, `advise` is a hint.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, Self
from uuid import UUID

from monographs.checks.typed_words import Written, written
from monographs.document import Citation, Document, DoseRegimen, Header, MonitoringItem, Part, SafetyNotice, Section
from monographs.doses.model import Regimen
from monographs.doses.quantities import Quantity, quantities, read_amounts, reckoned
from monographs.proofing.readable import readable
from monographs.proofing.rules import RULES
from monographs.proofing.sentences import is_of_water
from monographs.regimens import regimen_of, words_of_header
from monographs.texts.text import citation_labels
from monographs.typed import Value

Severity = Literal["block", "warn", "advise"]
# Places of a document that no kind of section names.
INTRODUCTION, DOSING, REGIMEN, NOTICE = "introduction", "dosing", "regimen", "notice"
_EXACT = ("monitoring", "counselling")


@dataclass(frozen=True)
class Doses:
    """What of the doses of a monograph readers are shown. `hidden` are the quantities of regimens that they are not
    shown, and what anybody reckons from these."""

    are_shown: bool = True
    hidden: frozenset[Quantity] = frozenset()

    @classmethod
    def of(cls, regimens: Iterable[Regimen]) -> Self:
        """Of the regimens of a monograph."""
        hidden = [quantities(one) | reckoned(one) for one in regimens if not one.is_shown]
        return cls(are_shown=not hidden, hidden=frozenset().union(*hidden))

    @classmethod
    def in_document(cls, document: Document) -> Self:
        """Of a document as its editors have it, with every figure: none of its doses is shown while none has had its
        checks. One that no rule reads is not shown either."""
        read = filter(None, (regimen_of(one.structure) for one in document.regimens))
        found = cls.of([replace(one, unchecked=True) for one in read])
        return replace(found, are_shown=not document.regimens)


SHOWN = Doses()


@dataclass(frozen=True)
class Finding:
    """One hit of a rule: from `start` to before `end` in the text as it was typed."""

    rule: str
    severity: Severity
    start: int
    end: int
    sentence: str


@dataclass(frozen=True)
class Place:
    """The text of a document that was read: of which part (None: the header), in which field."""

    key: UUID | None
    field: str
    label: str
    text: str


def proof(text: str, place: str = "prescribing", doses: Doses = SHOWN, *, is_prose: bool = True) -> list[Finding]:
    """What the rules find in a text, in its order. `place` is the kind of section that it stands in, or another place
    of a document."""
    return list(_proof(text, place, doses, is_prose))


@lru_cache(maxsize=256)  # pages of the desk ask of the same texts again and again
def _proof(text: str, place: str, doses: Doses, is_prose: bool) -> tuple[Finding, ...]:
    read = readable(text, is_prose=is_prose)
    found = []
    for rule in RULES.values():
        for start, end in rule.find(read.words):
            is_water = rule.id == "L31" and is_of_water(read.words, start, end)
            severity = _severity(rule.id, rule.severity, place, doses, read.words[start:end], is_water)
            if severity:
                found.append(Finding(rule.id, severity, *read.typed(start, end), rule.sentence))
    return tuple(sorted(found, key=lambda one: (one.start, one.rule)))


def _severity(rule: str, severity: str, place: str, doses: Doses, words: str, is_water: bool) -> Severity | None:
    if rule == "L31":
        if place in (DOSING, REGIMEN, "evidence"):
            return None
        return "warn" if doses.are_shown or is_water else "block"
    if rule == "L36":
        amounts = list(read_amounts(words))
        is_dose, is_hidden = any(one.is_dose for one in amounts), any(one.quantities & doses.hidden for one in amounts)
        if place == INTRODUCTION and is_dose:
            return "block"
        if place == DOSING or doses.are_shown:
            return None
        return "block" if is_hidden else "warn" if is_dose and place != REGIMEN else None
    if rule == "L25" and place == "overdose":
        return "warn"
    if severity == "block_in_monitoring_and_counselling":
        return "block" if place in _EXACT else "warn"
    return "warn" if severity == "warn" else "advise" if severity == "advise" else "block"


def proof_document(document: Document, doses: Doses | None = None) -> Iterator[tuple[Place, list[Finding]]]:
    """What the rules find in each text of a document that readers see, but in the titles of its references."""
    doses = doses or Doses.in_document(document)
    labels = {citation.label for citation in document.citations}
    for value in (document.header, *document.parts()):
        called = document.label_of(value) if isinstance(value, Part) else ""
        yield from proof_part(value, labels, doses, called)


def proof_part(
    value: Value, labels: set[str], doses: Doses = SHOWN, called: str = ""
) -> Iterator[tuple[Place, list[Finding]]]:
    """The same of one part or header. `labels` are those of the references of its document; `called` says how the part
    is called there, where that is more than it says of itself."""
    if isinstance(value, Citation):
        return
    key, label = (value.key, called or value.label_for_people) if isinstance(value, Part) else (None, "Header")
    for one in _texts(value):
        found = proof(one.text, _place(value, one), doses, is_prose=one.is_prose)
        found += _without_source(value, one, labels)
        yield Place(key, one.field, label, one.text), found


def _texts(value: Value) -> Iterator[Written]:
    """What was typed into a header or part, and of a dose also the words of its header, which readers get."""
    yield from written(value)
    if isinstance(value, DoseRegimen):
        yield from (Written(("structure",), words, is_prose=False) for words in words_of_header(value.structure))


def _place(value: Value, one: Written) -> str:
    if isinstance(value, Section):
        return str(value.kind)
    if isinstance(value, DoseRegimen):
        return REGIMEN
    if isinstance(value, Header):
        return DOSING if one.where[0] == "dosing" else str(one.where[0])
    return "monitoring" if isinstance(value, MonitoringItem) else NOTICE


def _without_source(value: Value, one: Written, labels: set[str]) -> Iterator[Finding]:
    """L35: evidence without a citation that leads somewhere, a notice without its source."""
    if one.where != ("text",) or not one.text.strip():
        return
    is_evidence = isinstance(value, Section) and value.kind == "evidence"
    is_uncited = is_evidence and not labels & set(citation_labels(one.text))
    if is_uncited or (isinstance(value, SafetyNotice) and value.source not in labels):
        yield Finding("L35", "block", 0, len(one.text), RULES["L35"].sentence)
