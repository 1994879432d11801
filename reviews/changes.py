"""The change set: one edition's parts, opened for writing, and what is kept of every audited edit.

with audited_write(actor=…) as trail:
    with change_set(trail, edition=…, reason=…) as change:
        change.save(part, seen=…)
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import models
from django.utils import timezone
from pydantic import ValidationError
from reversion.models import Revision, Version

from monographs import document as values
from monographs.assemble import build, header_columns, header_of, rows
from monographs.checks.plain_fields import marked
from monographs.checks.problems import objections, sentences
from monographs.checks.typed_words import field_of, words_of
from monographs.checks.unnamed import unnamed
from monographs.difference.document_diff import changed_parts
from monographs.digest import digest, digest_of_part, to_text
from monographs.models import PARTS, Citation, Document, Edition, Part, State, WriteLock
from monographs.questions import Kept
from monographs.standing import today
from monographs.typed import Value
from reviews.access.door import PATIENT
from reviews.access.privacy import holds_nhs_number
from reviews.access.refusals import Conflict, Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail
from reviews.authorship import authors_of_copies
from reviews.derived import of_change_sets
from reviews.derived.sides import Sides, parts_of
from reviews.models import ChangedPart, ChangeSet
from reviews.models.people import name_of

_WITH = "monograph__live__document"  # of an edition: what readers see, beside which it is judged


def store(trail: Trail, document: values.Document) -> Document:
    """The row of a document: there once, however often it is reached."""
    text = to_text(document)
    row = Document(digest=digest(document), text=text)
    Document.objects.bulk_create([row], ignore_conflicts=True)  # an undone edit meets a row that is there
    trail.wrote(row)
    return row


def faster(edition: Edition, person: User | None, key: str, did: str) -> str:
    """Who was faster than this person, and when; they themself may have been, in another window."""
    touched = ChangedPart.objects.filter(key=key, change_set__edition=edition)
    last = touched.select_related("change_set__actor").order_by("change_set__at", "change_set__revision_id").last()
    if last is None:  # it was never changed in this edition: what was shown was another one
        return f"Somebody {did} while you were writing."
    actor, at = last.change_set.actor, timezone.localtime(last.change_set.at)
    if actor == person:
        return f"You {did} at {at:%H:%M}, in another window."
    return f"{name_of(actor)} {did} at {at:%H:%M}, while you were writing."


def nothing_changed() -> Refused:
    sentence = "Nothing has changed, so nothing was saved."
    return refuse("nothing_changed", sentence, RefusalType.INVALID, recorded=False)


class Change:
    """One edition's parts, open for writing. Refuses (Conflict) a part that somebody else changed meanwhile. A text
    whose words are changed follows the rules of today from then on."""

    def __init__(self, trail: Trail, edition: Edition, credits: dict[str, list[int]] | None = None) -> None:
        self.id: UUID = uuid4()
        self.trail = trail
        self.edition = edition
        self.credits = dict(credits or {})
        self.written: list[models.Model] = []
        self.is_typed = True  # and not what stood here once and comes back
        self.note = ""  # stands in the history beside the reason
        self.after: values.Document | None = None  # what it left, once it is made

    def _current(self, kind: str, key: UUID) -> Part:
        row: Part | None = PARTS[kind].with_removed.filter(edition=self.edition, key=key).first()
        if row is None:
            raise refuse("no_such_part", "This part is not in this edition.", RefusalType.CONFLICT, part=str(key))
        return row

    def _unchanged(self, row: Part, seen: str) -> None:
        value = row.as_value()
        if row.removed:
            raise Conflict(self._meanwhile(str(row.key), "removed this part"), None, str(row.key))
        if digest_of_part(value) != seen:
            raise Conflict(self._meanwhile(str(row.key), "saved this part"), value, str(row.key))

    def _meanwhile(self, key: str, did: str) -> str:
        return faster(self.edition, self.trail.actor, key, did)

    def _write(self, row: Part, *fields: str) -> None:
        row.save(update_fields=fields or None)
        self.written.append(row)

    def _label_is_free(self, row: Part) -> None:
        if not isinstance(row, Citation):
            return
        if Citation.objects.filter(edition=self.edition, label=row.label).exclude(key=row.key).exists():
            sentence = f"Another reference of this edition has the label “{row.label}”. Choose another label."
            raise refuse("label_taken", sentence, RefusalType.INVALID, part=str(row.key), field="label")

    def save(self, part: values.Part, *, seen: str) -> None:
        """Puts new words in place of those whose digest was `seen`."""
        row = self._current(part.part_kind, part.key)
        self._unchanged(row, seen)
        for name, value in row.columns_of(values.retyped(part, row.as_value())).items():
            setattr(row, name, value)
        self._label_is_free(row)
        self._write(row)

    def remove(self, kind: str, key: UUID, *, seen: str) -> None:
        """Takes a part out: it is flagged, and its history stays."""
        row = self._current(kind, key)
        self._unchanged(row, seen)
        row.removed = True
        self._write(row)

    def restore(self, kind: str, key: UUID) -> None:
        """Puts a removed part back as it was."""
        self.is_typed = False
        row = self._current(kind, key)
        row.removed = False
        self._label_is_free(row)
        self._write(row)

    def add(self, parts: Iterable[Part]) -> None:
        """Adds unsaved rows of this edition in bulk, each with its version."""
        parts = list(parts)
        for model in PARTS.values():
            batch = [part for part in parts if type(part) is model]
            self.written.extend(model.objects.bulk_create(batch))

    def append(self, part: values.Part) -> None:
        """Adds a part at the end of its kind."""
        model = PARTS[part.part_kind]
        last = model.with_removed.filter(edition=self.edition).aggregate(last=models.Max("position"))["last"]
        row = model.from_value(self.edition, values.retyped(part), 0 if last is None else last + 1)
        self._label_is_free(row)
        self.add([row])

    def header(self, header: values.Header, *, seen: str) -> None:
        """Puts a new header in place of the one whose digest was `seen`."""
        current = header_of(self.edition)
        if digest_of_part(current) != seen:
            raise Conflict(self._meanwhile("header", "saved the header"), current, "header")
        for name, value in header_columns(values.retyped(header, current)).items():
            setattr(self.edition, name, value)

    def order(self, kind: str, keys: list[UUID], *, seen: list[UUID]) -> None:
        """Puts the parts of a kind in this order. `seen` is the order that was shown."""
        found = {row.key: row for row in PARTS[kind].objects.filter(edition=self.edition)}
        if list(found) != seen or set(keys) != set(found):
            raise Conflict("Somebody added, moved or removed a part while you were sorting.", list(found), "order")
        for position, key in enumerate(keys):
            if found[key].position != position:
                found[key].position = position
                self._write(found[key], "position")

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

    `credits` names other authors of the parts that change ({part key: user keys}), beside those whose words are found
    to come back or to be copied (reviews.authorship): however they got there. `before` is given for the first
    change set of an edition that was copied; otherwise it is what the last one left. Refuses an edition that is no
    draft, a change that changes nothing, and parts that it touches and nobody could type now: whichever way they came.
    What is `copied` into a new edition is taken as it stands, even if nothing of it differs.
    """
    last = None if before else _last_of(edition)
    edition = last.edition if last else Edition.objects.select_related(_WITH).get(pk=edition.pk)
    if edition.state != State.DRAFT:
        raise refuse(
            "not_a_draft",
            "Only a draft can be edited. Send this edition back first, with a reason.",
            RefusalType.CONFLICT,
        )
    before = before or (last.after if last else None)
    trail.owners[edition.monograph.slug] = edition.monograph_id
    change, shown = Change(trail, edition, credits), _columns(edition)
    WriteLock.objects.filter(pk=1).update(edition_id=edition.pk)
    yield change
    try:
        if _columns(edition) != shown:
            edition.save()
        document = build(edition)
    except ValidationError as error:
        raise Refused(
            [Refusal("invalid", sentence, RefusalType.INVALID) for _where, sentence in sentences(error)]
        ) from error
    was = before.value if before else None
    touched = sorted(touched_parts(was, document, edition))
    if not copied:
        judge(document, was, touched, today(trail.clock), is_typed=change.is_typed)
    if not (touched or copied):
        raise nothing_changed()
    if not copied:
        for part, people in authors_of_copies(edition, document, touched).items():
            others = {*people} - {trail.actor.pk} if trail.actor else {*people}
            if others := others.union(change.credits.get(part, ())):
                change.credits[part] = sorted(others)
    after = store(trail, document)
    reason = f"{reason} ({change.note})" if change.note else reason
    revision = _keep_versions(trail, [*change.written, edition], reason)
    ChangeSet.objects.create(
        id=change.id, revision=revision, edition=edition, actor=trail.actor, credits=change.credits, reason=reason,
        touched=touched, before=before, after=after, at=trail.at,
    )  # fmt: skip
    WriteLock.objects.filter(pk=1).update(edition_id=None)
    of_change_sets.keep(change.id, Sides.of(edition.monograph_id, touched, was, document))
    trail.wrote(edition, *change.written)
    trail.wrote_keys("reviews.changeset", [change.id])
    trail.record(
        "edited",
        f"monograph:{edition.monograph.slug}",
        digest=after.digest,
        reason=reason,
        data={"edition": edition.number, "change_set": str(change.id), "touched": touched},
    )
    change.after = document


def _last_of(edition: Edition) -> ChangeSet | None:
    """The last change set of an edition, with what it left, and the edition as it is now."""
    return next(iter(_newest(edition.pk)), None)


def _newest_of(key: int) -> "models.QuerySet[ChangeSet]":
    """Found by its key, so that of the others no more is read and sorted than when they were."""
    mine = ChangeSet.objects.filter(edition=key).order_by("-at", "-revision_id").values("pk")[:1]
    return ChangeSet.objects.filter(pk=models.Subquery(mine)).select_related("after", f"edition__{_WITH}")


_newest = Kept(_newest_of)


def _keep_versions(trail: Trail, rows: Iterable[models.Model], reason: str) -> Revision:
    """A version of each of these rows as it stands now; that of the edition makes the revision, whichever part changed.
    By reversion's tables, and not by its `create_revision`: that asks again for every row and tells no keys."""
    revision = Revision.objects.create(date_created=trail.at, user=trail.actor, comment=reason)
    versions = [
        Version(
            revision=revision, content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk), db="default",
            format="json", serialized_data=serializers.serialize("json", [row]), object_repr=str(row),
        )
        for row in {(type(row), row.pk): row for row in rows}.values()
    ]  # fmt: skip
    trail.wrote(revision, *Version.objects.bulk_create(versions))
    return revision


def _touched(document: values.Document, touched: Iterable[str]) -> Iterator[tuple[str, Value, str]]:
    """(key, value, label) of the header and the parts that are touched."""
    return ((key, value, label) for key, value, label in _all_of(document) if key in touched)


def _all_of(document: values.Document) -> Iterator[tuple[str, Value, str]]:
    yield "header", document.header, "Header"
    yield from ((str(part.key), part, document.label_of(part)) for part in document.parts())


def judge(
    document: values.Document, was: values.Document | None, touched: Iterable[str], day: date, *, is_typed: bool = True
) -> None:
    """Refuses what may not be written into an edition: of what is touched, with its part and its field."""
    _judge(document, touched, day)
    _judge_patients(document, was, touched)
    if is_typed:
        _judge_plain_fields(document, was, touched)


def _judge(document: values.Document, touched: Iterable[str], day: date) -> None:
    found = [
        Refusal("invalid", f"{label}: {sentence}", RefusalType.INVALID, key, field)
        for key, value, label in _touched(document, touched)
        for field, sentence in (*objections(value, day), *((str(at[0]), words) for at, words in unnamed(value)))
    ]
    if found:
        raise Refused(found)


def _judge_plain_fields(document: values.Document, was: values.Document | None, touched: Iterable[str]) -> None:
    """Marks are for prose. What stands in a field that takes none may stay: only what is typed into it is refused."""
    before = parts_of(was or values.Document())
    found = [
        Refusal("invalid", f"{label}: {sentence}", RefusalType.INVALID, key, field_of(where))
        for key, value, label in _touched(document, touched)
        for where, sentence in marked(value, before.get(key))
    ]
    if found:
        raise Refused(found)


def _judge_patients(document: values.Document, was: values.Document | None, touched: Iterable[str]) -> None:
    """No patient's number comes into an edition, whichever way. What stands there already may be none."""
    held = [
        (words, Refusal("patient_data", f"{label}: {PATIENT}", RefusalType.INVALID, key, field))
        for key, value, label in _touched(document, touched)
        for field, words in words_of(value)
        if holds_nhs_number(words)
    ]
    stood = _all_of(was) if held and was else ()
    before = {words for _key, value, _label in stood for _field, words in words_of(value)}
    if found := [refusal for words, refusal in held if words not in before]:
        raise Refused(found, recorded=False)


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
