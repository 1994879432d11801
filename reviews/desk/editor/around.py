"""What stands around the document of an edition on its one page, asked in one statement: who touched what last, what
was taken out, who else has it open, what is kept for this person, and what is known of its names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from monographs import document as values
from monographs.models import PARTS, Edition, Monograph, NameCheck
from monographs.questions import Kept
from monographs.standing import names_found
from reviews.access import presence, scratch
from reviews.models import ChangedPart, ChangeSet, Remark, Scratch
from reviews.models.people import name_of
from reviews.review.copied_from import entries_of_copies, names_told

_PERSON = ("first_name", "last_name", "username")
_REMARK = ("id", "part", "label", "words", "at", "outcome", "answer", "answered_at")
_CHECK = ("id", "system", "code", "status", "matched_name", "release")


@dataclass(frozen=True)
class Around:
    """`copied`: by the key of a part, the names that should not stand in it any more. `touched`: by the key of a part,
    who changed it last in this edition, and when; what was copied into it as it stood is no change. `removed`: parts
    that were taken out. `others`: (the part that somebody else writes in, their name). `kept`: what is kept for this
    person, newest first, without its words. `found`: names that were found in their vocabularies, for the page.
    `remarks`: those that came when this edition was last sent back, oldest first."""

    copied: dict[str, frozenset[str]]
    touched: dict[str, str]
    removed: list[values.Part]
    others: list[tuple[str, str]]
    kept: list[Scratch]
    found: tuple[tuple[str, str], ...]
    remarks: list[Remark]


def look_around(me: User, monograph: Monograph, edition: Edition, codes: Sequence[tuple[str, str]]) -> Around:
    """Asked of whoever may read this edition of this monograph."""
    now, asked = timezone.now(), codes or [("", "")]
    entries, keys, made, there, kept, checks, remarks, *removed = _around(
        me.pk, monograph.pk, edition.pk, now - presence.LASTS, now - scratch.LASTS, *map(list, zip(*asked, strict=True))
    )
    said = {at: _said(at, "you" if pk == me.pk else _name(person)) for at, pk, *person in made}
    return Around(
        copied=names_told(monograph, [data for (data,) in entries]),
        touched={key: said[at] for key, at in keys},
        removed=[
            model.of_columns(stored)
            for model, rows in zip(PARTS.values(), removed, strict=True)
            for _position, *stored in sorted(rows, key=lambda row: row[:2])
        ],
        others=[(part, _name(person)) for part, *person in sorted(there, key=lambda row: row[-1])],
        kept=[
            Scratch(id=pk, part=part, at=at, sign_in=sign_in)
            for pk, part, at, sign_in in sorted(kept, key=lambda row: (row[2], row[0]), reverse=True)
        ],
        found=names_found(NameCheck.objects.newest(NameCheck(**dict(zip(_CHECK, row, strict=True))) for row in checks)),
        remarks=[_remark(row) for number, *row in sorted(remarks, key=lambda row: row[1]) if number == edition.round],
    )


def _rows(
    me: int, monograph: int, edition: int, heard: datetime, kept: datetime, systems: list[str], codes: list[str]
) -> "list[QuerySet[Any]]":
    """`heard`: who was heard of since. `kept`: what was kept since."""
    touched = ChangedPart.objects.filter(change_set__edition=edition).exclude(before=F("after")).order_by()
    last = touched.values("key").annotate(last=Max("change_set__at"))
    changes = ChangeSet.objects.filter(edition=edition, at__in=last.values("last"))
    return [
        entries_of_copies(Monograph(pk=monograph)),
        last.values_list("key", "last"),
        changes.values_list("at", "actor", *(f"actor__{name}" for name in _PERSON)),
        presence.others(me, edition, heard).values_list("part", *(f"person__{name}" for name in _PERSON)),
        scratch.waiting(me, monograph, since=kept).values_list("id", "part", "at", "sign_in"),
        NameCheck.objects.of(list(zip(systems, codes, strict=True))).values_list(*_CHECK),
        Remark.objects.filter(edition=edition).values_list(
            "round", *_REMARK, *(f"{who}__{name}" for who in ("by", "answered_by") for name in _PERSON)
        ),
        *(
            model.with_removed.filter(edition=edition, removed=True).values_list("position", *model.value_columns())
            for model in PARTS.values()
        ),
    ]


_around = Kept(_rows)


def _remark(row: Sequence[Any]) -> Remark:
    """With who left it, and who answered it, as they are named."""
    columns, by, answered_by = row[: len(_REMARK)], row[len(_REMARK) :][:3], row[-3:]
    remark = Remark(**dict(zip(_REMARK, columns, strict=True)), by=_person(by))
    if not remark.is_open:
        remark.answered_by = _person(answered_by)
    return remark


def _name(person: Sequence[Any]) -> str:
    return name_of(_person(person))


def _person(person: Sequence[Any]) -> User:
    return User(**dict(zip(_PERSON, person, strict=True)))


def _said(at: datetime, name: str) -> str:
    at = timezone.localtime(at)
    when = f"{at:%H:%M}" if at.date() == timezone.localdate() else f"{at.day} {at:%B %Y}"
    return f"Changed by {name}, {when}"
