"""What a change set touched, part by part: how people call it, and its digest before and after."""

from collections.abc import Iterator

from monographs.digest import digest_of_part
from monographs.document import Part
from monographs.typed import Value
from reviews.derived.sides import Sides

LABELS = {"header": "Header", "order": "Order of parts"}

Row = tuple[str, str, str, str]  # key, label, digest before, digest after


def rows_of(sides: Sides) -> Iterator[Row]:
    """The rows of a change set, by key. A part is called what it is called after the change."""
    for key in sorted(sides.touched):
        one, other = sides.was.get(key), sides.now.get(key)
        yield key, _label(key, other or one), _digest(one), _digest(other)


def _label(key: str, part: Value | None) -> str:
    return part.label_for_people if isinstance(part, Part) else LABELS.get(key, key)


def _digest(part: Value | None) -> str:
    return digest_of_part(part) if part else ""
