"""What of a regimen is signed while it is not shown: whom it is for, and not one figure. Pure."""

from monographs.doses.model import Regimen

# All that stands in a document of a regimen that is not shown, beside since when and why.
KEPT = ("key", "indication", "population", "age", "weight", "renal", "hepatic", "criteria", "route")
SHOWN, UNPUBLISHED = "shown", "unpublished"


def without_figures(regimen: Regimen) -> Regimen:
    """Whom a regimen is for, and nothing of its dose."""
    return Regimen(**{name: getattr(regimen, name) for name in KEPT}, unchecked=True)
