"""Editions for ever: the list, one of them, what changed between two, and the page as data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from monographs.canonical import canonical
from monographs.checks.problems import gaps
from monographs.difference.change_summary import Line, in_short
from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from monographs.digest import as_json
from monographs.document import Document
from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.overlay_kinds import data_of
from monographs.pages.page import page
from monographs.pages.page_model import Archive
from monographs.pages.places import FIELDS
from monographs.pages.related import linked
from monographs.public.caching import public
from monographs.public.lists import listed
from monographs.public.views import gone
from monographs.public.what_changed import Changed, what_changed
from monographs.standing import Gone, Shown, shown, standing


@dataclass(frozen=True)
class Published:
    """One edition in the list: from when to when readers got it, and what changed with it."""

    publication: Publication
    until: datetime | None
    changed: Changed


def editions_of(slug: str) -> list[Published]:
    """Every published edition of the monograph that is live at this address, newest first, without its text: whoever
    shows one reads it by `_read`. 404 if there is none."""
    live = Publication.objects.live().filter(slug=slug).values("monograph")
    of_it = Publication.objects.filter(monograph__in=live).with_called()
    rows = list(of_it.select_related("live_of").order_by("-number"))
    if not rows:
        raise Http404
    untils = [None, *(one.published_at for one in rows)]
    changed = what_changed(rows)
    return [Published(one, until, changed[one.pk]) for one, until in zip(rows, untils, strict=False)]


def _read(*publications: Publication) -> None:
    """The texts of these editions, in one query."""
    prefetch_related_objects(publications, "document")


def _pick(slug: str, number: int) -> tuple[Published, Publication]:
    """One edition, and the live one."""
    found = editions_of(slug)
    for one in found:
        if one.publication.number == number:
            return one, found[0].publication
    raise Http404


def _seen(publication: Publication, live: Publication) -> Shown | Gone:
    document = publication.document.value
    archived = None if publication.pk == live.pk else publication.number
    return shown(document, standing(publication, document), archived)


@public
def editions(request: HttpRequest, slug: str) -> HttpResponse:
    found = editions_of(slug)
    live = found[0].publication
    _read(live)
    seen = _seen(live, live)
    if isinstance(seen, Gone):
        return gone(request, live, seen)
    context = {"editions": found, "live": live, "said": listed([live])[0].said}
    return render(request, "monographs/editions.html", context)


@public
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An old edition under what stands over it now. The live one has its own address, and this leads to it."""
    one, live = _pick(slug, number)
    if one.publication.pk == live.pk:
        return redirect(live)
    _read(one.publication, live)
    seen = _seen(one.publication, live)
    if isinstance(seen, Gone):
        return gone(request, live, seen)
    assert one.until is not None
    now = _seen(live, live)
    assert isinstance(now, Shown)
    changed = _sentence(in_short(compare(_comparable(seen), _comparable(now))))
    archive = Archive(one.publication.published_at, one.until, changed)
    context = {
        "page": page(seen, set(one.publication.traits), publication=one.publication, archive=archive),
        "live": live,
        "page_path": f"{live.get_absolute_url()}editions/{number}/",
        "address": f"{settings.SITE_URL}{live.get_absolute_url()}",
    }
    return render(request, "monographs/edition_old.html", context)


def _sentence(lines: list[Line]) -> str:
    """What changed since an old edition: notices by name, the rest by number."""
    first = [line.words for line in lines if line.is_first]
    rest = len(lines) - len(first)
    counted = "One change" if rest == 1 else f"{rest} changes"
    if not first:
        return f"{counted} since then." if rest else "Its words are the same."
    return " ".join(["Since then:", *first, *([f"{counted} beside that."] if rest else [])])


@public
def compare_editions(request: HttpRequest, slug: str, one: int, other: int) -> HttpResponse:
    """What changed from one edition to another, less what is withheld on either side."""
    found = {item.publication.number: item for item in editions_of(slug)}
    if not {one, other} <= found.keys() or one == other:
        raise Http404
    if one > other:
        return redirect("compare_editions", slug, other, one)
    live = found[max(found)].publication
    _read(found[one].publication, found[other].publication)
    sides = [_seen(found[number].publication, live) for number in (one, other)]
    old, new = sides
    if isinstance(old, Gone):
        return gone(request, live, old)
    if isinstance(new, Gone):
        return gone(request, live, new)
    comparison = compare(_comparable(old), _comparable(new))
    context = {
        "live": live,
        "said": listed([live])[0].said,
        "old": found[one],
        "new": found[other],
        "editions": list(found.values()),
        "short": in_short(comparison),
        "changes": changes_of(comparison),
        "unchanged": comparison.unchanged,
        "withheld": {held.part.key: held for held in (*old.withheld, *new.withheld)}.values(),
    }
    return render(request, "monographs/compare.html", context)


@public
def compare_chosen(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of the page of a comparison: leads to the address of the two."""
    numbers = [request.GET.get(name, "") for name in ("from", "to")]
    known = {str(one.publication.number) for one in editions_of(slug)}
    if not set(numbers) <= known:
        raise Http404
    one, other = sorted(int(number) for number in numbers)
    return redirect("editions", slug) if one == other else redirect("compare_editions", slug, one, other)


def _comparable(seen: Shown) -> Document:
    """The document as a side of a comparison: a notice that has not begun is told to nobody yet."""
    return seen.document.replaced(notices=tuple(n for n in seen.document.notices if n.has_begun(seen.standing.today)))


@public
def as_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The page as JSON: the document less what is withheld, and everything that stands over it."""
    publication = Publication.objects.live().for_page().filter(slug=slug).first()
    if publication is None:
        raise Http404
    seen = _seen(publication, publication)
    if isinstance(seen, Gone):
        return gone_as_data(slug, seen)
    return HttpResponse(canonical(_form(publication, seen)), content_type="application/json")


def gone_as_data(slug: str, seen: Gone) -> HttpResponse:
    """What is left as data of a page that was taken down."""
    status, at = seen.overlay.row.label.lower(), seen.overlay.at.isoformat()
    return JsonResponse({"slug": slug, "status": status, "at": at, **data_of(seen.overlay)}, status=410)


def _form(publication: Publication, seen: Shown) -> dict[str, Any]:
    standing = seen.standing
    document = seen.document.replaced(notices=seen.notices)
    address = f"{settings.SITE_URL}{publication.get_absolute_url()}"
    marked = _marked(publication, seen, address)
    due = standing.next_review_due
    return {
        "schema": "clincalc-page/1",
        "demonstration": settings.DEMO,
        "address": address,
        "slug": publication.slug,
        "edition": publication.number,
        "digest": publication.document_id,  # of what was signed; the document below lacks what is withheld
        "published_at": publication.published_at.isoformat(),
        "last_full_review": (standing.reviewed_again_on or publication.last_full_review).isoformat(),
        **({"checked_no_change_on": standing.renewed_on.isoformat()} if standing.renewed_on else {}),
        "evidence_checked_at": publication.evidence_checked_at and publication.evidence_checked_at.isoformat(),
        "next_review_due": due and due.isoformat(),
        "status": _status(seen),
        "doses": "none published" if not seen.retired else "not shown",
        "does_not_cover": ["doses", *(kind.gap for kind in gaps(document, set(publication.traits)))],
        "signatures": publication.signatures,
        "overlays": [
            {**_overlay(one, seen), **marked.get(one.pk, {})}
            for one in (*filter(None, [seen.retired]), *seen.warnings, *seen.errata, *seen.plain)
        ],
        "withheld": [
            {"key": str(one.part.key), "part": one.part.label_for_people, "at": one.overlay.at.isoformat(),
             **data_of(one.overlay)}
            for one in seen.withheld
        ],
        "document": as_json(document),
    }  # fmt: skip


def _marked(publication: Publication, seen: Shown, address: str) -> dict[int, dict[str, Any]]:
    """For each correction that the page marks, where: the part, its fields, and the which of several such words."""
    if not seen.errata:
        return {}
    # A link that the editors chose is part of the document, whether it leads anywhere now or not.
    links = [linked(one) for one in seen.document.related]
    corrections = page(seen, set(publication.traits), publication=publication, chosen=links).corrections
    return {
        one.overlay.pk: {
            "places": [
                {"part": at.part, "fields": list(FIELDS[at.field][1]), "nth": at.nth + 1, "label": at.label,
                 "address": f"{address}#{at.anchor}"}
                for at in one.marked.at
            ]
        }
        for one in corrections
        if one.marked
    }  # fmt: skip


def _status(seen: Shown) -> str:
    if seen.retired:
        return seen.retired.row.label.lower()
    return "review overdue" if seen.standing.overdue else "text reviewed"


def _overlay(one: Overlay, seen: Shown) -> dict[str, Any]:
    form = {"kind": one.kind, "at": one.at.isoformat(), **data_of(one)}
    if one.row.is_countersigned:
        second = one.second.by_title if one.second else None
        form |= {"second_signature_due": one.due_at.isoformat(), "countersigned_by": second}
        form |= {"late": seen.standing.is_late(one)}
    return form
