"""Letters, one by one: one that the mail server refuses keeps no other, and only a server that is gone ends the run.

Who was refused is told in the trail once, until a letter reaches them, and so on the desk: by name, never by address.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.contrib.auth import get_user_model
from django.core.mail import get_connection
from django.db.models import Min

from reviews.access.letters import sent
from reviews.audit.trail import audited_write
from reviews.models import AuditEvent, ProblemReport, Reminder
from reviews.models.people import name_of

_LOOKED_AT = 1_000  # entries: one an hour at most


class ServerGone(Exception):
    """Nothing more can be mailed now. The next run tries again."""


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    body: str
    about: Any  # the person or report that it is for


@dataclass
class Mailed:
    """What became of a run: how many of what was waiting went out, who was refused and by what code, and whether the
    server went away."""

    sent: int = 0
    refused: dict[Any, str] = field(default_factory=dict)
    is_gone: bool = False


def deliver(letters: Iterable[Letter]) -> Iterator[tuple[Letter, str]]:
    """(letter, "" if it went out, else the code or the name of what the server or the letter itself said). Raises
    ServerGone when no connection can be made."""
    connection = get_connection()
    is_open = False
    try:
        for letter in letters:
            if not is_open:
                _open(connection)
                is_open = True
            code = sent(letter.to, letter.subject, letter.body, connection)
            if code:
                _close(connection)
                _open(connection)  # a letter that is refused leaves a server to talk to
            yield letter, code
    finally:
        _close(connection)


def _open(connection: Any) -> None:
    try:
        connection.open()
    except (OSError, ValueError) as error:
        raise ServerGone from error


def _close(connection: Any) -> None:
    with suppress(OSError, SMTPException):
        connection.close()


# -- Who was refused ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unreached:
    """Whom, and which reporters, the mail server refused last: {key: code}."""

    people: dict[int, str]
    reports: dict[int, str]


def unreached() -> Unreached:
    """Those whose letter is still waiting since it was refused."""
    people: dict[int, tuple[datetime, str]] = {}
    reports: dict[int, str] = {}
    told = AuditEvent.objects.filter(verb="mail_refused").order_by("-seq").values_list("at", "data")
    for at, data in told[:_LOOKED_AT]:
        for pk, code in data["people"].items():
            people.setdefault(int(pk), (at, code))
        for pk, code in data["reports"].items():
            reports.setdefault(int(pk), code)
    waiting = Reminder.objects.filter(mailed_at=None, person__in=people, person__is_active=True)
    waiting = waiting.exclude(person__email="")
    since = dict(waiting.values_list("person").annotate(Min("at")).order_by())
    unanswered = ProblemReport.objects.filter(pk__in=reports, mailed_at=None).exclude(email="")
    return Unreached(
        {pk: code for pk, (at, code) in people.items() if pk in since and since[pk] <= at},
        {pk: reports[pk] for pk in unanswered.values_list("pk", flat=True)},
    )


def names_of(found: Unreached) -> list[tuple[str, str]]:
    """(person or number of a report, code), as the desk and the hourly run name them."""
    people = get_user_model().objects.in_bulk(found.people)
    named = [(name_of(one), found.people[pk]) for pk, one in people.items()]
    return [*sorted(named), *((f"R-{pk}", code) for pk, code in sorted(found.reports.items()))]


def note_refused(people: dict[int, str], reports: dict[int, str]) -> None:
    """Tells in the trail of those who were reached until now."""
    known = unreached()
    people = {pk: code for pk, code in people.items() if pk not in known.people}
    reports = {pk: code for pk, code in reports.items() if pk not in known.reports}
    if people or reports:
        with audited_write(actor=None) as trail:
            by_key = [{str(pk): code for pk, code in refused.items()} for refused in (people, reports)]
            trail.record("mail_refused", "site", data={"people": by_key[0], "reports": by_key[1]})
