"""Texts of a document of which a page prints other signs than were typed, and where they differ. Pure.

Only a text of before does that: the first rules (first_rules.py) take signs inside words and lines for marks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from monographs.canonical import digest_of
from monographs.checks.typed_words import written
from monographs.document import Document
from monographs.texts.quotes import folded, found_in
from monographs.texts.text import RULES, TextRules, seen, shows_as_typed

INTRODUCTION = "header"
# What a page prints before the words of an item: no words of it, as a correction quotes them.
_MARK = re.compile(r"•|\d+\.")
# Characters of an excerpt before and from the word in which the first difference stands.
_BEFORE, _FROM = 30, 60
# Words that two differences of one line may have between them and still be read as one place, and those beside a place.
_APART, _BESIDE = 3, 3
# Above this many pairs of words an exact comparison takes too long.
_MOST_PAIRS = 250_000


def texts_of(document: Document) -> Iterator[tuple[str, str, str, TextRules]]:
    """(key, how people call it, text, rules) of each text that has rules, in reading order."""
    labelled = [(str(part.key), part.label_for_people, part) for part in document.parts()]
    for key, label, value in [(INTRODUCTION, "Introduction", document.header), *labelled]:
        for one in written(value):
            if one.is_prose:
                yield key, label, one.text, one.rules


def misprints(document: Document) -> list["MisprintedText"]:
    return [
        MisprintedText(key, label, text)
        for key, label, text, rules in texts_of(document)
        if not shows_as_typed(text, rules)
    ]


@dataclass(frozen=True)
class Quote:
    """Words that a correction quotes: its number `nth` of them, from 0, in what the page shows of this text; without
    one, wherever they stand, as they were typed or as they are shown."""

    words: str
    nth: int | None = None


@dataclass(frozen=True)
class Run:
    """Words that are shown instead of others: their places among the words of both sides."""

    typed: tuple[int, int]
    shown: tuple[int, int]


@dataclass(frozen=True)
class Place:
    """Differences that stand close together in one line. Each side is pieces of (words, whether they differ)."""

    typed: tuple[tuple[str, bool], ...]
    shown: tuple[tuple[str, bool], ...]
    quote: str  # the words that are shown there, as a correction would quote them
    is_corrected: bool = False


@dataclass(frozen=True)
class MisprintedText:
    """A text that follows the first rules, and what is made of it. What was typed is given less the marks that the
    rules of today know too: those mean what they say."""

    key: str
    label: str
    text: str

    @property
    def digest(self) -> str:
        """The same words in another edition are the same question; other words are a new one."""
        return digest_of({"part": self.key, "text": self.text})

    @cached_property
    def typed(self) -> list["Word"]:
        return _words(seen(self.text, RULES))

    @cached_property
    def shown(self) -> list["Word"]:
        return _words(seen(self.text))

    def excerpts(self) -> tuple[str, str]:
        """What was typed and what is shown, around the first difference."""
        typed, shown = " ".join(map(str, self.typed)), " ".join(map(str, self.shown))
        pairs = enumerate(zip(typed, shown, strict=False))
        at = next((n for n, (one, other) in pairs if one != other), min(len(typed), len(shown)))
        return _around(typed, at), _around(shown, at)

    @cached_property
    def runs(self) -> list[Run]:
        before, after = self.typed, self.shown
        start = end = 0
        least = min(len(before), len(after))
        while start < least and before[start] == after[start]:
            start += 1
        while end < least - start and before[-1 - end] == after[-1 - end]:
            end += 1
        one, other = before[start : len(before) - end], after[start : len(after) - end]
        if len(one) * len(other) > _MOST_PAIRS:
            return [Run((start, len(before) - end), (start, len(after) - end))]
        opcodes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        return [
            Run((start + i1, start + i2), (start + j1, start + j2)) for op, i1, i2, j1, j2 in opcodes if op != "equal"
        ]

    def uncorrected(self, quotes: Sequence[Quote]) -> list[Run]:
        """The differences that none of these corrections is about: the words that one quotes stand over the difference,
        or beside it where it is but a mark."""
        sides = [(_Side(self.typed), "typed"), (_Side(self.shown), "shown")]
        anywhere = [one.words for one in quotes if one.nth is None]
        spans = {name: side.found([*anywhere, *(seen(one, RULES) for one in anywhere)]) for side, name in sides}
        spans["shown"] += sides[1][0].counted(quotes)
        return [
            run
            for run in self.runs
            if not any(
                begin < high and low < end
                for side, name in sides
                for low, high in [side.reach(getattr(run, name))]
                for begin, end in spans[name]
            )
        ]

    def places(self, quotes: Sequence[Quote] = ()) -> list[Place]:
        """Where the two sides differ, in reading order; `quotes` are what corrections of the page quote."""
        waiting = set(self.uncorrected(quotes))
        return [self._place(runs, waiting) for runs in self._close_together()]

    def _close_together(self) -> list[list[Run]]:
        groups: list[list[Run]] = []
        for run in self.runs:
            last = groups[-1][-1].shown[1] if groups else 0
            between = self.shown[max(0, last - 1) : run.shown[0] + 1]
            if groups and run.shown[0] - last <= _APART and len({one.line for one in between}) == 1:
                groups[-1].append(run)
            else:
                groups.append([run])
        return groups

    def _place(self, runs: list[Run], waiting: set[Run]) -> Place:
        return Place(
            _pieces(self.typed, [run.typed for run in runs]),
            _pieces(self.shown, [run.shown for run in runs]),
            self._quote(runs[0].shown[0], runs[-1].shown[1]),
            is_corrected=waiting.isdisjoint(runs),
        )

    def _quote(self, low: int, high: int) -> str:
        """Words of one line, for a correction quotes no more."""
        around = self.shown[max(0, low - _BESIDE) : high + _BESIDE]
        line = next((one.line for one in self.shown[low:high]), around[0].line if around else 0)
        return " ".join(one for one in around if one.line == line and not one.is_mark)


class Word(str):
    """A word of a text as it is seen, the line in which it stands, and whether it is the mark of an item."""

    line: int
    is_mark: bool


def _words(text: str) -> list[Word]:
    words = []
    for line, content in enumerate(text.split("\n")):
        for at, one in enumerate(content.split()):
            word = Word(one)
            word.line, word.is_mark = line, at == 0 and bool(_MARK.fullmatch(one))
            words.append(word)
    return words


def _less_mark(words: list[str]) -> list[str]:
    kept = [word for word in words if word != "•"]
    return kept[1:] if kept and _MARK.fullmatch(kept[0]) else kept


class _Side:
    """The words of one side as a correction quotes them, and where each of them begins and ends."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.spans: list[tuple[int, int]] = []
        at = 0
        for word in words:
            length = 0 if word.is_mark else len(word) + 1
            self.spans.append((at, at + length))
            at += length
        self.text = " ".join(word for word in words if not word.is_mark)

    def found(self, quotes: Sequence[str]) -> list[tuple[int, int]]:
        wanted = dict.fromkeys(" ".join(_less_mark(one.split())) for one in quotes)
        return [span for quote in wanted for span in found_in(self.text, quote)]

    def counted(self, quotes: Sequence[Quote]) -> list[tuple[int, int]]:
        return [
            span
            for one in quotes
            if one.nth is not None
            for span in found_in(self.text, folded(one.words))[one.nth : one.nth + 1]
        ]

    def reach(self, words: tuple[int, int]) -> tuple[int, int]:
        """The letters of these words; where they are none (a bullet, nothing), those of the word on each side."""
        low, high = words
        if not any(begin < end for begin, end in self.spans[low:high]):
            low, high = max(0, low - 1), min(len(self.spans), high + 1)
        return (self.spans[low][0], self.spans[high - 1][1]) if low < high else (0, 0)


def _pieces(words: Sequence[str], runs: list[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    low, high = max(0, runs[0][0] - _BESIDE), min(len(words), runs[-1][1] + _BESIDE)
    pieces, at = [("…" if low else "", False)], low
    for start, end in runs:
        pieces += [(" ".join(words[at:start]), False), (" ".join(words[start:end]), True)]
        at = end
    pieces += [(" ".join(words[at:high]), False), ("…" if high < len(words) else "", False)]
    return tuple(piece for piece in pieces if piece[0])


def _around(text: str, at: int) -> str:
    start = max(text.rfind(" ", 0, at) + 1, at - _BEFORE)
    begin = max(0, start - _BEFORE)
    begin = text.find(" ", begin, start) + 1 or start if begin else 0
    end = start + _FROM
    end = text.rfind(" ", at, end) if " " in text[at:end] and end < len(text) else end
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"
