"""Audited edits: who changed what of an edition, and why."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from reversion.models import Revision

from monographs.fields import JSONText
from monographs.models import Document, Edition
from monographs.triggers import AppendOnly


class ChangeSet(models.Model):
    """One audited edit: who, when, why, which parts, and the document before and after. Tied to reversion's Revision.

    `touched` holds the keys of the parts whose digest or removal changed ("header" and "order" are keys too): its actor
    and credits are from then on authors of those parts in this edition.
    """

    trail_columns = {
        1: (
            "id",
            "revision_id",
            "edition_id",
            "actor_id",
            "credits",
            "reason",
            "touched",
            "before_id",
            "after_id",
            "at",
        )
    }

    id = models.UUIDField(primary_key=True, default=uuid4)
    revision = models.OneToOneField(Revision, models.PROTECT, related_name="change_set")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="change_sets")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credits = JSONText(default=dict)  # {part key: [user pk]}: authors of copied, imported, restored or accepted text
    reason = models.TextField()
    touched = JSONText(default=list)
    before = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(Document, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [AppendOnly(name="reviews_changeset_append_only")]

    def __str__(self) -> str:
        return self.reason
