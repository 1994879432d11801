import json

from django.conf import settings
from django.db import models
from django.http import QueryDict

from monographs.triggers import Unchanged


class KeptForm(models.Model):
    """What somebody typed into a form that could not be taken, until they send it again, or a day has passed
    (`reviews.access.kept`). It is theirs alone, and no part of the record.

    The key is the person, the place (the address that the form is sent to) and the tab: the one showing of the form
    that was typed into, so that two windows on one part keep two forms.
    """

    class Cause(models.TextChoices):
        SESSION = "session", "This was kept when your session ended."
        TOKEN = "token", "This was kept because you signed in again after the form was opened."
        PASSWORD = "password", "This was kept when you were signed out after too many wrong passwords."
        MOVED = "moved", "This was kept because its place was not there any more."

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="kept_forms")
    path = models.CharField(max_length=500)
    tab = models.CharField(max_length=64)
    query = models.CharField(max_length=500, blank=True)  # of the address, beside what is typed
    fields = models.TextField()  # {name: values} as JSON, in ASCII: no sign that was typed is one too many for it
    lacks_password = models.BooleanField(default=False)  # passwords are never kept
    lacks_number = models.BooleanField(default=False)  # a patient's number was taken out
    cause = models.CharField(max_length=10, choices=Cause)
    sender = models.CharField(max_length=64, blank=True)  # a keyed hash of where it came from, to count by
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["expires_at"], name="reviews_keptform_expires"),
            models.Index(fields=["sender", "at"], name="reviews_keptform_sender"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "path", "tab"], name="reviews_keptform_key"),
            Unchanged(name="reviews_keptform_unchanged"),
        ]

    def __str__(self) -> str:
        return f"form kept at {self.at:%Y-%m-%d %H:%M}"

    @property
    def typed(self) -> QueryDict:
        """What was typed, as it came."""
        sent = QueryDict(mutable=True)
        for name, values in json.loads(self.fields).items():
            sent.setlist(name, values)
        return sent
