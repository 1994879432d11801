"""Which parts of a monograph began as copies of another one, and by which names those words knew their drug."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from monographs import document as values
from monographs.models import Monograph, Publication
from reviews.models import AuditEvent


def entries_of_copies(monograph: Monograph) -> "QuerySet[AuditEvent, Any]":
    """What the trail tells of each copy: one column."""
    return AuditEvent.objects.about(monograph, "parts_copied").values_list("data", flat=True)


def names_told(monograph: Monograph, entries: Iterable[Any] | None = None) -> dict[str, frozenset[str]]:
    """Key of a part that was copied -> the names of the drug that it was written for, but those of this one. `entries`
    are those of its copies, if they were read already."""
    entries = entries_of_copies(monograph) if entries is None else entries
    told = {key: data["publication"] for data in entries for key in data["parts"]}
    if not told:
        return {}
    rows = Publication.objects.filter(pk__in=set(told.values())).select_related("document", "monograph__drug")
    names = {one.pk: frozenset(_names(one.document.value.header, one.monograph.drug.name)) for one in rows}
    own = frozenset(_own_names(monograph))
    return {key: names[of] - own for key, of in told.items()}


def _names(header: values.Header, drug: str) -> Iterator[str]:
    for name in (header.name, drug, *(one.name for one in header.names), *(one.name for one in header.brands)):
        if name.strip():
            yield " ".join(name.casefold().split())


def _own_names(monograph: Monograph) -> Iterator[str]:
    drug = monograph.drug
    held = (drug.name, *(one.get("name", "") for one in (*drug.names, *drug.brands)))
    yield from (" ".join(name.casefold().split()) for name in held)
