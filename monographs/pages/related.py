"""Other monographs that a page leads to: those that the editors chose, and the rest of the class, told apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from monographs.document import RelatedLink
from monographs.pages.lines import Line, lines_of, run_on


class Live(Protocol):
    """What is read of a live publication."""

    slug: str
    class_slugs: list[str]
    said: str  # of what keeps its doses from readers; "" for nothing

    @property
    def called(self) -> str:
        """Beside others."""


@dataclass(frozen=True)
class Related:
    slug: str
    name: str
    reason: str = ""
    key: UUID | None = field(default=None, compare=False)  # of the link that the editors chose
    lines: tuple[Line, ...] = ()
    said: str = ""


def linked(link: RelatedLink, name: str = "", at: str = "", said: str = "") -> Related:
    """A link that the editors chose, as a page prints it; `at`: where its monograph is now."""
    return Related(at or link.target, name, run_on(link, "reason"), link.key, lines_of(link), said)


def related(
    slug: str, links: Iterable[RelatedLink], printed_class: str, live: Iterable[Live], now: Mapping[str, str]
) -> tuple[list[Related], list[Related]]:
    """(chosen by the editors, in their order; others of the last printed class, by name). Live monographs only, each
    once: a link that leads nowhere yet is not shown. `now`: {target of a link: where that monograph is live}."""
    there = {one.slug: one for one in live if one.slug != slug}
    chosen: list[Related] = []
    taken = set[str]()
    for link in links:
        at = now.get(link.target, "")
        if at in there and at not in taken:
            taken.add(at)
            chosen.append(linked(link, there[at].called, at, there[at].said))
    same = [
        Related(one.slug, one.called, said=one.said)
        for one in there.values()
        if printed_class and one.class_slugs[-1:] == [printed_class] and one.slug not in taken
    ]
    return chosen, sorted(same, key=lambda one: (one.name.casefold(), one.slug))
