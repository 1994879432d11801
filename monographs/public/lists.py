"""Live publications in lists: each with what must be said beside its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monographs.models.index_entry import IndexEntry
from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.overlay_kinds import Effect, say
from monographs.public.search_terms import letter_of
from monographs.questions import Kept, padded
from monographs.standing import LONDON, today


@dataclass(frozen=True)
class Listed:
    """A line of a list. `said` are warnings in words; an overdue review is said in place of the reviewed one. A list
    names a page that was taken down only to say so."""

    publication: Publication
    said: tuple[str, ...]
    is_overdue: bool
    withdrawal: Overlay | None

    @property
    def is_retired(self) -> bool:
        return self.withdrawal is not None and not self.is_gone

    @property
    def is_gone(self) -> bool:
        return self.withdrawal is not None and self.withdrawal.row.effect == Effect.REMOVES

    @property
    def html(self) -> SafeString:
        """The line itself: a list has a hundred, and a template takes ten times as long for each."""
        one = self.publication
        on = one.published_at.astimezone(LONDON)
        return format_html(
            '<a href="{}">{}</a> <span class="small soft">edition {}, <time datetime="{}">{}</time>{}</span>{}',
            one.get_absolute_url(), one.called, one.number, on.date().isoformat(), f"{on.day} {on:%B %Y}",
            " · review overdue" if self.is_overdue and not self.is_retired else "",
            format_html_join("", ' <strong class="said">{}</strong>', ((words,) for words in self.said)),
        )  # fmt: skip

    @property
    def letter(self) -> str:
        return letter_of(self.publication.name)


A_PAGE = 100


class Names:
    """Live publications by name: those of one list of the index, a letter's, a class's or all (of every title). A page
    of it is read in the order of the index, and nothing else of the list."""

    def __init__(self, kind: str, term: str) -> None:
        self.kind, self.term = kind, term

    def __len__(self) -> int:
        return next((many for (many,) in _how_many(self.kind, self.term)), 0)

    def __getitem__(self, part: slice) -> list[int]:
        start, stop = part.start or 0, part.stop
        return _by_name(start)(self.kind, self.term)[: stop - start]

    def page(self, number: str | None, size: int) -> "Page[int]":
        """A page of at most `size` keys, A_PAGE or fewer."""
        pages: Paginator[int] = Paginator(self, size)  # type: ignore[arg-type]  # it asks for length and slices alone
        return pages.get_page(number)

    def lines(self, keys: Iterable[int]) -> list["Listed"]:
        rows = {one.pk: one for one in _lines(padded(wanted))} if (wanted := list(keys)) else {}
        return listed(rows[key] for key in wanted if key in rows)


def _count(kind: str, term: str) -> "QuerySet[Any]":
    entries = IndexEntry.objects.filter(kind=kind, term=term).order_by()
    return entries.values("kind").annotate(many=Count("pk")).values_list("many")


_how_many = Kept(_count)
_lines = Kept(lambda keys: Publication.objects.listed().lines().filter(pk__in=keys))


@lru_cache(maxsize=64)
def _by_name(start: int) -> Kept:
    def rows(kind: str, term: str) -> "QuerySet[Any]":
        entries = IndexEntry.objects.filter(kind=kind, term=term).order_by("sorts_as", "publication__slug")
        return entries.values_list("publication", flat=True)[start : start + A_PAGE]

    return Kept(rows)


def listed(publications: Iterable[Publication], on: date | None = None) -> list[Listed]:
    """Two queries, however many: what stands over their pages, and their critical notices in force. None, if the rows
    say that there is neither (`lines`)."""
    rows, on = list(publications), on or today()
    said: dict[int, list[str]] = {one.pk: [] for one in rows}
    withdrawn: dict[int, Overlay] = {}
    if any(getattr(one, "is_marked", True) for one in rows):
        _mark(rows, on, said, withdrawn)
    return [Listed(one, tuple(said[one.pk]), one.live_of.is_overdue(on), withdrawn.get(one.pk)) for one in rows]


def _mark(rows: list[Publication], on: date, said: dict[int, list[str]], withdrawn: dict[int, Overlay]) -> None:
    of_monograph = {one.monograph_id: one.pk for one in rows}
    for overlay in Overlay.objects.unlifted().filter(monograph__in=of_monograph):
        pk, row = of_monograph[overlay.monograph_id], overlay.row
        if row.effect == Effect.REMOVES or (row.effect == Effect.HIDES_DOSES and pk not in withdrawn):
            withdrawn[pk] = overlay
        if row.words.line:
            said[pk].append(say(row.words.line, overlay))
    day = on.isoformat()
    critical = IndexEntry.objects.filter(publication__in=said, kind="critical").filter(
        Q(begins="") | Q(begins__lte=day)
    )
    for entry in critical.filter(Q(ends="") | Q(ends__gt=day)).order_by("id"):
        said[entry.publication_id].append(entry.words)
