"""Pages of monographs. Every view starts from `Publication.objects`, touches no session, opens no transaction."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from monographs.models.index_entry import IndexEntry
from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.overlay_kinds import kind_of
from monographs.pages.page import page
from monographs.pages.related import related
from monographs.public.caching import public, shows
from monographs.public.classes import tops
from monographs.public.lists import A_PAGE, Names, listed
from monographs.public.search_terms import LETTERS, OTHER_LETTER, letter_of
from monographs.public.what_changed import what_changed
from monographs.questions import Kept, padded
from monographs.standing import Gone, shown, standing

OVER = "over"  # an annotation

RECENT = 8
MOST_OF_CLASS = 24


_recent = Kept(lambda: Publication.objects.listed().lines().order_by("-published_at", "slug")[:RECENT])


@public
def home(request: HttpRequest) -> HttpResponse:
    """A search box, the letters that lead somewhere, classes, and what was published last."""
    lines = listed(_recent()[:RECENT])
    changed = what_changed(line.publication for line in lines)
    context = {
        "letters": _letters(),
        "recent": [(line, changed[line.publication.pk]) for line in lines],
        "classes": tops(),
    }
    return render(request, "monographs/home.html", context)


@public
def drugs(request: HttpRequest) -> HttpResponse:
    """Live monographs by name, a hundred a page; with `letter`, those that begin with it."""
    asked = request.GET.get("letter", "")[:1]
    letter = letter_of(asked) if asked else ""
    names = Names("letter", letter) if letter else Names("title", "")
    this = names.page(request.GET.get("page"), A_PAGE)
    shows(request, this.number, letter)
    context = {"letters": _letters(), "letter": letter, "this": this, "lines": names.lines(this.object_list)}
    return render(request, "monographs/drugs.html", context)


def _letters() -> list[tuple[str, bool]]:
    """Every letter, and whether a listed page begins with it. What was taken down has no entries."""
    every = (*LETTERS, OTHER_LETTER)
    is_there = next(iter(_which_letters()), ())
    there = {letter for letter, one in zip(every, is_there, strict=False) if one}
    return [*((letter, letter in there) for letter in LETTERS), *[(OTHER_LETTER, True)] * (OTHER_LETTER in there)]


def _each_letter() -> "QuerySet[Any]":
    """One row, if there is any: of each letter, whether it has an entry. So no more of them is read."""
    entries = IndexEntry.objects.filter(kind="letter")
    each = {f"at_{at}": Exists(entries.filter(term=one)) for at, one in enumerate((*LETTERS, OTHER_LETTER))}
    return entries.annotate(**each).values_list(*each)[:1]


_which_letters = Kept(_each_letter)


@public
def monograph(request: HttpRequest, slug: str) -> HttpResponse:
    """A monograph as it was published, under what stands over it now. A draft is a 404, like what never was."""
    publication = next(iter(_live_at(slug)), None)
    if publication is None:
        return _elsewhere(request, slug)
    document = publication.document.value
    around = _around(publication, [link.target for link in document.related])
    seen = shown(document, standing(publication, document, has_overlays=around.has_overlays))
    if isinstance(seen, Gone):
        return gone(request, publication, seen)
    chosen, same_class = related(slug, document.related, _last_class(publication), around.live, around.now)
    what = page(seen, set(publication.traits), publication=publication, chosen=chosen, same_class=same_class)
    context = {
        "page": what,
        "live": publication,
        "page_path": publication.get_absolute_url(),
        "address": f"{settings.SITE_URL}{publication.get_absolute_url()}",
        "same_drug": around.same_drug,
    }
    return render(request, "monographs/monograph_detail.html", context)


def gone(request: HttpRequest, publication: Publication, seen: Gone) -> HttpResponse:
    """410: when, why, and what to do. No old edition is offered instead."""
    context = {"name": publication.name, "overlay": seen.overlay}
    return render(request, "monographs/gone.html", context, status=410)


def _last_class(publication: Publication) -> str:
    return publication.class_slugs[-1] if publication.class_slugs else ""


def _facts(rows: "QuerySet[Any]", *columns: str) -> "QuerySet[Any]":
    """A key and a word of each, whatever table they are in, so that one statement asks for them."""
    return rows.order_by().values_list(*columns)


def _of_page(key: int, monograph: int, last: str, targets: list[str]) -> "list[QuerySet[Any]]":
    entries = IndexEntry.objects
    drug = entries.filter(publication=key, kind="drug").values("term")
    on_drug, in_class = entries.filter(kind="drug", term__in=drug), entries.filter(kind="class", term=last)
    formerly = Publication.objects.live().filter(monograph__former_addresses__slug__in=targets)
    return [
        _facts(on_drug, "publication", "kind"),
        in_class.order_by("publication").values_list("publication", "kind")[:MOST_OF_CLASS],
        _facts(Publication.objects.live().filter(live_of__slug__in=targets), "pk", "live_of__slug"),
        _facts(formerly, "pk", "monograph__former_addresses__slug"),
        _facts(Overlay.objects.unlifted().filter(monograph=monograph), "pk", "kind")[:1],
    ]


_ask_of_page = Kept(_of_page)
_live_at = Kept(lambda slug: Publication.objects.live().for_page().filter(slug=slug).order_by("name", "slug")[:1])


def _led_to(keys: list[int]) -> "QuerySet[Any]":
    retired = Overlay.objects.withdrawals().filter(monograph=OuterRef("monograph")).values("kind")[:1]
    rows = Publication.objects.listed().filter(pk__in=keys).annotate(**{OVER: Subquery(retired)})
    return rows.only("slug", "name", "class_slugs", "monograph").with_called().order_by("name", "slug")


_ask_led_to = Kept(_led_to)


@dataclass(frozen=True)
class Around:
    """What stands around a document on its page: what it may lead to (links of the editors, some of its class, others
    on the same drug, by name), {target of a link: where that monograph is live}, and whether anything stands over
    it."""

    live: tuple[Publication, ...]
    now: dict[str, str]
    same_drug: tuple[Publication, ...]
    has_overlays: bool


def _around(publication: Publication, targets: list[str]) -> Around:
    """In two questions, however many there are."""
    last = f"={_last_class(publication)}"
    same_drug, same_class, at, formerly, over = _ask_of_page(
        publication.pk, publication.monograph_id, last, targets or [""]
    )
    wanted = {row[0] for rows in (same_drug, same_class, at, formerly) for row in rows} - {publication.pk}
    found = _ask_led_to(padded(sorted(wanted))) if wanted else []
    slugs = {one.pk: one.slug for one in found}
    for one in found:
        kind = getattr(one, OVER)
        one.said = kind_of(kind).words.line if kind else ""
    now = {address: slugs[pk] for pk, address in (*formerly, *at) if pk in slugs}
    drug = {row[0] for row in same_drug}
    return Around(tuple(found), now, tuple(one for one in found if one.pk in drug), bool(over))


def _elsewhere(request: HttpRequest, slug: str) -> HttpResponse:
    """Where an address leads that is no live monograph's: a former address for ever, a drug's or a brand's to its
    monograph, or to a choice by what each covers. Nothing else is there."""
    if live := Publication.objects.now_of_former(slug):
        return redirect(live, permanent=True)
    found = Publication.objects.listed().filter(
        pk__in=IndexEntry.objects.filter(kind__in=("drug", "brand"), term=f"={slug}").values("publication")
    )
    rows = list(found.select_related("document", "live_of").order_by("name", "slug"))
    if not rows:
        raise Http404
    if len(rows) == 1:
        return redirect(rows[0])
    lines = [(line, line.publication.document.value.header) for line in listed(rows)]
    return render(request, "monographs/chooser.html", {"lines": lines, "slug": slug, "name": lines[0][1].name})
