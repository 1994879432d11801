"""What the engine answers to cases: in the form of docs/clinical/dose_examples.json, and of
docs/clinical/dose_change_examples.json. Pure."""

import dataclasses
import json
from decimal import Decimal
from typing import Any

from monographs.doses.change import Change
from monographs.doses.changes import Compared, compare
from monographs.doses.faults import Fault, RegimenRefused, unknown
from monographs.doses.figures import figures
from monographs.doses.lines import text
from monographs.doses.model import NAMED, Regimen, Step
from monographs.doses.overlaps import GAP, gaps, overlaps
from monographs.doses.reading import read
from monographs.doses.rules import Asked, problems
from monographs.doses.values import MOST_DIGITS, read_number


class NoCases(ValueError):
    """A file that holds no cases. The message says why."""


def read_cases(content: str) -> list[Any]:
    """The cases of a file, in its order. Numbers with a point that are no text stay as they stand there, so that the
    engine can refuse them. NoCases: it is no JSON, or holds no list of examples."""
    try:
        held = json.loads(
            content,
            parse_float=Decimal,
            parse_constant=Decimal,
            parse_int=_integer,
            object_pairs_hook=_no_duplicates,
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise NoCases(f"it is no JSON: {error}") from error
    cases = held.get("examples") if isinstance(held, dict) else held
    if not isinstance(cases, list):
        raise NoCases("it holds no list “examples”")
    return cases


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= MOST_DIGITS else Decimal("Infinity")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands in it twice")
    return found


def rendered(case: Any, asked: Asked) -> dict[str, Any]:
    """`{id, text, derived, refused}` of a case. What is refused has no text and no figure. `input` is a regimen, or a
    list of regimens that stand side by side: then `warned` says between which of them somebody is forgotten."""
    structure = case.get("input") if isinstance(case, dict) else None
    several = structure if isinstance(structure, list) else [structure]
    regimens, faults = [], []
    for number, one in enumerate(several):
        regimen, found = problems(one, asked)
        regimens.append(regimen)
        faults += [_placed(fault, number, several) for fault in found]
    if not faults:
        faults += [_placed(fault, number, several) for number, fault in overlaps(regimens)]
    at, misplaced = _at(case)
    faults += misplaced
    answer: dict[str, Any] = {"id": case.get("id") if isinstance(case, dict) else None}
    if faults:
        answer |= {"text": "", "derived": {}}
    else:
        derived: dict[str, str] = {}
        for regimen in regimens:
            derived |= figures(regimen, **at)
        answer |= {"text": "\n".join(text(regimen) for regimen in regimens), "derived": derived}
    answer["refused"] = [{"rule": one.rule, "place": one.place, "sentence": one.sentence} for one in faults]
    if len(several) > 1:
        pairs = [] if faults else gaps(regimens)
        answer["warned"] = [{"rule": "V15", "between": list(pair), "sentence": GAP} for pair in pairs]
    return answer


def _placed(fault: Fault, number: int, several: list[Any]) -> Fault:
    return fault if len(several) == 1 else Fault(fault.rule, f"[{number}].{fault.place}".rstrip("."), fault.sentence)


def _at(case: Any) -> tuple[dict[str, Decimal], list[Fault]]:
    """The weight or surface at which figures are taken."""
    held = case.get("at", {}) if isinstance(case, dict) else {}
    if not isinstance(held, dict) or set(held) - {"weight", "surface"}:
        return {}, [unknown("at", "which must be a weight or a surface")]
    read = {name: read_number(value) for name, value in held.items()}
    faults = [unknown(f"at.{name}", "which must be a number") for name, value in read.items() if not value]
    return {name: value for name, value in read.items() if value}, faults


# -- Changes -------------------------------------------------------------------------------------------------------

_OF_REGIMEN = {NAMED.get(one.name, one.name) for one in dataclasses.fields(Regimen)}
_OF_STEP = {NAMED.get(one.name, one.name) for one in dataclasses.fields(Step)} - _OF_REGIMEN
# What a pair may leave out, where it is the same on both sides.
_LEFT_OUT = {"population": "Adult", "route": "oral"}


def classified(case: Any) -> dict[str, Any]:
    """`{id, class, lines, ratio}` of a pair of regimens, with `per_week` and `voids_checks`; fields of a step at the
    top are those of the only step. What cannot be read is critical, whatever it is."""
    held = case if isinstance(case, dict) else {}
    before, after = held.get("before"), held.get("after")
    one, unread = _state(before, after)
    other, unread_after = _state(after, before)
    faults = [*unread, *unread_after]
    if not {"before", "after"} & set(held):
        faults.append(unknown("", "which needs a before and an after"))
    try:
        compared = _not_compared(faults) if faults else compare(one, other)
    except RegimenRefused as refused:  # it can be read, and no rule can say it
        compared = _not_compared(refused.faults)
    answer = {"id": held.get("id"), "class": compared.cls or "none", "lines": compared.lines, "ratio": compared.ratio}
    if compared.per_week is not None:
        answer["per_week"] = compared.per_week
    return answer | {
        "voids_checks": compared.voids_checks,
        "changes": [
            {"class": one.cls, "line": one.line} | ({"where": one.where} if one.where else {}) | _in_one_unit(one)
            for one in compared.changes
        ],
    }


def _not_compared(faults: list[Fault]) -> Compared:
    lines = [f"{fault.place or 'Regimen'} cannot be compared: {fault.sentence}" for fault in faults]
    return Compared(tuple(Change("critical", line) for line in dict.fromkeys(lines)))


def _in_one_unit(change: Change) -> dict[str, list[str]]:
    return {"in_one_unit": list(change.in_one_unit)} if change.in_one_unit is not None else {}


def _state(structure: Any, beside: Any) -> tuple[Regimen | None, list[Fault]]:
    """One side of a pair: None, where there is no regimen."""
    if structure is None:
        return None, []
    if not isinstance(structure, dict):
        return None, [unknown("", "which must be fields and their values")]
    whole = {name: value for name, value in structure.items() if name not in _OF_STEP}
    step = {name: value for name, value in structure.items() if name in _OF_STEP}
    if step or (isinstance(beside, dict) and _OF_STEP & set(beside) and "steps" not in structure):
        whole.setdefault("steps", [step])
    for name, value in _LEFT_OUT.items():
        whole.setdefault(name, value)
    for name, field, value in (("renal", "measure", "crcl"), ("age", "unit", "a")):
        if isinstance(whole.get(name), dict):
            whole[name] = {field: value, **whole[name]}
    return read(whole)
