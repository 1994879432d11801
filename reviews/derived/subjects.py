"""Which monographs an entry of the trail is about.

An entry names addresses, and an address is one monograph's for ever: the monograph that has it now, had it once, or got
it after somebody had tried to begin one there in vain.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from monographs.models import FormerAddress, Monograph
from reviews.derived import former_addresses
from reviews.models import AuditEvent, EntrySubject

PREFIX = "monograph:"
LONGEST = AuditEvent._meta.get_field("subject").max_length or 0
A_BATCH = 2000
# With these a monograph gets an address.
GIVES_AN_ADDRESS = ("begun", "moved")

Named = tuple[int, list[str]]  # an entry, and the addresses that it names


def fitted(subject: str) -> tuple[str, dict[str, Any]]:
    """A subject as its column takes it, and what the entry's data must hold where it does not fit: all addresses."""
    if len(subject) < LONGEST:
        return subject, {}
    named = _named(subject)
    return subject[:LONGEST], {"about": named} if named else {}


def _named(subject: str) -> list[str]:
    """The addresses in "monograph:one,monograph:other"."""
    return [one.removeprefix(PREFIX) for one in subject.split(",")] if subject.startswith(PREFIX) else []


def addresses(subject: str, data: dict[str, Any]) -> list[str]:
    """The addresses that an entry names. The last one of an old entry whose subject was cut is not known."""
    if "about" in data:
        return list(data["about"])
    named = _named(subject)
    return named[:-1] if len(subject) == LONGEST else named


def rows_of(entries: Iterable[Named], owners: dict[str, int]) -> Iterator[tuple[int, int]]:
    """(entry, monograph) of each. `owners`: {address, of now or before: key of its monograph}."""
    for seq, named in entries:
        for pk in sorted({owners[slug] for slug in named if slug in owners}):
            yield seq, pk


def write(event: AuditEvent, known: Mapping[str, int]) -> None:
    """In the act of the entry: `Trail.record` calls it. `known`: owners that need not be asked for."""
    named = addresses(event.subject, event.data)
    if not named:
        return
    owners = {slug: known[slug] for slug in named if slug in known}
    if len(owners) < len(named):
        owners |= dict(Monograph.objects.filter(slug__in=named).values_list("slug", "pk"))
    if len(owners) < len(named):
        owners |= dict(FormerAddress.objects.filter(slug__in=named).values_list("slug", "monograph"))
    entries = [event.seq]
    if event.verb in GIVES_AN_ADDRESS:  # what was told of the address before it was one
        earlier = AuditEvent.objects.filter(subject=event.subject, subjects=None, seq__lt=event.seq)
        entries += earlier.values_list("seq", flat=True)
    _keep(rows_of(((seq, named) for seq in entries), owners))


def remake() -> None:
    """After the former addresses were made."""
    owners = former_addresses.now() | dict(FormerAddress.objects.values_list("slug", "monograph"))
    entries = AuditEvent.objects.filter(subject__startswith=PREFIX).values_list("seq", "subject", "data")
    EntrySubject.objects.all().delete()
    _keep(rows_of(((seq, addresses(subject, data)) for seq, subject, data in entries.iterator(A_BATCH)), owners))


def _keep(rows: Iterator[tuple[int, int]]) -> None:
    for batch in iter(lambda: list(islice(rows, A_BATCH)), []):
        EntrySubject.objects.bulk_create(EntrySubject(entry_id=seq, monograph_id=pk) for seq, pk in batch)
