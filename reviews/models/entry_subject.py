"""Which monographs each entry of the trail is about."""

from django.db import models

from monographs.models import Monograph
from monographs.triggers import ByWriteLock
from reviews.models.event import AuditEvent


class EntrySubject(models.Model):
    """That an entry of the trail is about a monograph, at whatever address it stood then.

    Made from the entry in its own act (reviews.derived.subjects); `reindex` makes it again. The database keeps no
    foreign key to the entry: what is derived holds back nothing, and `verify_trail` compares it with the trail.
    """

    entry = models.ForeignKey(
        AuditEvent, models.DO_NOTHING, related_name="subjects", db_constraint=False, db_index=False
    )
    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="+", db_index=False)
    verb = models.CharField(max_length=40)  # of the entry, so that what is asked of one is found among thousands
    is_long = models.BooleanField()  # whether its reason is so long that nobody says it twice by chance

    class Meta:
        indexes = [
            models.Index(fields=["monograph", "entry"], name="reviews_entrysubject_monograph"),
            models.Index(fields=["monograph", "verb", "entry"], name="reviews_entrysubject_verb"),
            models.Index(fields=["monograph"], condition=models.Q(is_long=True), name="reviews_entrysubject_long"),
        ]
        constraints = [
            ByWriteLock(name="reviews_entrysubject_by_lock"),
            models.UniqueConstraint(fields=["entry", "monograph"], name="reviews_entrysubject_once"),
        ]

    def __str__(self) -> str:
        return f"entry {self.entry_id} is about monograph {self.monograph_id}"
