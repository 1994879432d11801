"""A comparison in a few sentences: notices first, then the rest in the order of the page. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from monographs.difference.document_diff import Comparison, PartChange

_FIRST = ("notice",)  # what a reader must not miss
_SAID = {"added": "added", "removed": "removed", "changed": "changed"}
_PLURALS = {"citation": "references", "monitoring": "monitoring tests", "related": "related monographs"}


@dataclass(frozen=True)
class Line:
    """One sentence, and the key of the part that it is about ("" for several)."""

    words: str
    key: str = ""
    is_first: bool = False


def in_short(comparison: Comparison) -> list[Line]:
    """What changed, one line a part; many changes of references or tests are counted instead."""
    changes = sorted(comparison.changes, key=lambda one: one.part_kind not in _FIRST)
    return [*_lines(changes), *_moves(comparison)]


def _lines(changes: list[PartChange]) -> Iterator[Line]:
    counted: dict[tuple[str, str], list[PartChange]] = {}
    for change in changes:
        if change.part_kind in _PLURALS:
            counted.setdefault((change.part_kind, change.kind), []).append(change)
        else:
            yield Line(_said(change), change.key, change.part_kind in _FIRST)
    for (part_kind, kind), some in counted.items():
        if len(some) == 1:
            yield Line(_said(some[0]), some[0].key)
        else:
            yield Line(f"{len(some)} {_PLURALS[part_kind]} {_SAID[kind]}.", some[0].key)


def _said(change: PartChange) -> str:
    return f"{change.label}: {change.only}." if change.only else f"{change.label} {_SAID[change.kind]}."


def _moves(comparison: Comparison) -> Iterator[Line]:
    if comparison.moved:
        yield Line("The order of parts changed.", "order")
