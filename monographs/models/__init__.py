"""The content. `PARTS` is the one list of part models: copying, document, diff and triggers iterate it."""

from monographs.models.document import Document
from monographs.models.drug import HIGH_TRAITS, TIERS, TRAITS, Drug, TherapeuticClass
from monographs.models.edition import OPEN_STATES, Edition, Part, State
from monographs.models.monitoring import MonitoringItem
from monographs.models.monograph import Monograph
from monographs.models.notice import SafetyNotice
from monographs.models.pen import Pen
from monographs.models.publication import NameCheck, Publication
from monographs.models.reference import Citation, Reference, RelatedLink
from monographs.models.section import Section

PARTS: dict[str, type[Part]] = {
    model.value.part_kind: model for model in (Section, MonitoringItem, SafetyNotice, Citation, RelatedLink)
}

__all__ = [
    "HIGH_TRAITS",
    "OPEN_STATES",
    "PARTS",
    "TIERS",
    "TRAITS",
    "Citation",
    "Document",
    "Drug",
    "Edition",
    "MonitoringItem",
    "Monograph",
    "NameCheck",
    "Part",
    "Pen",
    "Publication",
    "Reference",
    "RelatedLink",
    "SafetyNotice",
    "Section",
    "State",
    "TherapeuticClass",
]
