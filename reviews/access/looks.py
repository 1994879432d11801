"""Looks: what a reviewer read of an edition, for their own eyes. A tick at a part holds while its words stand as they
stood, and for two weeks; nobody else is told, nothing waits for it and nothing rests on it. What cannot be noted now,
because somebody writes, is not noted.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from monographs.models import Document, Edition, Monograph
from monographs.questions import Kept
from reviews.access.turns import beside_writers
from reviews.models import Look

LASTS = timedelta(days=14)
MOST_OF_AN_EDITION = 2_000  # ticks of one person


def note(person: User, edition: Edition, digest: str) -> None:
    """They look at the page of this document now."""
    seen = Look.objects.filter(person=person, edition=edition, part="", digest=digest)
    if not seen.exists():
        _put(person, edition, "", digest)


def opened_at(person: User, edition: Edition, digest: str) -> datetime | None:
    """When they first opened the page of this document, if that is noted."""
    return next(iter(_opened(person.pk, edition.pk, digest, timezone.now() - LASTS)), None)


def _opened_rows(person: int, edition: int, digest: str, since: datetime) -> QuerySet[Any]:
    mine = Look.objects.filter(person=person, edition=edition, part="", digest=digest, at__gt=since)
    return mine.order_by("pk").values_list("at", flat=True)[:1]


_opened = Kept(_opened_rows)


def tick(person: User, edition: Edition, part: str, digest: str) -> bool:
    """They read this part as it stands by this digest. Answers whether it is noted."""
    return _put(person, edition, part, digest)


def untick(person: User, edition: Edition, part: str) -> bool:
    """Twice is as good as once. Answers whether nothing is noted any more."""
    try:
        with beside_writers(), transaction.atomic():
            Look.objects.filter(person=person, edition=edition, part=part).delete()
    except DatabaseError:
        return False
    return True


def _put(person: User, edition: Edition, part: str, digest: str) -> bool:
    rows = Look.objects.filter(person=person, edition=edition)
    try:
        with beside_writers(), transaction.atomic():
            if rows.count() >= MOST_OF_AN_EDITION:
                return False
            if part:
                rows.filter(part=part).delete()
            Look.objects.create(person=person, edition=edition, part=part, digest=digest, at=timezone.now())
    except DatabaseError:  # somebody else writes, or another window of theirs was there first
        return False
    return True


def ticks(person: User, edition: Edition) -> dict[str, tuple[str, datetime]]:
    """Part -> its digest when it was ticked as read, and when."""
    return _last_of_each(_ticks(person.pk, edition.pk, timezone.now() - LASTS))


def _tick_rows(person: int, edition: int, since: datetime) -> QuerySet[Any]:
    mine = Look.objects.filter(person=person, edition=edition, at__gt=since)
    return mine.exclude(part="").values_list("part", "digest", "at")


_ticks = Kept(_tick_rows)


def seen(person: User, edition: Edition, digest: str) -> tuple[datetime | None, dict[str, tuple[str, datetime]]]:
    """`opened_at` and `ticks`, asked for at once."""
    opened, ticked = _opened_and_ticked(person.pk, edition.pk, digest, timezone.now() - LASTS)
    return next((at for (at,) in opened), None), _last_of_each(ticked)


def _last_of_each(ticked: Iterable[tuple[str, str, datetime]]) -> dict[str, tuple[str, datetime]]:
    """Two windows that ticked a part at once may each have left a row."""
    return {part: (digest, at) for part, digest, at in sorted(ticked, key=lambda row: row[2])}


@Kept
def _opened_and_ticked(person: int, edition: int, digest: str, since: datetime) -> list[QuerySet[Any]]:
    return [_opened_rows(person, edition, digest, since), _tick_rows(person, edition, since)]


def last_seen(person: User, monograph: Monograph, now: str) -> tuple[Document, datetime] | None:
    """The document that they looked at last, of any edition of the page, which was not the one of this digest."""
    row = next(iter(_seen(person.pk, monograph.pk, now, timezone.now() - LASTS)), None)
    document = Document.objects.filter(pk=row.digest).first() if row else None
    return (document, row.at) if row and document else None


_seen = Kept(
    lambda person, monograph, now, since: (
        Look.objects.filter(person=person, edition__monograph=monograph, part="", at__gt=since)
        .exclude(digest=now)
        .order_by("-at")[:1]
    )
)


def sweep() -> int:
    """Deletes what is too old. Answers how much."""
    return Look.objects.filter(at__lte=timezone.now() - LASTS).delete()[0]
