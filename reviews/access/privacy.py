"""What about a patient must not be kept: NHS numbers in what people type.

A number of the National Health Service has ten digits, often written 3-3-4, the last of them a check digit: the digits
weighted 10 to 2, modulo 11 (NHS Data Dictionary). So have the ISBNs of ten digits, check digit included: where that
word stands right before it, a number is none of a patient unless it is written as those of patients are.

A text is looked at as it is read: marks, links, tags and what nobody sees stand for nothing. One in eleven numbers of
ten digits is valid by chance, so digits that stand apart are taken for one number only where people write one so.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import mul

TAKEN_OUT = "(a number)"
# Where a link leads, marks of citations, tags and entities.
_MARKS = re.compile(r"(?<=\])\([^()\s]{0,2000}\)|\[@[^\[\]]{0,200}\]|</?[A-Za-z][^<>]{0,200}>|&#?\w{1,10};")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]")
_LISTED = re.compile(r",\s|\s,")
# Digits that are something else: days, times and identifiers. They are no group of a number that is written in others
# than 3-3-4.
_OTHER = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\2(?:(?:19|20)\d\d|\d\d)"
    r"|(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?)(?!\d)"
    r"|\b10\.\d{4,9}/\S+|\bhttps?://\S+",
    re.ASCII,
)
# Whoever writes a list, a decimal, a pair of figures or a citation writes these between digits.
_OF_LISTS = frozenset(".,:;/()%=<>#\u2044\u2215")
_ISBN_BEFORE = re.compile(r"(?<!patient )(?<!NHS )\bISBN(?:[\s-]?10)?[\s:.]{0,3}\Z", re.IGNORECASE)
_UNSEEN = frozenset({"Cf", "Cc", "Mn", "Me"})  # kinds of characters
_LONGEST_GAP = 6  # of what is seen, without spaces
_WEIGHTS = range(10, 0, -1)  # the check digit makes their sum a multiple of 11
_USUAL = {(10,), (6, 4), (3, 7), (3, 3, 4)}


@dataclass(frozen=True)
class _Group:
    """Digits side by side, and what is seen between them and the group before: None where that parts them."""

    start: int
    end: int
    digits: str
    gap: str | None
    is_other: bool
    touches: bool  # a letter stands right before or after


def holds_nhs_number(text: str) -> bool:
    """Whether a text holds ten digits that are a valid NHS number, however they are spaced."""
    return bool(_numbers(unicodedata.normalize("NFKC", text)))


def without_nhs_numbers(text: str) -> str:
    """The text with a word in the place of each; nothing of it where that is not enough."""
    if not holds_nhs_number(text):
        return text
    for words in (text, unicodedata.normalize("NFKC", text)):
        left, rest = words, len(words)
        for start, end in sorted(_numbers(words), reverse=True):  # the last one first: places stay
            if end <= rest:  # two ways of reading find the same digits
                left, rest = f"{left[:start]}{TAKEN_OUT}{left[end:]}", start
        if not holds_nhs_number(left):
            return left
    return ""


def _numbers(text: str) -> set[tuple[int, int]]:
    """(begin, end) of each number in it, as it is typed and as it is read."""
    if sum(map(len, _DIGITS.findall(text))) < 10:
        return set()
    read = _MARKS.sub(lambda mark: " " * len(mark[0]), text)
    return {
        (window[0].start, window[-1].end)
        for words in {text, read}
        for run in _runs(words)
        for stretch in _stretches(run)
        for window in _valid(stretch)
        if not _is_isbn(words, window)
    }


def _runs(text: str) -> Iterator[list[_Group]]:
    """Groups of digits with nothing between them that parts them."""
    others = [one.span() for one in _OTHER.finditer(text)]
    run: list[_Group] = []
    last, at = None, 0
    for one in _DIGITS.finditer(text):
        start, end = one.span()
        while at < len(others) and others[at][1] <= start:
            at += 1
        is_other = at < len(others) and others[at][0] < end
        touches = any(map(_WORD.match, (text[start - 1 : start], text[end : end + 1])))
        gap = None if last is None else _gap(text[last:start])
        if gap is None and run:
            yield run
            run = []
        run.append(_Group(start, end, one[0], gap, is_other, touches))
        last = end
    if run:
        yield run


def _gap(between: str) -> str | None:
    """What is seen between two groups; " " for nothing but spaces. None where they are not one number: words stand
    there, a list goes on, or too much."""
    if between == " ":
        return between
    if _WORD.search(between) or _LISTED.search(between):
        return None
    seen = "".join(sign for sign in between if not sign.isspace() and unicodedata.category(sign) not in _UNSEEN)
    return None if len(seen) > _LONGEST_GAP else seen or " "


def _stretches(run: list[_Group]) -> Iterator[list[_Group]]:
    """A run as a whole, and what is left of it beside days and the like."""
    yield run
    if any(group.is_other for group in run):
        yield from (list(some) for is_other, some in groupby(run, lambda group: group.is_other) if not is_other)


def _valid(run: list[_Group]) -> Iterator[list[_Group]]:
    """The groups of a run that are one number."""
    sizes = [len(group.digits) for group in run]
    total = sum(sizes)
    for first in range(len(run)):
        length, last = 0, first
        while last < len(run) and length < 10:
            length += sizes[last]
            last += 1
        if length == 10 and _is_valid("".join([group.digits for group in run[first:last]])):
            window = run[first:last]
            if tuple(sizes[first:last]) in _USUAL or _is_spaced(window, total):
                yield window


def _is_spaced(window: list[_Group], total: int) -> bool:
    """Whether groups other than 3-3-4 look like one number: nothing else stands with them and all stand apart the same
    way, or as no list does; or they begin as numbers of patients do, or are ten single digits."""
    sizes, gaps = [len(group.digits) for group in window], {group.gap or " " for group in window[1:]}
    if window[0].touches or window[-1].touches:
        return False
    if total == 10 and len(gaps) == 1:
        return True
    if any(group.is_other for group in window) or not _OF_LISTS.isdisjoint("".join(gaps)):
        return False
    return total == 10 or (sizes[:2] == [3, 3] and total != 13) or sizes == [1] * 10


def _is_isbn(text: str, window: list[_Group]) -> bool:
    """An ISBN has no groups, or four."""
    return len(window) in (1, 4) and bool(_ISBN_BEFORE.search(text[max(0, window[0].start - 24) : window[0].start]))


def _is_valid(digits: str) -> bool:
    ten = [int(digit) for digit in digits]
    return bool(sum(map(mul, ten, _WEIGHTS)) % 11 == 0)
