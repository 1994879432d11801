"""Abbreviations of drug names that were read as another drug: rule L23 warns of them, the search explains them. Pure.

`short_names.tsv` has a line an abbreviation: how it is written and whether in any case, the rule that warns of it (none
of MS, which our pages write for multiple sclerosis), what it is written for, what it has been read as, what else it
stands for, and where that stands: `ISMP` (its list of error-prone abbreviations) or `usage` (what is written so, and in
no list that we know of). Drugs are called by their international names.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class ShortName:
    short: str
    in_any_case: bool
    rule: str
    meant: tuple[str, ...]
    misread: tuple[str, ...]
    other: tuple[str, ...]
    source: str

    @property
    def pattern(self) -> str:
        """How it is found in a text. A hyphen may be missing."""
        letters = re.escape(self.short).replace(r"\-", "-?")
        return f"(?i:{letters})" if self.in_any_case else letters


@cache
def short_names() -> tuple[ShortName, ...]:
    lines = Path(__file__).with_suffix(".tsv").read_text("utf-8").splitlines()[1:]
    return tuple(_read(*line.split("\t")) for line in lines)


def _read(short: str, case: str, rule: str, *rest: str) -> ShortName:
    *several, source = rest
    meant, misread, other = (tuple(filter(None, cell.split("; "))) for cell in several)
    return ShortName(short, case == "any", rule, meant, misread, other, source)


def pattern_of(rule: str) -> str:
    """Where a rule finds an abbreviation as a word of its own."""
    return rf"\b(?:{'|'.join(one.pattern for one in short_names() if one.rule == rule)})\b"
