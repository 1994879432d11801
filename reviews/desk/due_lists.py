"""Two lists of the queue that are about published pages: full reviews that fall due, and what I withdrew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet

from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import WITHDRAWALS
from monographs.vocabulary import TIERS
from reviews.access import policy
from reviews.desk.queue_filters import Chosen

# So many days before a full review is due it is listed: when people are told of it by mail (reviews.reports.reminders).
BEFORE = timedelta(days=60)


def due(user: User, chosen: Chosen, day: date) -> QuerySet[Monograph]:
    """Published monographs that this person may read and whose full review is overdue, or falls due soon, that first
    which is due first. `age` asks how long it is overdue."""
    until = day - timedelta(days=int(chosen.age)) if chosen.age else day + BEFORE
    rows = policy.readable(user).filter(live__isnull=False, next_review_due__lte=until)
    return chosen.narrowed(rows).order_by("next_review_due", "slug")


@dataclass(frozen=True)
class Due:
    monograph: Monograph
    tier: str
    is_late: bool
    days: int  # since it was due, or until then

    @property
    def name(self) -> str:
        return self.monograph.called


def as_due(rows: Iterable[Monograph], day: date) -> list[Due]:
    found = [(one, one.next_review_due) for one in rows]
    return [Due(one, TIERS[one.tier], one.is_overdue(day), abs((day - due).days)) for one, due in found if due]


def withdrawn_by(user: User, chosen: Chosen) -> QuerySet[Overlay]:
    """What this person withdrew, the newest first, whatever became of it."""
    pages = chosen.narrowed(policy.readable(user)).values("pk")
    rows = Overlay.objects.filter(kind__in=WITHDRAWALS, by=user, monograph__in=pages)
    about = ("monograph__live__edition", "monograph__drug", "second_signature__by", "lifted_by__by")
    return rows.select_related(*about).order_by("-at", "-pk")


@dataclass(frozen=True)
class Withdrawn:
    overlay: Overlay

    @property
    def name(self) -> str:
        return self.overlay.monograph.called

    @property
    def end(self) -> Overlay | None:
        """What brought the page back."""
        return getattr(self.overlay, "lifted_by", None)


def as_withdrawn(rows: Iterable[Overlay]) -> list[Withdrawn]:
    return [Withdrawn(one) for one in rows]
