"""The last change that readers could see."""

from django.db import models

from monographs.fields import JSONText
from monographs.triggers import ByWriteLock


class Epoch(models.Model):
    """The last entry of the trail that changed what readers see, by number and hash: one row. Cached pages are the
    truth as long as it, the day in London and the instants that have passed are the same."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True, default="")
    # When a page changes within a day although nobody writes: a second signature falls due. ISO 8601, UTC, in order.
    instants = JSONText(default=list)
    # By which version of this program what is derived was made (reviews.derived.version); 0: by none that noted it.
    index_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            ByWriteLock(name="monographs_epoch_by_pen"),
            models.CheckConstraint(condition=models.Q(id=1), name="monographs_epoch_is_one"),
        ]

    def __str__(self) -> str:
        return f"epoch {self.number}"
