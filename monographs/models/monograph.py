"""Monographs: what links, permissions and history point to."""

from datetime import date

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from monographs.called import called
from monographs.fields import JSONText
from monographs.models.drug import Drug
from monographs.models.querysets import MonographQuerySet
from monographs.models.therapeutic_class import TherapeuticClass
from monographs.triggers import ByWriteLock
from monographs.vocabulary import TIERS


class Monograph(models.Model):
    """The identity that links, permissions and history point to. `live` is what readers see, or nothing."""

    trail_columns = {
        1: ("id", "slug", "drug_id", "therapeutic_class_id", "tier", "next_review_due", "live_id"),
        2: (
            "id", "slug", "drug_id", "therapeutic_class_id", "tier", "next_review_due", "live_id",
            "reviewed_again_on", "reviewed_again_by",
        ),
        3: (
            "id", "slug", "drug_id", "therapeutic_class_id", "tier", "next_review_due", "live_id",
            "reviewed_again_on", "reviewed_again_by", "renewed_on", "renewals",
        ),
    }  # fmt: skip

    slug = models.SlugField(max_length=100, unique=True)
    drug = models.ForeignKey(Drug, models.PROTECT, related_name="monographs")
    therapeutic_class = models.ForeignKey(TherapeuticClass, models.PROTECT, related_name="monographs")
    tier = models.CharField(max_length=10, choices=list(TIERS.items()))
    next_review_due = models.DateField(null=True, blank=True)
    # The day of the last full review since the first publication, and the titles of those who signed it.
    reviewed_again_on = models.DateField(null=True, blank=True)
    reviewed_again_by = JSONText(default=list)
    # The day on which the page was last checked without a change, and how often in a row, since the last full review.
    renewed_on = models.DateField(null=True, blank=True)
    renewals = models.PositiveSmallIntegerField(default=0)
    live = models.OneToOneField("monographs.Publication", models.PROTECT, null=True, blank=True, related_name="live_of")

    objects = MonographQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            ByWriteLock(name="monographs_monograph_by_pen"),
            models.CheckConstraint(condition=models.Q(tier__in=list(TIERS)), name="monographs_monograph_tier"),
        ]
        # What somebody may be granted on this monograph alone: the same as on a class.
        permissions = [
            ("edit_monographs", "Write drafts of this monograph and send them for review"),
            ("review_monographs", "Read drafts of this monograph, sign, send back, set the tier"),
            ("publish_monographs", "Publish editions of this monograph, send back, discard"),
            ("warn_monographs", "Put urgent warnings of regulators over its page, and end them"),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("monograph", args=[self.slug])

    @property
    def last_full_review(self) -> date | None:
        """The day from which every signature of the last full review was given; nothing before there is a page."""
        return self.reviewed_again_on or (self.live.last_full_review if self.live else None)

    @cached_property
    def called(self) -> str:
        """What it is called beside others (monographs.called): by the edition that readers see, else by its newest;
        before that has a name, by its drug. A query where nothing is live."""
        edition = self.live.edition if self.live else self.editions.order_by("-number").first()
        name = edition.name if edition else ""
        return called(name or self.drug.name[:1].upper() + self.drug.name[1:], edition.title if edition else "")

    def is_overdue(self, today: date) -> bool:
        return self.next_review_due is not None and self.next_review_due < today
