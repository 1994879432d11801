"""The write lock, and the audit trail as its holder sees it.

    with audited_write(actor=…) as trail:
        row.name = …
        trail.save(row, "name")
        trail.record("renamed", …)

Whoever holds the write lock is alone: it is the lock, the flag that the database's triggers ask, and the head of the
trail. It cannot be let go without an entry. Do nothing slow while holding it: no password hashing, no network, no mail.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import OperationalError, models, transaction
from django.utils import timezone

from monographs.models import Epoch, Monograph, Overlay, WriteLock
from monographs.overlay_kinds import COUNTERSIGNED, SECOND_SIGNATURE
from monographs.questions import Kept
from monographs.standing import overlays_of
from reviews.audit import acts, seals
from reviews.audit.hashes import event_hash, event_text, genesis, hashes_of, instant
from reviews.derived import search_index, subjects, told_changes, version
from reviews.models import AccountHold, AuditEvent, KeyStatement
from reviews.models.account_link import HELD_UNTIL
from reviews.models.key_statement import ROTATED

logger = logging.getLogger(__name__)
# So far two clocks of one installation may be apart.
A_SLIP = timedelta(seconds=1)
# Tables from which public pages are made. A row written in one of them begins a new epoch.
READERS_SEE = frozenset(
    f"monographs.{name}"
    for name in ("monograph", "publication", "overlay", "secondsignature", "namecheck", "therapeuticclass")
) | {"reviews.certificate"}
# Acts that make the index anew and may write in none of them.
REINDEXED = frozenset({"reindexed", "vouched"})
# Whose acts get a line of their own in the checkpoint file: what readers depend on, the signatures for it, and who may
# give them.
VOUCHED_FOR = READERS_SEE | {
    "reviews.signoff", "reviews.unsigning", "reviews.clinicianprofile", "reviews.grant", "reviews.classpermission",
    "reviews.monographpermission", "reviews.classgrant", "auth.user_groups", "mfa.authenticator",
    "auth.user", "reviews.keystatement",
}  # fmt: skip


class WriteLockTimeout(Exception):
    """Somebody else wrote for longer than five seconds. Nothing was written: try again."""


class OtherVersion(WriteLockTimeout):
    """What is derived was made by another version of this program: written on top of it, it would be neither's."""

    def __init__(self) -> None:
        super().__init__(version.OTHER_VERSION)


class OtherKey(WriteLockTimeout):
    """Another key took over from the one of this process: what it sealed would hold for nobody."""

    def __init__(self) -> None:
        super().__init__("SIGNING_KEY is not the key that seals here now (docs/keys.md).")


class MissingAuditEntry(Exception):
    """A verb wrote without saying so in the trail: a defect, so everything is rolled back."""


class Trail:
    """The trail as its holder sees it: `at` is the time of this act, `head` the hash that the next entry will name.

    `at` rises from act to act. Where the clock of the machine stands behind it, all entries of the act say what the
    clock said (`data.now`), and where that is by more than a second, an entry `clock` comes first. What lives, counts
    or falls due is judged by the clock (`lately`, `signing.attestation_refusals`), what came before what by `at`.
    """

    def __init__(self, held: WriteLock, last: datetime | None, actor: User | None) -> None:
        """`held` is the write lock, `last` the time of the entry that it points to."""
        self._actor = actor
        self.seq, self.head = held.seq, held.hash or genesis(held.site)
        self.begins_after = held.seq  # the last entry before this act
        self.events: list[AuditEvent] = []
        self._written: dict[str, set[Any]] = {}
        self.owners: dict[str, int] = {}  # addresses of monographs whose keys are known already
        self.signer = seals.signer()
        self.statement: dict[str, Any] | None = None  # on a key, if this act makes one: its line says it too
        self.changes_what_readers_see = False
        self.is_vouched_for = False
        self.afterwards: list[Callable[[], None]] = []  # what is to be done once this act is committed, and may fail
        self.clock = timezone.now()
        self.at: datetime = max(self.clock, last + timedelta.resolution) if last else self.clock
        if last and last - self.clock > A_SLIP:
            self.record("clock", "site", reason="The clock was set back.")
        self._recorded_before = len(self.events)

    def save(self, row: models.Model, *fields: str) -> None:
        """Writes a row (only these fields, if any are given), and notes it for the next entry."""
        row.save(update_fields=fields or None)
        self.wrote(row)

    def wrote(self, *written: models.Model) -> None:
        """Notes rows whose hash the next entry must hold."""
        for row in written:
            self._written.setdefault(row._meta.label_lower, set()).add(row.pk)
            self._depends_on(row._meta.label_lower)

    def wrote_keys(self, label: str, pks: Iterable[Any]) -> None:
        self._written.setdefault(label, set()).update(pks)
        self._depends_on(label)

    def _depends_on(self, label: str) -> None:
        self.changes_what_readers_see |= label in READERS_SEE
        self.is_vouched_for |= label in VOUCHED_FOR

    def reindex(self, *monographs: Monograph) -> None:
        """Makes the search index, and what is told of editions, say what the pages of these monographs say now."""
        self.changes_what_readers_see = True
        over = {one.pk: overlays_of(one.pk) for one in monographs}
        search_index.write(monographs, over)
        told_changes.write(monographs, over)

    @property
    def has_loose_ends(self) -> bool:
        return len(self.events) == self._recorded_before or bool(self._written)

    @property
    def actor(self) -> User:
        """The person who acts. An act of the system has none, and asks for no right."""
        assert self._actor is not None, "the system holds no right"
        return self._actor

    def record(
        self, verb: str, subject: str, *, digest: str = "", reason: str = "", data: dict[str, Any] | None = None
    ) -> AuditEvent:
        """Adds an entry: who, what, to what, why, and the hashes of all rows written since the last one. It is
        sealed.

        A row that was written and is gone now is recorded as null. `subject` may name several monographs, however many:
        "monograph:one,monograph:other".
        """
        hashes: dict[str, str | None] = {}
        for label, pks in self._written.items():
            hashes.update({f"{label}:{pk}": None for pk in pks})
        hashes.update(hashes_of(self._written))
        self._written.clear()
        now = {"now": instant(self.clock)} if self.at > self.clock else {}
        subject, about = subjects.fitted(subject)
        whole = {**(data or {}), **about, **({"rows": hashes} if hashes else {}), **now}
        name = self._actor.get_username() if self._actor else ""
        actor = {"pk": self._actor.pk, "username": name} if self._actor else None
        content: dict[str, Any] = {
            "seq": self.seq + 1, "at": self.at, "verb": verb, "subject": subject, "digest": digest, "reason": reason,
            "data": whole, "prev": self.head,
        }  # fmt: skip
        text = event_text(actor=actor, **content)
        event = AuditEvent(
            **content,
            actor=self._actor,
            actor_name=name,
            text=text,
            hash=event_hash(text),
        )
        event.seal = seals.seal_entry(event.hash, self.signer)
        event.save(force_insert=True)
        subjects.write(event, self.owners)
        self.seq, self.head = event.seq, event.hash
        self.events.append(event)
        return event


@Kept
def _held(pk: int, token: str) -> models.QuerySet[WriteLock]:
    """The write lock, with all else that is asked under it before an act begins: one question."""
    last = AuditEvent.objects.filter(seq=models.OuterRef("seq")).values("at")
    other = models.Exists(Epoch.objects.exclude(index_version=version.VERSION))
    key = KeyStatement.objects.filter(kind=ROTATED).order_by("-id").values("by")[:1]
    return WriteLock.objects.annotate(
        last_at=models.Subquery(last), is_other=other, key=models.Subquery(key), done=acts.done_at(token)
    ).filter(pk=pk)


@contextmanager
def audited_write(*, actor: AbstractBaseUser | None, is_note: bool = False, remakes: bool = False) -> Iterator[Trail]:
    """Holds the write lock for one act by `actor` (None: the machine), in a transaction that cannot hide in another.

    `trail.actor` is the actor read again under the write lock: verbs judge that one. `is_note`: a refusal or a wrong
    password is noted, which is not what the form at hand asked for. `remakes`: this act makes all that is derived anew,
    whichever version made it before.

    Raises WriteLockTimeout when it is not free within five seconds, and when what is derived is of another version or
    another key took over;
    acts.RepeatedAct when the form at hand was sent before and its act is done; MissingAuditEntry, and rolls back, when
    the act left no entry.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(transaction.atomic(durable=True))
            if not WriteLock.objects.filter(pk=1, held=False).update(held=True):
                raise WriteLockTimeout
            (held,) = _held(1, acts.at_hand())
        except OperationalError as error:
            raise WriteLockTimeout from error
        if held.is_other and held.seq and not remakes:
            raise OtherVersion
        if held.key not in (None, seals.key_id()):
            raise OtherKey
        token = "" if is_note else acts.claimed(held.done)
        # The person as they are now: somebody may have taken a right away since they were looked up.
        trail = Trail(held, held.last_at, _as_now(actor) if actor else None)
        yield trail
        if trail.has_loose_ends:
            raise MissingAuditEntry
        if trail.changes_what_readers_see or not held.seq:
            _begin_epoch(trail)
        acts.keep(token, trail.seq)
        WriteLock.objects.filter(pk=1).update(held=False, edition_id=None, seq=trail.seq, hash=trail.head)
    # After the commit and the lock, so that the line never vouches for what was rolled back, and nobody waits for it.
    if trail.is_vouched_for:
        _vouch_for(trail)
    for act in trail.afterwards:
        act()


_RECOVERING = "began_with_a_recovery_code"


def mark_recovering(user: Any) -> None:
    """Marks the person of a request whose session was begun with a recovery code, which policy asks."""
    setattr(user, _RECOVERING, True)


def is_recovering(user: Any) -> bool:
    return bool(getattr(user, _RECOVERING, False))


def _as_now(actor: AbstractBaseUser) -> User:
    """The person with what is asked of whoever signs: their profile, and until when they are held."""
    found: User
    (found,) = _person(actor.pk)
    if is_recovering(actor):
        mark_recovering(found)
    return found


_holds = AccountHold.objects.filter(person=models.OuterRef("pk")).order_by("-until").values("until")[:1]
_people = User.objects.select_related("clinician_profile").annotate(**{HELD_UNTIL: models.Subquery(_holds)})
_person = Kept(lambda pk: _people.filter(pk=pk))


def _vouch_for(trail: Trail) -> None:
    try:
        verb = trail.events[-1].verb
        seals.append_checkpoint(trail.seq, trail.head, act=verb, by=trail.signer, statement=trail.statement)
    except OSError:  # the act stands; `verify_trail` names it until somebody makes a line by hand
        logger.exception("The checkpoint file cannot be written.")


def _begin_epoch(trail: Trail) -> None:
    """In the transaction of the act: no page made before it is served after it. The first act of all begins one too,
    to note by which version what is derived was made."""
    Epoch.objects.filter(pk=1).update(
        number=trail.seq, hash=trail.head, instants=instants_after(trail.clock), index_version=version.VERSION
    )


def instants_after(clock: datetime) -> list[str]:
    """When pages change by the clock alone, as it is known when the clock says this: a second signature falls due."""
    waiting = Overlay.objects.unconfirmed().filter(kind__in=COUNTERSIGNED, at__gt=clock - SECOND_SIGNATURE)
    return sorted(instant(one.due_at) for one in waiting)


def full_until(events: models.QuerySet[AuditEvent], *, most: int, period: timedelta) -> datetime | None:
    """When one more of what leaves these entries may be tried; None: now, as fewer than `most` were made lately."""
    recent = lately(events, most=most, period=period)
    return min(one.clock_at for one in recent) + period if len(recent) == most else None


def lately(events: models.QuerySet[AuditEvent], *, most: int, period: timedelta) -> list[AuditEvent]:
    """Those of the newest `most` of these entries that are younger than `period` by the clock of the machine.

    An entry from the future was made before the clock was set back, and counts for nothing until that moment comes: so
    nobody is kept out for longer than `period`.
    """
    # An entry's `at` is never before what its clock said, so this leaves out none.
    newest = events.filter(at__gt=timezone.now() - period).order_by("-at", "-seq").only("seq", "at", "data")[:most]
    found = list(newest)
    now = timezone.now()
    return [one for one in found if now - period < one.clock_at <= now + A_SLIP]
