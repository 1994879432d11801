from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from monographs.fields import JSONText
from monographs.models.monograph import Monograph
from monographs.overlay_kinds import KINDS
from monographs.querysets import OverlayQuerySet
from monographs.triggers import AppendOnly

REGULATORS = {
    "mhra": "Medicines and Healthcare products Regulatory Agency (MHRA)",
    "ema": "European Medicines Agency (EMA)",
    "nhs-england": "NHS England",
    "ukhsa": "UK Health Security Agency (UKHSA)",
    "fda": "US Food and Drug Administration (FDA)",
}
# What an urgent warning may be called: none of these says more than what to do with this page's text.
TITLES = {
    "no-new-patients": "Do not start new patients",
    "stop": "Stop treatment and contact patients",
    "review-patients": "Look at every patient under treatment",
    "new-contraindication": "There is a new contra-indication",
    "new-reaction": "There is a new severe reaction",
    "new-monitoring": "Monitoring has changed",
    "dose-error": "There is a risk of dosing errors",
    "recall": "Batches are recalled",
}
SEVERITIES = {"critical": "Critical: act at once", "major": "Major"}
HARMS = {
    "none": "none expected",
    "minor": "minor",
    "moderate": "moderate",
    "severe": "severe",
}
# Why something is withheld, as readers are told.
WITHHOLD_REASONS = {
    "source-changed": "the source has changed",
    "source-doubtful": "it could not be confirmed at the source",
    "reported": "a reader reported an error, and it is being looked at",
    "misprint": "it was printed wrongly",
}
SECOND_SIGNATURE = timedelta(hours=24)
ERRATUM_DAYS = 90


class Overlay(models.Model):
    """A notice of the house that stands over a monograph's page: it takes away or warns, and never adds or changes
    clinical text. Insert-only: what ends one is another, of kind `lift`."""

    trail_columns = {
        1: (
            "id", "kind", "monograph_id", "edition", "act", "part", "lifts_id", "by_id", "by_title", "by_role", "at",
            "reason", "title", "severity", "regulator", "link", "issued", "quote", "wrong", "right", "harm",
            "editions", "last_edition", "said_from",
        )
    }  # fmt: skip

    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
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

    objects = OverlayQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "at"], name="monographs_overlay_kind")]
        constraints = [
            AppendOnly(name="monographs_overlay_append_only"),
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="monographs_overlay_kind_listed"),
            models.CheckConstraint(
                condition=models.Q(kind="lift", lifts__isnull=False) | (~models.Q(kind="lift") & models.Q(lifts=None)),
                name="monographs_overlay_lift_lifts",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="withhold", part__isnull=False)
                | models.Q(kind="lift")
                | (~models.Q(kind__in=["withhold", "lift"]) & models.Q(part=None)),
                name="monographs_overlay_part_withheld",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} over monograph {self.monograph_id}"

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
