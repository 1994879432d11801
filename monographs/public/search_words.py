"""What somebody typed into the search, word by word. Pure.

A word of one or two letters, a figure, a strength or a form, and an abbreviation that was read as the wrong drug are
*weak*: they stand for whole words of names, never for the beginning of one, and find nothing alone but what is called
just so.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from monographs.proofing.short_names import ShortName, short_names
from monographs.public.search_terms import fold, joined

MOST_CHARACTERS, MOST_WORDS = 200, 12
SHORT = 2  # letters
SMALLEST_CODE = 4  # figures: fewer are strengths
_BETWEEN = re.compile(r"[\s,;/+()\[\]|]+")
_AMOUNT = re.compile(
    r"\W*(?:[\d.,]+\W*(?:m?g|kg|m[lL]|micrograms?|mcg|[µμ]g|nanograms?|ng|units?|iu|mmol|%)?|m?g|kg|ml|micrograms?|mcg|[µμ]g"
    r"|nanograms?|ng|units?|iu|mmol|%|tablets?|tabs?|capsules?|caps?|injections?|infusions?|solutions?|liquids?|oral"
    r"|daily|weekly|monthly|nightly|once|twice)\W*",
    re.IGNORECASE,
)
# They carry nothing: which page is meant is said by the others.
LITTLE = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "not", "of", "on", "or", "the", "to", "with"]
)


@dataclass(frozen=True)
class Word:
    """A word as it was typed, and the terms that stand for it in the index."""

    typed: str
    term: str
    as_one: str

    @property
    def is_weak(self) -> bool:
        return is_weak(self.term) or self.is_amount

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.term, self.as_one)))

    @property
    def is_amount(self) -> bool:
        """A strength, a form or how often: it says nothing of which medicine is meant."""
        return bool(_AMOUNT.fullmatch(self.typed))


def says_little(term: str) -> bool:
    """Whether a folded word tells of no medicine: "in", a figure, "tablets"."""
    return term in LITTLE or any(one.isdigit() for one in term) or bool(_AMOUNT.fullmatch(term))


def readable(query: str) -> str:
    """What was asked, as it can be said again: 200 characters of it, without signs that are not seen."""
    seen = (_seen(one) for one in query[:MOST_CHARACTERS])
    return " ".join("".join(seen).split())


def _seen(sign: str) -> str:
    category = unicodedata.category(sign)
    return "" if category == "Cf" else " " if category == "Cc" else sign


def words_of(query: str) -> list[Word]:
    """The first twelve words, each once, less those that carry nothing."""
    found: dict[str, Word] = {}
    for typed in _BETWEEN.split(readable(query)):
        term = fold(typed)
        if term and term not in LITTLE:
            found.setdefault(term, Word(typed, term, joined(typed)))
    return list(found.values())[:MOST_WORDS]


def is_weak(term: str) -> bool:
    """Whether a folded word or phrase is so short that it stands for whole words only."""
    letters = term.replace(" ", "")
    return len(letters) <= SHORT or letters.isdigit() or letters in _by_letters()


@cache
def _by_letters() -> dict[str, ShortName]:
    return {fold(one.short).replace(" ", ""): one for one in short_names()}


def unsafe(words: Iterable[Word]) -> list[ShortName]:
    """The abbreviations among the words that have been read as the wrong drug, in the order in which they stand. One
    may have been typed as two words."""
    terms = [word.term.replace(" ", "") for word in words]
    asked = [*terms, *map("".join, pairwise(terms))]
    return [_by_letters()[one] for one in dict.fromkeys(asked) if one in _by_letters()]


def told(words: Iterable[Word], among: list[Word]) -> list[str]:
    """Words as they were typed, those that stood side by side together."""
    runs: list[str] = []
    before = -1
    for at, word in sorted((among.index(one), one) for one in words):
        if runs and at == before + 1:
            runs[-1] += f" {word.typed}"
        else:
            runs.append(word.typed)
        before = at
    return runs
