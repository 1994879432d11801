"""Sections of an edition."""

from django.db import models

from monographs import document as values
from monographs.models.edition import Part, part_constraints
from monographs.vocabulary import SECTION_KINDS


class Section(Part):
    """A clinical section: its kind decides its place on the page."""

    value = values.Section
    trail_columns = {
        1: ("id", "edition_id", "key", "position", "removed", "kind", "heading", "text"),
        2: ("id", "edition_id", "key", "position", "removed", "kind", "heading", "text", "text_rules"),
    }

    kind = models.CharField(max_length=40, choices=[(k.slug, k.heading) for k in SECTION_KINDS.values()])
    heading = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    text_rules = models.PositiveIntegerField(null=True, blank=True)

    class Meta(Part.Meta):
        constraints = part_constraints("section")
