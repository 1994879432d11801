"""The content. `PARTS` is the one list of part models: copying, document, diff and triggers iterate it."""

from monographs.models.document import Document
from monographs.models.drug import Drug
from monographs.models.edition import Edition, Part
from monographs.models.epoch import Epoch
from monographs.models.former_address import FormerAddress
from monographs.models.index_entry import IndexEntry
from monographs.models.monitoring import MonitoringItem
from monographs.models.monograph import Monograph
from monographs.models.notice import SafetyNotice
from monographs.models.overlay import Overlay, SecondSignature
from monographs.models.publication import NameCheck, Publication
from monographs.models.reference import Citation, Reference, RelatedLink
from monographs.models.regimen import DoseRegimen
from monographs.models.section import Section
from monographs.models.states import State
from monographs.models.therapeutic_class import TherapeuticClass
from monographs.models.told_change import ToldChange
from monographs.models.write_lock import WriteLock

PARTS: dict[str, type[Part]] = {
    model.value.part_kind: model
    for model in (Section, DoseRegimen, MonitoringItem, SafetyNotice, Citation, RelatedLink)
}

__all__ = [
    "PARTS",
    "Citation",
    "Document",
    "DoseRegimen",
    "Drug",
    "Edition",
    "Epoch",
    "FormerAddress",
    "IndexEntry",
    "MonitoringItem",
    "Monograph",
    "NameCheck",
    "Overlay",
    "Part",
    "Publication",
    "Reference",
    "RelatedLink",
    "SafetyNotice",
    "SecondSignature",
    "Section",
    "State",
    "TherapeuticClass",
    "ToldChange",
    "WriteLock",
]
