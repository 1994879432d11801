"""Monitoring tests of an edition."""

from django.db import models

from monographs import document as values
from monographs.models.edition import Part, part_constraints


class MonitoringItem(Part):
    """One test, in words: what, when, how often, for how long."""

    value = values.MonitoringItem
    trail_columns = {
        1: (
            "id", "edition_id", "key", "position", "removed", "test", "when", "how_often", "how_long", "note", "source",
        )
    }  # fmt: skip

    test = models.CharField(max_length=500, blank=True)
    when = models.CharField(max_length=500, blank=True)
    how_often = models.CharField(max_length=500, blank=True)
    how_long = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=500, blank=True)

    class Meta(Part.Meta):
        constraints = part_constraints("monitoring")
