"""What readers are told that each edition changed: kept in the transaction that changes what they see."""

from collections.abc import Mapping, Sequence

from monographs.difference.told_changes import told_changes
from monographs.digest import UNREADABLE
from monographs.models import Monograph, Overlay, ToldChange
from monographs.standing import today

Row = tuple[int, int, str, bool, str, str]  # publication, place, words, is it loud, begins, ends


def rows_of(monograph: Monograph, overlays: tuple[Overlay, ...]) -> list[Row]:
    """The rows that there must be for a monograph now, in order; `overlays`: what stands over its page. Before it
    is published there are none."""
    before, found, is_known = None, list[Row](), True
    for one in monograph.publications.select_related("document").order_by("number"):
        try:
            after = one.document.value
        except UNREADABLE:  # `verify_trail` names it; nothing is told of it, or of what it changed into
            is_known = False
            continue
        if is_known:
            found += [(one.pk, *told) for told in told_changes(before, after, overlays, today(one.published_at))]
        before, is_known = after, True
    return sorted(found)


def write(monographs: Sequence[Monograph], over: Mapping[int, tuple[Overlay, ...]]) -> None:
    """`Trail.reindex` calls it: the write lock is asked for, as by every writer."""
    ToldChange.objects.filter(publication__monograph__in=monographs).delete()
    ToldChange.objects.bulk_create(
        ToldChange(publication_id=pk, place=place, words=words, is_loud=is_loud, begins=begins, ends=ends)
        for monograph in monographs
        for pk, place, words, is_loud, begins, ends in rows_of(monograph, over[monograph.pk])
    )
