"""The parts that each change set touched."""

from django.db import models

from monographs.triggers import ByWriteLock
from reviews.models.changeset import ChangeSet


class ChangedPart(models.Model):
    """A part that a change set touched: how people call it, and its digest before and after ("" where it was not).

    Made from the change set's documents in its own act (reviews.derived.changed_parts), so that nobody has to read them
    to say what changed; `reindex` makes it again. "header" and "order" are keys too, and the order has no digest.
    """

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="changed_parts", db_index=False)
    key = models.CharField(max_length=36)
    label = models.TextField()
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            ByWriteLock(name="reviews_changedpart_by_lock"),
            models.UniqueConstraint(fields=["change_set", "key"], name="reviews_changedpart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} in change set {self.change_set_id}"
