"""Regimens of an edition, with their steps."""

from django.db import models

from monographs import document as values
from monographs.models.edition import Part, part_constraints


class DoseRegimen(Part):
    """One dose as structure, for one use and one group of people. Its steps stand in the structure: they are written,
    signed and restored with it. `structure` and `lines` hold canonical JSON (monographs.regimens)."""

    value = values.DoseRegimen
    trail_columns = {
        1: (
            "id", "edition_id", "key", "position", "removed", "status", "since", "reason", "instead", "structure",
            "lines",
        ),
        2: (
            "id", "edition_id", "key", "position", "removed", "status", "since", "reason", "instead", "structure",
            "lines", "passage",
        ),
    }  # fmt: skip

    status = models.CharField(max_length=20, default="unpublished")
    since = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)
    instead = models.TextField(blank=True)
    structure = models.TextField(default="{}")
    lines = models.TextField(default="[]")
    passage = models.TextField(blank=True)

    class Meta(Part.Meta):
        constraints = part_constraints("regimen")
