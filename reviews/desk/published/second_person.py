"""What somebody did to a published page and somebody else has to sign too: whom it waits for, and since when they know.
Whoever did it finds it in their own queue, and on the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from monographs.models import Overlay
from reviews.access import held, policy
from reviews.desk.base import and_list
from reviews.models import Reminder
from reviews.models.people import name_of

NAMED = 3


@dataclass(frozen=True)
class Pending:
    """One act of somebody’s own that waits for a second person."""

    overlay: Overlay
    asked: str
    is_late: bool

    @property
    def what(self) -> str:
        return f"{self.overlay.row.label}: not signed by a second person yet"

    @property
    def address(self) -> str:
        return reverse("published", args=[self.overlay.monograph.slug])


def pending_of(user: User) -> list[Pending]:
    """What this person did that nobody else has signed, the first due first. A query where there is nothing; else one
    more for whom was told, and three for who could be, if nobody was."""
    own = Overlay.objects.unconfirmed().filter(by=user, monograph__in=policy.readable(user))
    return as_pending(own.select_related("monograph__live__edition", "monograph__therapeutic_class__parent__parent"))


def as_pending(overlays: Iterable[Overlay]) -> list[Pending]:
    """Each of these, which wait, with whom it waits for. The first due first."""
    rows, now = list(overlays), timezone.now()
    asked = _asked_for(rows)
    return sorted((Pending(one, asked[one.pk], now >= one.due_at) for one in rows), key=lambda one: one.overlay.due_at)


def _asked_for(overlays: Iterable[Overlay]) -> dict[int, str]:
    """{key of an overlay that waits: who was told of it and when, or who will be}"""
    rows = list(overlays)
    told: dict[int, list[Reminder]] = {one.pk: [] for one in rows}
    if not rows:
        return {}
    wanted = Q()
    for one in rows:
        wanted |= Q(key__startswith=f"second:{one.pk}:")
    for reminder in Reminder.objects.filter(wanted).select_related("person").order_by("at", "pk"):
        told[int(reminder.key.split(":")[1])].append(reminder)
    people = held.everybody() if any(not reminders for reminders in told.values()) else []
    return {one.pk: _sentence(one, told[one.pk], people) for one in rows}


def _sentence(overlay: Overlay, told: list[Reminder], people: list[User]) -> str:
    if told:
        names = list(dict.fromkeys(name_of(one.person) for one in told if one.person_id != overlay.by_id))
        if names:
            return f"Waits for a second person: asked {_listed(names)} on {_moment(told[0].at)}."
    wanted = (policy.confirming(overlay),)
    names = [
        name_of(one) for one in people if one.pk != overlay.by_id and policy.is_granted(one, wanted, overlay.monograph)
    ]
    if names:
        return f"Waits for a second person. {_listed(names)} can sign it, and will be told by mail within the hour."
    return "Waits for a second person, and nobody else here may sign it. Ask your administrator."


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    return and_list([*names[:NAMED], *([f"{more} more"] if more > 0 else [])])


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")
