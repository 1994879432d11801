"""What stands over a publication, and what of it is shown. The rules are pure; `standing` loads what they judge."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from monographs.document import Document, SafetyNotice
from monographs.models.publication import NameCheck, Publication

LONDON = ZoneInfo("Europe/London")
LONG_OVERDUE = 90  # days


def today(at: datetime | None = None) -> date:
    """The day in Europe/London: what every rule about days goes by."""
    return (at or timezone.now()).astimezone(LONDON).date()


@dataclass(frozen=True)
class Standing:
    """What the house says of a publication today, beside its document."""

    today: date
    next_review_due: date | None = None
    # The newest checks in RxNorm that found the name: (matched name, release).
    names_found: tuple[tuple[str, str], ...] = ()

    @property
    def overdue(self) -> bool:
        """From the day after its review was due."""
        return self.days_overdue > 0

    @property
    def days_overdue(self) -> int:
        return max(0, (self.today - self.next_review_due).days) if self.next_review_due else 0

    def is_long_overdue(self, tier: str) -> bool:
        """Whether a banner says it as well (clinical/signoff.md): high tier, over 90 days."""
        return tier == "high" and self.days_overdue > LONG_OVERDUE


@dataclass(frozen=True)
class Shown:
    """A document as readers may see it today: less notices that have not begun or have ended."""

    document: Document
    standing: Standing
    notices: tuple[SafetyNotice, ...] = field(default=())

    def notices_of(self, severity: str) -> tuple[SafetyNotice, ...]:
        return tuple(notice for notice in self.notices if notice.severity == severity)


def shown(document: Document, standing: Standing) -> Shown:
    """The one function before every surface: what of a signed document is shown under this standing."""
    return Shown(document, standing, tuple(notice for notice in document.notices if notice.in_force(standing.today)))


def standing(publication: Publication, document: Document, on: date | None = None) -> Standing:
    """The standing of a live publication: one query, for the checks of its codes."""
    codes = [(code.system, code.code) for code in document.header.codes]
    return Standing(
        today=on or today(),
        next_review_due=publication.live_of.next_review_due,
        names_found=names_found(NameCheck.objects.latest_for(codes)),
    )


def names_found(checks: list[Any]) -> tuple[tuple[str, str], ...]:
    """Of the newest checks, those that found the name in RxNorm. A failed or missing check says nothing to readers,
    and neither does another vocabulary: the sentence on the page is about RxNorm."""
    found = (check for check in checks if check.system == "RxNorm" and check.status == "found")
    return tuple((check.matched_name, check.release) for check in found)
