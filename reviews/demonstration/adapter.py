"""From the shape of the demonstration's files to a monograph that can be imported.

What the files hold beside a document (structured doses that wait, remarks to editors, former codes) stays in them.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reviews.interchange import Incoming

KINDS = {
    "How it works": "how-it-works",
    "Prescribing in practice": "prescribing",
    "Monitoring": "monitoring",
    "Counselling the patient": "counselling",
    "Evidence & guidelines": "evidence",
}
TRAITS = {
    "alemtuzumab": ("biologic", "injectable"),
    "natalizumab": ("biologic", "injectable"),
    "ocrelizumab": ("biologic", "injectable"),
    "ofatumumab": ("biologic", "injectable"),
    "interferon-beta-1a": ("biologic", "injectable"),
    "glatiramer-acetate": ("injectable",),
    "gentamicin": ("injectable",),
    "cladribine": ("cytotoxic", "teratogen"),
    "methotrexate-weekly-oral": ("cytotoxic", "teratogen"),
    "fingolimod": ("teratogen",),
    "teriflunomide": ("teratogen",),
    "morphine": ("opioid",),
    "apixaban": ("anticoagulant",),
}
# No file says when its dose was taken down; this is the date of the page with which the collection began.
UNPUBLISHED_SINCE = "2026-07-04"
REASON = "Dose data are being re-sourced."
FROM_PRIMARY_SOURCES = (
    "They are rebuilt from primary sources (the manufacturer’s SmPC, the WHO Model Formulary and other official references) under clinician review."
)
INSTEAD = "Take the dose from the product’s SmPC, and confirm it with your local formulary before you prescribe."

_FORBIDS = re.compile(r"contra-?indicated|must not|do not|not once a day|never", re.IGNORECASE)


@cache
def classes() -> dict[str, list[dict[str, Any]]]:
    """The path of classes that each monograph is placed under, from the root."""
    placed: dict[str, list[dict[str, Any]]] = {}

    def walk(node: dict[str, Any], path: list[dict[str, Any]]) -> None:
        here = [*path, node]
        placed.update(dict.fromkeys(node["monographs"], here))
        for child in node["children"]:
            walk(child, here)

    for root in json.loads((Path(__file__).parent / "classes.json").read_text("utf-8"))["tree"]:
        walk(root, [])
    return placed


def adapt(file: dict[str, Any]) -> Incoming:
    """One file as an incoming monograph. Raises ValueError, with a sentence, for what is not of that shape."""
    try:
        return _adapt(file)
    except (KeyError, TypeError, AttributeError) as error:
        what = f"the field “{error.args[0]}” is missing" if isinstance(error, KeyError) else "a field has another type than it should"
        raise ValueError(f"It is not of the demonstration’s shape: {what}.") from error


def _adapt(file: dict[str, Any]) -> Incoming:
    slug, drug = file["slug"], file["drug"]
    path = classes().get(slug)
    if path is None:
        raise ValueError(f"The monograph “{slug}” has no place in the class tree.")
    codes = [("ATC", code) for code in (drug["atc"], *drug["atc_other"]) if code]
    codes += [("RxNorm", drug["rxcui"])] if drug["rxcui"] else []
    copied = {
        "names": [{"kind": "international", "name": drug["name"]}, *({"kind": "other", "name": n} for n in drug["other_names"])],
        "brands": [{"name": name, "country": "GB"} for name in drug["brands_uk"]],
        "codes": [{"system": system, "code": code} for system, code in codes],
    }
    printed = {node["name"]: node["slug"] for node in path}
    header = {
        "title": file["title"],
        "name": drug["name"][:1].upper() + drug["name"][1:],
        **copied,
        "class_path": [{"slug": printed[name], "name": name} for name in file["class_path"]],
        "covers": file["title"].partition(" in ")[2],
        "introduction": file["introduction"],
        "dosing": {
            "since": UNPUBLISHED_SINCE,
            "reason": f"{file['dosing']['reason'] or REASON} {FROM_PRIMARY_SOURCES}",
            "instead": INSTEAD,
        },
    }
    document = {
        "schema_version": 1,
        "header": header,
        "sections": [_section(slug, number, one) for number, one in enumerate(file["sections"])],
        "monitoring": [_item(slug, number, one) for number, one in enumerate(file["monitoring"])],
        "notices": [_notice(slug, number, one) for number, one in enumerate(file["safety_notices"])],
        "citations": [_citation(slug, one) for one in file["references"]],
        "related": [
            {"key": _key(slug, f"related/{one['slug']}", {}), "target": one["slug"], "reason": one["kind"]}
            for one in file["related"]
            if one["kind"] != "same class"
        ],
    }
    tier = {"medium": "standard"}.get(file["risk_tier"]["suggested"], file["risk_tier"]["suggested"])
    return Incoming(
        schema="clincalc-monograph/1",
        slug=slug,
        drug={"name": drug["name"], **copied},
        traits=TRAITS.get(slug, ()),
        tier=tier,
        document=document,
        warnings=tuple(_dangling(file)),
        **{"class": path[-1]["slug"]},
    )


def _dangling(file: dict[str, Any]) -> Iterator[str]:
    for one in file["related"]:
        if one["kind"] != "same class" and one["slug"] not in classes():
            yield f"The related monograph “{one['slug']}” is not there. The link was kept, and readers do not see it."


def _key(slug: str, place: str, row: dict[str, Any]) -> str:
    return str(row.get("key") or uuid5(NAMESPACE_URL, f"clincalc:{slug}/{place}"))


def _section(slug: str, number: int, one: dict[str, Any]) -> dict[str, Any]:
    if one["heading"] not in KINDS:
        raise ValueError(f"sections[{number}]: there is no section “{one['heading']}”.")
    blocks = []
    for block in one["blocks"]:
        blocks.append(block["text"] if block["type"] == "paragraph" else "\n".join(f"- {item}" for item in block["items"]))
    kind = KINDS[one["heading"]]
    return {"key": _key(slug, kind, one), "kind": kind, "heading": one["heading"], "text": "\n\n".join(blocks)}


def _item(slug: str, number: int, one: dict[str, Any]) -> dict[str, Any]:
    words = {name: one[name] or "" for name in ("test", "when", "how_often", "how_long", "note", "source")}
    return {"key": _key(slug, f"monitoring/{number}", one), **words}


def _notice(slug: str, number: int, one: dict[str, Any]) -> dict[str, Any]:
    given = one.get("type")
    if given:
        kind, severity = given, one["level"]
    elif one["level"] == "critical" and _FORBIDS.search(f"{one['title']} {one['text']}"):
        kind, severity = "contraindication", "critical"
    else:
        kind, severity = "caution", "major"
    return {
        "key": _key(slug, f"notice/{number}", one),
        "type": kind,
        "severity": severity,
        "title": one["title"],
        "text": one["text"],
        "action": one.get("action") or "",
        "issuer": one["issuer"] or "",
        "issued": one["date"] or "",
        "source": one["source"] or "",
        "supersedes": one.get("supersedes") or "",
    }


def _citation(slug: str, one: dict[str, Any]) -> dict[str, Any]:
    csl = {name: value for name, value in one.items() if name != "id"}
    return {"key": _key(slug, f"citation/{one['id']}", {}), "label": one["id"], "csl": csl}
