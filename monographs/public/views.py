"""What readers get. Every view starts from `Publication.objects.live()`, touches no session, opens no transaction."""

from itertools import groupby
from string import ascii_uppercase

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monographs.models.publication import Publication
from monographs.page import page
from monographs.related import related
from monographs.standing import standing, today

RECENT = 8


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The letters that lead somewhere, and what was published last."""
    live = _listed()
    there = {_letter(one) for one in live}
    letters = [(letter, letter in there) for letter in ascii_uppercase]
    recent = sorted(live, key=lambda one: one.published_at, reverse=True)[:RECENT]
    return render(request, "monographs/home.html", {"letters": letters, "recent": recent})


@login_not_required
@require_safe
def drugs(request: HttpRequest) -> HttpResponse:
    """Every live monograph by its name."""
    groups = [(letter, list(some)) for letter, some in groupby(_listed(), key=_letter)]
    return render(request, "monographs/drugs.html", {"groups": groups})


@login_not_required
@require_safe
def monograph(request: HttpRequest, slug: str) -> HttpResponse:
    """A monograph as it was published, under what stands over it today. A draft is a 404, like what never was."""
    publication = Publication.objects.live().for_page().filter(slug=slug).first()
    if publication is None:
        raise Http404
    document = publication.document.value
    others = Publication.objects.live().only("slug", "name", "class_slugs")
    chosen, same_class = related(
        slug, document.related, publication.class_slugs[-1] if publication.class_slugs else "", others
    )
    shown = page(
        document,
        standing(publication, document),
        set(publication.traits),
        publication=publication,
        chosen=chosen,
        same_class=same_class,
    )
    address = f"{settings.SITE_URL}{publication.get_absolute_url()}"
    return render(request, "monographs/monograph_detail.html", {"page": shown, "address": address})


def _listed() -> list[Publication]:
    """Every live monograph by its name, each with whether its review is overdue today: one query."""
    live = sorted(Publication.objects.live().select_related("live_of"), key=lambda one: (one.name.casefold(), one.slug))
    now = today()
    for one in live:
        one.is_overdue = one.live_of.is_overdue(now)
    return live


def _letter(publication: Publication) -> str:
    first = publication.name[:1].upper()
    return first if first in ascii_uppercase else "#"
