"""What a change set touched, and its documents before and after it, part by part: all that its rows are made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from monographs.digest import from_text
from monographs.document import Document
from monographs.typed import Value
from reviews.models import ChangeSet

Parts = Mapping[str, Value]


def parts_of(document: Document | None) -> Parts:
    """The header and the parts of a document, by the keys of change sets."""
    if document is None:
        return {}
    return {"header": document.header, **{str(part.key): part for part in document.parts()}}


@dataclass(frozen=True)
class Sides:
    monograph: int
    touched: frozenset[str]
    was: Parts
    now: Parts

    @classmethod
    def of(cls, monograph: int, touched: Iterable[str], before: Document | None, after: Document) -> "Sides":
        return cls(monograph, frozenset(touched), parts_of(before), parts_of(after))

    @classmethod
    def stored(cls, change_set: UUID) -> "Sides":
        """As they are stored. Raises what reading a document raises (`monographs.digest.UNREADABLE`), and
        ChangeSet.DoesNotExist."""
        change = ChangeSet.objects.select_related("edition", "before", "after").get(pk=change_set)
        before = _parts_in(change.before.text) if change.before else {}
        return cls(change.edition.monograph_id, frozenset(change.touched), before, _parts_in(change.after.text))


@lru_cache(maxsize=2)  # what one change set left is what the next one found
def _parts_in(text: str) -> Parts:
    return parts_of(from_text(text))
