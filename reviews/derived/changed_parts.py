"""What a change set touched, part by part: how people call it, and its digest before and after."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from uuid import UUID

from monographs.digest import digest_of_part, from_text
from monographs.document import Document, Header, Part
from reviews.models import ChangedPart, ChangeSet

LABELS = {"header": "Header", "order": "Order of parts"}
A_BATCH = 2000

Row = tuple[str, str, str, str]  # key, label, digest before, digest after


def rows_of(touched: Iterable[str], before: Document | None, after: Document) -> Iterator[Row]:
    """The rows of a change set between these documents, by key. A part is called what it is called after the change."""
    was, now = _by_key(before), _by_key(after)
    for key in sorted(touched):
        one, other = was.get(key), now.get(key)
        yield key, _label(key, other or one), _digest(one), _digest(other)


def _by_key(document: Document | None) -> dict[str, Header | Part]:
    if document is None:
        return {}
    return {"header": document.header, **{str(part.key): part for part in document.parts()}}


def _label(key: str, part: Header | Part | None) -> str:
    return part.label_for_people if isinstance(part, Part) else LABELS.get(key, key)


def _digest(part: Header | Part | None) -> str:
    return digest_of_part(part) if part else ""


def keep_changed_parts(change_set: UUID, touched: Iterable[str], before: Document | None, after: Document) -> None:
    """In the act of the change set, once its row is there."""
    _keep((change_set, row) for row in rows_of(touched, before, after))


def rows_of_change_set(pk: UUID) -> list[Row]:
    """The rows that a change set must have, from its documents as they are stored."""
    return list(rows_of(*sides_of(pk)))


def sides_of(pk: UUID) -> tuple[list[str], Document | None, Document]:
    """What a change set touched, and its documents as they are stored."""
    change = ChangeSet.objects.select_related("before", "after").get(pk=pk)
    return change.touched, _read(change.before.text) if change.before else None, _read(change.after.text)


@lru_cache(maxsize=2)  # what one change set left is what the next one found
def _read(text: str) -> Document:
    return from_text(text)


def in_order() -> list[UUID]:
    """Keys of all change sets, edition by edition."""
    return list(ChangeSet.objects.order_by("edition_id", "at", "revision_id").values_list("pk", flat=True))


def remake() -> None:
    """Makes all rows anew. A change set whose documents cannot be read gets none, so that one broken text holds up no
    upgrade: `verify_trail` names it."""
    ChangedPart.objects.all().delete()
    _keep((pk, row) for pk in in_order() for row in _rows_if_readable(pk))


def _rows_if_readable(pk: UUID) -> list[Row]:
    try:
        return rows_of_change_set(pk)
    except (ValueError, TypeError, RecursionError):  # pydantic's ValidationError is a ValueError
        return []


def _keep(rows: Iterator[tuple[UUID, Row]]) -> None:
    for batch in iter(lambda: list(islice(rows, A_BATCH)), []):
        ChangedPart.objects.bulk_create(
            ChangedPart(change_set_id=pk, key=key, label=label, before=before, after=after)
            for pk, (key, label, before, after) in batch
        )
