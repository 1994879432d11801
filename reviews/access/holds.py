"""A hold: for 24 hours after somebody else had a hand in how a person signs in, that person signs and administers
nothing, so that they can say that it was not them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone

from monographs.questions import Kept
from reviews.audit.trail import Trail
from reviews.models import AccountHold
from reviews.models.account_link import HELD_UNTIL

HOLD = timedelta(hours=24)


def begin(trail: Trail, person: User, *, by: User | None) -> AccountHold:
    """In the act by which it begins, before its entry. It is counted from the time of the act, which never falls: a
    clock that stands behind the trail, now or later, shortens no hold."""
    hold = AccountHold(person=person, began_at=trail.at, until=trail.at + HOLD, by=by)
    trail.save(hold)
    return hold


def held_until(person: User) -> datetime | None:
    """When the hold of a person ends; None for whoever is held by nothing. One query, kept on this user object."""
    if not hasattr(person, HELD_UNTIL):
        setattr(person, HELD_UNTIL, next(iter(_latest(person.pk)), None))
    until: datetime | None = getattr(person, HELD_UNTIL)
    return until if until is not None and timezone.now() < until else None


_latest = Kept(
    lambda person: AccountHold.objects.filter(person=person).order_by("-until").values_list("until", flat=True)[:1]
)


def remember(people: Iterable[User]) -> None:
    """Looks the holds of all of them up at once, for `held_until`."""
    latest = dict(AccountHold.objects.values_list("person").annotate(Max("until")))
    for person in people:
        setattr(person, HELD_UNTIL, latest.get(person.pk))
