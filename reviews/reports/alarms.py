"""What somebody must see to so that the organisation stays safe, though pages are served meanwhile: told to
administrators under "First steps", and to whoever watches `/health/ready`. Counts and kinds: nobody is named.

Ten queries at most, however many people and letters there are.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from monographs.models import WriteLock
from monographs.standing import today
from reviews.access import rechecks
from reviews.audit import seals, stamps
from reviews.models import ClinicianProfile, Grant, ProblemReport, Reminder
from reviews.models.people import REGISTER_PERIOD, TOLD_BEFORE
from reviews.reports.mailing import unreached

logger = logging.getLogger(__name__)
DAILY = timedelta(hours=36)  # what runs every day is late after a day and a half
HOURLY = timedelta(hours=3)  # a letter that waits longer was tried, and did not go out


@dataclass(frozen=True)
class Alarm:
    """One thing: its kind, a sentence of what is so, and one of what to do next. `is_unread`: nobody knows what is
    so."""

    kind: str
    words: str
    todo: str
    is_unread: bool = False


def alarms(now: datetime | None = None) -> list[Alarm]:
    """All of now, by kind in the order of `KINDS`. A kind of which something cannot be read is an alarm itself, and
    hides no other. Raises DatabaseError where the database does not answer."""
    now = now or timezone.now()
    return [one for kind, told in KINDS.items() for one in _read(kind, told, now)]


def _read(kind: str, told: Callable[[datetime], Iterator["Alarm"]], now: datetime) -> list[Alarm]:
    try:
        return list(told(now))
    except DatabaseError:
        raise
    except Exception:  # a stamp that makes no sense, whatever is wrong with it
        logger.exception("The alarms of this kind could not be read: %s", kind)
        return [Alarm(kind, "What is so could not be read.", "Read in the log of the service what is wrong.", True)]


def _is_late(at: datetime, now: datetime) -> bool:
    """What was done in the future counts for nothing: a clock was set back since."""
    return not -timedelta(minutes=1) <= now - at <= DAILY


def _verification(now: datetime) -> Iterator[Alarm]:
    last = stamps.verified()
    if last is None:
        todo = "Run “manage.py verify_trail”, and let clincalc-daily.timer run it every day."
        yield Alarm("verification", "The trail was never verified here.", todo)
    elif last.findings:
        words = f"Verifying the trail found {_count(last.findings, 'thing')} on {_day(last.at)}."
        todo = "Run “manage.py verify_trail” to read what it is. Find out why before anything else is published."
        yield Alarm("verification", words, todo)
    elif _is_late(last.whole_at, now):
        todo = "See why the daily run stands still: “systemctl status clincalc-daily.service”."
        yield Alarm("verification", f"The trail was last verified as a whole on {_day(last.whole_at)}.", todo)


def _checkpoint(now: datetime) -> Iterator[Alarm]:
    if not WriteLock.objects.filter(pk=1, seq__gt=0).exists():
        return  # nothing to sign yet
    line, todo = seals.last_line(), "Once the trail is verified, run “manage.py checkpoint”, and each day after it."
    if line is None:
        yield Alarm("checkpoint", "The checkpoint file has no line at its end that holds.", todo)
    elif _is_late(at := stamps.as_instant(line["at"]), now):
        yield Alarm("checkpoint", f"The last checkpoint is of {_day(at)}.", todo)


def _mail(now: datetime) -> Iterator[Alarm]:
    before = now - HOURLY
    letters = Reminder.objects.filter(mailed_at=None, at__lt=before, person__is_active=True).exclude(person__email="")
    answers = ProblemReport.objects.filter(mailed_at=None, answered_at__lt=before).exclude(email="")
    refused = unreached()
    if waiting := letters.count() + answers.count():
        todo = "Run “manage.py send_reminders”: it says what the mail server answered."
        verb = "has" if waiting == 1 else "have"
        yield Alarm("mail", f"{_count(waiting, 'letter')} {verb} waited for over 3 hours.", todo)
    if count := len(refused.people) + len(refused.reports):
        todo = "The list of reports names them. Correct the addresses of people on their pages."
        yield Alarm("mail", f"The mail server refused letters to {_count(count, 'person', 'people')}.", todo)


def _backup(now: datetime) -> Iterator[Alarm]:
    last, todo = stamps.backup_at(), "See why the hourly run stands still: “systemctl status clincalc-backup.service”."
    if last is None:
        yield Alarm("backup", "No backup of the database was ever made here.", todo)
    elif _is_late(last, now):
        yield Alarm("backup", f"The last backup of the database is of {_day(last)}.", todo)


def _registrations(now: datetime) -> Iterator[Alarm]:
    day = today(now)
    soon = day + TOLD_BEFORE - REGISTER_PERIOD  # looked up until then
    looked_up = Q(register_date__lte=soon) | Q(register_date=None, verified_on__lte=soon)
    once = ClinicianProfile.objects.filter(verified_on__isnull=False).filter(Q(ended_on__isnull=False) | looked_up)
    found = list(once.select_related("user"))
    over = [one for one in found if not one.is_verified(day)]
    signs = set(Grant.objects.counting(day).filter(role="clinician", person__is_active=True).values_list("person"))
    resting = rechecks.resting_on(over)
    needed = [one for one in over if (one.user_id,) in signs or any(page.recheck is None for page in resting[one.pk])]
    if needed:
        verb = "is" if len(needed) == 1 else "are"
        words = f"{_count(len(needed), 'registration')} ran out or ended, and {verb} still needed for signatures."
        todo = "Renew each, or take the role away and open the reviews of the pages that rest on it."
        yield Alarm("registrations", words, todo)
    if count := sum((one.user_id,) in signs for one in found if one.is_verified(day)):
        verb = "runs" if count == 1 else "run"
        yield Alarm(
            "registrations",
            f"{_count(count, 'registration')} {verb} out within 30 days.",
            "Look each up in the register again, on the page of the person.",
        )


KINDS = {
    "verification": _verification,
    "checkpoint": _checkpoint,
    "mail": _mail,
    "backup": _backup,
    "registrations": _registrations,
}


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def _day(at: datetime) -> str:
    return f"{today(at):%-d %B %Y}"
