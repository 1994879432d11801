"""What can be cited beside the references of an edition: records of the library, as far as a person may see them."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from monographs import document as values
from monographs.models import Citation, Overlay, Publication, Reference
from monographs.texts.text import citation_labels
from monographs.typed import Value, to_plain
from reviews.access import policy

MOST_AT_ONCE = 50


def visible(user: User) -> QuerySet[Reference]:
    """The records of the library that this person may see: those that a public page cites, and those of editions that
    they may read. What only an edition holds that is closed to them is not there for them."""
    records = Reference.objects.all()
    if policy.reads_all(user):
        return records
    mine = Citation.with_removed.filter(edition__monograph__in=policy.readable(user).values("pk"))
    public = Publication.objects.exclude(monograph__in=Overlay.objects.taken_down().values("monograph"))
    shown = Citation.objects.filter(edition__publication__in=public.values("pk"))
    return records.filter(Q(csl__in=mine.values("csl")) | Q(csl__in=shown.values("csl")))


def is_same(csl: Mapping[str, Any], record: Reference) -> bool:
    """Whether a reference of an edition is this record of the library."""
    return csl == record.csl or bool(record.doi and str(csl.get("DOI", "")).lower() == record.doi)


def from_library(
    document: values.Document, value: Value, shown: Value | None, *, user: User
) -> tuple[values.Citation, ...]:
    """The references that go into the edition with these words: whatever the words cite and `shown` did not, the
    edition lacks, and the library has under that key. What the edition has under another key is not added twice."""
    field = values.PROSE.get(type(value), "")
    stood = {*citation_labels(getattr(shown, field, "")), *(one.label for one in document.citations)}
    lacking = [label for label in dict.fromkeys(citation_labels(getattr(value, field, ""))) if label not in stood]
    if not lacking:
        return ()
    held = [to_plain(one.csl) for one in document.citations]
    records = {one.label: one for one in visible(user).filter(label__in=lacking[:MOST_AT_ONCE])}
    return tuple(
        values.Citation(key=uuid4(), label=label, csl=records[label].csl)
        for label in lacking
        if label in records and not any(is_same(csl, records[label]) for csl in held)
    )
