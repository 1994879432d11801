"""Who keeps away from an edition because of a conflict of interest."""

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models

from monographs.models import Edition
from monographs.triggers import AppendOnly


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def standing(self, editions: Iterable[Edition]) -> list["Conflict"]:
        """Those that hold for these editions now. One query."""
        last = {(one.edition_id, one.person_id): one for one in self.filter(edition__in=editions).order_by("id")}
        return [one for one in last.values() if one.is_declared]

    def with_people(self) -> Self:
        return self.select_related("person")


class Conflict(models.Model):
    """What somebody said of a conflict of interest with one edition: that there is one, or (`is_declared` false) that
    there is none after all. The last word of each person holds."""

    trail_columns = {1: ("id", "edition_id", "person_id", "is_declared", "reason", "at")}

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="conflicts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_declared = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [AppendOnly(name="reviews_conflict_append_only")]

    def __str__(self) -> str:
        return f"conflict of {self.person_id} with edition {self.edition_id}"
