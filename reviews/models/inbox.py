"""Reports that could harm, before they are taken in."""

from django.db import models

from monographs.models import Monograph
from monographs.triggers import Inbox


class InboxReport(models.Model):
    """A reader's report that could harm, from the moment it comes until it is taken in (`reviews.reports.inbox`). It is
    put here without the write lock, so that nobody who writes, and no flood, keeps it out; the trail tells of it when
    it is taken in."""

    # The form that was sent, or a hash of the words: what comes twice stands here once.
    key = models.CharField(max_length=64, unique=True)
    token = models.CharField(max_length=43, unique=True)  # of the receipt
    # No constraint on purpose: nothing waits for a row that somebody is writing.
    monograph = models.ForeignKey(
        Monograph, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="inbox"
    )
    page = models.CharField(max_length=200, blank=True)
    edition = models.PositiveIntegerField(null=True, blank=True)
    part = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    source = models.CharField(max_length=500, blank=True)
    email = models.EmailField(blank=True)
    sender = models.CharField(max_length=64)
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    harm = True
    answered_at = None

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["sender", "at"], name="reviews_inbox_sender")]
        constraints = [Inbox(name="reviews_inboxreport_inbox")]

    def __str__(self) -> str:
        return f"report of {self.at:%Y-%m-%d %H:%M}"
