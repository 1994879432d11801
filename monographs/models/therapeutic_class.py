"""The tree of therapeutic classes."""

from django.db import models

from monographs.triggers import ByWriteLock
from monographs.vocabulary import TIERS


class TherapeuticClass(models.Model):
    """A class of the editorial tree. A class may raise the floor of the tier of its monographs."""

    trail_columns = {
        1: ("id", "slug", "name", "parent_id", "tier_floor"),
        2: ("id", "slug", "name", "parent_id", "tier_floor", "retired"),
    }

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=500)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    tier_floor = models.CharField(max_length=10, blank=True, choices=list(TIERS.items()))
    # Nothing new begins in a retired class; what is there goes on.
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "therapeutic classes"
        constraints = [ByWriteLock(name="monographs_class_by_pen")]
        # What a role may be granted on a class, and so on all that is below it.
        default_permissions = ()
        permissions = [
            ("edit_monographs", "Write drafts of this class and send them for review"),
            ("review_monographs", "Read drafts of this class, sign, send back, set the tier"),
            ("publish_monographs", "Publish editions of this class, send back, discard"),
            ("warn_monographs", "Put urgent warnings of regulators over pages of this class, and end them"),
        ]

    def __str__(self) -> str:
        return self.name

    def path(self) -> list["TherapeuticClass"]:
        """From the root to this class."""
        steps: list[TherapeuticClass] = []
        step: TherapeuticClass | None = self
        while step is not None and step not in steps:
            steps.append(step)
            step = step.parent
        return steps[::-1]

    @property
    def tier_floors(self) -> list[str]:
        """What this class and those above it ask for; "" where one asks for nothing."""
        return [step.tier_floor for step in self.path()]
