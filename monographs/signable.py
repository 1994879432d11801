"""What of an edition is reviewed, signed and published. Pure.

The working document holds every figure. Of a regimen that is not shown, what is signed is whom it is for, since when
no dose is published, why, and what to use: nothing else of it leaves the desk, least of all the words of its source.
There are no checks of doses against
their source yet, so no regimen is shown, whatever an editor set (`monographs.checks.problems` refuses that one).
"""

from monographs.document import Document, DoseRegimen
from monographs.doses.signable import UNPUBLISHED
from monographs.regimens import lines_made, without_figures


def signable(document: Document) -> Document:
    """The document that clinicians sign of a working document: itself, where it has no regimen."""
    if not document.regimens:
        return document
    return document.model_copy(update={"regimens": tuple(map(_hidden, document.regimens))})


def _hidden(part: DoseRegimen) -> DoseRegimen:
    """Lines that say no figure stay as they were made; those of a regimen that was set to be shown are made anew."""
    structure = without_figures(part.structure)
    held = part.lines if part.status == UNPUBLISHED else lines_made(structure, is_shown=False)
    return part.model_copy(update={"status": UNPUBLISHED, "structure": structure, "lines": held, "passage": ""})
