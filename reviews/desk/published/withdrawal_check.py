"""Where a page may still be after it was withdrawn: each place is asked, by the answer that a reader would get now."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve

from monographs.models import Monograph
from monographs.overlay_kinds import WITHDRAWALS
from monographs.standing import overlays_of


@dataclass(frozen=True)
class Place:
    """One place: its address, whether what was withdrawn is gone there, and what to do if nobody can tell."""

    name: str
    address: str
    is_gone: bool | None
    do: str = ""


def places_of(monograph: Monograph) -> list[Place]:
    """Every place of ours is asked; of places beyond our reach it is said what to do."""
    live = monograph.live
    assert live is not None
    kinds = {one.kind for one in overlays_of(monograph.pk) if one.kind in WITHDRAWALS}
    page, numbers = live.get_absolute_url(), monograph.publications.order_by("number").values_list("number", flat=True)
    found = [_page("Page", page, kinds), _page("The page as data", f"{page}monograph.json", kinds)]
    found += [_page(f"Edition {n}", f"{page}editions/{n}/", kinds) for n in numbers if n != live.number]
    found += [
        _page(f"Comparison of editions {one} and {live.number}", f"{page}editions/{one}...{live.number}/", kinds)
        for one in numbers
        if one != live.number
    ]
    lists = [("A to Z", "/drugs/"), ("Home", "/"), ("Sitemap", "/sitemap-1.xml")]
    lists += [(f"Class {slug}", f"/classes/{slug}/") for slug in live.class_slugs]
    found += [_list(name, address, page, kinds) for name, address in lists]
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


def _answer(address: str) -> HttpResponse | None:
    """What a stranger is answered at this address now, made anew; None for a 404."""
    request = HttpRequest()
    request.method, request.path = "GET", address
    match = resolve(address)
    try:
        return match.func(request, *match.args, **match.kwargs)
    except Http404:
        return None


def _page(name: str, address: str, kinds: set[str]) -> Place:
    answer = _answer(address)
    status = answer.status_code if answer is not None else 404
    if "take_down" in kinds:
        return Place(name, address, status in (404, 410), "It is still served. Tell whoever runs this house at once.")
    is_gone = answer is not None and status == 200 and (b"etired" in answer.content or b"edition" in answer.content)
    return Place(name, address, is_gone, "It does not say that it is retired. Tell whoever runs this house at once.")


def _list(name: str, address: str, page: str, kinds: set[str]) -> Place:
    answer = _answer(address)
    named = answer is not None and answer.status_code == 200 and f'{page}"'.encode() in answer.content
    if "take_down" in kinds:
        return Place(name, address, not named, "It still leads to the page, which says 410.")
    return Place(name, address, answer is not None, "")
