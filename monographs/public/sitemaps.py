"""What machines ask for: which addresses there are, and since when they are as they are."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.public.caching import public
from monographs.public.classes import roots

A_FILE = 20_000  # a sitemap may hold 50,000 addresses


def _files() -> "Paginator[Publication]":
    return Paginator(Publication.objects.listed().order_by("slug").only("slug", "published_at", "monograph"), A_FILE)


@public
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of sitemaps."""
    context = {"SITE_URL": settings.SITE_URL, "numbers": _files().page_range}
    return render(request, "monographs/sitemap_index.xml", context, content_type="application/xml")


@public
def sitemap_file(request: HttpRequest, number: int) -> HttpResponse:
    """One sitemap: each live page with the day on which it last changed, by an edition or by what stands over it."""
    files = _files()
    if number not in files.page_range:
        raise Http404
    rows = list(files.page(number))
    of_monographs = Overlay.objects.values("monograph").annotate(last=Max("at"))
    touched: dict[int, datetime] = {row["monograph"]: row["last"] for row in of_monographs}
    lines: list[dict[str, Any]] = [
        {"path": one.get_absolute_url(), "at": max(one.published_at, touched.get(one.monograph_id, one.published_at))}
        for one in rows
    ]
    if number == 1:
        newest = max((line["at"] for line in lines), default=None)
        lines = [{"path": path, "at": newest} for path in ("/", "/drugs/", "/classes/", "/updates/")] + lines
        lines += [{"path": f"/classes/{node.slug}/", "at": None} for node in _all(roots())]
        lines += [{"path": path, "at": None} for path in ("/corrections/", "/about/")]
    context = {"SITE_URL": settings.SITE_URL, "lines": lines}
    return render(request, "monographs/sitemap.xml", context, content_type="application/xml")


def _all(nodes: list[Any]) -> list[Any]:
    return [node for one in nodes for node in (one, *_all(one.children))]


@public
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "monographs/robots.txt", {"SITE_URL": settings.SITE_URL}, content_type="text/plain")


@public
def opensearch(request: HttpRequest) -> HttpResponse:
    """How a browser searches here."""
    media_type = "application/opensearchdescription+xml"
    return render(request, "monographs/opensearch.xml", {"SITE_URL": settings.SITE_URL}, content_type=media_type)
