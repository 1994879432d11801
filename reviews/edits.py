"""Verbs on the parts of a draft: each one is one change set by one person, judged and recorded like everything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from monographs import document as values
from monographs.models import Edition
from reviews import policy
from reviews.changes import Change, change_set, pen, refusals_recorded
from reviews.library import keep_reference
from reviews.privacy import refuse_patient_data
from reviews.refusals import Refused


@contextmanager
def _editing(edition: Edition, *, actor: Any, reason: str) -> Iterator[Change]:
    """The pen, the right to edit as it is now, and a change set of this edition."""
    refuse_patient_data(reason)
    subject = f"monograph:{edition.monograph.slug}"
    with refusals_recorded(actor=actor, action="edit", subject=subject, reason=reason), pen(actor=actor) as trail:
        now = get_user_model().objects.get(pk=actor.pk)
        if found := policy.refusals(now, "edit", edition):
            raise Refused(found)
        with change_set(trail, edition=edition, reason=reason) as change:
            yield change


def save_part(edition: Edition, part: values.Part, *, seen: str, actor: Any, reason: str = "") -> None:
    """New words for a part. `seen` is the digest of the part that was shown; another one now is a Conflict."""
    with _editing(edition, actor=actor, reason=reason or f"Changed {part.label_for_people}") as change:
        change.save(part, seen=seen)
        if isinstance(part, values.Citation):
            keep_reference(change.trail, part.label, values.thawed(part.csl))


def add_part(edition: Edition, part: values.Part, *, actor: Any, reason: str = "") -> None:
    """A new part, at the end of its kind. A new reference goes to the library too."""
    with _editing(edition, actor=actor, reason=reason or f"Added {part.label_for_people}") as change:
        change.append(part)
        if isinstance(part, values.Citation):
            keep_reference(change.trail, part.label, values.thawed(part.csl))


def remove_part(edition: Edition, part: values.Part, *, seen: str, actor: Any, reason: str = "") -> None:
    """Takes a part out. Its history stays, and it can be restored."""
    with _editing(edition, actor=actor, reason=reason or f"Removed {part.label_for_people}") as change:
        change.remove(part.part_kind, part.key, seen=seen)


def restore_part(edition: Edition, part: values.Part, *, actor: Any, reason: str = "") -> None:
    """Puts a removed part back as it was."""
    with _editing(edition, actor=actor, reason=reason or f"Restored {part.label_for_people}") as change:
        change.restore(part.part_kind, part.key)


def save_header(edition: Edition, header: values.Header, *, seen: str, actor: Any, reason: str = "") -> None:
    """A new header in place of the one whose digest is `seen`."""
    with _editing(edition, actor=actor, reason=reason or "Changed the header") as change:
        change.header(header, seen=seen)


def save_order(
    edition: Edition, kind: str, keys: list[UUID], *, seen: list[UUID], actor: Any, reason: str = ""
) -> None:
    """The parts of a kind in another order. `seen` is the order that was shown."""
    with _editing(edition, actor=actor, reason=reason or "Put parts in another order") as change:
        change.order(kind, keys, seen=seen)
