"""Corrections on the pages that they quote: the places of a page, as the one template prints them, and the marks that
it puts around words."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string

from monographs.document import Citation
from monographs.pages.page_model import Marked, MarkedPlace, Page
from monographs.pages.places import Place, label
from monographs.texts.quotes import Mark, folded, found_in, marked


@dataclass
class _Places:
    """Marks nothing, and remembers what it was asked for."""

    page: Page
    found: list[Place] = field(default_factory=list)
    corrections: tuple[Marked, ...] = ()

    def put(self, part: str, field: str, html: str, without: tuple[str, ...]) -> str:
        self.found.append(Place(part, field, label(self._names.get(part, ""), field), html, without))
        return html

    @cached_property
    def _names(self) -> dict[str, str]:
        numbers = {one.key: f"Reference {one.number}" for one in self.page.references}
        parts = self.page.document.parts()
        return {
            str(one.key): numbers[one.key] if isinstance(one, Citation) else self.page.document.label_of(one)
            for one in parts
        }


def places_of(page: Page) -> list[Place]:
    """Every place of a page, in the order in which it stands there. What stands over the page is none of them."""
    places = _Places(page)
    bare = replace(
        page, marks=places, status=None, archive=None, warnings=(), errata=(), told=(), retired=None, same_class=()
    )
    render_to_string("monographs/_monograph.html", {"page": bare})
    return places.found


# -- Marks -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Marks:
    corrections: tuple[Marked, ...]
    by_place: dict[tuple[str, str], list[Mark]]

    def put(self, part: str, field: str, html: str, without: tuple[str, ...]) -> str:
        marks = self.by_place.get((part, field))
        return marked(html, marks, without) if marks else html


@dataclass(frozen=True)
class Stands:
    """Words of a correction in a place of a page."""

    place: Place
    nth: int
    start: int
    end: int


def stands(erratum: Any, places: Iterable[Place], edition: int) -> list[Stands]:
    """Where in this edition the words of a correction are meant. One that says nothing of places means all of them; an
    edition that it does not name holds none."""
    if edition not in erratum.editions:
        return []
    meant = None
    if erratum.places is not None:
        meant = {(one["part"], one["field"], one["nth"]) for one in erratum.places if one["edition"] == edition}
    return [
        Stands(place, nth, start, end)
        for place in places
        for nth, (start, end) in enumerate(found_in(place.text.words, folded(erratum.wrong)))
        if meant is None or (place.part, place.field, nth) in meant
    ]


def marks_on(page: Page, edition: int) -> _Marks | None:
    """The marks of the corrections that stand over the page of this edition; None if it holds none of their words."""
    if not any(edition in one.editions for one in page.errata):
        return None
    places = places_of(page)
    corrections: list[Marked] = []
    by_place: dict[tuple[str, str], list[Mark]] = {}
    for erratum in page.errata:
        at: list[MarkedPlace] = []
        for one in stands(erratum, places, edition):
            place, anchor = one.place, f"wrong-{erratum.pk}-{len(at) + 1}"
            at.append(MarkedPlace(anchor, place.label, place.part, place.field, one.nth))
            mark = Mark(one.start, one.end, anchor, _link(erratum.pk, len(corrections) + 1))
            by_place.setdefault((place.part, place.field), []).append(mark)
        if at:
            corrections.append(Marked(erratum.pk, len(corrections) + 1, tuple(at)))
    return _Marks(tuple(corrections), by_place) if corrections else None


def _link(erratum: int, number: int) -> str:
    return (
        f'<a class="corrected" href="#erratum-{erratum}"><span class="vh">Corrected: </span>see correction {number}</a>'
    )
