"""Which parts of a monograph began as copies of another one, and by which names those words knew their drug."""

from collections.abc import Iterator

from monographs import document as values
from monographs.models import Monograph, Publication
from reviews.models import AuditEvent


def names_told(monograph: Monograph) -> dict[str, frozenset[str]]:
    """Key of a part that was copied -> the names of the drug that it was written for, but those of this one."""
    entries = AuditEvent.objects.about(monograph).filter(verb="parts_copied").values_list("data", flat=True)
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
