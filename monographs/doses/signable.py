"""What of a regimen is reviewed, signed and published. Pure.

The working document keeps all figures. Signed is, of a regimen that is set to be shown and whose checks stand, its
structure and its lines as they read on that day; of any other the line that says whom it is for, and not one figure.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from monographs.doses.lines import Line, header, lines
from monographs.doses.model import Missing, Regimen
from monographs.doses.reading import to_json

Json = dict[str, Any]
# All that stands in a document of a regimen that is not shown, beside since when and why.
KEPT = ("key", "indication", "population", "age", "weight", "renal", "hepatic", "criteria", "route")
SHOWN, UNPUBLISHED = "shown", "unpublished"


class NotChecked(ValueError):
    """A regimen is set to be shown, and its checks do not stand. The message says of which use."""

    def __init__(self, regimen: Regimen) -> None:
        super().__init__(f"This dose has not had its checks against the source: {header(regimen)}")


def signable(regimen: Regimen, *, is_set_shown: bool, checks_stand: bool, since: str = "", reason: str = "") -> Json:
    """The form of a regimen that is signed (NotChecked: it is set to be shown without its checks). Not shown, it says
    since when and why."""
    if is_set_shown and not checks_stand:
        raise NotChecked(regimen)
    if is_set_shown:
        own = dataclasses.replace(regimen, withheld=None, unchecked=False, missing_siblings=())
        return {"status": SHOWN, "structure": to_json(own), "lines": _plain(lines(own))}
    hidden = without_figures(regimen)
    structure = {name: held for name, held in to_json(hidden).items() if name in KEPT}
    return {"status": UNPUBLISHED, **structure, "since": since, "reason": reason, "lines": _plain(lines(hidden))}


def without_figures(regimen: Regimen) -> Regimen:
    """Whom a regimen is for, and nothing of its dose."""
    return Regimen(**{name: getattr(regimen, name) for name in KEPT}, unchecked=True)


def with_neighbours(regimens: Sequence[Regimen]) -> list[Regimen]:
    """Regimens as readers are shown them: each says which others of its indication are not shown, and why."""

    def missing(of: Regimen) -> tuple[Missing, ...]:
        others = [one for one in regimens if one is not of and one.indication == of.indication and not one.is_shown]
        return tuple(Missing(header(one), "withheld" if one.withheld else "not yet checked") for one in others)

    return [dataclasses.replace(one, missing_siblings=missing(one)) for one in regimens]


def _plain(held: Sequence[Line]) -> list[list[list[str]]]:
    return [[list(segment) for segment in line] for line in held]
