"""What changed, newest first, for people and for readers of Atom; and every correction."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join

from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.models.querysets import called_in_index
from monographs.overlay_kinds import LABELS, LIFT, Effect, kind_of, say
from monographs.public.caching import public, shows
from monographs.public.what_changed import what_changed
from monographs.standing import quotes_withheld, withheld_parts

A_PAGE, IN_FEED = 20, 40
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
QUOTES_WITHHELD = "Correction. What it quotes is withheld now."


@dataclass(frozen=True)
class Update:
    """One thing that readers should know: when, on which page, in sentences, the weightiest first."""

    at: datetime
    anchor: str
    name: str
    address: str
    words: tuple[str, ...]
    is_loud: bool = False
    note: str = ""


def _page_of(number: int, size: int) -> tuple[list[Update], bool]:
    """(the updates of this page, whether there are earlier ones)."""
    start = (number - 1) * size
    rows = _rows(start + size + 1)
    return list(_updates(rows[start : start + size])), len(rows) > start + size


def _rows(most: int) -> list[Any]:
    """The newest publications and overlays of monographs that are live, in one order of time."""
    published = Publication.objects.filter(monograph__live__isnull=False).order_by("-published_at", "-pk")
    overlays = Overlay.objects.with_second().select_related("lifts").order_by("-at", "-pk")
    live = called_in_index("monograph__live")
    both = [
        row
        for rows in (published, overlays)
        for row in rows.select_related("monograph__live").annotate(live_called=live)[:most]
    ]
    return sorted(both, key=_when, reverse=True)[:most]


def _when(row: Any) -> datetime:
    return row.published_at if isinstance(row, Publication) else row.at


def _updates(rows: list[Any]) -> Iterator[Update]:
    monographs = {row.monograph_id for row in rows}
    gone = set(Overlay.objects.taken_down().filter(monograph__in=monographs).values_list("monograph", flat=True))
    changed = what_changed(row for row in rows if isinstance(row, Publication))
    withheld = withheld_parts(monographs)
    for row in rows:
        live = row.monograph.live
        if live is None:
            continue
        is_gone = row.monograph_id in gone
        called = row.live_called or live.name  # of a page that was taken down the index says nothing
        if isinstance(row, Publication):
            said = changed[row.pk]
            yield Update(
                row.published_at, f"edition-{row.pk}", called, live.get_absolute_url(),
                said.words or ("This page was removed later.",), said.is_loud,
                "" if said.typed in said.words else said.typed,
            )  # fmt: skip
        else:
            parts = withheld.get(row.monograph_id, ())
            words = (QUOTES_WITHHELD,) if quotes_withheld(row, parts) else _of_overlay(row)
            kind = kind_of(row.kind)
            if is_gone and kind.effect != Effect.REMOVES:
                words = (f"{LABELS.get(row.kind, kind.label)}. This page was removed later.",)
            yield Update(row.at, f"notice-{row.pk}", called, live.get_absolute_url(), words, row.kind != LIFT)


def _of_overlay(one: Overlay) -> tuple[str, ...]:
    if ended := one.lifts:
        return (say(ended.row.words.ended, one),)
    return tuple(say(sentence, one) for sentence in one.row.words.update)


@public
def updates(request: HttpRequest) -> HttpResponse:
    try:
        number = min(max(1, int(request.GET.get("page", "1")[:4])), 500)
    except ValueError:
        number = 1
    found, more = _page_of(number, A_PAGE)
    shows(request, number if found else 1)
    context = {"updates": found, "number": number, "earlier": number + 1 if more else None, "later": number - 1}
    return render(request, "monographs/updates.html", context)


@public
def feed(request: HttpRequest) -> HttpResponse:
    """The newest updates as Atom. It is made anew each time, so what was withheld since is in no old entry. XML holds
    no control characters: one that was stored once is left out here."""
    site = settings.SITE_URL
    found, _ = _page_of(1, IN_FEED)
    atom = Atom1Feed(
        title="ClinCalc Pro: what changed" + (" (demonstration content)" if settings.DEMO else ""),
        link=f"{site}/updates/",
        description="New editions, urgent warnings, corrections and withdrawals of drug monographs.",
        feed_url=f"{site}/updates/feed/",
        language="en-GB",
    )
    for one in found:
        name, *words = (_NO_XML.sub("", line) for line in (one.name, *one.words, *filter(None, [one.note])))
        atom.add_item(
            title=f"{name}: {words[0]}",
            link=f"{site}{one.address}",
            # What its title does not say yet.
            description=format_html_join("", "<p>{}</p>", ((line,) for line in words[1:])) or None,  # type: ignore[arg-type]  # Django leaves it out
            unique_id=f"{site}/updates/#{one.anchor}",
            pubdate=one.at,
            updateddate=one.at,
            author_name="ClinCalc Pro",
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)


@public
def corrections(request: HttpRequest) -> HttpResponse:
    """Every erratum, newest first, of pages that are there; none whose words are withheld by now."""
    gone = Overlay.objects.taken_down().values("monograph")
    rows = Overlay.objects.unlifted().with_second().filter(kind="erratum", monograph__live__isnull=False)
    withheld = withheld_parts(rows.values_list("monograph", flat=True))
    untold = [one.pk for one in rows.filter(monograph__in=withheld) if quotes_withheld(one, withheld[one.monograph_id])]
    rows = rows.exclude(monograph__in=gone).exclude(pk__in=untold)
    rows = rows.annotate(live_called=called_in_index("monograph__live"))
    pages = Paginator(rows.select_related("monograph__live").order_by("-id"), A_PAGE)
    this = pages.get_page(request.GET.get("page"))
    shows(request, this.number)
    return render(request, "monographs/corrections.html", {"this": this})
