"""Whether what is derived is what this program would make of the trail and of live pages: part of `verify_trail`."""

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError

from monographs import digest
from monographs.models import Epoch, FormerAddress, IndexEntry, Monograph, ToldChange
from monographs.standing import overlays_of
from reviews.audit.trail import instants_after
from reviews.derived import (
    former_addresses,
    misprints,
    of_change_sets,
    search_index,
    subjects,
    told_changes,
    version,
)
from reviews.models import AuditEvent, EntrySubject, Misprint

Finding = tuple[int | None, str]
# What reading a value raises that is none of its type.
UNREADABLE = (*digest.UNREADABLE, AttributeError, KeyError, DatabaseError)


def verify_derived(
    entries: list[subjects.Named], moves: former_addresses.Moves, hash_at: dict[int, str], epoch: int
) -> Iterator[Finding]:
    """`entries`, `moves`, `hash_at` ({entry: its hash}) and `epoch` (the entry that it must name) are those of the
    trail as it was read. What another version made is not compared: it has to be made anew first."""
    if not version.is_current():
        yield None, version.OTHER_VERSION
        return
    yield from _epoch(hash_at, epoch)
    yield from _index()
    yield from _told_changes()
    now = former_addresses.now()
    former = former_addresses.left_behind(moves, now)
    yield from _former_addresses(former)
    yield from _subjects({row[:2]: row[2:] for row in subjects.rows_of(entries, now | former)})
    yield from _of_change_sets()
    yield from _misprints()


def _epoch(hash_at: dict[int, str], last: int) -> Iterator[Finding]:
    """It names the last entry of the act that last wrote what readers see, by number and hash; before the first entry
    of a trail, none. It tells when pages change by the clock alone."""
    instants = wanted = list[str]()
    try:
        epoch = Epoch.objects.get()
        named, instants = (epoch.number, epoch.hash), epoch.instants
        wanted = instants_after(AuditEvent.objects.get(seq=last).clock_at) if last else []
    except (*UNREADABLE, Epoch.DoesNotExist, Epoch.MultipleObjectsReturned, AuditEvent.DoesNotExist):
        named = -1, ""
    if named[0] in hash_at and not named[1]:
        yield None, "The epoch of public pages does not say the hash of its entry. Run `manage.py upgrade`."
    elif (*named, instants) != (last, hash_at.get(last, ""), wanted):
        yield None, "The epoch of public pages is not one that the trail could have left."


def _index() -> Iterator[Finding]:
    """The index of live pages is made of them: nothing is found under words that are not there."""
    columns = ("publication_id", "kind", "term", "words", "begins", "ends", "sorts_as")
    held: dict[int | None, list[Any]] = {}
    for row in IndexEntry.objects.values_list("publication__monograph", *columns):
        held.setdefault(row[0], []).append(row[1:])
    for monograph in Monograph.objects.for_desk().select_related("live__document").order_by("pk"):
        try:
            wanted = search_index.rows_of(monograph, overlays_of(monograph.pk))
            holds = sorted(held.pop(monograph.pk, [])) == wanted
        except UNREADABLE:
            holds = False
        if not holds:
            yield None, f"monographs.monograph:{monograph.pk}: the index does not say what its page says."
    if held:
        yield None, "The index holds rows of pages that are not there."


def _told_changes() -> Iterator[Finding]:
    columns = ("publication_id", "place", "words", "is_loud", "begins", "ends")
    held: dict[int | None, list[Any]] = {}
    for row in ToldChange.objects.values_list("publication__monograph", *columns):
        held.setdefault(row[0], []).append(row[1:])
    for monograph in Monograph.objects.order_by("pk"):
        try:
            wanted = told_changes.rows_of(monograph, overlays_of(monograph.pk))
            holds = sorted(held.pop(monograph.pk, [])) == wanted
        except UNREADABLE:
            holds = False
        if not holds:
            yield None, f"monographs.monograph:{monograph.pk}: what its editions changed is not told as they say."
    if held:
        yield None, "What editions changed is told of pages that are not there."


def _former_addresses(wanted: dict[str, int]) -> Iterator[Finding]:
    held = dict(FormerAddress.objects.values_list("slug", "monograph"))
    for slug in sorted(held.keys() | wanted.keys()):
        if held.get(slug) != wanted.get(slug):
            yield None, f"The former address “{slug}” is not kept as the trail tells of it."


def _subjects(wanted: dict[tuple[int, int], tuple[str, bool]]) -> Iterator[Finding]:
    rows = EntrySubject.objects.values_list("entry", "monograph", "verb", "is_long")
    held = {(seq, pk): tuple(its) for seq, pk, *its in rows.iterator(2000)}
    for seq, pk in sorted(at for at, its in wanted.items() if held.get(at) != its):
        yield seq, f"Entry {seq} is about monograph {pk}, and its subjects do not say so."
    for seq, pk in sorted(held.keys() - wanted.keys()):
        yield seq, f"Entry {seq} is not about monograph {pk}, and its subjects say so."


def _of_change_sets() -> Iterator[Finding]:
    for pk, sentence in of_change_sets.broken():
        yield None, f"reviews.changeset:{pk}: {sentence}"


def _misprints() -> Iterator[Finding]:
    kept: dict[int, list[tuple[Any, ...]]] = {}
    for row in Misprint.objects.values_list(*misprints.COLUMNS):
        kept.setdefault(row[0], []).append(row)
    for publication in misprints.all_published():
        try:
            rows = misprints.rows_of(publication, publication.document.value)
            holds = sorted(kept.pop(publication.pk, [])) == sorted(map(misprints.as_told, rows))
        except UNREADABLE:
            holds = False
        if not holds:
            yield None, f"monographs.publication:{publication.pk}: what it prints otherwise than typed is not kept so."
    if kept:
        yield None, "What is printed otherwise than typed is kept of publications that are not there."
