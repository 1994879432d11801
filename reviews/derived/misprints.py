"""Texts of publications of which a page prints other signs than were typed, kept so that they can be asked for."""

from collections.abc import Iterator
from typing import Any

from monographs.checks.misprints import MisprintedText, misprints
from monographs.digest import UNREADABLE
from monographs.document import Document
from monographs.models import Publication
from reviews.models import Misprint

A_BATCH = 200
# As `verify_derived` compares them.
COLUMNS = ("publication_id", "key", "label", "digest", "typed", "shown")


def rows_of(publication: Publication, document: Document) -> list[Misprint]:
    """The rows that must be kept of a publication, in reading order."""
    return [_row(publication, one) for one in misprints(document)]


def _row(publication: Publication, one: MisprintedText) -> Misprint:
    typed, shown = one.excerpts()
    return Misprint(publication=publication, key=one.key, label=one.label, digest=one.digest, typed=typed, shown=shown)


def all_published() -> Iterator[Publication]:
    """Every publication with its document, monograph by monograph, oldest first."""
    rows = Publication.objects.select_related("document", "live_of", "monograph")
    return rows.order_by("monograph__slug", "number").iterator(A_BATCH)


def write(publication: Publication, document: Document) -> None:
    """In the act that publishes it. What was published never changes, and neither do these rows."""
    Misprint.objects.bulk_create(rows_of(publication, document))


def remake() -> None:
    """Makes all rows anew. A document that cannot be read gets none, so that one broken text holds up no upgrade:
    `verify_trail` names it."""
    Misprint.objects.all().delete()
    for publication in all_published():
        Misprint.objects.bulk_create(_rows_if_readable(publication))


def _rows_if_readable(publication: Publication) -> list[Misprint]:
    try:
        return rows_of(publication, publication.document.value)
    except UNREADABLE:
        return []


def as_told(row: Misprint) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in COLUMNS)
