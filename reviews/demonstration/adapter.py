"""From the shape of the demonstration data to a monograph as imports know it. Pure.

The files keep more than a document holds: structured doses, remarks to editors, former codes. What a document does not
hold yet stays in the file.
"""

import re
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from monographs import text as markdown
from monographs.document import NOTICE_TYPES, Document, Label, Line, PartialDay, Prose, Slug, Words
from reviews.demonstration.classes import path_to, printed
from reviews.exchange.schema import (
    Finding,
    Incoming,
    IncomingDrug,
    Name,
    Unreadable,
    check_names,
    key_maker,
    slug_of,
    validated,
)

SCHEMA = "clincalc-demo-monograph/1"

SECTION_KINDS = {
    "How it works": "how-it-works",
    "Prescribing in practice": "prescribing",
    "Monitoring": "monitoring",
    "Counselling the patient": "counselling",
    "Evidence & guidelines": "evidence",
}
TRAITS = {
    "alemtuzumab": ("biologic", "injectable"),
    "apixaban": ("anticoagulant",),
    "cladribine": ("cytotoxic", "teratogen"),
    "fingolimod": ("teratogen",),
    "gentamicin": ("injectable",),
    "glatiramer-acetate": ("injectable",),
    "interferon-beta-1a": ("biologic", "injectable"),
    "methotrexate": ("cytotoxic", "teratogen"),
    "morphine": ("opioid",),
    "natalizumab": ("biologic", "injectable"),
    "ocrelizumab": ("biologic", "injectable"),
    "ofatumumab": ("biologic", "injectable"),
    "teriflunomide": ("teratogen",),
}
# Until doses are data no page shows one. No file says since when: this is the date of the page they were made after.
UNPUBLISHED_SINCE = "2026-07-04"
REASON = "Dose data are being re-sourced."
FROM_PRIMARY_SOURCES = (
    "They are rebuilt from primary sources (the manufacturer’s SmPC, the WHO Model Formulary and other official "
    "references) under clinician review."
)
INSTEAD = "Take the dose from the product’s SmPC, and confirm it with your local formulary before you prescribe."
_FORBIDS = re.compile(r"contra-?indicat|\bmust not\b|\bdo not\b|\bnever\b|\bnot (?:once a day|daily)\b", re.IGNORECASE)
_RENAMED = {"citations": "references", "csl": "", "notices": "safety_notices"}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Drug(_Shape):
    name: Name
    rxcui: Line | None = None
    rxcui_verified_in: Line | None = None
    atc: Line | None = None
    atc_former: list[Line] = []
    atc_other: list[Line] = []
    unii: Line | None = None
    brands_uk: list[Name] = []
    other_names: list[Name] = []


class _Block(_Shape):
    type: Literal["paragraph", "list"]
    text: Prose | None = None
    items: list[Prose] | None = None

    @model_validator(mode="after")
    def _holds_what_it_says(self) -> "_Block":
        if (self.text is None) == (self.type == "paragraph") or (self.items is None) == (self.type == "list"):
            raise ValueError("A paragraph has a text, a list has items.")
        return self

    def markdown(self) -> str:
        if self.text is not None:
            return _line(self.text)
        return "\n".join(f"- {_line(item)}" for item in self.items or ())


class _Section(_Shape):
    heading: Literal[tuple(SECTION_KINDS)]  # type: ignore[valid-type]
    blocks: list[_Block]
    key: UUID | None = None


class _Dosing(_Shape):
    """Regimens wait here, unread, until doses are data."""

    status: Literal["structured", "withheld", "candidate"]
    reason: Words | None = None
    notice: Words | None = None
    regimens: list[Any] = []


class _Item(_Shape):
    test: Line
    when: Line | None = None
    how_often: Line | None = None
    how_long: Line | None = None
    note: Words | None = None
    source: Line | None = None
    key: UUID | None = None
    editor_note: Words | None = None


class _Notice(_Shape):
    level: Literal["critical", "major", "warning", "caution"]
    title: Line
    text: Prose
    issuer: Line | None = None
    date: PartialDay | None = None
    source: Line | None = None
    key: UUID | None = None
    type: Literal[tuple(NOTICE_TYPES)] | None = None  # type: ignore[valid-type]
    action: Words | None = None
    supersedes: Line | None = None

    @property
    def kind(self) -> str:
        """A critical notice stays critical if a regulator issued it, or if its words forbid a use."""
        if self.type:
            return str(self.type)
        forbids = self.issuer or _FORBIDS.search(f"{self.title}. {self.text}")
        return "contraindication" if self.level == "critical" and forbids else "caution"


class _Reference(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    id: Label


class _Related(_Shape):
    slug: Slug
    kind: Line
    note: Line | None = None


class _Tier(_Shape):
    suggested: Literal["low", "medium", "high"]
    reason: Line | None = None


class _File(_Shape):
    schema_: str = Field(alias="schema")
    demonstration: Literal[True]
    not_for_clinical_use: Literal[True]
    slug: Slug
    title: Line
    drug: _Drug
    class_path: list[Line]
    introduction: Prose
    sections: list[_Section]
    dosing: _Dosing
    dosing_candidate: _Dosing | None = None
    monitoring: list[_Item]
    safety_notices: list[_Notice]
    references: list[_Reference]
    related: list[_Related]
    risk_tier: _Tier


def adapt(value: dict[str, Any]) -> Incoming:
    """One monograph of the demonstration. Raises reviews.exchange.schema.Unreadable."""
    file = validated(_File.model_validate, value)
    path = printed(file.class_path)
    placed = path_to(file.slug) or path
    if not placed:
        raise Unreadable(Finding("class_path", "Name the therapeutic class."))
    drug = _drug(file.drug)
    document = validated(Document.model_validate, _document(file, drug, path), _RENAMED)
    check_names(document)
    tier = {"low": "low", "medium": "standard", "high": "high"}[file.risk_tier.suggested]
    traits = TRAITS.get(drug.slug, ())
    return Incoming(file.slug, placed[-1]["slug"], drug, traits, tier, document, tuple(_warnings(file)))


def _line(text: str) -> str:
    return markdown.escape(" ".join(text.split()))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _drug(drug: _Drug) -> IncomingDrug:
    codes = [("ATC", code) for code in filter(None, (drug.atc, *drug.atc_other))]
    codes += [("RxNorm", drug.rxcui)] if drug.rxcui else []
    names = [("international", _capital(drug.name)), *(("other", name) for name in drug.other_names)]
    form = {
        "name": _capital(drug.name),
        "slug": slug_of(drug.name),
        "names": [{"kind": kind, "name": name} for kind, name in names],
        "brands": [{"name": name, "country": "GB"} for name in drug.brands_uk],
        "codes": [{"system": system, "code": code} for system, code in codes],
    }
    return validated(IncomingDrug.model_validate, form)


def _document(file: _File, drug: IncomingDrug, path: list[dict[str, str]]) -> dict[str, Any]:
    key = key_maker(file.slug)

    def part(field: str, identity: str, given: UUID | None, fields: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in fields.items() if value is not None}
        return {"key": given or key(field, identity), **kept}

    return {
        "header": {
            "title": file.title,
            "name": drug.name,
            "names": drug.names,
            "brands": drug.brands,
            "codes": drug.codes,
            "class_path": path,
            "covers": file.title.partition(" in ")[2],
            "introduction": markdown.escape(file.introduction),
            "dosing": {
                "since": UNPUBLISHED_SINCE,
                "reason": f"{file.dosing.reason or REASON} {FROM_PRIMARY_SOURCES}",
                "instead": INSTEAD,
            },
        },
        "sections": [
            part("sections", SECTION_KINDS[one.heading], one.key, {
                "kind": SECTION_KINDS[one.heading],
                "heading": one.heading,
                "text": "\n\n".join(block.markdown() for block in one.blocks),
            })
            for one in file.sections
        ],
        "monitoring": [
            part("monitoring", one.test, one.key, one.model_dump(exclude={"key", "editor_note"}))
            for one in file.monitoring
        ],
        "notices": [
            part("notices", one.title, one.key, {
                "type": one.kind,
                "severity": NOTICE_TYPES[one.kind][0],
                "title": one.title,
                "text": _line(one.text),
                "action": one.action,
                "issuer": one.issuer,
                "issued": one.date,
                "source": one.source,
                "supersedes": one.supersedes,
            })
            for one in file.safety_notices
        ],
        "citations": [
            part("citations", one.id, None, {"label": one.id, "csl": one.model_extra}) for one in file.references
        ],
        "related": [
            part("related", one.slug, None, {"target": one.slug, "reason": one.kind})
            for one in file.related
            if one.kind != "same class"
        ],
    }  # fmt: skip


def _warnings(file: _File) -> list[str]:
    """What a person should know who imports this file."""
    found = []
    for number, notice in enumerate(file.safety_notices):
        if notice.level == "critical" and NOTICE_TYPES[notice.kind][0] != "critical":
            found.append(f"safety_notices[{number}]: “critical” became a caution, because its words forbid no use.")
    for number, item in enumerate(file.monitoring):
        if item.editor_note:
            found.append(f"monitoring[{number}].editor_note: left out of the document. It says: {item.editor_note}")
    for number, link in enumerate(file.related):
        if not path_to(link.slug):
            found.append(f"related[{number}].slug: there is no monograph “{link.slug}”. The link is kept, unseen.")
    return found
