"""The write lock: one row that is the lock, the flag of the triggers, and the head of the chain."""

from uuid import uuid4

from django.db import models


class WriteLock(models.Model):
    """The one row that whoever writes holds: the lock, the flag that triggers ask, and the head of the trail.

    It is taken and put down by `reviews.audit.trail.audited_write`, and never altered: the only table that triggers
    name.
    """

    held = models.BooleanField(default=False)
    # Whose parts may be written now. No foreign key on purpose: triggers read this table and no other.
    edition_id = models.BigIntegerField(null=True, blank=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True, default="")
    # Which installation this is: the chain of its trail begins with it.
    site = models.UUIDField(default=uuid4)

    class Meta:
        db_table = "monographs_pen"  # its first name: triggers name the table, and none is remade for a word
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="monographs_pen_is_one")]

    def __str__(self) -> str:
        return f"write lock, {'held' if self.held else 'free'}, head {self.seq}"
