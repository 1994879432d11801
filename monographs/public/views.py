"""Pages of monographs. Every view starts from `Publication.objects`, touches no session, opens no transaction."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from monographs.models.index_entry import IndexEntry
from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.overlay_kinds import kind_of
from monographs.pages.page import page
from monographs.pages.related import related
from monographs.public.caching import public, shows
from monographs.public.classes import roots
from monographs.public.lists import listed
from monographs.public.search_terms import LETTERS, OTHER_LETTER, letter_of
from monographs.public.what_changed import what_changed
from monographs.standing import Gone, shown, standing

SAME_DRUG, OVER = "is_same_drug", "over"  # annotations
KNOWN = ("on_desk", "former")  # those of `with_addresses`

RECENT = 8
A_PAGE = 100
MOST_OF_CLASS = 24


@public
def home(request: HttpRequest) -> HttpResponse:
    """A search box, the letters that lead somewhere, classes, and what was published last."""
    recent = (
        Publication.objects.listed().with_called().select_related("live_of").order_by("-published_at", "slug")[:RECENT]
    )
    lines = listed(recent)
    changed = what_changed(line.publication for line in lines)
    context = {
        "letters": _letters(),
        "recent": [(line, changed[line.publication.pk]) for line in lines],
        "classes": roots(),
    }
    return render(request, "monographs/home.html", context)


@public
def drugs(request: HttpRequest) -> HttpResponse:
    """Live monographs by name, a hundred a page; with `letter`, those that begin with it."""
    asked = request.GET.get("letter", "")[:1]
    letter = letter_of(asked) if asked else ""
    live = Publication.objects.listed().alphabetical()
    if letter:
        live = live.filter(pk__in=IndexEntry.objects.filter(kind="letter", term=letter).values("publication"))
    pages = Paginator(live, A_PAGE)
    this = pages.get_page(request.GET.get("page"))
    shows(request, this.number, letter)
    context = {"letters": _letters(), "letter": letter, "this": this, "lines": listed(this.object_list)}
    return render(request, "monographs/drugs.html", context)


def _letters() -> list[tuple[str, bool]]:
    """Every letter, and whether a listed page begins with it. What was taken down has no entries."""
    entries = IndexEntry.objects.filter(kind="letter", term__in=[*LETTERS, OTHER_LETTER])
    there = set(entries.values_list("term", flat=True).distinct())
    return [*((letter, letter in there) for letter in LETTERS), *[(OTHER_LETTER, True)] * (OTHER_LETTER in there)]


@public
def monograph(request: HttpRequest, slug: str) -> HttpResponse:
    """A monograph as it was published, under what stands over it now. A draft is a 404, like what never was."""
    publication = Publication.objects.live().for_page().filter(slug=slug).first()
    if publication is None:
        return _elsewhere(request, slug)
    document = publication.document.value
    seen = shown(document, standing(publication, document))
    if isinstance(seen, Gone):
        return gone(request, publication, seen)
    around, now = _around(publication, [link.target for link in document.related])
    chosen, same_class = related(slug, document.related, _last_class(publication), around, now)
    what = page(seen, set(publication.traits), publication=publication, chosen=chosen, same_class=same_class)
    context = {
        "page": what,
        "live": publication,
        "page_path": publication.get_absolute_url(),
        "address": f"{settings.SITE_URL}{publication.get_absolute_url()}",
        "same_drug": [one for one in around if getattr(one, SAME_DRUG)],
    }
    return render(request, "monographs/monograph_detail.html", context)


def gone(request: HttpRequest, publication: Publication, seen: Gone) -> HttpResponse:
    """410: when, why, and what to do. No old edition is offered instead."""
    context = {"name": publication.name, "overlay": seen.overlay}
    return render(request, "monographs/gone.html", context, status=410)


def _last_class(publication: Publication) -> str:
    return publication.class_slugs[-1] if publication.class_slugs else ""


def _around(publication: Publication, targets: list[str]) -> tuple[list[Publication], dict[str, str]]:
    """What a page may lead to, in one query: links of the editors, some of its class, others on the same drug; and
    {target of a link: where that monograph is live}."""
    entries = IndexEntry.objects
    drug = entries.filter(publication=publication, kind="drug").values("term")
    same_drug = entries.filter(kind="drug", term__in=drug).values("publication")
    same_class = entries.filter(kind="class", term=f"={_last_class(publication)}").values("publication")[:MOST_OF_CLASS]
    chosen = Publication.objects.at(targets).values("pk")
    wanted = Q(pk__in=chosen) | Q(pk__in=same_class) | Q(pk__in=same_drug)
    rows = Publication.objects.listed().filter(wanted).exclude(pk=publication.pk).with_addresses(targets)
    retired = Overlay.objects.withdrawals().filter(monograph=OuterRef("monograph")).values("kind")[:1]
    on_drug = Exists(entries.filter(kind="drug", term__in=drug, publication=OuterRef("pk")))
    found = (
        rows.annotate(**{SAME_DRUG: on_drug, OVER: Subquery(retired)})
        .only("slug", "name", "class_slugs", "monograph")
        .with_called()
        .order_by("name", "slug")
    )
    around, now = dict[int, Publication](), dict[str, str]()
    for one in found:
        around[one.pk] = one
        kind = getattr(one, OVER)
        one.said = kind_of(kind).words.line if kind else ""
        now |= dict.fromkeys((getattr(one, name) for name in KNOWN), one.slug)
    return list(around.values()), now


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
