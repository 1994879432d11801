"""Which monographs an entry of the trail is about.

An entry names addresses, and an address is one monograph's for ever: the monograph that has it now, had it once, or got
it after somebody had tried to begin one there in vain.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from monographs.models import FormerAddress, Monograph
from reviews.derived import former_addresses
from reviews.derived.written_texts import LONG
from reviews.models import AuditEvent, EntrySubject

PREFIX = "monograph:"
LONGEST = AuditEvent._meta.get_field("subject").max_length or 0
A_BATCH = 2000
COLUMNS = ("seq", "verb", "subject", "data", "reason")  # as `Named.of` takes them
# With these a monograph gets an address.
GIVES_AN_ADDRESS = ("begun", "moved")

Row = tuple[int, int, str, bool]  # entry, monograph, its verb, whether its reason is long


class Named(NamedTuple):
    """An entry, and the addresses that it names."""

    seq: int
    verb: str
    is_long: bool
    addresses: list[str]

    @classmethod
    def of(cls, seq: int, verb: str, subject: str, data: dict[str, Any], reason: str) -> "Named":
        return cls(seq, verb, len(reason) > LONG, addresses(subject, data))


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


def rows_of(entries: Iterable[Named], owners: dict[str, int]) -> Iterator[Row]:
    """The rows of each. `owners`: {address, of now or before: key of its monograph}."""
    for one in entries:
        for pk in sorted({owners[slug] for slug in one.addresses if slug in owners}):
            yield one.seq, pk, one.verb, one.is_long


def write(event: AuditEvent, known: Mapping[str, int]) -> None:
    """In the act of the entry: `Trail.record` calls it. `known`: owners that need not be asked for."""
    its = Named.of(event.seq, event.verb, event.subject, event.data, event.reason)
    if not (named := its.addresses):
        return
    owners = {slug: known[slug] for slug in named if slug in known}
    if len(owners) < len(named):
        owners |= dict(Monograph.objects.filter(slug__in=named).values_list("slug", "pk"))
    if len(owners) < len(named):
        owners |= dict(FormerAddress.objects.filter(slug__in=named).values_list("slug", "monograph"))
    entries = [its]
    if event.verb in GIVES_AN_ADDRESS:  # what was told of the address before it was one
        earlier = AuditEvent.objects.filter(subject=event.subject, subjects=None, seq__lt=event.seq)
        entries += [Named.of(*one) for one in earlier.values_list(*COLUMNS)]
    _keep(rows_of(entries, owners))


def remake() -> None:
    """After the former addresses were made."""
    owners = former_addresses.now() | dict(FormerAddress.objects.values_list("slug", "monograph"))
    entries = AuditEvent.objects.filter(subject__startswith=PREFIX).values_list(*COLUMNS)
    EntrySubject.objects.all().delete()
    _keep(rows_of((Named.of(*one) for one in entries.iterator(A_BATCH)), owners))


def _keep(rows: Iterator[Row]) -> None:
    for batch in iter(lambda: list(islice(rows, A_BATCH)), []):
        EntrySubject.objects.bulk_create(
            EntrySubject(entry_id=seq, monograph_id=pk, verb=verb, is_long=is_long) for seq, pk, verb, is_long in batch
        )
