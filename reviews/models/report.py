"""Problems that readers report, and their answers."""

from datetime import datetime

from django.conf import settings
from django.db import models

from monographs.models import Monograph
from monographs.triggers import ByWriteLock

OUTCOMES = {
    "corrected": "The page was wrong and is corrected",
    "withdrawn": "The page was withdrawn",
    "warned": "A warning was added",
    "next-edition": "The next edition will say it better",
    "no-change": "The page is right as it is",
    "elsewhere": "It is not about our pages",
}


class ProblemReport(models.Model):
    """What a reader says is wrong with a page: a task with a clock, and an answer."""

    trail_columns = {
        1: (
            "id", "token", "monograph_id", "page", "edition", "part", "text", "harm", "source", "email", "sender", "at",
            "due_at", "outcome", "answer", "answered_by_id", "answered_at", "mailed_at",
        )
    }  # fmt: skip

    token = models.CharField(max_length=43, unique=True)  # of the receipt: whoever has it reads the answer
    monograph = models.ForeignKey(Monograph, models.PROTECT, null=True, blank=True, related_name="reports")
    page = models.CharField(max_length=200, blank=True)
    edition = models.PositiveIntegerField(null=True, blank=True)
    part = models.CharField(max_length=200, blank=True)  # as the page calls it; empty: the whole page
    text = models.TextField()
    harm = models.BooleanField()
    source = models.CharField(max_length=500, blank=True)
    email = models.EmailField(blank=True)  # for the answer only; forgotten 90 days after it
    sender = models.CharField(max_length=64)  # a keyed hash, to count by: no address is kept
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True, choices=list(OUTCOMES.items()))
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="answered_reports"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="reviews_report_at")]
        constraints = [
            ByWriteLock(name="reviews_problemreport_by_pen"),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by=None, outcome="")
                | (models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(outcome="")),
                name="reviews_problemreport_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"R-{self.pk}"

    def is_late(self, now: datetime) -> bool:
        return self.answered_at is None and now >= self.due_at
