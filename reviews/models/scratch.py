import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.http import QueryDict

from monographs.models import Edition

LARGEST = 300_000  # characters of one row
MOST_OF_A_PERSON = 40


class Scratch(models.Model):
    """What somebody is typing into a form of the editor and has not saved (`reviews.access.scratch`). It is theirs
    alone, changes every few seconds, and is no part of the record: no trigger keeps it, and nothing reads it but the
    page of its own person. The database bounds it: a row has a size, and a person so many slots.

    The key is the person, the edition, the part (a key, "header", or "new-" and a kind) and the tab: the form from its
    first showing until it is saved, however often it comes back meanwhile.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="scratch")
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+")
    part = models.CharField(max_length=40)
    tab = models.CharField(max_length=22)
    fields = models.TextField()  # {name: values} as JSON, in ASCII
    lacks_number = models.BooleanField(default=False)  # a patient's number was taken out
    sign_in = models.CharField(max_length=16)  # of which session, as a keyed hash: was it here or on another device?
    slot = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    made_room = False  # whether the oldest of its person went for it

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["at"], name="reviews_scratch_at")]
        constraints = [
            models.UniqueConstraint(fields=["person", "edition", "part", "tab"], name="reviews_scratch_key"),
            models.UniqueConstraint(fields=["person", "slot"], name="reviews_scratch_slot"),
            models.CheckConstraint(condition=Q(slot__lt=MOST_OF_A_PERSON), name="reviews_scratch_most"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("fields"), LARGEST), name="reviews_scratch_largest"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"scratch of {self.at:%Y-%m-%d %H:%M}"

    @property
    def typed(self) -> QueryDict:
        """What was typed, as it came, and the tab that it goes on in."""
        sent = QueryDict(mutable=True)
        for name, values in json.loads(self.fields).items():
            sent.setlist(name, values)
        sent["scratch"] = self.tab
        return sent
