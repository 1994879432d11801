"""What readers find: the index of live pages, kept in the transaction that changes what they see."""

from collections.abc import Mapping, Sequence

from monographs.models import IndexEntry, Monograph, Overlay
from monographs.models.index_entry import Row
from monographs.public.search_terms import entries
from monographs.standing import Standing, shown, today


def rows_of(monograph: Monograph, overlays: tuple[Overlay, ...]) -> list[Row]:
    """The rows that the index must hold for a monograph now, in order. `overlays`: what stands over its page."""
    live = monograph.live
    if live is None:
        return []
    document = live.document.value
    seen = shown(document, Standing(today=today(), overlays=overlays))
    return sorted((live.pk, *entry) for entry in entries(seen, document.header, monograph.drug.slug))


def write(monographs: Sequence[Monograph], over: Mapping[int, tuple[Overlay, ...]]) -> None:
    """Makes the index say what the pages say. `Trail.reindex` calls it: the write lock is asked for, as by every
    writer."""
    IndexEntry.objects.filter(publication__monograph__in=monographs).delete()
    IndexEntry.objects.bulk_create(
        IndexEntry(publication_id=pk, kind=kind, term=term, words=words, begins=begins, ends=ends, sorts_as=sorts_as)
        for monograph in monographs
        for pk, kind, term, words, begins, ends, sorts_as in rows_of(monograph, over[monograph.pk])
    )
