"""The words for a drug's risk: its traits, and the tiers. Pure.

A trait or tier is stored by its key and shown by its label. `reviews/review/tiers.py` says what a tier asks for.
"""

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
