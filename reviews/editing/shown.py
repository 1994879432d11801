"""What a page showed of a drug or a class, in 64 letters: whoever changes it says which, and undoes nobody's act."""

from typing import Any

from django.db import models

from monographs.canonical import digest_of
from reviews.access.door import as_code
from reviews.access.refusals import Refusal, RefusalType
from reviews.audit.hashes import newest_version


def digest_of_row(row: models.Model) -> str:
    """The digest of all columns of a row of the library."""
    lists: dict[int, tuple[str, ...]] = row.trail_columns  # type: ignore[attr-defined]  # drugs and classes have them
    columns: dict[str, Any] = {name: getattr(row, name) for name in lists[newest_version(row._meta.label_lower)]}
    return digest_of(columns)


def meanwhile(row: models.Model, seen: str) -> list[Refusal]:
    """Refuses what was decided on a row as it no longer is."""
    if digest_of_row(row) == as_code(seen):
        return []
    sentence = f"Somebody changed “{row}” meanwhile. Look at it again, then decide."
    return [Refusal("changed_meanwhile", sentence, RefusalType.CONFLICT)]
