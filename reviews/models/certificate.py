"""What anybody can check a publication by without us."""

from django.db import models

from monographs.models import Publication
from monographs.triggers import AppendOnly


class Certificate(models.Model):
    """Our signature on the sealed form of a publication, as a detached JWS (reviews.audit.certificates). Each has one
    from its first day; where its key was revoked, another follows by the key of then. The newest is served."""

    trail_columns = {1: ("id", "publication_id", "key", "jws", "at")}

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="certificates")
    key = models.CharField(max_length=64)  # the id of the key that signed it
    jws = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            AppendOnly(name="reviews_certificate_append_only"),
            models.UniqueConstraint(fields=["publication", "key"], name="reviews_certificate_once"),
        ]

    def __str__(self) -> str:
        return f"certificate of publication {self.publication_id}"
