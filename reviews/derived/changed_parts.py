"""What a change set touched, part by part: how people call it, and its digest before and after."""

from collections.abc import Iterator

from monographs.digest import digest_of_part
from monographs.document import DoseRegimen, Part, label_beside
from monographs.typed import Value
from reviews.derived.sides import Parts, Sides

LABELS = {"header": "Header", "order": "Order of parts"}

Row = tuple[str, str, str, str]  # key, label, digest before, digest after


def rows_of(sides: Sides) -> Iterator[Row]:
    """The rows of a change set, by key. A part is called what it is called after the change."""
    for key in sorted(sides.touched):
        one, other = sides.was.get(key), sides.now.get(key)
        yield key, _label(key, other or one, sides.now if other else sides.was), _digest(one), _digest(other)


def _label(key: str, part: Value | None, beside: Parts) -> str:
    if not isinstance(part, Part):
        return LABELS.get(key, key)
    return label_beside(part, (one for one in beside.values() if isinstance(one, DoseRegimen)))


def _digest(part: Value | None) -> str:
    return digest_of_part(part) if part else ""
