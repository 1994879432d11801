"""Spelling: the one word of the dictionary that a non-word may have been meant to be. Pure.

The words are those of en_GB (monographs/proofing/en_GB/), read by Hunspell, and those of a medical list beside it
(monographs/proofing/en_med/), without which "aplastic" would be a misprint of "plastic"; both with licence and hashes.
Proposed is what docs/clinical/corrections.md lets be called a correction: at most two letters apart, and the only
candidate.
Nothing is proposed for, or near, the name of a drug, a brand or a class: one letter makes another drug of it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from hunspell import Hunspell

from monographs.proofing.readable import APART, END, readable

HERE = Path(__file__).parent / "en_GB"
MEDICAL = Path(__file__).parent / "en_med" / "en_med_glut.dic"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Small letters alone: a capital may be a name, a figure a gene, and short words are too near to too many.
_WORD = re.compile(rf"(?<![\w'’{APART}-])[a-z]{{5,20}}+(?![\w'’{APART}-])")
_NEAR = 2
_MOST_WORDS, _MOST_UNKNOWN = 1_000, 10


@cache
def _dictionary() -> Any:
    """Read once in a process, when somebody asks first."""
    return Hunspell("en_GB", hunspell_data_dir=str(HERE))


@cache
def _medical() -> frozenset[str]:
    """Small letters alone: names of people are no words."""
    lines = (line.strip() for line in MEDICAL.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line.isalpha() and line.islower())


def is_english(word: str) -> bool:
    """Whether it is a word of everyday English, which not all words of medicine are."""
    return bool(_dictionary().spell(word))


def is_word(word: str) -> bool:
    return is_english(word) or word.lower() in _medical()


@lru_cache(maxsize=1024)
def looks_like(word: str) -> tuple[str, ...]:
    """Words within two edits of this one, as far as Hunspell offers them, with those of medicine; inflections of each
    other among them."""
    offered = {one for one in _dictionary().suggest(word) if one.isalpha() and is_near(word, one)}
    # Of medicine, those that begin alike: nobody misses both letters.
    alike = (one for one in _medical() if one[:1] == word[:1] or one[1:2] == word[1:2])
    offered |= {one for one in alike if abs(len(one) - len(word)) <= _NEAR and is_near(word, one)}
    return tuple(sorted((offered | one_slip_from(word)) - {word}))


def one_slip_from(word: str) -> set[str]:
    """Words that a letter more, less or another, or two neighbours the other way round, make of it."""
    return _known(_one_letter_apart(word)) | _known(_swapped(word))


def proposal(word: str, names: Iterable[str] = ()) -> str | None:
    """The word that this one may have been meant to be; None for a word, for what has no candidate or several, and for
    what is within two edits of a name, before or after."""
    found = _only_candidate(word)
    if found is None:
        return None
    parts = {part for name in names for part in re.findall(r"\w+", name.casefold())}
    return None if any(is_near(one, part) for part in parts for one in (word, found)) else found


@lru_cache(maxsize=1024)
def _only_candidate(word: str) -> str | None:
    candidates = set() if is_word(word) else _known(_swapped(word)) or _known(_one_letter_apart(word))
    return candidates.pop() if len(candidates) == 1 else None


def proposals(text: str, names: Iterable[str] = (), *, is_prose: bool = True) -> Iterator[tuple[int, int, str]]:
    """(start, end, proposal) of each word of a text that has one, where it was typed first. Of a text that is no
    English, the first unknown words are looked at and the rest is not."""
    read, listed = readable(text, is_prose=is_prose), list(names)
    words: dict[str, re.Match[str]] = {}
    for one in _WORD.finditer(read.words.replace(END, " ")):
        words.setdefault(one[0], one)
    unknown = (one for one in list(words.values())[:_MOST_WORDS] if not is_word(one[0]))
    for one in islice(unknown, _MOST_UNKNOWN):
        if found := proposal(one[0], listed):
            yield *read.typed(*one.span()), found


def _known(candidates: Iterator[str]) -> set[str]:
    return {one for one in candidates if is_word(one)}


def _swapped(word: str) -> Iterator[str]:
    """Two neighbours the other way round, or a letter doubled: how most misprints come about."""
    for at in range(len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        else:
            yield word[:at] + word[at + 1 :]


def _one_letter_apart(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        for letter in _LETTERS:
            yield before + letter + after
            if after and letter != after[0]:
                yield before + letter + after[1:]
        if after:
            yield before + after[1:]


def is_near(one: str, other: str) -> bool:
    """Whether two edits (a letter more, less, or another; neighbours swapped) make one of the other."""
    if abs(len(one) - len(other)) > _NEAR:
        return False
    before, row = list[int](), list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        following = [i]
        for j, letter in enumerate(other, 1):
            best = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (sign != letter))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == letter:
                best = min(best, before[j - 2] + 1)
            following.append(best)
        if min(following) > _NEAR:
            return False
        before, row = row, following
    return row[-1] <= _NEAR
