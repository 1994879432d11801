"""Numbers as people write them before a unit: in figures of any grouping, as fractions, in words, in ranges and lists,
multiplied. Pure.

A run of them is read backwards from the unit, so that nothing else of a sentence is looked at. Where nobody can tell
which number is meant (`day 1 500 mg`, `5/10 mg`), each reading counts: what asks looks for one that must not be there.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SIMPLE = {
    **{word: Fraction(at) for at, word in enumerate(_ONES)},
    **{word: Fraction(10 * (at + 2)) for at, word in enumerate(_TENS)},
    "nought": Fraction(0), "fourty": Fraction(40),
}  # fmt: skip
_SCALES = {
    "pair": 2,
    "pairs": 2,
    "dozen": 12,
    "k": 1_000,
    "hundred": 100,
    "thousand": 1_000,
    "million": 10**6,
    "mega": 10**6,
}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10,
    "hundredth": 100, "thousandth": 1_000,
}  # fmt: skip
_PARTS |= {f"{word}s": of for word, of in _PARTS.items() if not word.endswith("s")}
_TIMES = {"twice": 2, "double": 2, "thrice": 3, "treble": 3, "triple": 3}
_ARTICLES = frozenset(("a", "an", "the", "each", "every", "this", "that", "these", "those", "your", "our"))
_BETWEEN = frozenset(("to", "or", "and", "through", "up", "-", "–", "—", "−", ",", "/", "(", ")", "+", "plus", "&"))
_MULTIPLIED = frozenset(("x", "×", "✕", "*", "times", "of"))
_BEFORE_A_UNIT = frozenset(("-", "–", "—", "−", ")", "of"))
_KNOWN = (
    _SIMPLE.keys() | _SCALES.keys() | _PARTS.keys() | _TIMES.keys() | _ARTICLES | _BETWEEN | _MULTIPLIED
    | {"point", "per", "cent", "percent", "%", "^"}
)  # fmt: skip
_ONE_BY_COMMON = frozenset((2, 3, 4, 8))  # denominators of fractions that are no two doses

# A figure: grouped by three with any sign that groups, or plain; with a point or a comma, or beginning with one.
_FIGURE = r"[0-9]{1,3}(?:(?:[ '’,.][0-9]{3})+)(?![0-9])(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+"
_TOKEN = re.compile(rf"(?P<figure>{_FIGURE})|(?P<word>[a-z]+)|(?P<sign>\S)|(?P<gap>\s+)", re.IGNORECASE)
_REACH = 80
_POINTS = str.maketrans({"·": ".", "‧": ".", "∙": ".", "⋅": ".", "•": ".", "٫": ".", "٬": ",", "⁄": "/", "∕": "/"})
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u00ad\ufe63\uff0d", "-"))


@dataclass(frozen=True, slots=True)
class Numbers:
    """What stands before a unit, from `start`. `values`: each number that it may be. `counted`: what it comes to where
    the last number is the strength of a thing and one before, from `counting`, says how many of them."""

    start: int
    counting: int
    values: frozenset[Fraction]
    counted: frozenset[Fraction] = frozenset()


@dataclass(slots=True)
class _Group:
    """Numbers between two signs of multiplication. `beside`: of two that stand side by side, the first."""

    values: list[Fraction] = field(default_factory=list)
    beside: list[Fraction] = field(default_factory=list)


def plain(words: str) -> tuple[str, list[int]]:
    """The words in signs as they are typed in English, and where each was typed: digits of other scripts and widths,
    fractions of one sign, units in one sign, hyphens and gaps of all kinds; signs that nobody sees are left out."""
    if words.isascii():
        return words, list(range(len(words) + 1))
    signs, places = [], []
    for at, sign in enumerate(words):
        for one in _in_plain(sign):
            signs.append(one)
            places.append(at)
    return "".join(signs), [*places, len(words)]


@lru_cache(maxsize=4_096)
def _in_plain(sign: str) -> str:
    if sign.isascii():
        return sign
    if (other := sign.translate(_HYPHENS).translate(_POINTS)) != sign:
        return other
    kind = unicodedata.decomposition(sign)
    if unicodedata.category(sign) in ("Cf", "Mn"):
        return ""
    if kind.startswith("<fraction>"):
        return " " + unicodedata.normalize("NFKC", sign).translate(_POINTS)
    if kind.startswith("<super>") and sign.isdigit():
        return f"^{unicodedata.digit(sign)}"
    wide = unicodedata.normalize("NFKC", sign).translate(_POINTS)
    return "".join(str(unicodedata.decimal(one, one)) for one in wide)


# -- The run before a unit -----------------------------------------------------------------------------------------


def numbers_before(words: str, end: int) -> Numbers | None:
    """What stands right before a place of plain words, or nothing."""
    first = max(0, end - _REACH)
    tokens = [one for one in _TOKEN.finditer(words, first, end) if one.start() > first or not first]
    run: list[re.Match[str]] = []
    is_inside = False
    for token in reversed(tokens):
        if not _is_of_a_number(token) or (token[0] == "(" and not is_inside):
            break
        is_inside = token[0] == ")" or (is_inside and token[0] != "(")
        if not token["gap"]:
            run.insert(0, token)
    # `5, 10 or 20 mg` is a list, `on day 5, 10 mg` is none.
    commas = [at for at, one in enumerate(run) if one[0] == ","]
    if commas and not any(one[0].lower() in ("or", "and") for one in run[commas[-1] :]):
        run = run[commas[-1] + 1 :]
    while run and not _begins(run):
        del run[0]
    if run and (last := run[-1][0].lower()) in _BETWEEN | _MULTIPLIED | {"per"} and last not in _BEFORE_A_UNIT:
        return None  # `0.5 x 10^9/L` is no litre
    groups, first, counting = _groups([one[0].lower() for one in run])
    return _reckoned(run[first].start(), run[counting].start(), groups) if groups else None


def _is_of_a_number(token: re.Match[str]) -> bool:
    return bool(token["gap"] or token["figure"]) or token[0].lower() in _KNOWN


def _begins(run: list[re.Match[str]]) -> bool:
    word = run[0][0].lower()
    if word in _ARTICLES:
        return len(run) > 1 and run[1][0].lower() in _SCALES.keys() | _PARTS.keys()
    return bool(run[0]["figure"]) or word == "point" or any(word in one for one in (_SIMPLE, _SCALES, _PARTS, _TIMES))


def _reckoned(start: int, counting: int, groups: list[_Group]) -> Numbers:
    """A number by which another is multiplied stands for itself no more; the other may."""
    last = groups[-1]
    product = set(last.values)
    for group in reversed(groups[:-1]):
        product |= {one * other for one in group.values for other in product}
    counted = {one * other for one in last.beside for other in last.values[-1:]}
    if len(groups) > 1:
        counted |= product - set(last.values)
    return Numbers(start, counting, frozenset(product), frozenset(counted))


def _groups(words: list[str]) -> tuple[list[_Group], int, int]:
    """The numbers of a run, apart where one multiplies another; where they begin, and where what counts them does."""
    groups, at, is_apart = [_Group()], 0, True
    first = counting = before = 0
    while at < len(words):
        word, here = words[at], groups[-1]
        if (read := _number(words, at)) is not None:
            values, after = read
            if not is_apart and here.values:
                # Of two numbers side by side the first is of something else, or counts what the other is the size of.
                groups = [here := _Group(beside=here.values[-1:])]
                first, counting = at, before
            here.values += values
            if word in _TIMES:
                groups.append(_Group())
            before, at, is_apart = at, after, word in _TIMES
            continue
        if word in ("%", "cent", "percent"):
            here.values = [one / 100 for one in here.values]
        elif here.values and (word in _MULTIPLIED or (word in _ARTICLES and here.values[-1] < 1)):
            groups.append(_Group())  # `half the 20 mg` too
            is_apart = True
        at, is_apart = at + 1, is_apart or word in _BETWEEN or word in _MULTIPLIED
    return [one for one in groups if one.values], first, counting


# -- One number ----------------------------------------------------------------------------------------------------


def _number(words: list[str], at: int) -> tuple[list[Fraction], int] | None:
    """The readings of the number that begins here, and where it ends."""
    word = words[at]
    if word[-1].isdecimal() and (word[0].isdecimal() or word[0] in ".,"):
        return _of_figures(words, at)
    if word in _TIMES:
        return [Fraction(_TIMES[word])], at + 1
    if word == "point":
        digits, after = _digits(words, at + 1)
        return ([digits], after) if after > at + 1 else None
    begun = at + 1 if word in _ARTICLES else at
    if begun < len(words) and (begun == at or words[begun] in _SCALES or words[begun] in _PARTS):
        return _of_words(words, begun)
    return None


def _of_figures(words: list[str], at: int) -> tuple[list[Fraction], int]:
    values, end = list(dict.fromkeys(_readings(words[at]))), at + 1
    if words[end : end + 1] == ["^"]:
        power = ""
        while words[end : end + 1] == ["^"] and end + 1 < len(words) and words[end + 1].isdecimal():
            power, end = power + words[end + 1], end + 2
        return [value ** min(15, int(power or 1)) for value in values], end
    if (part := _fraction(words, at)) is not None:
        return part, at + 3
    skip = end + (words[end : end + 1] in (["-"], ["and"]))
    if (part := _fraction(words, skip)) is not None and words[at].isdecimal():
        # `1 1/2` and `day 1 1/2` look alike.
        return [*(value + part[0] for value in values), *part], skip + 3
    if (more := _and_a_part(words, end)) is not None:
        return [value + more[0] for value in values], more[1]
    while end < len(words) and words[end] in _SCALES:
        values, end = [value * _SCALES[words[end]] for value in values], end + 1
    return values, end


def _readings(figure: str) -> Iterator[Fraction]:
    """What a figure may be: a point and a comma both group and both divide."""
    if " " in figure:
        yield from _readings(figure.replace(" ", ""))
        yield from _readings(figure.rsplit(maxsplit=1)[-1])
        return
    pieces = re.split("[.,]", re.sub("['’]", "", figure))
    signs = re.findall("[.,]", figure)
    joined, [*before, rest] = "".join(pieces), pieces
    whole = "".join(before)
    if not signs or (len(signs) > 1 and signs[-1] == signs[0]):
        yield Fraction(joined)
    elif len(signs) > 1:
        yield Fraction(f"{whole}.{rest}")
    elif len(rest) == 3 and whole.strip("0"):
        yield Fraction(joined)
        if signs == ["."]:
            yield Fraction(f"{whole}.{rest}")
    else:
        yield Fraction(f"{whole or 0}.{rest}")
        if not whole:  # `end.5 mg`
            yield Fraction(rest)
        elif signs == [","] and whole.strip("0"):  # `5,10 or 20 mg`
            yield from (Fraction(whole), Fraction(rest))


def _fraction(words: list[str], at: int) -> list[Fraction] | None:
    """`1/2`; where it may as well be two doses (`5/10 mg`), both of these too."""
    if not (
        words[at + 1 : at + 2] == ["/"] and at + 2 < len(words) and words[at].isdecimal() and words[at + 2].isdecimal()
    ):
        return None
    over, under = Fraction(words[at]), Fraction(words[at + 2])
    if not under:
        return None
    value = over / under
    if value < 1 and value.denominator == under and under in _ONE_BY_COMMON:
        return [value]
    return [value, over, under]


def _and_a_part(words: list[str], at: int) -> tuple[Fraction, int] | None:
    """`and a half`, `and three quarters`, after a number."""
    at += words[at : at + 1] == ["-"]
    if words[at : at + 1] != ["and"]:
        return None
    at += 1
    at += words[at : at + 1] == ["-"]
    over = Fraction(1)
    if at < len(words) and words[at] in _ARTICLES:
        at += 1
    elif at < len(words) and words[at] in _SIMPLE:
        over, at = _SIMPLE[words[at]], at + 1
    at += words[at : at + 1] == ["-"]
    if at < len(words) and words[at] in _PARTS:
        return over / _PARTS[words[at]], at + 1
    return None


def _of_words(words: list[str], at: int) -> tuple[list[Fraction], int] | None:
    total, part, is_begun, last = Fraction(0), Fraction(0), False, 0
    start = at
    while at < len(words):
        word = words[at]
        if word in _SIMPLE:
            size = _SIMPLE[word]
            if is_begun and not (last >= 100 or (last in range(20, 100, 10) and 0 < size < 10)):
                break
            part, is_begun = part + size, True
            last = int(size) if size else 0
        elif word in _SCALES:
            scale = _SCALES[word]
            if scale >= 1_000:
                total, part = total + (part or Fraction(1)) * scale, Fraction(0)
            else:
                part = (part or Fraction(1)) * scale
            is_begun, last = True, max(scale, 100)
        elif word in _PARTS:
            if at == start:
                return [Fraction(1, _PARTS[word])], at + 1
            return [(total + part) / _PARTS[word]], at + 1
        elif word == "point" and is_begun:
            digits, at = _digits(words, at + 1)
            return [total + part + digits], at
        elif is_begun and (more := _and_a_part(words, at)) is not None:
            return [total + part + more[0]], more[1]
        elif not (is_begun and at + 1 < len(words) and _goes_on(word, words[at + 1], last)):
            break
        at += 1
    return ([total + part], at) if is_begun else None


def _goes_on(joint: str, word: str, last: int) -> bool:
    """Whether the next word goes on with the number: `twenty-five`, `two-thirds`, `one hundred and five`."""
    if joint == "and":
        return last >= 100 and word in _SIMPLE
    return joint == "-" and _is_joined(word, last)


def _is_joined(word: str, last: int) -> bool:
    return word in _PARTS or word in _SCALES or (word in _SIMPLE and last in range(20, 100, 10) and _SIMPLE[word] < 10)


def _digits(words: list[str], at: int) -> tuple[Fraction, int]:
    """`point two five`."""
    found = ""
    while at < len(words) and words[at] in _SIMPLE and _SIMPLE[words[at]] < 10:
        found, at = found + str(_SIMPLE[words[at]]), at + 1
    return Fraction(f"0.{found or 0}"), at
