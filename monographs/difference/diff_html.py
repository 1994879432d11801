"""A comparison of two documents as pages show it: old words left, new words right, told by more than colour.

Words are shown as they were typed. What would otherwise not be seen (a line break, a space) has a sign of its own and
its name beside it, as has what looks like another sign; and no figure is ever struck through: a struck digit is a
misread digit.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle, groupby
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString

from monographs.difference.document_diff import Comparison, FieldChange, PartChange
from monographs.difference.look_alikes import has_no_words
from monographs.difference.word_diff import Segment
from monographs.texts import grammar
from monographs.texts.line_grammar import CITATION
from monographs.texts.text import TextRules, quantities

_BULLET = re.compile(r"^\s*[-+*][ \t]+")
# Above these, each sign and each line is no longer shown by itself.
_MOST_SIGNS, _MOST_LINES = 200, 2000
_FIGURE = re.compile(r"(\d+(?:[.,]\d+)*)")


@dataclass(frozen=True)
class Block:
    """A paragraph (one line) or a list."""

    is_list: bool
    lines: tuple[SafeString, ...]


class Side(tuple[Block, ...]):
    """The paragraphs and lists of one side; `html` is all of it, as pages show it."""

    @property
    def html(self) -> SafeString:
        shown = (
            (
                f"<ul>{''.join(f'<li>{line}</li>' for line in one.lines)}</ul>"
                if one.is_list
                else f"<p>{one.lines[0]}</p>"
            )
            for one in self
        )
        return SafeString("".join(shown))


@dataclass(frozen=True)
class Cites:
    """How the marks of citations are shown on each side: label -> HTML. A label that is not there stands as typed."""

    old: Mapping[str, SafeString]
    new: Mapping[str, SafeString]


AS_TYPED = Cites({}, {})


@dataclass(frozen=True)
class Field:
    """One field of a part. A side that has no words is empty."""

    name: str
    label: str
    old: Side
    new: Side
    notes: tuple[str, ...] = ()


@dataclass
class Change:
    """One changed part, ready to be shown. Who changed it, and when last, is filled in by whoever knows it."""

    key: str
    label: str
    kind: str
    part_kind: str = ""
    fields: tuple[Field, ...] = ()
    only: str = ""  # set: no word and no figure changed
    moves: tuple[str, ...] = ()
    people: list[tuple[str, datetime]] = field(default_factory=list)
    credited: str = ""

    @property
    def anchor(self) -> str:
        return f"change-{self.key}"

    @property
    def title(self) -> str:
        return f"{self.label}: {self.only or self.kind}"


def changes_of(comparison: Comparison, cites: Cites = AS_TYPED) -> list[Change]:
    """Every changed part in the order of the page; the order of parts comes last, as a part of its own."""
    changes = [_change(one, cites) for one in comparison.changes]
    if comparison.moved:
        moves = tuple(f"{one.label}: from place {one.was + 1} to place {one.now + 1}" for one in comparison.moved)
        changes.append(Change("order", "Order of parts", "changed", moves=moves))
    return changes


def _change(change: PartChange, cites: Cites) -> Change:
    fields = tuple(_field(one, cites) for one in change.fields)
    return Change(change.key, change.label, change.kind, change.part_kind, fields, change.only)


def _field(change: FieldChange, cites: Cites) -> Field:
    only = (f"{change.only.capitalize()}.",) if change.only else ()
    notes = tuple(
        f"This item moved from place {one.was + 1} to place {one.now + 1} of the list: {one.text}"
        for one in change.items
        if one.kind == "moved" and one.was is not None and one.now is not None
    )
    old = side(change.segments, "removed", change.was, cites.old)
    new = side(change.segments, "added", change.now, cites.new)
    return Field(change.name, change.label, old, new, only + notes)


def side(
    segments: Iterable[Segment], mark: str, rules: TextRules = None, cites: Mapping[str, SafeString] = AS_TYPED.old
) -> Side:
    """One side of a difference: what both texts have, and what is marked (`removed`: the old one)."""
    typed = _lines(segments, mark)
    items = _bulleted(typed) if rules else set(range(len(typed)))
    lines = [_line(pieces, number in items, cites) for number, pieces in enumerate(typed)]
    blocks: list[Block] = []
    for is_list, run in groupby((line for line in lines if line), key=lambda line: line[0]):
        htmls = tuple(html for _, html in run)
        blocks += [Block(True, htmls)] if is_list else [Block(False, (html,)) for html in htmls]
    return Side(blocks)


class Piece(NamedTuple):
    """A run of words on one line; `name` says what of it cannot be seen."""

    op: str
    text: str
    name: str = ""


def _lines(segments: Iterable[Segment], mark: str) -> list[list[Piece]]:
    """The words of one side, line by line. White space that changed without any word beside it gets signs, and its name
    where it begins."""
    lines: list[list[Piece]] = [[]]
    segments = [one for one in segments if one.op in ("same", mark)]
    are_many = sum(one.text.count("\n") for one in segments) > _MOST_LINES
    for segment in segments:
        if segment.kind == "gap" and has_no_words(segment.text):
            if are_many or len(segment.text) > _MOST_SIGNS:  # its name counts them
                lines[-1].append(Piece(segment.op, "¶" if "\n" in segment.text else "␣", segment.name))
                continue
            for count, text in enumerate(re.findall(r"\n|[^\n]+", segment.text)):
                sign = "¶" if text == "\n" else "␣" * len(text)
                lines[-1].append(Piece(segment.op, sign, "" if count else segment.name))
                if text == "\n":
                    lines.append([])
            continue
        *texts, last = [segment.text.replace("\n", " ")] if are_many else segment.text.split("\n")
        for text in texts:
            lines[-1] += [Piece(segment.op, text)] if text else []
            lines.append([])
        lines[-1] += [Piece(segment.op, last, segment.name)] if last else []
    return lines


def _bulleted(lines: list[list[Piece]]) -> set[int]:
    """The lines, from 0, that the second rules show as items of a list with bullets."""
    text = "\n".join("".join(piece.text for piece in pieces) for pieces in lines).replace("␣", " ").replace("¶", "")
    return {item.at - 1 for item in grammar.items(text) if item.number is None}


def _line(pieces: list[Piece], may_be_item: bool, cites: Mapping[str, SafeString]) -> tuple[bool, SafeString] | None:
    if not "".join(piece.text for piece in pieces).strip():
        return None
    op, first, name = pieces[0]
    bullet = _BULLET.match(first) if may_be_item else None
    # A marker that changed alone stays in sight; one that came or went with its words makes them an item.
    if bullet and (op == "same" or first[bullet.end() :].strip()):
        pieces = [Piece(op, first[bullet.end() :], name), *pieces[1:]]
    else:
        bullet = None
    return bool(bullet), SafeString("".join(_html(piece, cites) for piece in pieces if piece.text))


def _html(piece: Piece, cites: Mapping[str, SafeString]) -> str:
    """The words with their mark, and the name of what cannot be seen. A space at an end stands outside the mark."""
    if piece.op == "same":
        return _cited(piece.text, quantities, cites)
    words = piece.text.strip()
    before, rest = map(escape, piece.text.split(words, 1) if words else ("", piece.text))
    name = f'<span class="called"> {escape(piece.name)} </span>' if piece.name else ""
    if piece.op == "added":
        return f'{before}<ins><span class="vh">Added: </span>{_cited(words, quantities, cites)}</ins>{name}{rest}'
    return f'{before}<del><span class="vh">Removed: </span>{_cited(words, _not_struck, cites)}</del>{name}{rest}'


def _not_struck(words: str) -> str:
    """Each figure in a box of its own: the line through removed words stops before it."""
    return "".join(
        f'<span class="q">{one}</span>' if is_figure else escape(one)
        for one, is_figure in zip(_FIGURE.split(words), cycle((False, True)))
    )


def _cited(text: str, html: Callable[[str], str], cites: Mapping[str, SafeString]) -> SafeString:
    """The HTML of a text, with the marks of citations as `cites` has them."""
    pieces, end = list[str](), 0
    for match in CITATION.finditer(text):
        if match[1] in cites:
            pieces += [html(text[end : match.start()]), cites[match[1]]]
            end = match.end()
    return SafeString("".join([*pieces, html(text[end:])]))
