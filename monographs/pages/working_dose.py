"""A regimen as the desk reads it, with every figure: never for readers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from monographs.document import DoseRegimen
from monographs.doses.faults import refused
from monographs.doses.figures import figures
from monographs.doses.lines import joined
from monographs.doses.overlaps import GAP, gaps, overlapping
from monographs.pages.dose_table import COLUMNS, TableRow, dose_table
from monographs.regimens import UNRENDERED, faults, has_figures, in_words, regimen_of, working_segments
from monographs.texts.text import Html, quantities

NO_FIRST_CHOICE = "The dose of first choice to which this is the alternative is not here. Choose another, or none."


@dataclass(frozen=True)
class WorkingDose:
    """`lines` are what its structure says below the first line, `table` the same as a table, `derived` what follows
    from it (a course in all, a day at most), `lacks` why it could not be shown, rule by rule, `warned` what else is to
    be looked at."""

    key: UUID
    for_whom: Html
    lines: tuple[Html, ...]
    table: tuple[TableRow, ...]
    derived: tuple[tuple[str, str], ...]
    lacks: tuple[tuple[str, str], ...]
    has_figures: bool
    part: DoseRegimen
    columns: tuple[str, ...] = COLUMNS
    warned: tuple[str, ...] = ()


def working_doses(regimens: Sequence[DoseRegimen], today: date) -> tuple[WorkingDose, ...]:
    """All of an edition in their order, with what stands against one beside another (V15): doses are counted from 1."""
    read = [(number, found) for number, part in enumerate(regimens) if (found := regimen_of(part.structure))]
    numbers, built = [number for number, _one in read], [one for _number, one in read]
    lacks: dict[int, list[tuple[str, str]]] = {}
    warned: dict[int, list[str]] = {}
    for one, other in ((numbers[one], numbers[other]) for one, other in overlapping(built)):
        for of, beside in ((one, other), (other, one)):
            lacks.setdefault(of, []).append(("V15", f"{refused('V15', '').sentence} That is dose {beside + 1}."))
    for number, first in _first_choices(regimens):
        if first not in {str(part.key) for at, part in enumerate(regimens) if at != number}:
            lacks.setdefault(number, []).append(("V15", NO_FIRST_CHOICE))
    for one, other in ((numbers[one], numbers[other]) for one, other in gaps(built)):
        for of, beside in ((one, other), (other, one)):
            warned.setdefault(of, []).append(f"{GAP} The other one is dose {beside + 1}.")
    return tuple(
        replace(
            made, lacks=(*made.lacks, *lacks.get(number, ())), warned=tuple(warned.get(number, ())),
        )
        for number, made in enumerate(working_dose(part, today) for part in regimens)
    )  # fmt: skip


def _first_choices(regimens: Sequence[DoseRegimen]) -> Iterator[tuple[int, str]]:
    """Each dose that is an alternative, by its number, and the key of the dose of first choice."""
    for number, part in enumerate(regimens):
        if first := json.loads(part.structure).get("alternative_to"):
            yield number, str(first)


def working_dose(part: DoseRegimen, today: date) -> WorkingDose:
    first, *rest = working_segments(part.structure) or ((("", ""),),)
    found = faults(part.structure, part.key, today)
    return WorkingDose(
        key=part.key,
        for_whom=quantities(joined(first)),
        lines=tuple(quantities(joined(line)) for line in rest),
        table=dose_table(rest),
        derived=() if found else _derived(part),
        lacks=tuple((one.rule, in_words(one)) for one in found),
        has_figures=has_figures(part.structure),
        part=part,
    )


def _derived(part: DoseRegimen) -> tuple[tuple[str, str], ...]:
    regimen = regimen_of(part.structure)
    try:
        return tuple(figures(regimen).items()) if regimen else ()
    except UNRENDERED:
        return ()
