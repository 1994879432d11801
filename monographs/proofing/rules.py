"""The rules of proofing, L01 to L40, a row each: how severe, what is said, and how it is found. Pure.

docs/clinical/proofing_rules.tsv has for each rule how it came about, an example that it finds and one that it does not.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monographs.proofing import patterns as p
from monographs.proofing import sentences as s

Finder = Callable[[str], Iterator[tuple[int, int]]]


@dataclass(frozen=True)
class Rule:
    """`severity` is one of docs/clinical/proofing.md. `find` gives from where to where, in the words of a text
    (readable.py)."""

    id: str
    severity: str
    sentence: str
    find: Finder


def _of(pattern: re.Pattern[str]) -> Finder:
    group = "hit" if "hit" in pattern.groupindex else 0

    def find(words: str) -> Iterator[tuple[int, int]]:
        return (one.span(group) if one[group] is not None else one.span() for one in pattern.finditer(words))

    return find


def _before(words: str, at: int) -> str:
    return words[max(0, at - 40) : at]


def _signs_before_figures(words: str) -> Iterator[tuple[int, int]]:
    """Signs of comparison; that of a p value is how statistics are written."""
    found = (one.span() for one in p.SIGN_BEFORE_FIGURE.finditer(words))
    return (span for span in found if not p.P_VALUE.search(_before(words, span[0])))


def _signs_for_words(words: str) -> Iterator[tuple[int, int]]:
    for one in p.SIGN_FOR_WORD.finditer(words):
        is_sign = one["plus"] and (
            p.NO_PLUS_FROM.match(words, one.start())
            or any(pattern.search(_before(words, one.start())) for pattern in p.NO_PLUS)
        )
        if not is_sign:
            yield one.span()


def _fractions(words: str) -> Iterator[tuple[int, int]]:
    found = (one.span() for one in p.FRACTION.finditer(words))
    return (span for span in found if not p.PHASES.search(_before(words, span[0])))


def _of_the_document(_words: str) -> Iterator[tuple[int, int]]:
    """L35 is asked of a document (proof.py)."""
    return iter(())


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("L01", "block", "Write 0 before the point.", _of(p.NO_ZERO_BEFORE)),
        Rule("L02", "block", "Drop the last zero.", _of(p.ZERO_AT_END)),
        Rule("L03", "block", "Write micrograms.", _of(p.MICROGRAMS)),
        Rule("L04", "block", "Write nanograms.", _of(p.NANOGRAMS)),
        Rule("L05", "block", "Write units.", _of(p.UNITS)),
        Rule("L06", "block", "Write units.", _of(p.INTERNATIONAL_UNITS)),
        Rule("L07", "block", "Write once daily.", _of(p.ONCE_DAILY)),
        Rule("L08", "block", "Write it in English.", _of(p.LATIN)),
        Rule("L09", "warn", "Write days or weeks.", _of(p.SLASHED_DAYS)),
        Rule("L10", "block", "Write every n hours.", _of(p.EVERY_HOURS)),
        Rule("L11", "warn", "Write at bedtime.", _of(p.BEDTIME)),
        Rule("L12", "block", "Write mL.", _of(p.CUBIC)),
        Rule("L13", "warn", "Use the listed unit.", _of(p.UNLISTED_UNIT)),
        Rule("L14", "warn", "Put a space before the unit.", _of(p.NO_SPACE)),
        Rule("L15", "block", "Put a space after the name.", _of(p.NAME_AND_FIGURE)),
        Rule("L16", "warn", "No full stop after a unit.", _of(p.STOP_AFTER_UNIT)),
        Rule("L17", "block", "Put a comma from 1,000.", _of(p.NO_COMMA)),
        Rule("L18", "warn", "Write less or more than.", _signs_before_figures),
        Rule("L19", "warn", "Write at, and, or plus.", _signs_for_words),
        Rule("L20", "warn", "No slash between two doses.", _of(p.SLASHED_DOSES)),
        Rule("L21", "warn", "Write to.", _of(p.RANGE)),
        Rule("L22", "warn", "Use the smaller unit.", _of(p.SMALLER_UNIT)),
        Rule("L23", "warn", "Write the full name.", _of(p.SHORT_NAME)),
        Rule("L24", "warn", "Write the route.", _of(p.SHORT_ROUTE)),
        Rule("L25", "block", "Say once a week.", s.not_weekly),
        Rule("L26", "warn", "Give a minimum interval.", s.without_interval),
        Rule("L27", "block_in_monitoring_and_counselling", "Give the number.", _of(p.VAGUE_SPAN)),
        Rule("L28", "warn", "Write the month as a word.", _of(p.DATE_IN_FIGURES)),
        Rule("L29", "warn", "Do not promise safety.", _of(p.PROMISE)),
        Rule("L30", "block", "Finish this.", _of(p.UNFINISHED)),
        Rule("L31", "block_if_dose_not_shown", "Move this dose to a regimen.", s.instructions),
        Rule("L32", "block", "Remove the hidden character.", _of(p.HIDDEN)),
        Rule("L33", "advise", "Name the person first.", _of(p.NAMED_BY_ILLNESS)),
        Rule("L34", "warn", "Write half.", _fractions),
        Rule("L35", "block", "Cite a source: this dose, evidence or notice has none.", _of_the_document),
        Rule(
            "L36", "only_if_dose_not_shown", "A dose is withheld or unchecked here: no dose figures in prose.",
            s.dose_figures,
        ),
        Rule("L37", "block", "Say how: dose, interval, maximum.", s.as_directed),
        Rule("L38", "block", "Write a full stop as the decimal point.", _of(p.DECIMAL_COMMA)),
        Rule("L39", "block", "Write the unit in letters.", _of(p.SQUARED_UNIT)),
        Rule("L40", "block", "Write at night or in the morning.", _of(p.NIGHT_OR_MORNING)),
    )
}  # fmt: skip
