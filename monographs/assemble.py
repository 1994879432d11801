"""From the rows of an edition to its document, and back to unsaved rows."""

from typing import Any

from monographs.document import PART_FIELDS, Document, Header
from monographs.models import PARTS, Edition, Part
from monographs.questions import Question, ask_together


def header_of(edition: Edition) -> Header:
    """The columns of an edition as the header of its document."""
    plain = {name: getattr(edition, name) for name in Edition.HEADER}
    dosing = {name.removeprefix("dosing_"): plain.pop(name) for name in list(plain) if name.startswith("dosing_")}
    return Header.stored({**plain, "dosing": dosing})


def header_columns(header: Header) -> dict[str, Any]:
    """The header of a document as columns of an edition."""
    plain = header.model_dump(mode="json")
    dosing = plain.pop("dosing")
    return {**plain, **{f"dosing_{name}": value for name, value in dosing.items()}}


_PARTS_OF = {
    kind: Question(model.objects.order_by(), by="edition", columns=("position", *model.value_columns()))
    for kind, model in PARTS.items()
}


def build(edition: Edition) -> Document:
    """The document of an edition as its rows stand now: one query. Refuses no draft, and no words."""
    found = ask_together([(question, edition.pk) for question in _PARTS_OF.values()])
    parts = {
        PART_FIELDS[kind]: tuple(model.of_columns(stored) for _position, *stored in sorted(rows, key=_place))
        for (kind, model), rows in zip(PARTS.items(), found, strict=True)
    }
    return Document.stored({"header": header_of(edition), **parts})


def _place(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:2]  # its position, and its key


def rows(edition: Edition, document: Document) -> list[Part]:
    """Unsaved rows for every part of a document, in its order."""
    return [
        PARTS[kind].from_value(edition, part, position)
        for kind, field in PART_FIELDS.items()
        for position, part in enumerate(getattr(document, field))
    ]
