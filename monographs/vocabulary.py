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
    """A kind of section: its usual heading, its word in "This page does not cover: …", when it is needed, and what it
    must contain.

    `needed` is "required", "optional", or the trait of the drug that asks for it.
    """

    slug: str
    heading: str
    gap: str
    needed: str
    contains: str


SECTION_KINDS: dict[str, SectionKind] = {
    kind.slug: kind
    for kind in (
        SectionKind(
            "indications",
            "Indications",
            "indications",
            "required",
            "The uses this monograph covers, each with its licence status. "
            "It names the main uses that it does not cover.",
        ),
        SectionKind(
            "contra-indications",
            "Contra-indications",
            "contra-indications",
            "required",
            "A list of who must not have the drug. “None known” is written, with its source.",
        ),
        SectionKind(
            "cautions",
            "Cautions",
            "cautions",
            "required",
            "A list of who needs more care, and which care.",
        ),
        SectionKind(
            "renal-impairment",
            "Renal impairment",
            "renal impairment",
            "required",
            "What changes at which function, or “no change”. It agrees with the bands in Dosing.",
        ),
        SectionKind(
            "hepatic-impairment",
            "Hepatic impairment",
            "hepatic impairment",
            "required",
            "What changes at which Child-Pugh class, or “no change”.",
        ),
        SectionKind(
            "interactions",
            "Interactions",
            "interactions",
            "required",
            "A list: the other drug, the effect, what to do.",
        ),
        SectionKind(
            "pregnancy",
            "Pregnancy",
            "pregnancy",
            "required",
            "Known risk and advice, in people and not only in animals.",
        ),
        SectionKind(
            "contraception",
            "Contraception",
            "contraception",
            "teratogen",
            "Who needs it, from when until how long after the last dose.",
        ),
        SectionKind(
            "breast-feeding",
            "Breast-feeding",
            "breast-feeding",
            "required",
            "Whether it passes into milk and the advice.",
        ),
        SectionKind(
            "screening",
            "Pre-treatment screening",
            "pre-treatment screening",
            "biologic",
            "Tests, vaccines and prophylaxis, with when and how long. It stays readable when doses are withheld.",
        ),
        SectionKind(
            "monitoring",
            "Monitoring",
            "monitoring",
            "required",
            "A test for each thing that is watched, with its interval and its end.",
        ),
        SectionKind(
            "adverse-effects",
            "Adverse effects",
            "adverse effects",
            "required",
            "A list by frequency, very common to very rare. Those that need action come first.",
        ),
        SectionKind(
            "overdose",
            "Overdose",
            "overdose",
            "required",
            "Signs, first steps, whom to call.",
        ),
        SectionKind(
            "administration",
            "Administration",
            "administration",
            "injectable",
            "Dilution, route, observation, what to do at a reaction.",
        ),
        SectionKind(
            "prescribing",
            "Prescribing in practice",
            "prescribing in practice",
            "required",
            "A list of what a specialist would tell a colleague. No dose figures.",
        ),
        SectionKind(
            "counselling",
            "Counselling the patient",
            "counselling the patient",
            "required",
            "A list for the clinician to tell the patient. Each warning sign has its place to go and its time window.",
        ),
        SectionKind(
            "stopping",
            "Stopping",
            "stopping",
            "optional",
            "How to stop.",
        ),
        SectionKind(
            "driving",
            "Driving",
            "driving",
            "optional",
            "Effects on driving.",
        ),
        SectionKind(
            "storage",
            "Storage",
            "storage",
            "optional",
            "Keeping.",
        ),
        SectionKind(
            "how-it-works",
            "How it works",
            "how it works",
            "required",
            "One paragraph on mechanism.",
        ),
        SectionKind(
            "evidence",
            "Evidence & guidelines",
            "evidence and guidelines",
            "required",
            "The trials and guidance behind the page, each cited. It says what is uncertain.",
        ),
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
