"""Safety notices of an edition."""

from django.db import models

from monographs import document as values
from monographs.models.edition import Part, part_constraints
from monographs.vocabulary import NOTICE_TYPES

SEVERITIES = [("critical", "Critical"), ("major", "Major"), ("information", "Information")]


class SafetyNotice(Part):
    """A signed warning, with its source and the days on which it begins and ends."""

    value = values.SafetyNotice
    trail_columns = {
        1: (
            "id", "edition_id", "key", "position", "removed", "type", "severity", "title", "text", "action", "issuer",
            "issued", "effective", "expires", "source", "supersedes",
        ),
        2: (
            "id", "edition_id", "key", "position", "removed", "type", "severity", "title", "text", "action", "issuer",
            "issued", "effective", "expires", "source", "supersedes", "text_rules",
        ),
    }  # fmt: skip

    type = models.CharField(max_length=30, choices=[(k, label) for k, (_, label) in NOTICE_TYPES.items()])
    severity = models.CharField(max_length=20, choices=SEVERITIES)
    title = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    text_rules = models.PositiveIntegerField(null=True, blank=True)
    action = models.TextField(blank=True)
    issuer = models.CharField(max_length=500, blank=True)
    # Dates as the regulator gives them: a year, a month or a day.
    issued = models.CharField(max_length=10, blank=True)
    effective = models.CharField(max_length=10, blank=True)
    expires = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=500, blank=True)
    supersedes = models.CharField(max_length=500, blank=True)

    class Meta(Part.Meta):
        constraints = part_constraints("notice")
