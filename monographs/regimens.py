"""The two texts of a regimen in a document: its structure, and the lines that are signed of it. Pure.

Both are JSON in the document and canonical text in the value, so that a regimen compares and hashes like any other
part. What is typed is read by the engine (`monographs.doses`): what no rule knows is refused with its place. What is
stored is taken as it stands.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo

from monographs.canonical import canonical, strict_json
from monographs.doses import signable
from monographs.doses.faults import Fault, RegimenRefused
from monographs.doses.lines import Line, joined, lines
from monographs.doses.model import Regimen
from monographs.doses.reading import build, read, to_json
from monographs.doses.rules import Asked, problems

STORED = "stored"  # the context of monographs.typed
_MOST_SAID = 5
_KEYS = frozenset(("key", "alternative_to"))  # of a step, and of another regimen
# What the document or the publishing house says of a regimen, and no structure: each has a place of its own.
_ELSEWHERE = frozenset(("key", "withheld", "unchecked", "missing_siblings"))


def _structure(value: Any, info: ValidationInfo) -> str:
    """Canonical text. Typed: as the engine reads it, or refused in its words."""
    if info.context is STORED:
        return value if isinstance(value, str) else canonical(value)
    held = strict_json(value) if isinstance(value, str) else value
    if not isinstance(held, dict):
        raise ValueError("A dose is fields and their values.")
    if not held:
        return "{}"
    if elsewhere := sorted(_ELSEWHERE & held.keys()):
        raise ValueError(f"This is not said in the structure of a dose: {', '.join(elsewhere)}.")
    regimen, found = read(held)
    if found:
        raise ValueError(" ".join(dict.fromkeys(in_words(one) for one in found[:_MOST_SAID])))
    return canonical(to_json(regimen))


def in_words(fault: Fault) -> str:
    """A refusal with its place."""
    return f"{fault.place}: {fault.sentence}" if fault.place and fault.place not in fault.sentence else fault.sentence


def _lines(value: str, info: ValidationInfo) -> str:
    """Of what is typed, the lines that the rules of today make; whatever else was sent."""
    if info.context is STORED:
        return value
    return lines_made(info.data.get("structure", "{}"), is_shown=info.data.get("status") == signable.SHOWN)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value)


Structure = Annotated[str, BeforeValidator(_structure), PlainSerializer(json.loads)]
Lines = Annotated[str, BeforeValidator(_text), AfterValidator(_lines), PlainSerializer(json.loads)]


def lines_made(structure: str, *, is_shown: bool) -> str:
    """The lines that would be signed of a structure: all of one that is to be shown, else whom it is for."""
    try:
        regimen = build(json.loads(structure))
        made = lines(regimen if is_shown else signable.without_figures(regimen))
    except (RegimenRefused, *UNRENDERED):
        made = ()
    return canonical([[list(segment) for segment in line] for line in made])


# What making lines raises of a structure that can be read and is not whole.
UNRENDERED = (AttributeError, KeyError, TypeError, ValueError, AssertionError)


def words_of_lines(held: str) -> list[str]:
    """Lines as people read them."""
    return ["".join(words for _slot, words in line) for line in json.loads(held)]


def working_segments(structure: str) -> tuple[Line, ...]:
    """All that a structure says, figures too, for the desk alone; of one that is not whole, whom it is for."""
    try:
        return lines(build(json.loads(structure)))
    except (RegimenRefused, *UNRENDERED):
        return tuple((("", words),) for words in words_of_lines(lines_made(structure, is_shown=False)))


def working_lines(structure: str) -> list[str]:
    """The same, as people read it."""
    return [joined(line) for line in working_segments(structure)]


def without_figures(structure: str) -> str:
    """What of a structure is signed while its dose is not shown. Asks no rule: what is stored is cut as it stands."""
    return canonical({name: held for name, held in json.loads(structure).items() if name in signable.KEPT})


def words_of_header(structure: str) -> list[str]:
    """What somebody typed of whom a dose is for, in words: readers get it of every dose, shown or not."""
    held = json.loads(structure)
    return [*strings(held.get("indication")), *strings(held.get("criteria"))]


def figures_of(structure: str) -> str:
    """Steps and limits of a structure, as nobody types them twice by chance; "" where it has no step."""
    held = json.loads(structure)
    steps = [{name: said for name, said in step.items() if name != "key"} for step in held.get("steps", ())]
    return canonical({"steps": steps, "limits": held.get("limits", [])}) if steps else ""


def has_figures(structure: str) -> bool:
    return bool(json.loads(structure).keys() - set(signable.KEPT))


def faults(structure: str, key: object, today: date) -> list[Fault]:
    """What a regimen still lacks before it could be shown, in the order of the rules."""
    return problems({**json.loads(structure), "key": str(key)}, Asked(today))[1]


def regimen_of(structure: str) -> Regimen | None:
    """What the engine reads; None where it reads nothing."""
    try:
        return build(json.loads(structure))
    except RegimenRefused:
        return None


def strings(held: Any) -> Iterator[str]:
    """Every word of a JSON value. Keys are no words: nobody typed them, and their digits may look like a number."""
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict):
        for name, one in held.items():
            if name not in _KEYS:
                yield from strings(one)
    elif isinstance(held, list):
        for one in held:
            yield from strings(one)
