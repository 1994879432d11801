"""Differences between two texts, word by word. Pure.

Figures, decimals included, are one word each: a changed figure is never shown as a changed digit. Words and the gaps
between them are compared apart, and words by how they look: a sign that stands for another that looks like it is told
by its name, and changes nothing beside it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from operator import ne
from typing import Literal, NamedTuple

from monographs.difference.look_alikes import GAPS, UNSEEN, has_no_words, look, looking_like, names_of, strange

Operation = Literal["same", "added", "removed"]
Kind = Literal["words", "gap", "sign"]
_KINDS: tuple[Kind, ...] = ("words", "sign", "gap")  # what says more comes first

_LETTER = rf"(?:[^\W{GAPS}]|[{UNSEEN}])"
_WITHIN = looking_like(",.'/-")
_TOKEN = re.compile(rf"(\[@[A-Za-z0-9_-]+\]|{_LETTER}+(?:[{_WITHIN}]{_LETTER}+)*|\n|[^\n{GAPS}]|)([{GAPS}]*)")
_GAP = re.compile(f"[{GAPS}]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SPLIT_FIGURE = re.compile(rf"\d[.,]*[{GAPS}][{GAPS}.,]*\d")
# Above this many pairs of lines or words an exact comparison takes too long.
_MOST_PAIRS = 250_000
# Of the whole of two texts: pairs that match, for each word that could be asked for them.
_MOST_WORK = 10_000_000
# Above this many differences, nobody can look at each: what holds them is told as one.
_MOST_IN_A_RUN, _MOST_IN_A_WORD, _MOST_SEGMENTS = 1000, 100, 4000
# So many words may be one that was written without the gaps.
_MOST_IN_ONE = 4


@dataclass(frozen=True)
class Segment:
    """A run of words that is in both texts, or only in the new or the old one.

    `kind` is "gap" where nothing but white space changed, and "sign" where a sign came, went, or stands for another
    that looks like it. `name` says what cannot be seen.
    """

    op: Operation
    text: str
    kind: Kind = "words"
    name: str = ""


_look = lru_cache(maxsize=4096)(look)


class _Token(NamedTuple):
    """A word, a sign or the end of a line, with the gap behind it; and how it looks."""

    word: str
    gap: str
    look: str


@lru_cache(maxsize=256)  # whoever reads a change comes back to it, and others read it too
def word_diff(old: str, new: str) -> tuple[Segment, ...]:
    """Segments that make up both texts: "same" and "removed" joined are the old one, "same" and "added" the new one."""
    segments: list[Segment] = []
    work = _Work()
    for one, other in _by_lines(old, new, work):
        segments += _by_words(one, other, work)
    return tuple(_few(_named(_joined(_without_specks(_joined(segments))))))


class _Work:
    """How much exact comparing is left: words that come again and again make it take for ever."""

    def __init__(self) -> None:
        self.left = _MOST_WORK

    def is_too_much(self, old: Sequence[str], new: Sequence[str]) -> bool:
        if len(old) * len(new) > _MOST_PAIRS:
            return True
        before, after = Counter(old), Counter(new)
        needed = sum(count * after[one] for one, count in before.items()) * min(len(old), len(new))
        if needed > self.left:
            return True
        self.left -= needed
        return False


def _by_lines(old: str, new: str, work: _Work) -> list[tuple[str, str]]:
    """Pairs of passages to compare by words: whole lines that came or went stay whole."""
    before, after = _LINE.findall(old), _LINE.findall(new)
    looks = [look(line) for line in before], [look(line) for line in after]
    if work.is_too_much(*looks):
        return [(old, new)]
    return [("".join(before[i1:i2]), "".join(after[j1:j2])) for _, i1, i2, j1, j2 in _opcodes(*looks)]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(word, gap, word if word == "\n" else _look(word)) for word, gap in _TOKEN.findall(text) if word or gap
    ]


def _by_words(old: str, new: str, work: _Work) -> list[Segment]:
    if old == new:
        return [Segment("same", old)]
    before, after = _tokens(old), _tokens(new)
    start = end = 0
    least = min(len(before), len(after))
    while start < least and before[start].look == after[start].look:
        start += 1
    while end < least - start and before[-1 - end].look == after[-1 - end].look:
        end += 1
    segments = _matched(before[:start], after[:start])
    segments += _between(before[start : len(before) - end], after[start : len(after) - end], work)
    return segments + _matched(before[len(before) - end :], after[len(after) - end :])


def _between(old: list[_Token], new: list[_Token], work: _Work, *, in_one: bool = True) -> list[Segment]:
    looks = [one.look for one in old], [one.look for one in new]
    if work.is_too_much(*looks):
        return _replaced(old, new)
    segments: list[Segment] = []
    for op, i1, i2, j1, j2 in _opcodes(*looks):
        one, other = old[i1:i2], new[j1:j2]
        if op == "equal":
            segments += _matched(one, other)
        elif in_one and op == "replace":
            segments += _between(_in_one(one, other), _in_one(other, one), work, in_one=False)
        else:
            segments += _replaced(one, other)
    return segments


def _in_one(tokens: list[_Token], others: list[_Token]) -> list[_Token]:
    """What the other text writes as one word, without the gaps, as one: "10 mg" and "10mg". A gap inside a figure makes
    two of it, and is no such gap."""
    looks = {one.look for one in others}
    found: list[_Token] = []
    place = 0
    while place < len(tokens):
        run = tokens[place : place + 1]
        for count in range(2, _MOST_IN_ONE + 1):
            more = tokens[place : place + count]
            text = _text(more)
            if "\n" in text or _SPLIT_FIGURE.search(text):
                break
            if len(more) == count and "".join(one.look for one in more) in looks:
                run = more
        last = run[-1]
        word = _text(run[:-1]) + last.word
        found.append(_Token(word, last.gap, "".join(one.look for one in run)))
        place += len(run)
    return found


def _text(tokens: Sequence[_Token]) -> str:
    return "".join(one.word + one.gap for one in tokens)


def _replaced(old: list[_Token], new: list[_Token]) -> list[Segment]:
    """Other words. The gaps behind the last ones are compared by themselves."""
    gaps: list[Segment] = []
    if old and new:
        gaps = _gaps(old[-1].gap, new[-1].gap)
        old, new = [*old[:-1], old[-1]._replace(gap="")], [*new[:-1], new[-1]._replace(gap="")]
    return [Segment("removed", _text(old)), Segment("added", _text(new)), *gaps]


def _matched(old: Sequence[_Token], new: Sequence[_Token]) -> list[Segment]:
    """Words that look the same, one by one."""
    if sum(map(ne, old, new)) > _MOST_IN_A_RUN:
        same_words = all(one.word == other.word for one, other in zip(old, new, strict=True))
        return _whole(_text(old), _text(new), "gap" if same_words else "sign")
    segments: list[Segment] = []
    for one, other in zip(old, new, strict=True):
        if one == other:
            segments.append(Segment("same", one.word + one.gap))
        else:
            segments += [*_signs(one.word, other.word), *_gaps(one.gap, other.gap)]
    return segments


def _gaps(old: str, new: str) -> list[Segment]:
    """A gap that only came or went is left to what changed beside it."""
    if old == new:
        return [Segment("same", old)]
    if old and new:
        return _renamed(old, new, old, new, "gap")
    return [Segment("removed", old), Segment("added", new)]


def _renamed(old: str, new: str, was: str, now: str, kind: Kind) -> list[Segment]:
    """Both sides of what looks alike: `was` and `now` are the signs of the two that are others."""
    name = f"{names_of(now)} (was: {names_of(was)})" if was and now else names_of(now)
    sides = [Segment("removed", old, kind, names_of(was)), Segment("added", new, kind, name)]
    return [one for one in sides if one.text]


# -- Signs inside a word -----------------------------------------------------------------------------------------------

_Pair = tuple[str, str]  # signs of both words that look the same, as few as can be


@lru_cache(maxsize=256)  # a text that was pasted anew has the same other sign everywhere
def _signs(old: str, new: str) -> tuple[Segment, ...]:
    """The difference of two words that look the same: the signs that are others, with the letters beside them. A figure
    beside stays as it is; one of whose own digits is another sign changes with its whole word."""
    if old == new:
        return (Segment("same", old),)
    pairs = list(_pairs(old, new))
    runs = [[pairs[place] for place in places] for _, places in groupby(range(len(pairs)), lambda n: _run_of(pairs, n))]
    if any(one != other and look(one) and re.search(r"\d", one + other) for one, other in pairs):
        runs = [pairs]
    if len(runs) > _MOST_IN_A_WORD:
        return tuple(_whole(old, new, "sign"))
    segments: list[Segment] = []
    for run in runs:
        one, other = ("".join(pair[side] for pair in run) for side in (0, 1))
        if one == other:
            segments.append(Segment("same", one))
        elif has_no_words(one + other):
            segments += _renamed(one, other, one, other, "gap")
        else:
            was, now = ("".join(pair[side] for pair in run if pair[0] != pair[1]) for side in (0, 1))
            segments += _renamed(one, other, was, now, "sign")
    return tuple(segments)


def _run_of(pairs: list[_Pair], place: int) -> int:
    """Letters stay together, and so does what else is unchanged; any other sign is alone."""
    old, new = pairs[place]
    if (old + new).isalpha() and look(old):
        return -1
    return -2 if old == new else place


def _pairs(old: str, new: str) -> Iterator[_Pair]:
    """What stands in one for what stands in the other. What is not seen stands for nothing."""
    i = j = 0
    while i < len(old) or j < len(new):
        start, begin = i, j
        while i < len(old) and not look(old[i]):
            i += 1
        while j < len(new) and not look(new[j]):
            j += 1
        if (start, begin) != (i, j):
            yield old[start:i], new[begin:j]
            continue
        one = other = ""
        while not one or one != other:
            if len(one) <= len(other):
                one += look(old[i])
                i += 1
            else:
                other += look(new[j])
                j += 1
        yield old[start:i], new[begin:j]


# -- Tidying -----------------------------------------------------------------------------------------------------------


def _without_specks(segments: list[Segment]) -> list[Segment]:
    """A comma that two changes have in common would chop them up: it counts as changed on both sides."""
    kept: list[Segment] = []
    for position, segment in enumerate(segments):
        beside = segments[max(0, position - 1) : position + 2]
        inside = len(beside) == 3 and all(one.kind == "words" and not has_no_words(one.text) for one in beside[::2])
        if segment.op == "same" and inside and not re.search(r"\w|\n", segment.text):
            kept += [Segment("removed", segment.text), Segment("added", segment.text)]
        else:
            kept.append(segment)
    return kept


def _joined(segments: list[Segment]) -> list[Segment]:
    """One removed and one added run between two that are the same. Gaps and signs stay by themselves."""
    runs: list[Segment] = []
    for is_words, some in groupby((one for one in segments if one.text), _is_words):
        if is_words:
            run = list(some)
            runs += _apart(*("".join(one.text for one in run if one.op == op) for op in ("removed", "added")))
        else:
            runs += some
    joined: list[Segment] = []
    for segment in runs:
        if segment.op == "same" and joined and joined[-1].op == "same":
            joined.append(Segment("same", joined.pop().text + segment.text))
        elif segment.text:
            joined.append(segment)
    return joined


def _is_words(segment: Segment) -> bool:
    return segment.op != "same" and segment.kind == "words"


def _apart(old: str, new: str) -> list[Segment]:
    """Without the gaps with which both begin or end."""
    start = _shared_gap(old, new)
    old, new = old[len(start) :], new[len(start) :]
    end = _shared_gap(old[::-1], new[::-1])[::-1]
    old, new = old.removesuffix(end), new.removesuffix(end)
    return [Segment("same", start), Segment("removed", old), Segment("added", new), Segment("same", end)]


def _shared_gap(old: str, new: str) -> str:
    """The gap with which both begin."""
    count = 0
    while _GAP.match(old, count) and old[count : count + 1] == new[count : count + 1]:
        count += 1
    return old[:count]


def _whole(old: str, new: str, kind: Kind) -> list[Segment]:
    """Both sides of a passage of which no word is told by itself: what came and went in it is counted."""
    if kind == "words":
        return _words_named(old, new)
    was, now = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if was or now:
        return _renamed(old, new, "".join(was.elements()), "".join(now.elements()), kind)
    name = "the same signs in other places"
    return [Segment("removed", old, kind, name), Segment("added", new, kind, name)]


def _few(segments: list[Segment]) -> list[Segment]:
    """Not more than anybody can look at: first the signs and gaps between changed words are told together, and then all
    that changed."""
    if len(segments) > _MOST_SEGMENTS:
        runs = [list(run) for _, run in groupby(segments, _is_words)]
        segments = [one for run in runs for one in (run if _is_words(run[0]) else _together(run))]
    return _together(segments) if len(segments) > _MOST_SEGMENTS else segments


def _together(segments: list[Segment]) -> list[Segment]:
    """What is between the first and the last difference as one."""
    changed = [place for place, one in enumerate(segments) if one.op != "same"]
    if len(changed) < 3:
        return segments
    run = segments[changed[0] : changed[-1] + 1]
    old, new = ("".join(one.text for one in run if one.op != op) for op in ("added", "removed"))
    kinds = {one.kind for one in run if one.op != "same"}
    kind = next(one for one in _KINDS if one in kinds)
    return [*segments[: changed[0]], *_whole(old, new, kind), *segments[changed[-1] + 1 :]]


def _named(segments: list[Segment]) -> list[Segment]:
    """Gaps that changed without any word beside them, and words that changed, with the names of what is not seen."""
    named: list[Segment] = []
    for is_words, run in groupby(segments, _is_words):
        if is_words:
            texts = {one.op: one.text for one in run}
            named += _words_named(texts.get("removed", ""), texts.get("added", ""))
        else:
            named += run
    return named


def _words_named(old: str, new: str) -> list[Segment]:
    if has_no_words(old + new):
        return _renamed(old, new, old, new, "gap")
    if not look(old + new):
        return _renamed(old, new, old, new, "sign")
    sides = [Segment("removed", old), Segment("added", new)]
    if old and new:
        sides = [
            replace(side, name=names_of("".join(dict.fromkeys(sign for sign in side.text if sign in strange_here))))
            for side, strange_here in zip(
                sides, (strange(old) - strange(new), strange(new) - strange(old)), strict=True
            )
        ]
    return [one for one in sides if one.text]
