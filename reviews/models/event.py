"""The audit trail: entries that are only ever added, each chained to the one before."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from monographs.fields import JSONText
from monographs.models import Monograph
from monographs.triggers import AppendOnly


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, monograph: Monograph, *verbs: str) -> Self:
        """Entries about a monograph, at whatever address it stood then: all, or those of these verbs. They are found
        without a look at the others, however many there are."""
        wanted = {"subjects__verb__in": verbs} if verbs else {}
        return self.filter(subjects__monograph=monograph, **wanted)


class AuditEvent(models.Model):
    """One entry of the trail: who did what, to what, why, on which digest; refusals too.

    Each entry holds the hash of the one before. `text` is what was hashed; the columns beside it are compared with it.
    `data.rows` maps every guarded row that the act wrote to the hash of what the database then held in it.
    `at` never falls from one entry to the next; `data.now` is there when the clock of the machine stood behind it.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)  # as it was
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)  # "monograph:alemtuzumab", "profile:3" …
    digest = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    data = JSONText(default=dict)
    prev = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    # Our signature on the hash; entries of earlier versions have none.
    seal = models.CharField(max_length=128, null=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["subject", "seq"], name="reviews_event_subject"),
            models.Index(fields=["actor", "verb", "at"], name="reviews_event_actor"),
            # By which auditors find entries, however many there are.
            models.Index(fields=["actor", "seq"], name="reviews_event_by"),
            models.Index(fields=["verb", "seq"], name="reviews_event_verb"),
            models.Index(fields=["at", "seq"], name="reviews_event_at"),
        ]
        constraints = [AppendOnly(name="reviews_event_append_only")]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject}"

    @property
    def clock_at(self) -> datetime:
        """What the clock of the machine said."""
        return datetime.fromisoformat(self.data["now"]) if "now" in self.data else self.at


# The verb of the first entry, in a demonstration's trail.
DEMONSTRATION_BEGUN = "demonstration_begun"


def is_demonstration() -> bool:
    """Whether the trail of this database was begun as that of a demonstration, or is still empty."""
    first = AuditEvent.objects.order_by("seq").values_list("verb", flat=True).first()
    return first in (None, DEMONSTRATION_BEGUN)
