"""A document in which every field of every part is set, each to words of its own, and what changes when one is another.

Whatever shows, compares, signs or tells a document can be asked about each field in turn. A field that is added to a
model and not here makes `tests/monographs/test_document.py` red.
"""

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from monographs.digest import as_json
from monographs.document import (
    PART_FIELDS,
    Brand,
    Citation,
    Code,
    Document,
    DoseRegimen,
    Dosing,
    DrugName,
    Header,
    MonitoringItem,
    PathStep,
    RelatedLink,
    SafetyNotice,
    Section,
)
from tests.factories import key

MODELS = {"section": Section, "regimen": DoseRegimen, "monitoring": MonitoringItem, "notice": SafetyNotice, "citation": Citation, "related": RelatedLink}  # fmt: skip
INSIDE_HEADER = {"names": DrugName, "brands": Brand, "codes": Code, "class_path": PathStep, "dosing": Dosing}

RECORD = {
    "type": "article-journal",
    "title": "A record of everything",
    "author": [{"family": "Familia", "given": "Given"}],
    "container-title": "Journal of Records",
    "issued": {"date-parts": [[2019, 5]]},
    "volume": "41",
    "issue": "7",
    "page": "101-109",
    "DOI": "10.1234/record.5",
    "PMID": "7654321",
    "URL": "https://records.example/paper",
}
SMPC = {
    "genre": "Summary of product characteristics",
    "title": "Wholera 10 mg",
    "publisher": "Whole Pharma",
    "issued": {"date-parts": [[2023, 8, 14]]},
    "URL": "https://smpc.example/wholera",
}
# Of a course whose one amount stands nowhere else: 8 mg a day.
DOSE = {
    "indication": "relapse after a year", "population": "Adult", "route": "iv_infusion",
    "licence": {"status": "licensed", "country": "GB"},
    "source": {"citation": "smpc", "type": "smpc", "section": "4.2", "accessed": "2026-05-01"},
    "steps": [
        {"dose": "8", "unit": "mg", "freq": {"n": 1, "period": 1, "unit": "d"}, "over": {"value": 2, "unit": "h"},
         "for": {"value": 9, "unit": "d"}},
    ],
}  # fmt: skip


def whole() -> Document:
    """Without problems: it can be sent for review and published."""
    return Document(
        header=Header(
            title="Wholumab in one condition",
            name="Wholumab",
            names=(
                DrugName(kind="british", name="Wholumabe"),
                DrugName(kind="american", name="Wholuzumab"),
                DrugName(kind="international", name="Wholumabum"),
                DrugName(kind="other", name="WH-7"),
            ),
            brands=(Brand(name="Wholera", country="GB"), Brand(name="Totalis", country="IE")),
            codes=(
                Code(system="RxNorm", code="117055", name="wholumab of RxNorm"),
                Code(system="ATC", code="L04AG06", name="wholumab of ATC"),
            ),
            class_path=(
                PathStep(slug="neurology", name="Neurology"),
                PathStep(slug="multiple-sclerosis", name="Multiple sclerosis"),
            ),
            covers="one condition",
            not_covered="the other condition",
            introduction="An antibody that was made up [@record].",
            dosing=Dosing(since="2026-05-04", reason="Its 20 mg are read anew.", instead="Take the 30 mg of the label."),
        ),
        sections=(
            Section(key=key("uses"), kind="indications", heading="What it is for", text="One condition [@record]."),
            Section(key=key("watch"), kind="monitoring", heading="What to watch", text="Watching goes on."),
        ),
        regimens=(
            DoseRegimen(
                key=key("course"), since="2026-05-11", reason="Nobody has read its source anew.",
                instead="Read the label of Wholera.", structure=DOSE, passage="Give it once daily for 9 days.",
            ),
        ),
        monitoring=(
            MonitoringItem(
                key=key("count"), test="Blood count of 5 mL", when="before day 1", how_often="every 2 months",
                how_long="for 3 years", note="After 4 weeks again.", source="smpc",
            ),
        ),
        notices=(
            SafetyNotice(
                key=key("boxed"), type="boxed_warning", severity="critical", title="Stop after 6 days",
                text="The heart slows [@record].", action="Act within 7 hours.", issuer="The first agency",
                issued="2020-02-12", effective="2020-03-01", expires="2033-12-31", source="smpc",
                supersedes="the first notice",
            ),
            SafetyNotice(
                key=key("restriction"), type="restriction", severity="major", title="Only in hospital",
                text="The liver suffers.", action="Ask for help.", issuer="The second agency", issued="2021-03",
                effective="2021-04-01", expires="2034-12-31", source="record", supersedes="the second notice",
            ),
            SafetyNotice(
                key=key("shortage"), type="shortage", severity="information", title="Little of it is there",
                text="It is rare.", action="Order early.", issuer="The third agency", issued="2022",
                effective="2022-05-01", expires="2035-12-31", source="record", supersedes="the third notice",
            ),
        ),
        citations=(
            Citation(key=key("record"), label="record", csl=RECORD),
            Citation(key=key("smpc"), label="smpc", csl=SMPC),
        ),
        related=(RelatedLink(key=key("link"), target="otherumab", reason="comparator of the trial"),),
    )  # fmt: skip


# Nothing sets it, so that the digests of what was signed before it was there stay.
UNSET = frozenset({"header.text_rules", "sections.text_rules", "notices.text_rules"})
# Nobody sets it: it follows from the structure.
MADE = frozenset({"regimens.lines"})


def fields() -> set[str]:
    """Every field of the models, as the start of a path."""
    found = {f"header.{name}" for name in Header.model_fields if name not in INSIDE_HEADER}
    found |= {f"header.{outer}.{name}" for outer, model in INSIDE_HEADER.items() for name in model.model_fields}
    return found | {f"{PART_FIELDS[kind]}.{name}" for kind, model in MODELS.items() for name in model.model_fields}


def leaves(document: Document) -> dict[str, Any]:
    """Path -> value of all that is set in a document: `sections.0.heading`. The structure of a dose is one value, and its
    lines follow from it."""

    def walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
        if path.endswith(".structure"):
            yield path[1:], value
        elif path.endswith(".lines"):  # they follow the structure
            return
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(inner, f"{path}.{name}")
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                yield from walk(inner, f"{path}.{place}")
        else:
            yield path[1:], value

    return {path: value for path, value in walk(as_json(document), "") if path != "schema_version"}


def choices_at(path: str) -> tuple[str, ...]:
    """The words of the closed list that the field at this path holds; none for any other field."""
    steps = [step for step in path.split(".") if not step.isdecimal()]
    models: dict[str, type[BaseModel]] = {"header": Header, **{PART_FIELDS[kind]: one for kind, one in MODELS.items()}}
    model = models[steps[0]]
    for step in steps[1:-1]:
        model = INSIDE_HEADER.get(step, model)
    about = model.model_fields.get(steps[-1])
    return get_args(about.annotation) if about and get_origin(about.annotation) is Literal else ()


_ANOTHER = {
    "type": {"boxed_warning": "alert", "restriction": "caution", "shortage": "recall_4"},
    "severity": {"critical": "major", "major": "information", "information": "critical"},
    "issued": {"2020-02-12": "2020-02-13", "2021-03": "2021-04", "2022": "2023"},
    "system": {"RxNorm": "SNOMED CT", "ATC": "dm+d"},
    "country": {"GB": "FR", "IE": "DE"},
}


def another(path: str, value: Any) -> Any:
    """Another value that the field at this path may have."""
    name = path.rpartition(".")[2]
    if ".csl." in path:
        if isinstance(value, int):
            return value + 1
        return f"{value}/2" if name == "URL" else f"{value}9"
    if name == "structure":
        return {**value, "indication": f"{value['indication']}, otherwise"}
    if name == "kind":
        return "overdose" if path.startswith("sections") else "other" if value != "other" else "british"
    if name in ("since", "effective", "expires"):
        return str(date.fromisoformat(value) + timedelta(days=1))
    if name in ("slug", "target", "label"):
        return f"{value}-two"
    if name == "key":
        return str(key(f"another {value}"))
    if name == "code":
        return f"{value[:-1]}7"
    if name in _ANOTHER:
        return _ANOTHER[name][value]
    return next((one for one in choices_at(path) if one != value), f"{value} Otherwise.")


def with_leaf(document: Document, path: str, value: Any) -> Document:
    """The document with another value at one path."""
    form = copy.deepcopy(as_json(document))
    *outer, last = (int(step) if step.isdecimal() else step for step in path.split("."))
    inner = form
    for step in outer:
        inner = inner[step]
    inner[last] = value
    return Document.model_validate(form)


# What can be set where nothing is.
_SET = {"header.text_rules": 2, "sections.0.text_rules": 2, "notices.2.text_rules": 2}
# What has one value only cannot be changed. (A key is not a field of the page: its change is another part.)
ONE_VALUE = frozenset({"header.dosing.status", "regimens.0.status"})


def changed() -> list[tuple[str, Any, Any, Document]]:
    """(path, old value, new value, document) for every field of `whole` that can be another, keys apart."""
    document = whole()
    return [
        (path, value, another(path, value), with_leaf(document, path, another(path, value)))
        for path, value in leaves(document).items()
        if path not in ONE_VALUE and not path.endswith(".key")
    ] + [(path, None, value, with_leaf(document, path, value)) for path, value in _SET.items()]
