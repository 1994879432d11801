"""Questions about many rows, as chainable methods."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.apps import apps
from django.db import connections, models
from django.db.models.functions import Lower

from monographs.models.states import OPEN_STATES, State
from monographs.overlay_kinds import CONFIRMED, LIFT, REMOVALS, WITHDRAWALS

if TYPE_CHECKING:  # they import their querysets from here; the linter does not see names in quotes
    from monographs.models.edition import Edition, Part  # noqa: F401
    from monographs.models.index_entry import IndexEntry  # noqa: F401
    from monographs.models.monograph import Monograph  # noqa: F401
    from monographs.models.overlay import Overlay  # noqa: F401
    from monographs.models.publication import NameCheck, Publication
    from monographs.models.told_change import ToldChange  # noqa: F401


def called_in_index(publication: str) -> models.Subquery:
    """What the index calls the publication that this field names; None where the page is not listed."""
    entries = apps.get_model("monographs", "IndexEntry").objects
    of_it = entries.filter(kind="title", publication=models.OuterRef(publication))
    return models.Subquery(of_it.values("words")[:1])


class MonographQuerySet(models.QuerySet["Monograph"]):
    def for_desk(self) -> Self:
        """With what a list on the desk shows, so that its length does not change the number of queries."""
        return self.select_related("drug", "therapeutic_class__parent__parent", "live__edition")

    def with_current(self) -> Self:
        """With the key of the edition that the desk is about."""
        editions = self.model._meta.apps.get_model("monographs", "Edition").objects
        its = editions.filter(monograph=models.OuterRef("pk")).current_first()
        return self.annotate(current=models.Subquery(its.values("pk")[:1]))


class EditionQuerySet(models.QuerySet["Edition"]):
    def open(self) -> Self:
        """Editions that somebody works on. At most one a monograph."""
        return self.filter(state__in=OPEN_STATES)

    def current_first(self) -> Self:
        """Of a monograph: the open one, else the published one, else the latest."""
        place = models.Case(
            models.When(state__in=OPEN_STATES, then=0), models.When(state=State.PUBLISHED, then=1), default=2
        )
        return self.order_by(place, "-number")


class PartQuerySet(models.QuerySet["Part"]):
    """Parts are written one by one inside a change set, because what is written in bulk leaves no version."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Parts are saved one by one, inside a change set: reviews.changes.change_set.")

    update = bulk_update = delete = _refuse


class AllParts(models.Manager.from_queryset(PartQuerySet)):  # type: ignore[misc]  # a class made by a function
    """Parts that were taken out included."""


class PresentParts(models.Manager.from_queryset(PartQuerySet)):  # type: ignore[misc]  # the same
    """The parts that stand in the edition."""

    def get_queryset(self) -> "models.QuerySet[Part]":
        rows: models.QuerySet[Part] = super().get_queryset().filter(removed=False)
        return rows


class PublicationQuerySet(models.QuerySet["Publication"]):
    def live(self) -> Self:
        """What readers see now: the one way in for everything public."""
        return self.filter(live_of__isnull=False)

    def listed(self) -> Self:
        """Those that lists name: live, and not taken down."""
        overlays = self.model._meta.apps.get_model("monographs", "Overlay").objects
        return self.live().exclude(monograph__in=overlays.taken_down().values("monograph"))

    def now_of_former(self, slug: str) -> "Publication | None":
        """The live publication of the monograph that was published at this address before it moved, or None."""
        former = self.filter(slug=slug, monograph__live__isnull=False).select_related("monograph__live").first()
        live = former.monograph.live if former else None
        return live if live and live.slug != slug else None

    def at(self, slugs: Collection[str]) -> Self:
        """Live ones whose monograph has one of these addresses on the desk, or had it once: it moves there at once,
        and for readers with its next edition."""
        live = self.live()
        former = live.filter(monograph__former_addresses__slug__in=slugs)
        return live.filter(
            models.Q(pk__in=live.filter(live_of__slug__in=slugs).values("pk")) | models.Q(pk__in=former.values("pk"))
        )

    def with_called(self) -> Self:
        """With what each is called beside others: asked of the index, which has it of every page that lists name."""
        return self.annotate(called=called_in_index("pk"))

    def lines(self) -> Self:
        """With what a line of a list shows, and whether something must be said beside it (`is_marked`)."""
        get_model = self.model._meta.apps.get_model
        over = get_model("monographs", "Overlay").objects.unlifted().filter(monograph=models.OuterRef("monograph"))
        critical = get_model("monographs", "IndexEntry").objects.filter(
            publication=models.OuterRef("pk"), kind="critical"
        )
        rows = self.select_related("live_of").annotate(is_marked=models.Exists(over) | models.Exists(critical))
        return rows.with_called().only(
            "slug", "name", "number", "published_at", "change_note", "monograph", "live_of__next_review_due"
        )

    def alphabetical(self) -> Self:
        return self.order_by(Lower("name"), "slug").select_related("live_of").with_called()

    def for_page(self) -> Self:
        """With the document's text and the two facts of the monograph that a page shows."""
        return self.select_related("document", "live_of")


class NameCheckQuerySet(models.QuerySet["NameCheck"]):
    def of(self, codes: Sequence[tuple[str, str]]) -> Self:
        """Every check of each [system, code]."""
        wanted = models.Q(pk__in=())
        for system, code in codes:
            wanted |= models.Q(system=system, code=code)
        return self.filter(wanted)

    def newest(self, checks: "Iterable[NameCheck]") -> "list[NameCheck]":
        """Of checks, the last one of each [system, code]."""
        found = {(one.system, one.code): one for one in sorted(checks, key=lambda one: one.pk)}
        return list(found.values())

    def latest_for(self, codes: Sequence[tuple[str, str]]) -> "list[NameCheck]":
        """The newest check of each [system, code], in one query."""
        return self.newest(self.of(codes)) if codes else []


class OverlayQuerySet(models.QuerySet["Overlay"]):
    def unlifted(self) -> Self:
        """Those that stand: neither ended nor an end themselves."""
        return self.exclude(kind=LIFT).filter(lifted_by=None)

    def with_second(self) -> Self:
        """With the second signature, and for an erratum when the first edition without the error was published."""
        later = self.model._meta.apps.get_model("monographs", "Publication").objects.filter(
            monograph=models.OuterRef("monograph"), number__gt=models.OuterRef("last_edition")
        )
        until = models.Subquery(later.order_by("number").values("published_at")[:1])
        return self.select_related("second_signature").annotate(said_until=until)

    def withdrawals(self) -> Self:
        """What keeps pages from readers now."""
        return self.unlifted().filter(kind__in=WITHDRAWALS)

    def taken_down(self) -> Self:
        """What leaves nothing of a page."""
        return self.unlifted().filter(kind__in=REMOVALS)

    def confirmed_by_another(self) -> Self:
        """Those that stand and that somebody else signs too, or has signed."""
        return self.unlifted().filter(kind__in=CONFIRMED)

    def unconfirmed(self) -> Self:
        """Those that nobody else has signed yet."""
        return self.confirmed_by_another().filter(second_signature=None)


class IndexEntryQuerySet(models.QuerySet["IndexEntry"]):
    def starting_with(self, term: str) -> Self:
        """Entries whose term begins so."""
        return self.filter(self.begins_with(term))

    def begins_with(self, term: str) -> models.Q:
        """The condition that a term begins so, answered from the index whatever the number of rows: PostgreSQL has one
        for LIKE, SQLite takes a range."""
        if connections[self.db].vendor == "postgresql":
            return models.Q(term__startswith=term)
        return models.Q(term__gte=term, term__lt=f"{term}\U0010ffff")


class ToldChangeQuerySet(models.QuerySet["ToldChange"]):
    def on(self, day: date) -> Self:
        """Those that are told on this day."""
        now = day.isoformat()
        begun = models.Q(begins="") | models.Q(begins__lte=now)
        return self.filter(begun, models.Q(ends="") | models.Q(ends__gt=now))
