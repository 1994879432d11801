"""What an entry of the trail is made of: its text and hash, and the hash of every guarded row that an act wrote."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Cast
from reversion.models import Revision, Version

from monographs.canonical import canonical, digest_of, sha256
from monographs.fields import JSONText
from monographs.questions import Question, ask_together
from monographs.triggers import ACCOUNT_COLUMNS

PREFIX = "clincalc-trail-v1\n"
A_CHUNK = 200  # rows of a whole table that are in memory at once
A_BATCH = 20  # rows whose hashes are asked together


def instant(at: datetime) -> str:
    """UTC with microseconds, the one form of a time in the trail."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def genesis(site: UUID) -> str:
    """What the first entry names as the hash before it."""
    return sha256(str(site))


def event_text(
    *, seq: int, at: datetime, actor: dict[str, Any] | None, verb: str, subject: str, digest: str, reason: str,
    data: dict[str, Any], prev: str,
) -> str:  # fmt: skip
    """The RFC 8785 text of an entry."""
    return canonical(
        {
            "seq": seq, "at": instant(at), "actor": actor, "verb": verb, "subject": subject, "digest": digest,
            "reason": reason, "data": data, "prev": prev,
        }
    )  # fmt: skip


def event_hash(text: str) -> str:
    return sha256(PREFIX + text)


# -- Guarded rows ------------------------------------------------------------------------------------------------------

_ELSEWHERE: dict[type[models.Model], dict[int, tuple[str, ...]]] = {
    Revision: {1: ("id", "date_created", "user_id", "comment")},
    Version: {
        1: ("id", "revision_id", "object_id", "content_type_id", "db", "format", "serialized_data", "object_repr")
    },
    Group: {1: ("id", "name")},
    get_user_model().groups.through: {1: ("id", "user_id", "group_id")},
    # With the hash of the password, of which the entry holds a digest; without `last_login`, which is no act.
    get_user_model(): {1: ACCOUNT_COLUMNS},
    # When it was used last moves, and vouches for nothing.
    Authenticator: {1: ("id", "user_id", "type", "data", "created_at")},
}


@cache
def guarded() -> dict[str, tuple[type[models.Model], dict[int, tuple[str, ...]]]]:
    """Every model whose rows the trail vouches for, by label, with its lists of columns by version.

    A list once written never changes: hashes were made by it. A new column opens the next list.
    """
    own = {model: model.trail_columns for model in apps.get_models() if hasattr(model, "trail_columns")}
    return {model._meta.label_lower: (model, columns) for model, columns in {**own, **_ELSEWHERE}.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, dict):
        return digest_of(value)
    return repr(value)


@cache
def _as_stored(model: type[models.Model], columns: tuple[str, ...]) -> tuple["models.QuerySet[Any]", Question]:
    """Key and columns of every row, and of one: JSON as the text that is stored."""
    raw = {
        f"raw_{name}": Cast(name, models.TextField())
        for name in columns
        if isinstance(model._meta.get_field(name), JSONText)
    }
    rows = model._base_manager.annotate(**raw)
    named = ("pk", *(f"raw_{name}" if f"raw_{name}" in raw else name for name in columns))
    return rows.values_list(*named), Question(rows, by=model._meta.pk.name, columns=named)


def row_hashes(label: str, version: int, pks: Iterable[Any] | None = None) -> Iterator[tuple[str, str]]:
    """(row name, hash) of rows as the database holds them now; of every row of the table, by key, if none are given.

    JSON is read as the text that is stored. A row name is "label:pk", a hash "version:SHA-256". By an older list a row
    has the hash of then only while every newer column holds its default: an act that writes one records a newer list.
    """
    if pks is not None:
        yield from _hashes([(label, version, pk) for pk in pks])
        return
    columns, unwritten = _columns(label, version)
    for row in _as_stored(guarded()[label][0], columns)[0].order_by("pk").iterator(A_CHUNK):
        yield _hashed(label, version, columns, unwritten, row)


def hashes_of(written: Mapping[str, Iterable[Any]]) -> Iterator[tuple[str, str]]:
    """The same of rows of several tables ({label: keys}), by the newest list of each."""
    return _hashes([(label, newest_version(label), pk) for label, pks in written.items() for pk in pks])


def _hashes(asked: list[tuple[str, int, Any]]) -> Iterator[tuple[str, str]]:
    """Of rows by their keys, asked together: one statement for as many as an edit writes."""
    for begin in range(0, len(asked), A_BATCH):
        batch = asked[begin : begin + A_BATCH]
        lists = {(label, version): _columns(label, version) for label, version, _pk in batch}
        one = {at: _as_stored(guarded()[at[0]][0], columns)[1] for at, (columns, _unwritten) in lists.items()}
        found = ask_together([(one[label, version], pk) for label, version, pk in batch])
        for (label, version, _pk), rows in zip(batch, found, strict=True):
            for row in rows:
                yield _hashed(label, version, *lists[label, version], row)


def _columns(label: str, version: int) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The columns of a list and of the newer ones, and what these hold while nobody wrote into them."""
    model, lists = guarded()[label]
    newer = [name for name in lists[max(lists)] if name not in lists[version]]
    fields = {field.attname: field for field in model._meta.concrete_fields} if newer else {}
    unwritten = {name: _plain(fields[name].get_prep_value(fields[name].get_default())) for name in newer}
    return (*lists[version], *newer), unwritten


def _hashed(
    label: str, version: int, columns: tuple[str, ...], unwritten: dict[str, Any], row: Sequence[Any]
) -> tuple[str, str]:
    pk, *values = row
    held = zip(columns, map(_plain, values), strict=True)
    form = [label, version, [[name, value] for name, value in held if (name, value) not in unwritten.items()]]
    return f"{label}:{pk}", f"{version}:{digest_of(form)}"


def newest_version(label: str) -> int:
    return max(guarded()[label][1])
