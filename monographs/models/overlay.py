"""What stands over a published page, and second signatures on it."""

from datetime import datetime
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models

from monographs.fields import JSONText
from monographs.models.monograph import Monograph
from monographs.models.querysets import OverlayQuerySet
from monographs.overlay_kinds import (
    HARMS,
    LABELS,
    LIFT,
    REGULATORS,
    SECOND_SIGNATURE,
    SEVERITIES,
    TITLES,
    WITH_PART,
    OverlayKind,
    kind_of,
)
from monographs.triggers import AppendOnly


class Overlay(models.Model):
    """A notice of the publishing house that stands over a monograph's page: it takes away or warns, and never adds or
    changes clinical text. Insert-only: what ends one is another, of kind `lift`. What each kind means:
    overlay_kinds.py."""

    trail_columns = {
        1: (
            "id", "kind", "monograph_id", "edition", "act", "part", "lifts_id", "by_id", "by_title", "by_role", "at",
            "reason", "title", "severity", "regulator", "link", "issued", "quote", "wrong", "right", "harm",
            "editions", "last_edition", "said_from",
        ),
        2: (
            "id", "kind", "monograph_id", "edition", "act", "part", "lifts_id", "by_id", "by_title", "by_role", "at",
            "reason", "title", "severity", "regulator", "link", "issued", "quote", "wrong", "right", "harm",
            "editions", "last_edition", "said_from", "places",
        ),
    }  # fmt: skip

    kind = models.CharField(max_length=10, choices=list(LABELS.items()))
    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="overlays")
    edition = models.PositiveIntegerField()  # that was live when it was made
    act = models.UUIDField()  # one act may stand over several monographs
    part = models.UUIDField(null=True, blank=True)  # withhold: the key of what is withheld
    lifts = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="lifted_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_title = models.CharField(max_length=100, blank=True)  # as readers see it: "pharmacist"
    by_role = models.CharField(max_length=20)  # clinician or publisher: the other one confirms
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    # warning: what a regulator said
    title = models.CharField(max_length=30, blank=True, choices=list(TITLES.items()))
    severity = models.CharField(max_length=10, blank=True, choices=list(SEVERITIES.items()))
    regulator = models.CharField(max_length=20, blank=True, choices=list(REGULATORS.items()))
    link = models.URLField(max_length=500, blank=True)
    issued = models.DateField(null=True, blank=True)
    quote = models.TextField(blank=True)
    # erratum: what the page said, in which editions, and what it should say
    wrong = models.TextField(blank=True)
    right = models.TextField(blank=True)
    harm = models.CharField(max_length=10, blank=True, choices=list(HARMS.items()))
    editions = JSONText(default=list)
    last_edition = models.PositiveIntegerField(null=True, blank=True)
    said_from = models.DateTimeField(null=True, blank=True)
    # [{edition, part, field, nth}]: where just these words are meant. Nothing: wherever they stand in these editions.
    places = JSONText(null=True, blank=True)

    objects = OverlayQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "at"], name="monographs_overlay_kind")]
        constraints = [
            AppendOnly(name="monographs_overlay_append_only"),
            models.CheckConstraint(condition=models.Q(kind__in=list(LABELS)), name="monographs_overlay_kind_listed"),
            models.CheckConstraint(
                condition=models.Q(kind=LIFT, lifts__isnull=False) | (~models.Q(kind=LIFT) & models.Q(lifts=None)),
                name="monographs_overlay_lift_lifts",
            ),
            models.CheckConstraint(
                condition=reduce(or_, (models.Q(kind=one, part__isnull=False) for one in WITH_PART))
                | models.Q(kind=LIFT)
                | (~models.Q(kind__in=[*WITH_PART, LIFT]) & models.Q(part=None)),
                name="monographs_overlay_part_withheld",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} over monograph {self.monograph_id}"

    @property
    def row(self) -> OverlayKind:
        """What its kind means: its row of the table."""
        return kind_of(self.kind)

    @property
    def due_at(self) -> datetime:
        """Until when somebody else should confirm it."""
        return self.at + SECOND_SIGNATURE

    @property
    def second(self) -> "SecondSignature | None":
        return getattr(self, "second_signature", None)


class SecondSignature(models.Model):
    """Somebody else looked at an urgent warning or a withdrawal, and agrees. The overlay stands with it and without."""

    trail_columns = {1: ("id", "overlay_id", "by_id", "by_title", "at")}

    overlay = models.OneToOneField(Overlay, models.PROTECT, related_name="second_signature")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_title = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [AppendOnly(name="monographs_secondsignature_append_only")]

    def __str__(self) -> str:
        return f"second signature on overlay {self.overlay_id}"
