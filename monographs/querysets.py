"""Questions about many rows, as chainable methods."""

from typing import Any, NoReturn, Self

from django.db import models


class MonographQuerySet(models.QuerySet):
    def for_desk(self) -> Self:
        """With what a list on the desk shows, so that its length does not change the number of queries."""
        return self.select_related("drug", "therapeutic_class__parent__parent", "live")


class EditionQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Editions that somebody works on. At most one a monograph."""
        return self.filter(state__in=("draft", "in_review", "clinician_reviewed"))


class PartQuerySet(models.QuerySet):
    """Parts are written one by one inside a change set, because what is written in bulk leaves no version."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Parts are saved one by one, inside a change set: reviews.changes.change_set.")

    update = bulk_update = delete = _refuse  # type: ignore[assignment]


class AllParts(models.Manager.from_queryset(PartQuerySet)):  # type: ignore[misc]
    """Parts that were taken out included."""


class PresentParts(models.Manager.from_queryset(PartQuerySet)):  # type: ignore[misc]
    """The parts that stand in the edition."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(removed=False)


class PublicationQuerySet(models.QuerySet):
    def live(self) -> Self:
        """What readers see now: the one way in for everything public."""
        return self.filter(live_of__isnull=False)

    def for_page(self) -> Self:
        """With the document's text and the two facts of the monograph that a page shows."""
        return self.select_related("document", "live_of")


class NameCheckQuerySet(models.QuerySet):
    def latest_for(self, codes: list[tuple[str, str]]) -> list[Any]:
        """The newest check of each [system, code], in one query."""
        if not codes:
            return []
        wanted = models.Q()
        for system, code in codes:
            wanted |= models.Q(system=system, code=code)
        newest: dict[tuple[str, str], Any] = {}
        for check in self.filter(wanted).order_by("id"):
            newest[check.system, check.code] = check
        return list(newest.values())
