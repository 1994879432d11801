"""Two changes of one text, made at the same time from the same words, put together block by block. Pure.

A block is a paragraph, or an item of a list with all that stands inside it: an item says nothing without the one above
it. Changes in different blocks merge. Two changes in one block, and words put in at one place, are a clash, and so is
whatever could be read in two ways: people decide it, with all three texts before them. Nothing is ever made up: each
block of a merge stands, sign for sign, in one of the three texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import product

from monographs.texts.grammar import List, faults, parse

# Of one text. Nobody sees at a glance what was made of more, and the write lock is held meanwhile.
MOST_BLOCKS = 500


@dataclass(frozen=True)
class Block:
    """`words` as they were typed, marks and line ends included. `apart`: a blank line stands before it (None: it is the
    first of its text)."""

    words: str
    kind: str = "paragraph"
    apart: bool | None = field(default=None, compare=False)


@dataclass(frozen=True)
class _Change:
    """These blocks in place of those of the base from `begin` up to `end`."""

    begin: int
    end: int
    blocks: Sequence[Block]

    @property
    def grows(self) -> bool:
        return len(self.blocks) > self.end - self.begin

    def clashes(self, other: "_Change") -> bool:
        if self.end < other.begin or other.end < self.begin:
            return False
        is_beside = self.end == other.begin or other.end == self.begin
        return not is_beside or self.grows or other.grows  # what grows beside another: which of the two comes first?


def blocks(text: str) -> list[Block]:
    """The blocks of a text, in order."""
    begins = {
        item.at: "number" if one.is_numbered else "bullet"
        for one in parse(text)
        if isinstance(one, List)
        for item in one.items
    }
    found: list[tuple[list[str], str, bool | None]] = []
    is_blank = True
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            is_blank = True
            continue
        if is_blank or number in begins:
            found.append(([], begins.get(number, "paragraph"), is_blank if found else None))
        found[-1][0].append(line)
        is_blank = False
    return [Block("\n".join(lines), kind, apart) for lines, kind, apart in found]


def merged(base: str, mine: str, theirs: str) -> str | None:
    """The text with both changes in it; None where they clash."""
    if mine == base or theirs == base:
        return theirs if mine == base else mine
    was, one, other = blocks(base), blocks(mine), blocks(theirs)
    if any(len(text) > MOST_BLOCKS or len(text) != len(set(text)) for text in (was, one, other)):
        return None  # of a block that stands there twice nobody can tell which was changed
    (ours, kept), (yours, kept_too) = _changes(was, one), _changes(was, other)
    if any(a.clashes(b) for a, b in product(ours, yours)):
        return None
    made, at = list[Block](), 0
    for change in sorted([*ours, *yours], key=lambda each: each.begin):
        made += [_spaced(was[n], kept[n], kept_too[n]) for n in range(at, change.begin)]
        made += change.blocks
        at = change.end
    made += [_spaced(was[n], kept[n], kept_too[n]) for n in range(at, len(was))]
    text = _joined(made)
    return text if len(made) == len(set(made)) and blocks(text) == made and not faults(text) else None


def _changes(was: list[Block], now: list[Block]) -> tuple[list[_Change], dict[int, Block]]:
    """What was changed, and by its place in the base each block that stayed, as it stands now."""
    changes, kept = list[_Change](), dict[int, Block]()
    for tag, begin, end, to, until in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            kept |= dict(zip(range(begin, end), now[to:until], strict=True))
        else:
            changes.append(_Change(begin, end, now[to:until]))
    return changes, kept


def _spaced(was: Block, one: Block, other: Block) -> Block:
    """A block that both left as it was, with the blank line before it that either of them put in or took out."""
    changed = [each.apart for each in (one, other) if each.apart is not None and each.apart != was.apart]
    return replace(was, apart=changed[0] if changed else was.apart)


def _joined(made: list[Block]) -> str:
    text, before = "", None
    for block in made:
        if before:
            is_next = not block.apart and before.kind == block.kind != "paragraph"
            text += "\n" if is_next else "\n\n"
        text += block.words
        before = block
    return text
