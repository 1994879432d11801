"""Lists as word processors paste them, made lists of the grammar. Nobody's words are changed without being asked: the
desk shows what it made, unsaved.

Neighbouring lines that begin with “•”, “–”, “1)” and the like become items. A dash before a figure stays what it is: it
could be a minus. “o” is a mark only on two neighbouring lines. A mark of another kind, or further in, begins a list
inside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monographs.texts.grammar import List, faults, parse

_BULLETS = "•◦▪▫■●○‣⁃➢"
_POINTS = "∙·"  # before a figure it is a decimal point
_DASHES = "-–—−*+"
_GAP = r"[ \t\u00a0]"
_LINE = re.compile(
    rf"(?P<indent>{_GAP}*)"
    rf"(?:(?P<bullet>[{_BULLETS}]){_GAP}*|(?P<point>[{_POINTS}])(?:{_GAP}+|(?!\d))|(?P<dash>[{_DASHES}]){_GAP}+|(?P<letter>o){_GAP}+"
    rf"|\(?(?P<number>0|[1-9][0-9]{{0,2}})[.)]{_GAP}+)(?P<words>\S.*)"
)
_FIGURE = re.compile(r"[*<>≤≥~.,+−– -]*\d")
_DEEPEST = 3


@dataclass(frozen=True)
class _Item:
    kind: str
    indent: int
    number: int | None
    words: str


def as_lists(text: str) -> str:
    """The text with lists where neighbouring lines begin with marks of some; otherwise as it is. Doing it again changes
    nothing."""
    return listed(text)[0]


def listed(text: str) -> tuple[str, list[str]]:
    """`as_lists`, and the lines of the text that it made items."""
    taken: list[str] = []
    blocks = re.split(r"\n(?:[^\S\n]*\n)+", text.replace("\r\n", "\n"))
    return "\n\n".join(_as_list(block, taken) for block in blocks), taken


def _as_list(block: str, taken: list[str]) -> str:
    if any(isinstance(one, List) for one in parse(block)) and not faults(block):
        return block
    lines = block.split("\n")
    items = [_item(line) for line in lines]
    marked = [n for n, item in enumerate(items) if item]
    if len(marked) != (marked[-1] - marked[0] + 1 if marked else -1):
        return block  # a line without a mark between items: of the one above, or not?
    out: list[str] = []
    at = 0
    while at < len(lines):
        run = list(_run(items, at))
        made = _made(run)
        if made is None:
            out += lines[at : at + max(1, len(run))]
            at += max(1, len(run))
            continue
        if out and out[-1]:
            out.append("")
        out += made
        taken += lines[at : at + len(run)]
        at += len(run)
        if at < len(lines):
            out.append("")
    return "\n".join(out)


def _run(items: list[_Item | None], at: int) -> Iterator[_Item]:
    """The items side by side from this line on."""
    while at < len(items) and (item := items[at]):
        beside = (items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None)
        if item.kind == "o" and not any(one and one.kind == "o" for one in beside):
            return
        yield item
        at += 1


def _item(line: str) -> _Item | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    indent = len(match["indent"].expandtabs(4))
    if match["number"] is not None:
        return _Item("1", indent, int(match["number"]), match["words"])
    return _Item(match["bullet"] or match["point"] or match["dash"] or match["letter"], indent, None, match["words"])


def _made(run: list[_Item]) -> list[str] | None:
    """The lines of a list, or nothing where this is surely none, or could be something else."""
    if len(run) < 2 or any(item.kind in _DASHES and _FIGURE.match(item.words) for item in run):
        return None
    path: list[tuple[str, int]] = []
    last: dict[int, int] = {}
    lines = []
    for item in run:
        here = (item.kind, item.indent)
        if here in path:
            del path[path.index(here) + 1 :]
        else:
            path.append(here)
            last.pop(len(path), None)
        depth = len(path)
        if depth > _DEEPEST:
            return None
        if item.number is not None:
            if last.get(depth, item.number - 1) + 1 != item.number:
                return None
            last[depth] = item.number
        for deeper in [one for one in last if one > depth]:
            del last[deeper]
        lines.append(f"{'  ' * (depth - 1)}{'-' if item.number is None else f'{item.number}.'} {item.words}")
    return lines
