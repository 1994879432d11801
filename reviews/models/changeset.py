"""Audited edits: who changed what of an edition, and why."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Max, Min
from reversion.models import Revision

from monographs.fields import JSONText
from monographs.models import Document, Edition
from monographs.triggers import AppendOnly


class ChangeSetQuerySet(models.QuerySet["ChangeSet"]):
    def once(self, *columns: str) -> "models.QuerySet[Any, Any]":
        """What these columns say, each answer once: a history of a thousand change sets says little more than one of
        ten of who wrote what."""
        return self.order_by().values_list(*columns).distinct()

    def spans(self, *columns: str) -> "models.QuerySet[Any, Any]":
        """The same with the first and the last time that they said it: (…, at, revision, at, revision)."""
        ends = {"first": Min("at"), "first_made": Min("revision"), "last": Max("at"), "last_made": Max("revision")}
        return self.order_by().values_list(*columns).annotate(**ends)


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

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [AppendOnly(name="reviews_changeset_append_only")]

    def __str__(self) -> str:
        return self.reason
