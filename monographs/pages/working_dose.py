"""A regimen as the desk reads it, with every figure: never for readers."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from monographs.document import DoseRegimen
from monographs.doses.figures import figures
from monographs.doses.lines import joined
from monographs.pages.dose_table import COLUMNS, TableRow, dose_table
from monographs.regimens import UNRENDERED, faults, has_figures, in_words, regimen_of, working_segments
from monographs.texts.text import Html, quantities


@dataclass(frozen=True)
class WorkingDose:
    """`lines` are what its structure says below the first line, `table` the same as a table, `derived` what follows
    from it (a course in all, a day at most), `lacks` why it could not be shown, rule by rule."""

    key: UUID
    for_whom: Html
    lines: tuple[Html, ...]
    table: tuple[TableRow, ...]
    derived: tuple[tuple[str, str], ...]
    lacks: tuple[tuple[str, str], ...]
    has_figures: bool
    part: DoseRegimen
    columns: tuple[str, ...] = COLUMNS


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
