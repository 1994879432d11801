"""Names and codes of RxNorm, read from its file RXNCONSO.RRF (docs/clinical/rxnorm.md). Pure.

A row has 18 columns, each ended by a bar: 1 RXCUI, 12 source, 13 term type, 15 name, 17 suppress. Source RXNORM with N
is an active concept. Other sources may give a synonym, and never make a concept active.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DRUG_TYPES = frozenset(("IN", "PIN", "MIN"))
BRAND_TYPES = frozenset(("BN",))


@dataclass(frozen=True)
class Row:
    rxcui: str
    source: str
    term_type: str
    name: str
    suppress: str


@dataclass(frozen=True)
class Result:
    """`status` is found or failed; `matched_name` and `term_type` are RxNorm's own of the concept."""

    status: str
    matched_name: str = ""
    why: str = ""
    term_type: str = ""


def read_rows(text: str) -> Iterator[Row]:
    """The rows of a file. Raises ValueError, with the line, for a row of another shape."""
    for number, line in enumerate(text.replace("\r\n", "\n").removesuffix("\n").split("\n"), start=1):
        columns = line.split("|")
        if len(columns) != 19 or columns[18]:
            raise ValueError(f"line {number}: a row of RXNCONSO has 18 columns, each ended by a bar")
        yield Row(columns[0], columns[11], columns[12], columns[14], columns[16])


def check(rows: Iterable[Row], code: str, names: Iterable[str], term_types: frozenset[str] = DRUG_TYPES) -> Result:
    """Whether `code` is an active drug (or brand) of RxNorm whose name, or a synonym, equals one of ours, case-folded.

    A product is not a drug: its term type is another one, so it is not found.
    """
    concept = [row for row in rows if row.rxcui == code]
    active = [row for row in concept if (row.source, row.suppress) == ("RXNORM", "N") and row.term_type in term_types]
    if not active:
        return Result("failed", why="there is no active drug with this code")
    ours = {name.strip().casefold() for name in names if name.strip()}
    for row in (*active, *concept):
        if row.name.casefold() in ours and row.suppress == "N":
            return Result("found", active[0].name, term_type=active[0].term_type)
    return Result("failed", active[0].name, "the name differs", active[0].term_type)
