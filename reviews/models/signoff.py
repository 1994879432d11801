"""Clinicians' signatures on an edition, and those taken back."""

from django.conf import settings
from django.db import models

from monographs.fields import JSONText
from monographs.models import Document, Edition
from monographs.triggers import AppendOnly

REVIEW, STILL_CORRECT, FULL_REVIEW, NO_CHANGE = "review", "still_correct", "full_review", "no_change"


class SignOff(models.Model):
    """A clinician's signature on one document in one round, as it was given. Undone only by an Unsigning."""

    trail_columns = {
        1: (
            "id", "edition_id", "round", "document_id", "signer_id", "meaning", "sequence", "name", "profession",
            "body", "number", "reader_title", "name_consent", "checklist", "interests", "signed_at",
        ),
        2: (
            "id", "edition_id", "round", "document_id", "signer_id", "meaning", "sequence", "name", "profession",
            "body", "number", "reader_title", "name_consent", "checklist", "interests", "signed_at", "remark", "seen",
        ),
    }  # fmt: skip

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="sign_offs")
    round = models.PositiveIntegerField()
    document = models.ForeignKey(Document, models.PROTECT, related_name="sign_offs")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_offs")
    # A review lets an edition out; "still correct" lets a withdrawn page come back; a full review keeps a page in date;
    # "no change" does so for a while.
    meaning = models.CharField(max_length=20, default=REVIEW)
    # Signing, unsigning and signing again in one round gives 0, 1, 2 …
    sequence = models.PositiveIntegerField(default=0)
    # As printed: copies, so that a later change of the profile changes no signature.
    name = models.CharField(max_length=200)
    profession = models.CharField(max_length=30)
    body = models.CharField(max_length=10)
    number = models.CharField(max_length=20)
    reader_title = models.CharField(max_length=100)
    name_consent = models.BooleanField(default=False)
    checklist = JSONText(default=list)
    interests = models.TextField()
    signed_at = models.DateTimeField()
    # For the desk alone: readers are never told.
    remark = models.TextField(blank=True)
    # What was seen when it was given (`reviews.review.attestation.Seen`).
    seen = JSONText(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [
            AppendOnly(name="reviews_signoff_append_only"),
            models.UniqueConstraint(
                fields=["edition", "round", "signer", "meaning", "sequence"], name="reviews_signoff_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.document_id[:12]}"


class Unsigning(models.Model):
    """The signer took a signature back, with a reason."""

    trail_columns = {1: ("id", "sign_off_id", "reason", "at")}

    sign_off = models.OneToOneField(SignOff, models.PROTECT, related_name="unsigning")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [AppendOnly(name="reviews_unsigning_append_only")]

    def __str__(self) -> str:
        return f"unsigning of {self.sign_off_id}"
