"""Two people changed one section at the same time: both changes are in, where each has its own block of the text.

Whoever saves second makes one change set, of which the history says what it was put together with. They are an author
of the section, and so is whoever was faster: by their own change set. Whatever is no text of a section is never put
together: a test, a notice and the header say one thing, and two changes of it are a clash that people decide.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.timezone import localtime
from pydantic import ValidationError

from monographs import document as values
from monographs.difference.merge import merged
from monographs.digest import digest_of_part
from monographs.models import Edition
from monographs.typed import Value, rules_of
from reviews.access.refusals import Conflict
from reviews.changes import Change
from reviews.models import ChangedPart

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Base:
    """A part as it was shown to whoever changed it then. `by` saved it so at `at`; without them it stood there when the
    edition began."""

    part: Value
    by: User | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Merged:
    """A section in which both changes are. `others`: who had saved it meanwhile, and when, oldest first."""

    part: values.Section
    others: tuple[tuple[User, datetime], ...]


def save(change: Change, part: values.Part, *, seen: str) -> Merged | None:
    """Puts new words in place of those whose digest was `seen`, or beside those that somebody put there meanwhile.
    Answers what was made of both, if it was; where they clash it is a Conflict, and nothing is written."""
    try:
        change.save(part, seen=seen)
    except Conflict as conflict:
        both = _merged(change, part, conflict.current, seen)
        if both is None:
            raise
        change.save(both.part, seen=digest_of_part(conflict.current))
        times = " and ".join(f"{localtime(at):%H:%M}" for _by, at in both.others)
        note = f"put together with what was saved at {times}"
        change.note = "; ".join(filter(None, (change.note, note)))
        return both
    return None


def base_of(edition: Edition, key: str, seen: str) -> Base | None:
    """The header or part of this edition whose digest was `seen`; None if it never was in it."""
    if not _DIGEST.fullmatch(seen):
        return None
    rows = _changes(edition, key).select_related("change_set__before", "change_set__after", "change_set__actor")
    row = rows.filter(after=seen).last() or rows.filter(before=seen).first()
    if row is None:
        return None
    made = row.change_set
    document = (made.after if row.after == seen else made.before or made.after).value
    part = document.header if key == "header" else next(one for one in document.parts() if str(one.key) == key)
    return Base(part, made.actor, made.at) if row.after == seen else Base(part)


def _changes(edition: Edition, key: str) -> QuerySet[ChangedPart]:
    """The changes of a part in this edition, oldest first."""
    rows = ChangedPart.objects.filter(key=key, change_set__edition=edition)
    return rows.order_by("change_set__at", "change_set__revision_id")


def _merged(change: Change, mine: values.Part, theirs: values.Part | None, seen: str) -> Merged | None:
    base = base_of(change.edition, str(mine.key), seen)
    was = base.part if base else None
    if not (
        isinstance(was, values.Section) and isinstance(mine, values.Section) and isinstance(theirs, values.Section)
    ):
        return None
    made = _put_together(was, mine, theirs)
    if made is None or made == theirs:  # nothing of mine differs from what I was shown
        return None
    rows = list(_changes(change.edition, str(mine.key)).select_related("change_set__actor"))
    begun = max((at for at, row in enumerate(rows) if row.after == seen), default=-1)
    return Merged(made, tuple((row.change_set.actor, row.change_set.at) for row in rows[begun + 1 :]))


def _put_together(was: values.Section, mine: values.Section, theirs: values.Section) -> values.Section | None:
    changed = {}
    for name in values.Section.model_fields.keys() - {"key", "text", "text_rules"}:
        one, other = getattr(mine, name), getattr(theirs, name)
        if getattr(was, name) not in (one, other):
            return None
        changed[name] = other if one == getattr(was, name) else one
    text = merged(was.text, mine.text, theirs.text)
    if text is None:
        return None
    rules = rules_of(text, theirs.text, theirs.text_rules)
    try:
        return theirs.replaced(**changed, text=text, text_rules=rules)
    except ValidationError:  # together they are too long
        return None
