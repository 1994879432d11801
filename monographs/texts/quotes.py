"""Words as readers see them: found in what a page prints, and marked there. Pure.

The words of a place are what is seen of its HTML, with white space folded; the numbers of references and what only
screen readers say are no words of it. They are compared letter by letter, and only whole words and figures count:
"5 mg" is not in "2.5 mg".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"]|"[^"]*")*)>')
_SIGN = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|.", re.DOTALL)
_INLINE = frozenset(("a", "cite", "code", "em", "mark", "span", "strong", "sub", "sup", "time"))
_VOID = frozenset(("br", "hr", "img", "wbr"))
# What is no word of a place: elements of these classes.
CITATION, UNSEEN = ".cite", ".vh"
_NO_WORDS = (CITATION, UNSEEN)


@dataclass(frozen=True)
class _Tag:
    name: str
    closes: bool
    names: frozenset[str]  # "sup" and ".cite"

    @property
    def keeps_whole(self) -> bool:
        """Nothing is put inside: a link holds no link, and a quantity never breaks."""
        return self.name == "a" or not self.names.isdisjoint((".q", *_NO_WORDS))


def _tokens(html: str) -> Iterator[tuple[int, str, _Tag | None]]:
    """(where it begins, a tag or all text up to the next one, what the tag is)."""
    end = 0
    for match in _TAG.finditer(html):
        if end < match.start():
            yield end, html[end : match.start()], None
        classes = re.search(r'\bclass="([^"]*)"', match[3])
        name, named = match[2].lower(), classes[1].split() if classes else []
        yield match.start(), match[0], _Tag(name, bool(match[1]), frozenset((name, *(f".{one}" for one in named))))
        end = match.end()
    if end < len(html):
        yield end, html[end:], None


def _letters(html: str, without: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Each sign that is seen, and where its source begins and ends. A block's edge is a space."""
    hidden: list[str] = []  # open elements that are left out, all of one name
    for at, token, tag in _tokens(html):
        if hidden:
            if tag and tag.name == hidden[0] and tag.name not in _VOID:
                hidden.pop() if tag.closes else hidden.append(tag.name)
        elif tag:
            if not tag.closes and not without.isdisjoint(tag.names):
                hidden.append(tag.name)
            elif tag.name not in _INLINE:
                yield " ", at, at
        else:
            for one in _SIGN.finditer(token):
                yield from ((sign, at + one.start(), at + one.end()) for sign in unescape(one[0]))


@dataclass(frozen=True)
class Text:
    """What is seen of some HTML, and where in it each letter stands."""

    words: str
    spans: tuple[tuple[int, int], ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        return self.spans[start][0], self.spans[end - 1][1]


def text_of(html: str, without: Iterable[str] = _NO_WORDS) -> Text:
    """What is seen of HTML, less elements of these names (`a`) and classes (`.vh`). White space is one space."""
    signs: list[str] = []
    spans: list[tuple[int, int]] = []
    for sign, start, end in _letters(html, frozenset(without)):
        if sign.isspace() and (not signs or signs[-1] == " "):
            continue
        signs.append(" " if sign.isspace() else sign)
        spans.append((start, end))
    if signs and signs[-1] == " ":
        signs.pop()
        spans.pop()
    return Text("".join(signs), tuple(spans))


def folded(words: str) -> str:
    """Words as they are looked for: NFC, white space of every sort one space."""
    return " ".join(unicodedata.normalize("NFC", words).split())


def cuts(text: str, at: int) -> bool:
    """Whether an edge here would cut a word or a figure in two."""
    before, after = text[max(0, at - 2) : at], text[at : at + 2]
    if before[-1:].isalnum() and after[:1].isalnum():
        return True
    return bool(re.fullmatch(r"\d[.,]\d", before + after[:1]) or re.fullmatch(r"\d[.,]\d", before[-1:] + after))


def found_in(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where folded words stand in a text, one after the other."""
    places: list[tuple[int, int]] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        whole = not cuts(text, at) and not cuts(text, end)
        if whole:
            places.append((at, end))
        at = text.find(wanted, end if whole else at + 1)
    return places


# -- Marks -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """Words of a place that are marked: letters `start` to `end` of its text. What follows them is HTML."""

    start: int
    end: int
    anchor: str
    follows: str


def marked(html: str, marks: Iterable[Mark], without: Iterable[str] = ()) -> str:
    """The HTML with marks around words. Nothing of it is changed or moved: a mark that crosses elements is made in
    pieces, and what follows its words stands behind the links, quantities and numbers of references that they end in.
    """
    left_out = frozenset((*_NO_WORDS, *without))
    text = text_of(html, left_out)
    placed = [(*text.source(one.start, one.end), one) for one in marks]
    edges = sorted({edge for start, end, _one in placed for edge in (start, end)})
    out: list[str] = []
    waiting: list[str] = []
    begun: set[str] = set()
    open_tags: list[_Tag] = []

    def let_go() -> None:
        if not any(one.keeps_whole for one in open_tags):
            out.extend(f" {one}" for one in waiting)
            waiting.clear()

    for at, token, tag in _tokens(html):
        if tag:
            if not (tag.name in _INLINE and tag.closes) and CITATION not in tag.names:
                let_go()
            out.append(token)
            if tag.closes:
                open_tags[-1:] = []
            elif tag.name not in _VOID:
                open_tags.append(tag)
            continue
        stop = at + len(token)
        hidden = any(not left_out.isdisjoint(one.names) for one in open_tags)
        borders = [at, *(edge for edge in edges if at < edge < stop), stop]
        for start, end in pairwise(borders):
            let_go()
            over = [one for a, b, one in placed if a <= start and end <= b]
            piece = html[start:end]
            if over and piece.strip() and not hidden:
                new = [one.anchor for one in over if one.anchor not in begun]
                begun.update(new)
                opened = [f'<mark class="wrong" id="{anchor}">' for anchor in new] or ['<mark class="wrong">']
                piece = f"{''.join(opened)}{piece}{'</mark>' * len(opened)}"
            out.append(piece)
            waiting.extend(one.follows for _a, b, one in placed if b == end)
    open_tags.clear()
    let_go()
    return "".join(out)
