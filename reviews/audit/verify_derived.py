"""Whether what is derived is what this program would make of the trail and of live pages: part of `verify_trail`."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Model

from monographs import digest
from monographs.models import Epoch, FormerAddress, IndexEntry, Monograph, ToldChange
from monographs.standing import overlays_of
from reviews.audit.on_disk import Entries
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
from reviews.one_moment import apart

if TYPE_CHECKING:
    from django.db.models import QuerySet

T = TypeVar("T")
A_CHUNK = 100  # monographs, or publications, in memory at once
Finding = tuple[int | None, str]
# What reading a value raises that is none of its type.
UNREADABLE = (*digest.UNREADABLE, AttributeError, KeyError, DatabaseError)


def verify_derived(
    entries: Iterable[subjects.Named],
    moves: former_addresses.Moves,
    hash_at: Entries,
    epoch: int,
    is_older: Callable[[UUID], bool] | None,
) -> Iterator[Finding]:
    """`entries`, `moves`, `hash_at` ({entry: its hash}) and `epoch` (the entry that it must name) are those of the
    trail as it was read; `is_older` says of which change sets an earlier run saw the rows; None: somebody else asks
    `verify_change_sets`. What another version made is not compared: it has to be made anew first."""
    if not version.is_current():
        yield None, version.OTHER_VERSION
        return
    yield from _epoch(hash_at, epoch)
    yield from _index()
    yield from _told_changes()
    now = former_addresses.now()
    former = former_addresses.left_behind(moves, now)
    yield from _former_addresses(former)
    yield from _subjects(subjects.rows_of(entries, now | former))
    if is_older:
        yield from verify_change_sets(is_older)
    yield from _misprints()


def _epoch(hash_at: Entries, last: int) -> Iterator[Finding]:
    """It names the last entry of the act that last wrote what readers see, by number and hash; before the first entry
    of a trail, none. It tells when pages change by the clock alone."""
    instants = wanted = list[str]()
    try:
        with apart():
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
    pages = Monograph.objects.for_desk().select_related("live__document")
    for monograph in _otherwise(pages, IndexEntry, columns, search_index.rows_of):
        if monograph:
            yield None, f"monographs.monograph:{monograph}: the index does not say what its page says."
        else:
            yield None, "The index holds rows of pages that are not there."


def _told_changes() -> Iterator[Finding]:
    columns = ("publication_id", "place", "words", "is_loud", "begins", "ends")
    for monograph in _otherwise(Monograph.objects.all(), ToldChange, columns, told_changes.rows_of):
        if monograph:
            yield None, f"monographs.monograph:{monograph}: what its editions changed is not told as they say."
        else:
            yield None, "What editions changed is told of pages that are not there."


def _otherwise(
    pages: "QuerySet[Monograph]", model: type[Model], columns: tuple[str, ...], rows_of: Callable[..., list[Any]]
) -> Iterator[int | None]:
    """The monographs whose rows of this model are not those that are made of them; at last None, if rows are left that
    are of none."""
    met, stored = 0, model._default_manager
    for batch in _batches(pages.order_by("pk").iterator(A_CHUNK)):
        held = _by_first(stored.filter(publication__monograph__in=batch), "publication__monograph", columns)
        for monograph in batch:
            rows = held.get(monograph.pk, [])
            met += len(rows)
            try:
                with apart():
                    holds = sorted(rows) == rows_of(monograph, overlays_of(monograph.pk))
            except UNREADABLE:
                holds = False
            if not holds:
                yield monograph.pk
    if met < stored.count():
        yield None


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    return iter(lambda: list(islice(rows, A_CHUNK)), [])


def _by_first(rows: "QuerySet[Any]", key: str, columns: tuple[str, ...]) -> dict[Any, list[Any]]:
    held: dict[Any, list[Any]] = {}
    for row in rows.values_list(key, *columns):
        held.setdefault(row[0], []).append(row[1:])
    return held


def _former_addresses(wanted: dict[str, int]) -> Iterator[Finding]:
    held = dict(FormerAddress.objects.values_list("slug", "monograph"))
    for slug in sorted(held.keys() | wanted.keys()):
        if held.get(slug) != wanted.get(slug):
            yield None, f"The former address “{slug}” is not kept as the trail tells of it."


def _subjects(wanted: Iterator[subjects.Row]) -> Iterator[Finding]:
    """Both by entry and monograph, side by side."""
    columns = ("entry_id", "monograph_id", "verb", "is_long")
    held = EntrySubject.objects.order_by("entry_id", "monograph_id").values_list(*columns).iterator(2000)
    one, other = next(wanted, None), next(held, None)
    while one or other:
        if one and (not other or one[:2] <= other[:2]):
            if one != other:
                yield one[0], f"Entry {one[0]} is about monograph {one[1]}, and its subjects do not say so."
            if other and one[:2] == other[:2]:
                other = next(held, None)
            one = next(wanted, None)
        elif other:
            yield other[0], f"Entry {other[0]} is not about monograph {other[1]}, and its subjects say so."
            other = next(held, None)


def are_judged() -> bool:
    """Whether this version made what is derived: what another one made is passed over."""
    return version.is_current()


def verify_change_sets(is_older: Callable[[UUID], bool] = lambda _pk: False) -> Iterator[Finding]:
    """The rows that are kept of each."""
    if not version.is_current():
        return
    for pk, sentence in of_change_sets.broken(is_older):
        yield None, f"reviews.changeset:{pk}: {sentence}"


def _misprints() -> Iterator[Finding]:
    met = 0
    for batch in _batches(misprints.all_published()):
        kept = _by_first(Misprint.objects.filter(publication__in=batch), "publication_id", misprints.COLUMNS)
        for publication in batch:
            its = kept.get(publication.pk, [])
            met += len(its)
            try:
                with apart():
                    rows = misprints.rows_of(publication, publication.document.value)
                holds = sorted(its) == sorted(map(misprints.as_told, rows))
            except UNREADABLE:
                holds = False
            if not holds:
                said = "what it prints otherwise than typed is not kept so"
                yield None, f"monographs.publication:{publication.pk}: {said}."
    if met < Misprint.objects.count():
        yield None, "What is printed otherwise than typed is kept of publications that are not there."
