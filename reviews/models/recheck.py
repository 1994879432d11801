"""Pages that are looked at again, because the registration of somebody who signed them was ended or ran out."""

from django.conf import settings
from django.db import models

from monographs.models import Monograph
from monographs.triggers import ByWriteLock
from reviews.models.people import ClinicianProfile


class Recheck(models.Model):
    """That a live page rests on a signature of this clinician, who opened its review, and what came of it."""

    trail_columns = {
        1: (
            "id", "monograph_id", "profile_id", "reason", "opened_at", "opened_by_id", "found", "closed_at",
            "closed_by_id",
        )
    }  # fmt: skip

    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="rechecks")
    profile = models.ForeignKey(ClinicianProfile, models.PROTECT, related_name="rechecks")
    reason = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    found = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            ByWriteLock(name="reviews_recheck_by_lock"),
            models.UniqueConstraint(
                fields=["monograph", "profile"], condition=models.Q(closed_at=None), name="reviews_recheck_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="reviews_recheck_closed_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"review of monograph {self.monograph_id}"
