"""What each edition changed, in sentences."""

from django.db import models

from monographs.models.publication import Publication
from monographs.models.querysets import ToldChangeQuerySet
from monographs.triggers import ByWriteLock


class ToldChange(models.Model):
    """A sentence on what an edition changed, as readers may be told it now: part by part, without their words.

    Made from the edition and the one before it through `shown(…)`, in the act that changes what readers see
    (monographs.difference.told_changes); `reindex` makes it again.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="told_changes")
    place = models.PositiveIntegerField()  # of the sentence among those of its edition
    words = models.TextField()
    is_loud = models.BooleanField()  # what a reader must not miss
    begins = models.CharField(max_length=10, blank=True)  # days: a notice that has not begun is told to nobody yet
    ends = models.CharField(max_length=10, blank=True)

    objects = ToldChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            ByWriteLock(name="monographs_toldchange_by_lock"),
            models.UniqueConstraint(fields=["publication", "begins", "place"], name="monographs_toldchange_once"),
        ]

    def __str__(self) -> str:
        return self.words
