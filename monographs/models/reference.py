"""Records of sources in the library, their citations in an edition, and its related links."""

from typing import Any

from django.db import models

from monographs import document as values
from monographs.fields import JSONText
from monographs.models.edition import Part, part_constraints
from monographs.triggers import ByWriteLock
from monographs.typed import to_plain


class Reference(models.Model):
    """A bibliographic record of the library. Editions copy it: a later change of it touches no signed text."""

    trail_columns = {1: ("id", "label", "title", "doi", "csl")}

    label = models.CharField(max_length=80, unique=True)
    title = models.TextField()
    doi = models.CharField(max_length=300, null=True, blank=True, unique=True)
    csl = JSONText(default=dict)

    class Meta:
        ordering = ["label"]
        constraints = [ByWriteLock(name="monographs_reference_by_pen")]

    def __str__(self) -> str:
        return self.label


class Citation(Part):
    """The use of a reference in an edition: `[@label]` in its text leads here."""

    value = values.Citation
    trail_columns = {1: ("id", "edition_id", "key", "position", "removed", "label", "csl")}

    label = models.CharField(max_length=80)
    csl = JSONText(default=dict)

    class Meta(Part.Meta):
        constraints = [
            *part_constraints("citation"),
            models.UniqueConstraint(
                fields=["edition", "label"], condition=models.Q(removed=False), name="monographs_citation_label"
            ),
        ]

    @classmethod
    def columns_of(cls, part: values.Part) -> dict[str, Any]:
        assert isinstance(part, values.Citation)
        return {"label": part.label, "csl": to_plain(part.csl)}


class RelatedLink(Part):
    """A link to another monograph that the editors chose, with their reason."""

    value = values.RelatedLink
    trail_columns = {1: ("id", "edition_id", "key", "position", "removed", "target", "reason")}

    target = models.SlugField(max_length=100)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(Part.Meta):
        constraints = part_constraints("related")
