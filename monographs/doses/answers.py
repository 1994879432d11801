"""What the engine answers to cases in the form of docs/clinical/dose_examples.json. Pure."""

import json
from decimal import Decimal
from typing import Any

from monographs.doses.faults import Fault, unknown
from monographs.doses.figures import figures
from monographs.doses.lines import text
from monographs.doses.overlaps import overlaps
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
    list of regimens that stand side by side."""
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
