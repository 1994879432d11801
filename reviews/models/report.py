"""Problems that readers report, and their answers."""

from datetime import datetime

from django.conf import settings
from django.db import models

from monographs.models import Monograph, Overlay, Publication
from monographs.triggers import ByWriteLock

OUTCOMES = {
    "corrected": "The page was wrong and is corrected",
    "withdrawn": "The page was withdrawn",
    "withheld": "A part of the page was withheld",
    "warned": "A warning was added",
    "next-edition": "The next edition will say it better",
    "no-change": "The page is right as it is",
    "elsewhere": "It is not about our pages",
    "passed-on": "It was passed on to those who look after the site",
}


class ProblemReport(models.Model):
    """What a reader says is wrong with a page: a task with a clock, and an answer."""

    trail_columns = {
        1: (
            "id", "token", "monograph_id", "page", "edition", "part", "text", "harm", "source", "email", "sender", "at",
            "due_at", "outcome", "answer", "answered_by_id", "answered_at", "mailed_at",
        ),
        2: (
            "id", "token", "monograph_id", "page", "edition", "part", "text", "harm", "source", "email", "sender", "at",
            "due_at", "outcome", "answer", "answered_by_id", "answered_at", "mailed_at", "overlay_id", "publication_id",
            "reason", "looking_by_id", "looking_at",
        ),
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
    # The act that makes its outcome true (reviews.reports.outcomes); neither: none is needed, or nobody was asked.
    overlay = models.ForeignKey(Overlay, models.PROTECT, null=True, blank=True, related_name="+")
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)  # why what could harm may be closed: for the desk alone
    # Who says that they are looking at it, while it is open. It stops nobody.
    looking_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    looking_at = models.DateTimeField(null=True, blank=True)

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
            models.CheckConstraint(
                condition=models.Q(overlay=None, publication=None)
                | (models.Q(answered_at__isnull=False) & (models.Q(overlay=None) | models.Q(publication=None))),
                name="reviews_problemreport_one_act",
            ),
            models.CheckConstraint(
                condition=models.Q(looking_by=None, looking_at=None)
                | models.Q(looking_by__isnull=False, looking_at__isnull=False, answered_at=None),
                name="reviews_problemreport_looking_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"R-{self.pk}"

    def is_late(self, now: datetime) -> bool:
        return self.answered_at is None and now >= self.due_at
