"""Published texts that are printed otherwise than typed, and what was decided on each."""

from django.conf import settings
from django.db import models

from monographs.models import Monograph, Publication
from monographs.triggers import AppendOnly, ByWriteLock


class Misprint(models.Model):
    """A text of a publication of which the page prints other signs than were typed (monographs.checks.misprints).

    Made from the document in the act that publishes it (reviews.derived.misprints), so that the queue reads no document
    to know of it; `reindex` makes it again. `typed` and `shown` are excerpts around the first difference.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="misprints", db_index=False)
    key = models.CharField(max_length=36)  # of the part; "header" for the introduction
    label = models.TextField()
    digest = models.CharField(max_length=64)
    typed = models.TextField()
    shown = models.TextField(blank=True)

    class Meta:
        constraints = [
            ByWriteLock(name="reviews_misprint_by_lock"),
            models.UniqueConstraint(fields=["publication", "key"], name="reviews_misprint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} of publication {self.publication_id}"


class HarmlessMisprint(models.Model):
    """A clinician says that what is printed of these words harms nobody. It holds for the same words of the same part
    in every edition, by their digest; other words are another question."""

    trail_columns = {
        1: ("id", "monograph_id", "key", "label", "digest", "typed", "shown", "reason", "by_id", "by_title", "at")
    }

    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="harmless_misprints", db_index=False)
    key = models.CharField(max_length=36)
    label = models.TextField()
    digest = models.CharField(max_length=64)
    typed = models.TextField()
    shown = models.TextField(blank=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_title = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            AppendOnly(name="reviews_harmlessmisprint_append_only"),
            models.UniqueConstraint(fields=["monograph", "digest"], name="reviews_harmlessmisprint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} of monograph {self.monograph_id} is harmless"
