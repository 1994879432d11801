"""Which keys have sealed here, one after the other, and which of them is believed no more."""

from django.db import models
from django.db.models import Q

from monographs.triggers import AppendOnly

ROTATED, REVOKED = "rotated", "revoked"


class KeyStatement(models.Model):
    """One word of the publishing house on one of its keys: another took over from it (signed by both), or it is
    believed no more (signed by the one that is used now). It says where the trail stood then, so that the newer key
    vouches for all that the older one sealed."""

    trail_columns = {
        1: ("id", "kind", "key", "public", "by", "by_public", "at", "seq", "head", "signature", "by_signature")
    }

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)  # which it is about, by its id
    public = models.CharField(max_length=64)  # base64 of 32 bytes
    by = models.CharField(max_length=64)  # which took over, or says so
    by_public = models.CharField(max_length=64)
    at = models.DateTimeField()
    seq = models.BigIntegerField()  # the last entry before it
    head = models.CharField(max_length=64)
    signature = models.CharField(max_length=128, blank=True)  # of the key that it is about, where another takes over
    by_signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["id"]
        constraints = [
            AppendOnly(name="reviews_keystatement_append_only"),
            models.UniqueConstraint(fields=["kind", "key"], name="reviews_keystatement_once"),
            models.CheckConstraint(
                condition=(Q(kind=ROTATED) & ~Q(signature="")) | Q(kind=REVOKED, signature=""),
                name="reviews_keystatement_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.kind} by {self.by}"
