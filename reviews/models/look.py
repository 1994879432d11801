from django.conf import settings
from django.db import models

from monographs.models import Edition


class Look(models.Model):
    """What a reviewer looked at of an edition (`reviews.access.looks`): the page as a whole (`part` "", `digest` that
    of its document), or a part that they ticked as read (its key, its own digest). It is a private aid for some days,
    no part of the record, and no trigger keeps it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+")
    part = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="reviews_look_at")]
        constraints = [
            models.UniqueConstraint(fields=["person", "edition", "part", "digest"], name="reviews_look_once")
        ]

    def __str__(self) -> str:
        return f"look at {self.at:%H:%M}"
