"""Presence: who else has an edition open. Of those who may write it, told on its own page to those who may read it; a
minute after the last that was heard of somebody they are gone. Nothing waits for it, and nothing rests on it: the write
lock is neither asked for nor held, and what cannot be noted now is not noted.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from monographs.models import Edition
from reviews.access.turns import beside_writers
from reviews.models import Presence

LASTS = timedelta(seconds=60)


def note(person: User, edition: Edition, part: str) -> None:
    """They are there now, and write in this part; "" for none."""
    now = {"part": part, "at": timezone.now()}
    try:
        with beside_writers(), transaction.atomic():
            if not Presence.objects.filter(person=person, edition=edition).update(**now):
                Presence.objects.create(person=person, edition=edition, **now)
    except DatabaseError:  # somebody else writes, or another window of theirs was there first
        return


def stay(person: User, edition: Edition) -> None:
    """They are there still, and write where they wrote."""
    try:
        with beside_writers(), transaction.atomic():
            if not Presence.objects.filter(person=person, edition=edition).update(at=timezone.now()):
                Presence.objects.create(person=person, edition=edition, part="", at=timezone.now())
    except DatabaseError:
        return


def others(person: User | int, edition: Edition | int, since: datetime | None = None) -> QuerySet[Presence]:
    """Everybody else who has it open, each with their person: who was heard of `since`, within a minute."""
    heard = since or timezone.now() - LASTS
    rows = Presence.objects.filter(edition=edition, at__gt=heard, person__is_active=True)
    return rows.exclude(person=person).select_related("person").order_by("person__username")


def sweep() -> int:
    """Deletes who is gone. Answers how many."""
    return Presence.objects.filter(at__lte=timezone.now() - LASTS).delete()[0]
