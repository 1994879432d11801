"""What reviewers said of single parts when they sent an edition back, and what became of it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from monographs.models import Edition
from monographs.triggers import Sent

DONE, LEFT = "done", "left"
OUTCOMES = {DONE: "Done", LEFT: "Left as it is"}


class RemarkQuerySet(models.QuerySet["Remark"]):
    def unanswered(self) -> Self:
        """Nobody has said yet what became of them."""
        return self.filter(answered_at=None)


class Remark(models.Model):
    """A remark on one part, sent with a send-back. Its words never change; its answer does, until the edition is sent
    for review again, and the trail holds each.

    `part` is the key of a part, "header" or "order"; `label` what people called it then: it may be gone by now.
    """

    trail_columns = {
        1: (
            "id", "edition_id", "round", "part", "label", "words", "by_id", "at", "outcome", "answer", "answered_by_id",
            "answered_at",
        )
    }  # fmt: skip

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="remarks")
    round = models.PositiveIntegerField()  # that was sent back
    part = models.CharField(max_length=40)
    label = models.TextField()
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            Sent(name="reviews_remark_sent"),
            models.UniqueConstraint(fields=["edition", "round", "part", "by"], name="reviews_remark_once"),
            models.CheckConstraint(
                condition=Q(outcome="", answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(outcome=DONE, answered_by__isnull=False, answered_at__isnull=False)
                | (Q(outcome=LEFT, answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="reviews_remark_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"remark {self.pk} on {self.part}"

    @property
    def outcome_words(self) -> str:
        return OUTCOMES.get(self.outcome, "")

    @property
    def is_open(self) -> bool:
        return self.answered_at is None
