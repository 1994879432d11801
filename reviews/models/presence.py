from django.conf import settings
from django.db import models

from monographs.models import Edition


class Presence(models.Model):
    """That somebody who may write an edition has it open, and which part they write in (`reviews.access.presence`): one
    row a person and edition, good for a minute. It is no part of the record, and no trigger keeps it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+")
    part = models.CharField(max_length=40, blank=True)  # as `Scratch.part`; "" with no form open
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="reviews_presence_at")]
        constraints = [models.UniqueConstraint(fields=["person", "edition"], name="reviews_presence_once")]

    def __str__(self) -> str:
        return f"presence at {self.at:%H:%M}"
