"""Within a line of the second rules: links, citation marks, and which stars are marks of emphasis."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Literal

import nh3

CITATION = re.compile(r"\[@([A-Za-z0-9_-]{1,80})\]")
_ADDRESS = re.compile(r"(?:https?://[^\s<>\"'`\\]+|mailto:[^\s<>\"'`\\]+)", re.IGNORECASE)


def safe_address(address: str) -> bool:
    """Whether a link may lead there: http, https and mailto only, and no white space or control inside."""
    return bool(_ADDRESS.fullmatch(address)) and address.isprintable()


@dataclass(frozen=True)
class Piece:
    """Words, a citation mark (`text` is its label), or what surrounds other pieces: a link (`text` is its address),
    emphasis, strong emphasis."""

    kind: Literal["words", "citation", "link", "em", "strong"]
    text: str = ""
    inner: tuple["Piece", ...] = ()


Line = tuple[Piece, ...]


_LINK = r"\[(?P<words>[^\[\]]{1,1000})\]\((?P<address>(?:[^\s()\[\]]|\([^\s()\[\]]{0,500}\)){1,2000})\)"
_AUTOLINK = r"<(?P<bare>(?:https?://|mailto:)[^\s<>\[\]]{1,2000})>"
ATOM = re.compile(rf"{CITATION.pattern.replace('(', '(?P<label>', 1)}|{_LINK}|{_AUTOLINK}", re.IGNORECASE)
# What was meant as a link and is none: an address with a title, a space or another scheme, no words, a mark in them.
NO_LINK = re.compile(r"\]\(\s*<?(?P<address>[a-z](?:[a-z0-9+.-]|\s){0,40}?\s*:[^)]{0,60})", re.IGNORECASE)
SCHEMES = frozenset(("http", "https", "mailto"))
NOTHING = re.compile(r"(?!)")  # a link holds no link
_STARS = re.compile(r"\*+")
_TAGS: dict[int, tuple[Literal["em", "strong"], ...]] = {1: ("em",), 2: ("strong",), 3: ("em", "strong")}
# Outside of the marks stands white space, an end of the line, or punctuation of that side; inside, neither.
_BEFORE = frozenset("\"'/:;,¿¡…")
_BEFORE_ONE = frozenset("\"'¿¡")  # `*2/*3` and `*1,*2` are alleles
_AFTER = frozenset("\"'/:;,.!?…")
_NEVER_FIRST = frozenset(".,:;!?%/\\…")


@dataclass
class Run:
    """Stars side by side."""

    start: int
    end: int
    can_open: bool
    can_close: bool
    line: int = 0
    partner: "Run | None" = None

    @property
    def size(self) -> int:
        return self.end - self.start


def _outside(sign: str, allowed: frozenset[str], *categories: str) -> bool:
    return not sign or sign.isspace() or sign in allowed or unicodedata.category(sign) in categories


# What stands for a link and a citation mark where the signs beside stars are looked at.
_A_LINK, _A_CITATION = "\x02", "\x03"


def _runs(line: str) -> list[Run]:
    """The stars of a line in which each link is one sign, and each citation mark. Four in a row are no mark."""
    found = []
    for match in _STARS.finditer(line):
        before, after = line[: match.start()][-1:], line[match.end() :][:1]
        first = bool(after) and not (
            after.isspace()
            or after in _NEVER_FIRST
            or after == _A_CITATION
            or unicodedata.category(after) in ("Pe", "Pf")
        )
        last = bool(before) and not (before.isspace() or unicodedata.category(before) in ("Ps", "Pi"))
        is_mark = len(match[0]) in _TAGS
        around = _BEFORE if len(match[0]) > 1 else _BEFORE_ONE
        can_open = is_mark and first and before != _A_LINK and _outside(before, around, "Ps", "Pi", "Pd", "Cc")
        if len(match[0]) == 1:
            can_open = can_open and not after.isdecimal()  # `*4` is an allele
            can_open = can_open or (line[: match.start()].endswith("*/") and after.isalpha())  # `*in vitro*/*in vivo*`
        can_close = is_mark and last and after != _A_LINK and _outside(after, _AFTER, "Pe", "Pf", "Pd", "Cc")
        found.append(Run(match.start(), match.end(), can_open, can_close))
    return found


def _pair(line: str, runs: list[Run]) -> None:
    """Each mark that ends emphasis finds the nearest like it that begins some. Emphasis holds a letter."""
    if not any(run.can_close for run in runs):
        return
    waiting: list[Run] = []
    places: dict[int, list[int]] = {size: [] for size in _TAGS}  # in `waiting`, for each size
    letters = [0]
    for sign in line:
        letters.append(letters[-1] + (sign.isalpha() or sign == _A_LINK))
    for run in runs:
        if run.can_close and places[run.size]:
            depth = places[run.size][-1]
            if letters[waiting[depth].end] < letters[run.start] and not _multiplies(line, waiting[depth], run):
                waiting[depth].partner, run.partner = run, waiting[depth]
                for one in waiting[depth:]:
                    places[one.size].pop()
                del waiting[depth:]
                continue
        if run.can_open:
            places[run.size].append(len(waiting))
            waiting.append(run)


def _multiplies(line: str, first: Run, last: Run) -> bool:
    """`2 *x* 3`: one star between figures is a sign."""
    before, after = line[: first.start].rstrip()[-1:], line[last.end :].lstrip()[:1]
    return first.size == 1 and before.isdecimal() and after.isdecimal()


@lru_cache(maxsize=1024)
def _leads_somewhere(address: str) -> bool:
    """Whether a browser could go there: what the sanitiser drops would leave a link to nowhere."""
    return safe_address(address) and "href" in nh3.clean(f'<a href="{escape(address)}">x</a>', url_schemes=set(SCHEMES))


def is_safe(atom: re.Match[str]) -> bool:
    """Whether this is what it looks like: a citation mark, or a link with words that leads somewhere."""
    if atom["label"]:
        return True
    has_words = atom["bare"] or any(sign.isalnum() for sign in atom["words"])
    return bool(has_words) and _leads_somewhere(atom["address"] or atom["bare"])


def read_line(typed: str, atom: re.Pattern[str] = ATOM) -> tuple[Line, list[Run]]:
    """The pieces of a line, and its stars."""
    atoms: list[Piece] = []
    signs: list[str] = []
    end = 0
    for match in atom.finditer(typed):
        if not is_safe(match):
            continue
        address = match["address"] or match["bare"]
        signs.append(typed[end : match.start()].translate(_NO_SIGNS))
        if match["label"]:
            atoms.append(Piece("citation", match["label"]))
        elif match["words"]:
            atoms.append(Piece("link", address, read_line(match["words"], NOTHING)[0]))
        else:
            atoms.append(Piece("link", address, (Piece("words", address),)))
        signs.append(_A_CITATION if match["label"] else _A_LINK)
        end = match.end()
    signs.append(typed[end:].translate(_NO_SIGNS))
    line = "".join(signs)
    runs = _runs(line) if "*" in line else []
    _pair(line, runs)
    return _nested(line, runs, iter(atoms)), runs


_NO_SIGNS = str.maketrans("", "", "\x00\x02\x03")
_SIGNS = re.compile("([\x02\x03])")


def _nested(line: str, runs: Sequence[Run], atoms: Iterator[Piece]) -> Line:
    """The pieces of a line, those of emphasis inside it."""
    open_: list[tuple[Run | None, list[Piece]]] = [(None, [])]
    end = 0

    def add(words: str) -> None:
        for piece in _SIGNS.split(words):
            if piece in (_A_LINK, _A_CITATION):
                open_[-1][1].append(next(atoms))
            elif piece:
                open_[-1][1].append(Piece("words", piece))

    for run in runs:
        if run.partner is None:
            continue
        add(line[end : run.start])
        end = run.end
        if run.partner.start > run.start:
            open_.append((run, []))
        else:
            inner = tuple(open_.pop()[1])
            for tag in reversed(_TAGS[run.size]):
                inner = (Piece(tag, inner=inner),)
            open_[-1][1].extend(inner)
    add(line[end:])
    return tuple(open_[0][1])
