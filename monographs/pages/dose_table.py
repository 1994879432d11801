"""The lines of a regimen as a table: the same segments, none left out and none said otherwise. Pure.

A step is a row, each of its segments in a column by its slot; every other line is a row of its own, a limit as well,
and never what stands below the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monographs.doses.lines import Line
from monographs.texts.text import Html, quantities

COLUMNS = ("Dose", "How often", "Over, rate", "For how long", "And")
_COLUMN_OF = {
    "dose": 0, "volume": 0, "cap": 0, "increase": 0, "decrease": 0, "frequency": 1, "when_required": 1, "over": 2,
    "rate": 2, "for": 3, "total": 3, "min_interval": 4, "gap": 4, "same_day": 4, "when": 4, "condition": 4, "until": 4,
}  # fmt: skip
_STEP = frozenset(("dose", "increase", "decrease"))


@dataclass(frozen=True)
class TableRow:
    """`cells` are (name of the column, words) of a step, in the order of the columns; without them the row is the whole
    line, in its `words`."""

    words: Html
    cells: tuple[tuple[str, Html], ...] = ()


def dose_table(found: Sequence[Line]) -> tuple[TableRow, ...]:
    """Of the lines below the header."""
    return tuple(map(_row, found))


def _row(line: Line) -> TableRow:
    if not any(slot in _STEP for slot, _words in line):
        return TableRow(quantities("".join(words for _slot, words in line)))
    cells = ["" for _column in COLUMNS]
    label = "".join(words for slot, words in line if slot == "label")
    for column, words in _placed(line):
        cells[column] += words
    tidy = (words.strip(" ,:").removesuffix(".") for words in cells)
    return TableRow(quantities(label), tuple(zip(COLUMNS, map(quantities, tidy), strict=True)))


def _placed(line: Line) -> Iterator[tuple[int, str]]:
    """What stands between two segments goes with the next; what closes one, with it."""
    column, waiting = 0, ""
    for slot, words in line:
        if slot == "label":
            continue
        if slot:
            column = _COLUMN_OF[slot]
            yield column, waiting + words
            waiting = ""
        elif words.startswith((")", ".")):
            yield column, words
        else:
            waiting += words
