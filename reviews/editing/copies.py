"""What open editions are told when the drug or class that they copied from has changed since: a task for their editors.

The copy stays as it is, digest and signatures stand (A6). Somebody takes the change over into the draft, which is an
edit like any other, or leaves the copy, which is an entry. The trail alone says what is open: nothing else is stored.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from monographs import document as values
from monographs.assemble import header_of
from monographs.canonical import digest_of
from monographs.digest import digest_of_part
from monographs.models import Drug, Edition, Monograph, TherapeuticClass
from monographs.texts.characters import says_nothing
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import as_code, kept, reason_of
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.changes import change_set
from reviews.models import AuditEvent

CHANGED, TAKEN, LEFT = "library_changed", "copy_taken", "copy_left"
DISCARDED = "discarded"
TOLD_BY = (CHANGED, TAKEN, LEFT, DISCARDED)
LISTS = {
    "name": "Name", "names": "Other names", "brands": "Brands", "codes": "Codes", "class_path": "Therapeutic class",
}  # fmt: skip
TAKEN_WORDS = "Taken over from the library"
PREFIX = "monograph:"


def tell(trail: Trail, monographs: Iterable[Monograph], *, of: str, by: str) -> None:
    """Notes for these monographs that what they copied from has changed: what, and by which act."""
    slugs = sorted(one.slug for one in monographs)
    if slugs:
        subject = ",".join(f"{PREFIX}{slug}" for slug in slugs)
        trail.record("library_changed", subject, data={"of": of, "by": by})


def copied(drug: Drug, therapeutic_class: TherapeuticClass) -> dict[str, Any]:
    """What an edition copies, as values of its header. Rows of a list that are none are left out: some in the library
    are older than that rule."""

    def rows(held: Iterable[dict[str, str]], makes: str) -> Any:  # the value makes its own of them
        return tuple(row for row in held if not says_nothing(row.get(makes, "")))

    return {
        "name": drug.name[:1].upper() + drug.name[1:],
        "names": rows(drug.names, "name"),
        "brands": rows(drug.brands, "name"),
        "codes": rows(drug.codes, "code"),
        "class_path": tuple(values.PathStep(slug=step.slug, name=step.name) for step in therapeutic_class.path()),
    }


@dataclass(frozen=True)
class Task:
    """An open edition whose copy is older than the library: its header as it is, and as it would be."""

    edition: Edition
    now: values.Header
    then: values.Header

    @property
    def digest(self) -> str:
        """What is taken over is what was shown: both headers in one digest."""
        return digest_of([digest_of_part(self.now), digest_of_part(self.then)])

    @property
    def changed(self) -> list[str]:
        """Names of what differs."""
        return [name for name in LISTS if getattr(self.now, name) != getattr(self.then, name)]

    @property
    def differences(self) -> list[tuple[str, list[str], list[str]]]:
        """(what, as this edition says it, as the library says it) of each list that differs."""
        return [
            (LISTS[name], _in_words(getattr(self.now, name)), _in_words(getattr(self.then, name)))
            for name in self.changed
        ]

    @property
    def subject(self) -> str:
        return f"{PREFIX}{self.edition.monograph.slug}"

    @property
    def data(self) -> dict[str, Any]:
        return {"edition": self.edition.number, "changed": self.changed}


def _in_words(held: Any) -> list[str]:
    return [held] if isinstance(held, str) else [row.in_words for row in held]


def task_of(edition: Edition) -> Task | None:
    """What is open for this edition: something it copied has changed since, and nobody took that over or left it."""
    entries = AuditEvent.objects.about(edition.monograph, *TOLD_BY).order_by("seq")
    return differing(edition) if edition.is_open and is_told(entries.values_list("verb", "data")) else None


def differing(edition: Edition) -> Task | None:
    """What this edition copied beside what the library says now; nothing where they say the same. No query: drug and
    class come with it."""
    now, monograph = header_of(edition), edition.monograph
    then = values.Header.stored(
        {**now.model_dump(mode="json"), **_plain(copied(monograph.drug, monograph.therapeutic_class))}
    )
    task = Task(edition, now, then)
    return task if task.changed else None


def _plain(held: dict[str, Any]) -> dict[str, Any]:
    return values.Header(**held).model_dump(mode="json", include=set(held))


def is_told(entries: Iterable[tuple[str, dict[str, Any]]]) -> bool:
    """Whether the last that was said of a monograph's copies is that the library changed: its entries (verb, data) of
    `TOLD_BY`, the oldest first. What was decided in an edition that was given up decides nothing for the next."""
    entries = list(entries)
    given_up = {data["edition"] for verb, data in entries if verb == DISCARDED}
    said = [
        verb for verb, data in entries if verb == CHANGED or (verb != DISCARDED and data["edition"] not in given_up)
    ]
    return said[-1:] == [CHANGED]


def take_over(monograph: Monograph, *, actor: User, seen: str) -> Edition:
    """Puts what the library says now into the header of the open draft, as an edit by whoever does it.

    `seen` is the digest of the task that was shown: refused is another one, and none.
    """
    with (
        refusals_recorded(actor=actor, action="take_over", subject=f"{PREFIX}{monograph.slug}"),
        _deciding(monograph, actor, seen) as (trail, task),
    ):
        with change_set(trail, edition=task.edition, reason=TAKEN_WORDS) as change:
            change.header(task.then, seen=digest_of_part(task.now))
        trail.record("copy_taken", task.subject, data=task.data)
        return change.edition


def leave_copy(monograph: Monograph, *, actor: User, seen: str, reason: str) -> Edition:
    """The copy stays as it is, until the library changes again."""
    reason = kept(reason)
    with (
        refusals_recorded(actor=actor, action="leave_copy", subject=f"{PREFIX}{monograph.slug}", reason=reason),
        _deciding(monograph, actor, seen) as (trail, task),
    ):
        reason = reason_of(reason)
        trail.record("copy_left", task.subject, reason=reason, data=task.data)
        return task.edition


@contextmanager
def _deciding(monograph: Monograph, actor: User, seen: str) -> Iterator[tuple[Trail, Task]]:
    with audited_write(actor=actor) as trail:
        monograph = Monograph.objects.for_desk().get(pk=monograph.pk)
        if found := policy.refusals(trail.actor, "edit", monograph):
            raise Refused(found)
        edition = monograph.editions.open().select_related("monograph__drug", "monograph__therapeutic_class").first()
        task = task_of(edition) if edition else None
        if task is None:
            sentence = "Nothing is open here: somebody decided it, or the edition was closed."
            raise refuse("nothing_to_decide", sentence, RefusalType.CONFLICT)
        if task.digest != as_code(seen):
            sentence = "The draft or the library was changed meanwhile. Look at both again, then decide."
            raise refuse("changed_meanwhile", sentence, RefusalType.CONFLICT)
        yield trail, task
