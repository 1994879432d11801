"""The examples of docs/clinical/, as data, and ways to vary them."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

from monographs.doses.rules import Asked, problems

CLINICAL = Path(__file__).resolve().parents[3] / "docs" / "clinical"
DOSES = {one["id"]: one for one in json.loads((CLINICAL / "dose_examples.json").read_text("utf-8"))["examples"]}
CHANGES = json.loads((CLINICAL / "dose_change_examples.json").read_text("utf-8"))["examples"]
TODAY = date(2026, 11, 30)
ASKED = Asked(TODAY)

REMOVED: Any = object()


def example(name: str, **changes: Any) -> dict[str, Any]:
    """The structure of an example, changed: `steps__0__dose="1"`; REMOVED takes a field out."""
    return changed(DOSES[name]["input"], **changes)


def changed(structure: dict[str, Any], **changes: Any) -> dict[str, Any]:
    structure = copy.deepcopy(structure)
    for path, value in changes.items():
        *way, last = (int(part) if part.isdigit() else part for part in path.split("__"))
        held: Any = structure
        for part in way:
            held = held[part]
        if value is REMOVED:
            del held[last]
        else:
            held[last] = value
    return structure


def of(dose: str = "10", unit: str = "mg", **fields: Any) -> dict[str, Any]:
    """A regimen of one step, once daily. Fields of the step as they are, those of the regimen after `r_`."""
    step = {"dose": dose, "unit": unit, "freq": {"n": 1, "period": 1, "unit": "d"}}
    regimen: dict[str, Any] = {"population": "Adult", "route": "oral", "steps": [step]}
    for name, value in fields.items():
        where, field = (regimen, name[2:]) if name.startswith("r_") else (step, name.rstrip("_"))
        if value is REMOVED:
            del where[field]
        else:
            where[field] = value
    return regimen


def rules(structure: Any, **asked: Any) -> list[str]:
    """The numbers of the rules that refuse it."""
    return [one.rule for one in problems(structure, Asked(TODAY, **asked))[1]]


def freq(n: int | None = 1, period: Any = 1, unit: str = "d", **more: Any) -> dict[str, Any]:
    return {**({"n": n} if n is not None else {}), "period": period, "unit": unit, **more}
