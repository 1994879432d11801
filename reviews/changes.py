"""The one way to write: take the pen, reload, judge, write, record, put it down.

    with pen(actor=…) as trail:
        with change_set(trail, edition=…, reason=…) as change:
            change.save(part, seen=…)

Whoever holds the pen is alone: it is the lock, the flag that the database's triggers ask, and the head of the trail.
Do nothing slow while holding it: no password hashing, no network, no mail.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import reversion
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.db import OperationalError, models, transaction
from django.utils import timezone
from pydantic import ValidationError
from reversion.models import Version

from monographs import document as values
from monographs.assemble import build, header_columns, header_of, rows
from monographs.diff import changed_parts
from monographs.document import digest_of_part
from monographs.models import PARTS, Citation, Document, Edition, Epoch, Overlay, Part, Pen, State
from monographs.models.overlay import SECOND_SIGNATURE
from monographs.problems import objections, sentences
from reviews import audit
from reviews.models import AuditEvent, ChangeSet
from reviews.refusals import Conflict, Kind, Refusal, Refused, refuse

# A denial is an entry of the trail; a flood of them is one entry with a count.
DENIALS_A_MINUTE = 60
# So far two clocks of one house may be apart.
A_SLIP = timedelta(seconds=1)
# Tables from which public pages are made. A row written in one of them begins a new epoch.
READERS_SEE = frozenset(
    f"monographs.{name}"
    for name in ("monograph", "publication", "overlay", "secondsignature", "namecheck", "therapeuticclass")
)


class NoPen(Exception):
    """Somebody else wrote for longer than five seconds. Nothing was written: try again."""


class NothingRecorded(Exception):
    """A verb wrote without saying so in the trail: a defect, so everything is rolled back."""


class Trail:
    """The trail as its holder sees it: `at` is the time of this act, `head` the hash that the next entry will name.

    `at` rises from act to act. Where the clock of the machine stands behind it, all entries of the act say what the
    clock said (`data.now`), and where that is by more than a second, an entry `clock` comes first. What lives, counts
    or falls due is judged by the clock (`lately`, `signing.attestation_refusals`), what came before what by `at`.
    """

    def __init__(self, held: Pen, last: datetime | None, actor: Any) -> None:
        """`held` is the pen, `last` the time of the entry that it points to."""
        self.actor = actor
        self.seq, self.head = held.seq, held.hash or audit.genesis(held.site)
        self.events: list[AuditEvent] = []
        self._written: dict[str, set[Any]] = {}
        self.changes_what_readers_see = False
        self.clock = timezone.now()
        self.at: datetime = max(self.clock, last + timedelta.resolution) if last else self.clock
        if last and last - self.clock > A_SLIP:
            self.record("clock", "site", reason="The clock of the machine was set back.")
        self._recorded_before = len(self.events)

    def save(self, row: models.Model, *fields: str) -> None:
        """Writes a row (only these fields, if any are given), and notes it for the next entry."""
        row.save(update_fields=fields or None)
        self.wrote(row)

    def wrote(self, *written: models.Model) -> None:
        """Notes rows whose hash the next entry must hold."""
        for row in written:
            self._written.setdefault(row._meta.label_lower, set()).add(row.pk)
            self.changes_what_readers_see |= row._meta.label_lower in READERS_SEE

    def wrote_keys(self, label: str, pks: Iterable[Any]) -> None:
        self._written.setdefault(label, set()).update(pks)
        self.changes_what_readers_see |= label in READERS_SEE

    @property
    def has_loose_ends(self) -> bool:
        return len(self.events) == self._recorded_before or bool(self._written)

    def record(
        self, verb: str, subject: str, *, digest: str = "", reason: str = "", data: dict[str, Any] | None = None
    ) -> AuditEvent:
        """Adds an entry: who, what, to what, why, and the hashes of all rows written since the last one.

        A row that was written and is gone now is recorded as null.
        """
        hashes: dict[str, str | None] = {}
        for label, pks in self._written.items():
            hashes.update({f"{label}:{pk}": None for pk in pks})
            hashes.update(audit.row_hashes(label, audit.newest_version(label), pks))
        self._written.clear()
        now = {"now": audit.instant(self.clock)} if self.at > self.clock else {}
        whole = {**(data or {}), **({"rows": hashes} if hashes else {}), **now}
        actor = {"pk": self.actor.pk, "username": self.actor.get_username()} if self.actor else None
        content = {
            "seq": self.seq + 1, "at": self.at, "verb": verb, "subject": subject, "digest": digest, "reason": reason,
            "data": whole, "prev": self.head,
        }  # fmt: skip
        text = audit.event_text(actor=actor, **content)
        event = AuditEvent(
            **content,
            actor=self.actor,
            actor_name=actor["username"] if actor else "",
            text=text,
            hash=audit.event_hash(text),
        )
        event.save(force_insert=True)
        self.seq, self.head = event.seq, event.hash
        self.events.append(event)
        return event


@contextmanager
def pen(*, actor: AbstractBaseUser | None) -> Iterator[Trail]:
    """Holds the pen for one act by `actor` (None: the machine), in a transaction that cannot hide in another.

    `trail.actor` is the actor read again under the pen: verbs judge that one.

    Raises NoPen when it is not free within five seconds; NothingRecorded, and rolls back, when the act left no entry.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(transaction.atomic(durable=True))
            if not Pen.objects.filter(pk=1, held=False).update(held=True):
                raise NoPen
            last = AuditEvent.objects.filter(seq=models.OuterRef("seq")).values("at")
            held = Pen.objects.annotate(last_at=models.Subquery(last)).get(pk=1)
        except OperationalError as error:
            raise NoPen from error
        # The person as they are now: somebody may have taken a right away since they were looked up.
        trail = Trail(held, held.last_at, get_user_model().objects.get(pk=actor.pk) if actor else None)
        yield trail
        if trail.has_loose_ends:
            raise NothingRecorded
        if trail.changes_what_readers_see:
            _begin_epoch(trail)
        Pen.objects.filter(pk=1).update(held=False, edition_id=None, seq=trail.seq, hash=trail.head)


def _begin_epoch(trail: Trail) -> None:
    """In the transaction of the act: no page made before it is served after it."""
    waiting = Overlay.objects.unconfirmed().filter(kind="warning", at__gt=trail.clock - SECOND_SIGNATURE)
    instants = sorted(audit.instant(one.due_at) for one in waiting)
    Epoch.objects.filter(pk=1).update(number=trail.seq, instants=instants)


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


@contextmanager
def refusals_recorded(*, actor: Any, action: str, subject: str, digest: str = "", reason: str = "") -> Iterator[None]:
    """A refusal inside is written to the trail, after what was refused has rolled back, and raised again."""
    try:
        yield
    except Refused as refused:
        if refused.recorded:
            _record_denial(refused, actor=actor, action=action, subject=subject, digest=digest, reason=reason)
        raise


def _record_denial(refused: Refused, *, actor: Any, action: str, subject: str, digest: str, reason: str) -> None:
    denied = AuditEvent.objects.filter(actor=actor, verb="refused")
    if len(lately(denied, most=DENIALS_A_MINUTE, period=timedelta(minutes=1))) == DENIALS_A_MINUTE:
        cache.set(f"denials:{actor.pk}", cache.get(f"denials:{actor.pk}", 0) + 1, 3600)
        return
    data: dict[str, Any] = {"action": action, "codes": refused.codes, **refused.data}
    if unrecorded := cache.get(f"denials:{actor.pk}", 0):
        cache.delete(f"denials:{actor.pk}")
        data["more"] = unrecorded
    with pen(actor=actor) as trail:
        trail.record("refused", subject, digest=digest[:64], reason=reason, data=data)


def store(trail: Trail, document: values.Document) -> Document:
    """The row of a document: there once, however often it is reached."""
    text = values.to_text(document)
    row = Document(digest=values.digest(document), text=text)
    Document.objects.bulk_create([row], ignore_conflicts=True)  # an undone edit meets a row that is there
    trail.wrote(row)
    return row


class Change:
    """One edition's parts, open for writing. Refuses (Conflict) a part that somebody else changed meanwhile."""

    def __init__(self, trail: Trail, edition: Edition, credits: dict[str, list[int]] | None = None) -> None:
        self.id: UUID = uuid4()
        self.trail = trail
        self.edition = edition
        self.credits = credits or {}
        self.written: list[models.Model] = []

    def _current(self, kind: str, key: UUID) -> Part:
        row = PARTS[kind].with_removed.filter(edition=self.edition, key=key).first()
        if row is None:
            raise refuse("no_such_part", "This part is not in this edition.", Kind.CONFLICT, part=str(key))
        return row

    def _unchanged(self, row: Part, seen: str) -> None:
        value = row.as_value()
        if row.removed:
            raise Conflict("Somebody removed this part while you were writing.", None, str(row.key))
        if digest_of_part(value) != seen:
            raise Conflict("Somebody saved this part while you were writing.", value, str(row.key))

    def _write(self, row: Part) -> None:
        if isinstance(row, Citation) and not row.removed:
            self._label_is_free(row)
        row.save()
        self.written.append(row)

    def _label_is_free(self, row: Citation) -> None:
        if Citation.objects.filter(edition=self.edition, label=row.label).exclude(key=row.key).exists():
            sentence = f"Another reference of this edition has the label “{row.label}”. Choose another label."
            raise refuse("label_taken", sentence, Kind.INVALID, part=str(row.key), field="label")

    def save(self, part: values.Part, *, seen: str) -> None:
        """Puts new words in place of those whose digest was `seen`."""
        row = self._current(part.part_kind, part.key)
        self._unchanged(row, seen)
        for name, value in row.columns_of(part).items():
            setattr(row, name, value)
        self._write(row)

    def remove(self, kind: str, key: UUID, *, seen: str) -> None:
        """Takes a part out: it is flagged, and its history stays."""
        row = self._current(kind, key)
        self._unchanged(row, seen)
        row.removed = True
        self._write(row)

    def restore(self, kind: str, key: UUID) -> None:
        """Puts a removed part back as it was."""
        row = self._current(kind, key)
        row.removed = False
        self._write(row)

    def add(self, parts: Iterable[Part]) -> None:
        """Adds unsaved rows of this edition in bulk, each with its version."""
        for model in PARTS.values():
            batch = [part for part in parts if type(part) is model]
            for row in model.objects.bulk_create(batch):
                reversion.add_to_revision(row)
                self.written.append(row)

    def append(self, part: values.Part) -> None:
        """Adds a part at the end of its kind."""
        model = PARTS[part.part_kind]
        last = model.with_removed.filter(edition=self.edition).aggregate(last=models.Max("position"))["last"]
        row = model.from_value(self.edition, part, 0 if last is None else last + 1)
        if isinstance(row, Citation):
            self._label_is_free(row)
        self.add([row])

    def header(self, header: values.Header, *, seen: str) -> None:
        """Puts a new header in place of the one whose digest was `seen`."""
        current = header_of(self.edition)
        if digest_of_part(current) != seen:
            raise Conflict("Somebody saved the header while you were writing.", current, "header")
        for name, value in header_columns(header).items():
            setattr(self.edition, name, value)

    def order(self, kind: str, keys: list[UUID], *, seen: list[UUID]) -> None:
        """Puts the parts of a kind in this order. `seen` is the order that was shown."""
        found = {row.key: row for row in PARTS[kind].objects.filter(edition=self.edition)}
        if list(found) != seen or set(keys) != set(found):
            raise Conflict("Somebody added, moved or removed a part while you were sorting.", list(found), "order")
        for position, key in enumerate(keys):
            if found[key].position != position:
                found[key].position = position
                self._write(found[key])

    def load(self, document: values.Document) -> None:
        """Makes the edition this document: its header, its parts, their order. What it lacks is removed."""
        for name, value in header_columns(document.header).items():
            setattr(self.edition, name, value)
        wanted = {(type(row), row.key): row for row in rows(self.edition, document)}
        for row in Citation.objects.filter(edition=self.edition):  # first let go of labels that others may get
            new = wanted.get((Citation, row.key))
            if not (isinstance(new, Citation) and new.label == row.label):
                row.removed = True
                self._write(row)
        for model in PARTS.values():
            for row in model.with_removed.filter(edition=self.edition):
                new = wanted.pop((model, row.key), None)
                before = (row.removed, row.position, row.as_value())
                if new is None:
                    row.removed = True
                else:
                    for name in (*model.value_fields(), "position", "removed"):
                        setattr(row, name, getattr(new, name))
                if (row.removed, row.position, row.as_value()) != before:
                    self._write(row)
        self.add(list(wanted.values()))


@contextmanager
def change_set(
    trail: Trail,
    *,
    edition: Edition,
    reason: str,
    credits: dict[str, list[int]] | None = None,
    before: Document | None = None,
    copied: bool = False,
) -> Iterator[Change]:
    """Opens the parts of a draft for writing, and records what was changed: row versions, ChangeSet, entry.

    `credits` names other authors of the parts that change ({part key: user keys}). `before` is given for the first
    change set of an edition that was copied; otherwise it is what the last one left. Refuses an edition that is no
    draft, a change that changes nothing, and parts that it touches and nobody could type now: whichever way they came.
    What is `copied` into a new edition is taken as it stands, even if nothing of it differs.
    """
    edition = Edition.objects.select_related("monograph__live__document").get(pk=edition.pk)
    if edition.state != State.DRAFT:
        raise refuse(
            "not_a_draft",
            "Only a draft can be edited. Send this edition back first, with a reason.",
            Kind.CONFLICT,
        )
    if before is None:
        last = ChangeSet.objects.filter(edition=edition).select_related("after").order_by("-at", "-revision_id").first()
        before = last.after if last else None
    change, shown = Change(trail, edition, credits), _columns(edition)
    Pen.objects.filter(pk=1).update(edition_id=edition.pk)
    with reversion.create_revision(atomic=False):
        yield change
        try:
            if _columns(edition) == shown:
                reversion.add_to_revision(edition)  # its version makes the revision, whichever part changed
            else:
                edition.save()
            document = build(edition)
        except ValidationError as error:
            raise Refused(
                [Refusal("invalid", sentence, Kind.INVALID) for _where, sentence in sentences(error)]
            ) from error
        touched = sorted(touched_parts(before.value if before else None, document, edition))
        if not copied:
            _judge(document, touched)
        if not (touched or copied):
            raise refuse("nothing_changed", "Nothing has changed, so nothing was saved.", Kind.INVALID, recorded=False)
        after = store(trail, document)
        reversion.set_user(trail.actor)
        reversion.set_comment(reason)
        reversion.set_date_created(trail.at)
        reversion.add_meta(
            ChangeSet, id=change.id, edition=edition, actor=trail.actor, credits=change.credits, reason=reason,
            touched=touched, before=before, after=after, at=trail.at,
        )  # fmt: skip
    Pen.objects.filter(pk=1).update(edition_id=None)
    versions = list(Version.objects.filter(revision__change_set=change.id).values_list("pk", "revision_id"))
    trail.wrote(edition, *change.written)
    trail.wrote_keys("reviews.changeset", [change.id])
    trail.wrote_keys("reversion.revision", {revision for _, revision in versions})
    trail.wrote_keys("reversion.version", [pk for pk, _ in versions])
    trail.record(
        "edited",
        f"monograph:{edition.monograph.slug}",
        digest=after.digest,
        reason=reason,
        data={"edition": edition.number, "change_set": str(change.id), "touched": touched},
    )


def _judge(document: values.Document, touched: Iterable[str]) -> None:
    parts = {str(part.key): (part, part.label_for_people) for part in document.parts()}
    found = [
        Refusal("invalid", f"{label}: {sentence}", Kind.INVALID, key, field)
        for key, (value, label) in {"header": (document.header, "Header"), **parts}.items()
        if key in touched
        for field, sentence in objections(value)
    ]
    if found:
        raise Refused(found)


def _columns(edition: Edition) -> list[Any]:
    return [getattr(edition, name) for name in Edition.HEADER]


def touched_parts(before: values.Document | None, after: values.Document, edition: Edition) -> frozenset[str]:
    """Keys of the parts that a change of this edition touches. A part that comes back at another place than it has
    live moves the order too, although no part that stood here moved."""
    touched = changed_parts(before, after)
    live = edition.monograph.live
    if live and before and {part.key for part in after.parts()} - {part.key for part in before.parts()}:
        touched |= changed_parts(live.document.value, after) & {"order"}
    return touched
