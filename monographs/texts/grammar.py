"""The second rules of text: a closed grammar, of which a page shows each letter, figure and sign as it was typed.

Marks, and nothing else, are not shown themselves: blank lines between paragraphs, `- ` and `1. ` before the items of a
list, one to three stars around words, `[words](address)` and `<address>` for a link, `[@label]` for a citation. A line
stays a line, a number its number. What could be read in two ways is a fault: it is refused when it is typed, with its
place and a way to mend it, and shown as it was typed wherever it stands all the same. docs/text.md has examples.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from monographs.texts.line_grammar import (
    ATOM,
    CITATION,
    NO_LINK,
    NOTHING,
    SCHEMES,
    Line,
    Piece,
    Run,
    is_safe,
    read_line,
)


@dataclass(frozen=True)
class Item:
    """An item of a list: its lines, and the lists inside. `number` is the one that was typed."""

    number: int | None
    lines: tuple[Line, ...]
    lists: tuple["List", ...] = ()
    at: int = field(default=0, compare=False)  # its line in the text
    typed: str = field(default="", compare=False)  # its words with their marks


@dataclass(frozen=True)
class List:
    items: tuple[Item, ...]

    @property
    def is_numbered(self) -> bool:
        return self.items[0].number is not None


@dataclass(frozen=True)
class Paragraph:
    lines: tuple[Line, ...]


Block = Paragraph | List


@dataclass(frozen=True)
class Fault:
    """What could be read in two ways, or would not be what it looks like. `line` counts from 1."""

    line: int
    near: str
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}, at “{_short(self.near)}”: {self.sentence}"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return f"{words[:40]}…" if len(words) > 40 else words


def parse(text: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a text. Every text has a reading: what is at fault stays the words that it is."""
    return _Reading(text).blocks


def items(text: str) -> tuple[Item, ...]:
    """The items of all lists of a text, those of inner lists too, as they stand."""
    return tuple(_items(block for block in parse(text) if isinstance(block, List)))


def _items(lists: Iterable[List]) -> Iterator[Item]:
    for one in lists:
        for item in one.items:
            yield item
            yield from _items(item.lists)


def faults(text: str) -> tuple[Fault, ...]:
    """What is to be mended before a text may be stored, in the order of its lines."""
    return tuple(sorted(_Reading(text).faults, key=lambda one: one.line))


# -- Blocks: paragraphs and lists ----------------------------------------------------------------------------------

_ITEM = re.compile(r"(?P<indent> *)(?P<mark>-|(?:0|[1-9][0-9]{0,2})\.) +(?P<words>\S.*)")
_LONE = re.compile(r" *(?:-|[0-9]{1,3}\.)\s*")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_DEEPEST = 3
# No prose has so many; a browser would choke on the result.
_MOST_MARKS = 2_000
_MOST_LINES = 5_000
_TOO_MUCH = f"A text may hold {_MOST_MARKS:,} stars and links, and {_MOST_LINES:,} lines, not more. Split it."
# A figure after the mark, whatever stands between: the mark could be a minus.
_FIGURE_FIRST = re.compile(r" *+- ++[^\w\s]*+\s*+[\d½¼¾⅓⅔⅛]")
# What a figure below nothing can be of: a temperature, a share, a change. Nobody takes minus 5 tablets.
_BELOW_NOTHING = re.compile(
    r" *+- ++[^\w\s]*+\s*+[\d½¼¾⅓⅔⅛.,]++(?: ?(?:to|[–/-]) ?[\d½¼¾⅓⅔⅛.,]++)?+\s*+"
    r"(?:°|%|K\b|mm|kg\b|SD\b|points?\b|[^\w\s]|$)"
)
_ENDS_IN_FIGURE = re.compile(r"(?:[\d½¼¾⅓⅔⅛][.,]?|\bto|[<>≤≥=~±–-])$")
# `•<tab>words` is no row of two cells.
_MARK_BEFORE_TAB = re.compile(r"^(?:[•◦▪▫■●○‣⁃∙·*+–—-]|o|\(?\w{1,3}[.)])\t")
_BARS = re.compile(r"\s*\|.*\|\s*")
_RULE = re.compile(r"\s*+\|?\s*+:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)+\|?\s*+")
_CITED_FIGURE = re.compile(rf"\d{CITATION.pattern}[.,]?\d")


@dataclass
class _Entry:
    """An item while it is read."""

    at: int
    indent: int
    number: int | None
    words: list[tuple[int, str]]
    below: list["_Entry"] = field(default_factory=list)


class _NoList(Exception):
    """Line, its words, and what is wrong there."""


class _Reading:
    """One reading of a text: its blocks, and what is at fault."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self.blocks: tuple[Block, ...] = ()
        lines = text.split("\n")
        if len(lines) > _MOST_LINES or text.count("*") + text.count("](") > _MOST_MARKS:
            self.faults.append(Fault(1, lines[0], _TOO_MUCH))
            self.blocks = tuple(
                Paragraph(tuple((Piece("words", line.strip()),) for line in block)) for _at, block in _blocks(lines)
            )
            return
        self._table(lines)
        blocks: list[Block] = []
        for start, block in _blocks(lines):
            if blocks and isinstance(blocks[-1], List) and block[0].startswith("  "):
                sentence = "A list holds no blank line inside. Take it out, or begin this line at the left."
                self._refuse(start, block[0], sentence)
            new: Block | None = None
            if _ITEM.fullmatch(block[0]):
                try:
                    new = self._list(start, block)
                except _NoList as no_list:
                    self._refuse(*no_list.args)
            new = new or Paragraph(self._lines([(start + n, one.strip()) for n, one in enumerate(block)]))
            if isinstance(new, List) and blocks and isinstance(blocks[-1], List) and _goes_on(blocks[-1], new):
                blocks[-1] = List(blocks[-1].items + new.items)
            else:
                blocks.append(new)
        self.blocks = tuple(self._unless_a_figure(block, lines) for block in blocks)
        for one in self.blocks:
            if isinstance(one, List):
                self._minus(one, lines)

    def _refuse(self, line: int, near: str, sentence: str) -> None:
        self.faults.append(Fault(line, near, sentence))

    def _lines(self, typed: list[tuple[int, str]]) -> tuple[Line, ...]:
        read, runs = [], list[tuple[Run, str]]()
        for number, words in typed:
            line, found = read_line(words)
            read.append(line)
            if cited := _CITED_FIGURE.search(words):
                sentence = "Two figures with only a citation between read as one. Cite after the whole figure."
                self._refuse(number, words[max(0, cited.start() - 10) :], sentence)
            for link in ATOM.finditer(words):
                if link["words"]:
                    inner = read_line(link["words"], NOTHING)[1]
                    self._stars([(replace(run, line=number), link["words"]) for run in inner])
            runs += [(replace(run, line=number), words) for run in found]
            for match in NO_LINK.finditer(
                "" if "](" not in words else ATOM.sub(lambda atom: "" if is_safe(atom) else atom[0], words)
            ):
                self._no_link(number, words, match["address"])
        self._stars(runs)
        return tuple(read)

    def _no_link(self, number: int, words: str, address: str) -> None:
        scheme = re.sub(r"\s", "", address.partition(":")[0]).lower()
        if scheme in SCHEMES:
            sentence = (
                "A link is [words](address): words without marks or brackets, an address without spaces, no title. "
                "Write it so, or put a space before “(”."
            )
        else:
            sentence = (
                "A link may lead only to an address that begins with http://, https:// or mailto:, "
                f"not to “{_short(address)}”."
            )
        self._refuse(number, words, sentence)

    def _stars(self, runs: list[tuple[Run, str]]) -> None:
        """A star beside a word that has no partner, where others of its kind have: which of them are marks?"""
        paired = {run.size for run, _words in runs if run.partner}
        begun: dict[int, int] = {}
        for run, words in runs:
            if run.partner or not (run.can_open or run.can_close):
                continue
            stars = "*" * run.size
            if run.size in paired:
                self._refuse(
                    run.line, _around(words, run, stars),
                    f"It cannot be told which of the “{stars}” here are signs and which are marks of emphasis. "
                    "Write † for a note, or take the emphasis out.",
                )  # fmt: skip
                return
            if run.can_close and begun.get(run.size, run.line) < run.line:
                self._refuse(
                    run.line, _around(words, run, stars),
                    f"Emphasis (“{stars}”) begins and ends on one line. End it on the line on which it begins.",
                )  # fmt: skip
                return
            if run.can_open:
                begun.setdefault(run.size, run.line)

    def _table(self, lines: list[str]) -> None:
        """Two rows of a table anywhere, or a rule between its head and its rows."""
        tabs = [n for n, row in enumerate(lines, 1) if "\t" in _MARK_BEFORE_TAB.sub("", row.strip(), count=1)]
        bars = [n for n, row in enumerate(lines, 1) if _BARS.fullmatch(row)]
        rules = [n for n, row in enumerate(lines, 1) if _RULE.fullmatch(row)]
        first = min([rows[0] for rows in (tabs, bars) if len(rows) > 1] + rules, default=0)
        if first:
            sentence = (
                "This was a table, and a text holds none. Write each row as an item of a list, as in "
                "“- Adults: 10 mg once daily”."
            )
            self._refuse(first, lines[first - 1], sentence)

    def _minus(self, block: List, lines: list[str], inner: bool = False) -> None:
        """An item that begins with a figure: is its mark a minus?"""
        items = block.items
        sentence = "It cannot be told whether “-” here is a minus or begins an item. Put words first, or write “−20”."
        figures = [] if block.is_numbered else [one for one in items if _FIGURE_FIRST.match(lines[one.at - 1])]
        for one in figures:
            above = lines[one.at - 2] if one.at > 1 else ""
            is_alone = len(items) == 1 and (inner or bool(one.lists))
            all_below = len(figures) == len(items) and any(_BELOW_NOTHING.match(lines[each.at - 1]) for each in items)
            if is_alone or all_below or _ENDS_IN_FIGURE.search(above.rstrip()[-20:]):
                self._refuse(one.at, lines[one.at - 1], sentence)
                break
        for one in items:
            for below in one.lists:
                self._minus(below, lines, inner=True)

    def _list(self, start: int, block: list[str]) -> List:
        """The list that a block is. _NoList: some line of it is no item and goes on with none."""
        top: list[_Entry] = []
        path: list[_Entry] = []
        for at, line in enumerate(block, start):
            match = _ITEM.fullmatch(line)
            if match is None:
                if _LONE.fullmatch(line):
                    raise _NoList(at, line, "Nothing follows the mark of this item. Write words or take it out.")
                if not path or _indent(line) < path[-1].indent + 2:
                    raise _NoList(
                        at, line,
                        "This line follows a list. Put a blank line before it, or two spaces if it is of the item.",
                    )  # fmt: skip
                path[-1].words.append((at, line.strip()))
                continue
            indent = len(match["indent"])
            entry = _Entry(
                at, indent, None if match["mark"] == "-" else int(match["mark"][:-1]), [(at, match["words"])]
            )
            while path and indent < path[-1].indent:
                path.pop()
            if path and indent >= path[-1].indent + 2:
                siblings = path[-1].below
            else:
                siblings = path[-2].below if len(path) > 1 else top
                if siblings and siblings[-1].indent != indent:
                    raise _NoList(at, line, "Items of a list begin at one place. Mend the spaces before it.")
                del path[-1:]
            if siblings and (siblings[-1].number is None) != (entry.number is None):
                raise _NoList(at, line, "A list has bullets or numbers. Put a blank line between two lists.")
            siblings.append(entry)
            path.append(entry)
            if len(path) > _DEEPEST:
                raise _NoList(at, line, f"A list may be nested {_DEEPEST} levels deep, not deeper.")
        return List(tuple(self._item(entry) for entry in top))

    def _item(self, entry: _Entry) -> Item:
        below = (List(tuple(self._item(one) for one in entry.below)),) if entry.below else ()
        return Item(
            entry.number, self._lines(entry.words), below, entry.at, " ".join(words for _at, words in entry.words)
        )

    def _unless_a_figure(self, block: Block, lines: list[str]) -> Block:
        """`- 20 °C` by itself is less than nothing, and no list of one."""
        if isinstance(block, List) and len(block.items) == 1 and not block.items[0].lists:
            (item,) = block.items
            if _FIGURE_FIRST.match(lines[item.at - 1]):
                typed = lines[item.at - 1 : item.at - 1 + len(item.lines)]
                return Paragraph(tuple(read_line(line.strip())[0] for line in typed))
        return block


def _around(words: str, run: Run, stars: str) -> str:
    at = words.find(stars)
    return words[max(0, at - 12) :] if at >= 0 else words


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not blank, each with the number of its first."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _goes_on(before: List, after: List) -> bool:
    """Whether two lists with blank lines between are one."""
    last, first = before.items[-1].number, after.items[0].number
    return (last is None and first is None) or (last is not None and first is not None and first == last + 1)
