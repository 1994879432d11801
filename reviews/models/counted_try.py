from django.db import models

from monographs.triggers import Unchanged


class CountedTry(models.Model):
    """A sign-in that failed, or is being judged; or, once for each name and sender, that one went well; or a request of
    a page that is counted, of one sender or for one name, in both columns. Hashes with a key: it can be counted, and
    nobody can be read from it (`reviews.access.limits`)."""

    pair = models.CharField(max_length=64)  # of a name and where it came from
    sender = models.CharField(max_length=64)  # of where it came from alone
    went_well = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["pair", "at"], name="reviews_countedtry_pair"),
            models.Index(fields=["sender", "at"], name="reviews_countedtry_sender"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["pair"], condition=models.Q(went_well=True), name="reviews_countedtry_well"
            ),
            Unchanged(name="reviews_countedtry_unchanged"),
        ]

    def __str__(self) -> str:
        return f"sign-in at {self.at:%Y-%m-%d %H:%M}"
