"""The closed lists that content is made from: kinds of section, types of notice, kinds of names, systems of codes, and
the words for a drug's risk. Pure.

What is listed is stored by its key and shown by its label. `reviews/review/tiers.py` says what a tier asks for.
"""

from dataclasses import dataclass

TRAITS = {
    "biologic": "Biologic",
    "cytotoxic": "Cytotoxic",
    "insulin": "Insulin",
    "opioid": "Opioid",
    "anticoagulant": "Anticoagulant",
    "teratogen": "Teratogen",
    "injectable": "Injectable",
}
# The lowest first.
TIERS = {"low": "Low", "standard": "Standard", "high": "High"}

# -- Kinds of section, in the order in which readers meet them (docs/clinical/sections.md) --------------------------


@dataclass(frozen=True)
class SectionKind:
    """A kind of section: its usual heading, its word in "This page does not cover: …", and when it is needed.

    `needed` is "required", "optional", or the trait of the drug that asks for it.
    """

    slug: str
    heading: str
    gap: str
    needed: str


SECTION_KINDS: dict[str, SectionKind] = {
    kind.slug: kind
    for kind in (
        SectionKind("indications", "Indications", "indications", "required"),
        SectionKind("contra-indications", "Contra-indications", "contra-indications", "required"),
        SectionKind("cautions", "Cautions", "cautions", "required"),
        SectionKind("renal-impairment", "Renal impairment", "renal impairment", "required"),
        SectionKind("hepatic-impairment", "Hepatic impairment", "hepatic impairment", "required"),
        SectionKind("interactions", "Interactions", "interactions", "required"),
        SectionKind("pregnancy", "Pregnancy", "pregnancy", "required"),
        SectionKind("contraception", "Contraception", "contraception", "teratogen"),
        SectionKind("breast-feeding", "Breast-feeding", "breast-feeding", "required"),
        SectionKind("screening", "Pre-treatment screening", "pre-treatment screening", "biologic"),
        SectionKind("monitoring", "Monitoring", "monitoring", "required"),
        SectionKind("adverse-effects", "Adverse effects", "adverse effects", "required"),
        SectionKind("overdose", "Overdose", "overdose", "required"),
        SectionKind("administration", "Administration", "administration", "injectable"),
        SectionKind("prescribing", "Prescribing in practice", "prescribing in practice", "required"),
        SectionKind("counselling", "Counselling the patient", "counselling the patient", "required"),
        SectionKind("stopping", "Stopping", "stopping", "optional"),
        SectionKind("driving", "Driving", "driving", "optional"),
        SectionKind("storage", "Storage", "storage", "optional"),
        SectionKind("how-it-works", "How it works", "how it works", "required"),
        SectionKind("evidence", "Evidence & guidelines", "evidence and guidelines", "required"),
    )
}

# -- Safety notices (docs/clinical/safety_notices.md): which severity a type has, and which types a regulator issues --

NOTICE_TYPES: dict[str, tuple[str, str]] = {
    "alert": ("critical", "National patient safety alert"),
    "recall_1": ("critical", "Class 1 recall"),
    "boxed_warning": ("critical", "Boxed warning"),
    "contraindication": ("critical", "Contra-indication notice"),
    "recall_2": ("major", "Class 2 recall"),
    "restriction": ("major", "Restriction"),
    "caution": ("major", "Caution"),
    "pregnancy_programme": ("major", "Pregnancy programme"),
    "recall_3": ("information", "Class 3 recall"),
    "recall_4": ("information", "Class 4 recall"),
    "shortage": ("information", "Shortage"),
    "additional_monitoring": ("information", "Additional monitoring"),
}
REGULATOR_TYPES = frozenset(
    ("alert", "recall_1", "recall_2", "recall_3", "recall_4", "boxed_warning", "restriction", "pregnancy_programme")
)

NAME_KINDS = {
    "international": "International name",
    "british": "British name",
    "american": "American name",
    "other": "Other name",
}
CODE_SYSTEMS = {
    "ATC": r"[A-Z]\d{2}[A-Z]{2}\d{2}",
    "RxNorm": r"[1-9]\d{0,7}",
    "SNOMED CT": r"[1-9]\d{5,17}",
    "dm+d": r"[1-9]\d{5,17}",
}


def needed_kinds(traits: frozenset[str] | set[str]) -> list[SectionKind]:
    """The kinds of section that a page on a drug with these traits should have, in order."""
    return [kind for kind in SECTION_KINDS.values() if kind.needed == "required" or kind.needed in traits]
