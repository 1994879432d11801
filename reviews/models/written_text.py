from django.db import models

from monographs.triggers import ByWriteLock
from reviews.models.changeset import ChangeSet


class WrittenText(models.Model):
    """A long text or a sentence that a change set put into a part, by the digest of its words: whose it is, is then
    known wherever else it is put.

    Made from the change set's documents in its own act (reviews.derived.written_texts); `reindex` makes it again.
    """

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="written_texts", db_index=False)
    key = models.CharField(max_length=36)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="reviews_writtentext_digest")]
        constraints = [
            ByWriteLock(name="reviews_writtentext_by_lock"),
            models.UniqueConstraint(fields=["change_set", "key", "digest"], name="reviews_writtentext_once"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} in change set {self.change_set_id}"
