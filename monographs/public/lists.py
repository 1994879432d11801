"""Live publications in lists: each with what must be said beside its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from monographs.models.index_entry import IndexEntry
from monographs.models.overlay import Overlay
from monographs.models.publication import Publication
from monographs.overlay_kinds import Effect, say
from monographs.public.search_terms import letter_of
from monographs.standing import today


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
    def letter(self) -> str:
        return letter_of(self.publication.name)


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
