"""How often a test is done and for how long, as far as its words say it: enough to tell longer from shorter. Pure.

Words that say two things, or something that is not known here, are not judged: the change is told without a direction.
"""

import re
from collections.abc import Callable
from fractions import Fraction

# In days. A month has 30 (docs/clinical/dose_changes.md) and a year 12 months: "every 12 months" is "yearly".
_DAYS = {"hour": Fraction(1, 24), "day": Fraction(1), "week": Fraction(7), "month": Fraction(30), "year": Fraction(360)}
_NUMBERS = {
    word: Fraction(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"a": Fraction(1), "an": Fraction(1), "other": Fraction(2), "second": Fraction(2)}
_TIMES = {"once": Fraction(1), "twice": Fraction(2), "thrice": Fraction(3)}
_ADVERBS = {
    "hourly": _DAYS["hour"],
    "daily": _DAYS["day"],
    "weekly": _DAYS["week"],
    "fortnightly": 2 * _DAYS["week"],
    "monthly": _DAYS["month"],
    "quarterly": 3 * _DAYS["month"],
    "yearly": _DAYS["year"],
    "annually": _DAYS["year"],
}
_NUMBER = rf"(?:\d+(?:\.\d+)?|{'|'.join(_NUMBERS)})"
_UNIT = r"(hour|day|week|month|year)s?"
_RANGE = rf"({_NUMBER})(?:\s*(?:to|or|[-–])\s*({_NUMBER}))?"
_EVERY = re.compile(rf"\b(?:every|each)\s+(?:{_RANGE}\s+)?{_UNIT}\b", re.IGNORECASE)
_OFTEN = re.compile(rf"\b({'|'.join(_TIMES)}|{_NUMBER}\s+times)\s+(?:a|an|per|each|every)\s+{_UNIT}\b", re.IGNORECASE)
_ADVERB = re.compile(rf"\b(?:({_NUMBER})[\s-])?(?<!bi)(?<!bi-)({'|'.join(_ADVERBS)})\b(?!\s+dos)", re.IGNORECASE)
_SPAN = re.compile(rf"(?<![\w.,])(?:{_RANGE})\s+{_UNIT}\b", re.IGNORECASE)

Days = tuple[Fraction, Fraction]


def _number(word: str) -> Fraction:
    return _NUMBERS.get(word.lower()) or Fraction(word)


def interval(words: str) -> Days | None:
    """The days between two tests, shortest and longest, where the words say one interval and no other."""
    found: list[Days] = []
    rest = words
    for pattern, read in ((_OFTEN, _of_often), (_EVERY, _of_every), (_ADVERB, _of_adverb)):
        found += [days for match in pattern.finditer(rest) if (days := read(match))]
        rest = pattern.sub("", rest)
    return found[0] if len(set(found)) == 1 else None


def span(words: str) -> Days | None:
    """The days that something lasts, least and most, where the words say one length and no other."""
    rest = words
    for pattern in (_OFTEN, _EVERY):
        rest = pattern.sub("", rest)
    found = {_of_every(match) for match in _SPAN.finditer(rest)} - {None}
    return found.pop() if len(found) == 1 else None


def _of_every(match: re.Match[str]) -> Days | None:
    least, most, unit = match.groups()
    first = _number(least or "a")
    last = _number(most) if most else first
    days = _DAYS[unit.lower()]
    return (first * days, last * days) if first else None


def _of_often(match: re.Match[str]) -> Days | None:
    word = match[1].lower()
    times = _TIMES.get(word) or _number(word.removesuffix("times").strip())
    return (_DAYS[match[2].lower()] / times,) * 2 if times else None


def _of_adverb(match: re.Match[str]) -> Days | None:
    times = _number(match[1] or "a")
    return (times * _ADVERBS[match[2].lower()],) * 2 if times else None


def direction(was: str, now: str, read: Callable[[str], Days | None]) -> str:
    """ "longer" or "shorter" by both ends of a range; "" where nothing of the kind can be said."""
    before, after = read(was), read(now)
    if before is None or after is None or before == after:
        return ""
    if all(one <= other for one, other in zip(before, after, strict=True)):
        return "longer"
    if all(one >= other for one, other in zip(before, after, strict=True)):
        return "shorter"
    return ""


def ratio(was: str, now: str, read: Callable[[str], Days | None]) -> str:
    """How many times longer or shorter: "2 times", from a quarter more on; "" for less and where it cannot be said."""
    before, after = read(was), read(now)
    if before is None or after is None:
        return ""
    ratios = [max(one / other, other / one) for one, other in zip(before, after, strict=True)]
    farthest = max(ratios)
    if farthest < Fraction(5, 4):
        return ""
    shown = f"{float(farthest):.2f}".rstrip("0").rstrip(".")
    exact = Fraction(shown) == farthest
    return f"{'' if exact else 'about '}{shown} times"
