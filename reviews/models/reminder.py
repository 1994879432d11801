"""Mails that remind people of what waits."""

from django.conf import settings
from django.db import models

from monographs.triggers import ByWriteLock


class Reminder(models.Model):
    """That a person was told of one thing that waits. The key is unique, so that a job run twice tells once."""

    trail_columns = {1: ("id", "key", "person_id", "subject", "body", "at", "mailed_at")}

    key = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [ByWriteLock(name="reviews_reminder_by_pen")]

    def __str__(self) -> str:
        return self.key
