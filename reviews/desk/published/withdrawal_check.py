"""Where a page may still be after it was withdrawn: each place is asked, by the answer that a reader would get now."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve

from monographs.models import Monograph
from monographs.overlay_kinds import Effect, OverlayKind
from monographs.standing import overlays_of


@dataclass(frozen=True)
class Place:
    """One place: its address, whether what was withdrawn is gone there, and what to do if nobody can tell."""

    name: str
    address: str
    is_gone: bool | None
    do: str = ""


def places_of(monograph: Monograph) -> list[Place]:
    """Every place of ours is asked by what withdrew the page; of places beyond our reach it is said what to do. None of
    a page that is not withdrawn."""
    live = monograph.live
    assert live is not None
    rows = sorted((one.row for one in overlays_of(monograph.pk) if one.row.words.served), key=_removes)
    if not rows:
        return []
    row = rows[-1]
    page, numbers = live.get_absolute_url(), monograph.publications.order_by("number").values_list("number", flat=True)
    found = [_page("Page", page, row), _page("The page as data", f"{page}monograph.json", row)]
    found += [_page(f"Edition {n}", f"{page}editions/{n}/", row) for n in numbers if n != live.number]
    found += [
        _page(f"Comparison of editions {one} and {live.number}", f"{page}editions/{one}...{live.number}/", row)
        for one in numbers
        if one != live.number
    ]
    lists = [("A to Z", "/drugs/"), ("Home", "/"), ("Sitemap", "/sitemap-1.xml")]
    lists += [(f"Class {slug}", f"/classes/{slug}/") for slug in live.class_slugs]
    found += [_list(name, address, page, row) for name, address in lists]
    found += [
        Place(
            "Shared caches and content networks", "", None,
            "They may keep a page for 60 seconds. If yours keeps more, purge it now.",
        ),
        Place(
            "Printed sheets, saved copies, screenshots", "", None,
            "Nobody can call them back. Tell the wards and practices that you serve.",
        ),
    ]  # fmt: skip
    return found


def _removes(row: OverlayKind) -> bool:
    return row.effect == Effect.REMOVES


def _answer(address: str) -> HttpResponse | None:
    """What a stranger is answered at this address now, made anew; None for a 404."""
    request = HttpRequest()
    request.method, request.path = "GET", address
    match = resolve(address)
    try:
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return None
    return answer


def _page(name: str, address: str, row: OverlayKind) -> Place:
    answer = _answer(address)
    status = answer.status_code if answer is not None else 404
    if _removes(row):
        return Place(name, address, status in (404, 410), row.words.served)
    said = answer.content.lower() if answer is not None else b""
    is_gone = status == 200 and (row.label.lower().encode() in said or b"edition" in said)
    return Place(name, address, is_gone, row.words.served)


def _list(name: str, address: str, page: str, row: OverlayKind) -> Place:
    answer = _answer(address)
    named = answer is not None and answer.status_code == 200 and f'{page}"'.encode() in answer.content
    is_gone = not named if _removes(row) else answer is not None
    return Place(name, address, is_gone, row.words.listed)
