"""Drugs of the library, from which an edition copies."""

from django.db import models

from monographs.fields import JSONText
from monographs.triggers import ByWriteLock


class Drug(models.Model):
    """A drug: names by kind, brands by country, codes by system, and the traits that decide tier and sections."""

    trail_columns = {1: ("id", "slug", "name", "skeleton", "names", "brands", "codes", "traits")}

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=500)
    # The name folded so that two names which look alike cannot both be here.
    skeleton = models.CharField(max_length=500, unique=True)
    names = JSONText(default=list)
    brands = JSONText(default=list)
    codes = JSONText(default=list)
    traits = JSONText(default=list)

    class Meta:
        ordering = ["name"]
        constraints = [ByWriteLock(name="monographs_drug_by_pen")]

    def __str__(self) -> str:
        return self.name
