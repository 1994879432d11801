"""Drugs of the library, from which an edition copies."""

from django.db import models

from monographs.fields import JSONText
from monographs.triggers import ByWriteLock


class Drug(models.Model):
    """A drug: names by kind, brands by country, codes by system, and the traits that decide tier and sections."""

    trail_columns = {
        1: ("id", "slug", "name", "skeleton", "names", "brands", "codes", "traits"),
        2: (
            "id", "slug", "name", "skeleton", "names", "brands", "codes", "traits", "former_names", "retired",
            "merged_into_id",
        ),
    }  # fmt: skip

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=500)
    # The name folded so that two names which look alike cannot both be here.
    skeleton = models.CharField(max_length=500, unique=True)
    names = JSONText(default=list)
    brands = JSONText(default=list)
    codes = JSONText(default=list)
    traits = JSONText(default=list)
    # What it was called before, here or as a drug that was merged into it: still found, and offered to nobody.
    former_names = JSONText(default=list)
    # Nothing new begins on a retired drug; what is there goes on.
    retired = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        ordering = ["name"]
        constraints = [ByWriteLock(name="monographs_drug_by_pen")]

    def __str__(self) -> str:
        return self.name
