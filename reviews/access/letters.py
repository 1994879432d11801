"""Letters that must not wait for the hourly run: how somebody signs in was changed, or they are locked out.

A letter is a row of the act that it tells of, as reminders are. It is mailed once that is committed, beside the
request, so that nobody waits for a mail server, nor learns from its time that somebody was told. One that could not be
mailed goes out with the next `send_reminders`.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection

from reviews.audit.trail import Trail, WriteLockTimeout, audited_write
from reviews.models import Reminder

logger = logging.getLogger(__name__)


def sent(to: str, subject: str, body: str, connection: Any = None) -> str:
    """Mails one letter now, by this connection to the mail server if one is open. "" if the server took it; else the
    code, or the name, of what it or the letter itself said."""
    try:
        taken = EmailMessage(subject, body, None, [to], connection=connection).send()
    except (OSError, ValueError, TypeError) as error:  # SMTPException is an OSError, UnicodeError a ValueError
        if isinstance(error, SMTPRecipientsRefused):
            return ", ".join(sorted({str(code) for code, _said in error.recipients.values()}))
        return str(getattr(error, "smtp_code", "") or type(error).__name__)
    return "" if taken else "nothing was taken"


def write(trail: Trail, person: User, subject: str, body: str) -> None:
    """One letter to a person in this act."""
    letter = Reminder(
        key=f"letter:{trail.seq}:{person.pk}", person=person, subject=subject, body=f"{body}\n", at=trail.at
    )
    trail.save(letter)
    if person.email:
        trail.afterwards.append(partial(in_background, partial(_send, letter)))


def changed(person: User, what: str) -> tuple[str, str]:
    """Subject and words of a letter that tells somebody how their account was changed."""
    told = f"Your account {person.get_username()}: {what}.\n\nIf that was somebody else, tell an administrator at once."
    return "How you sign in was changed", told


def in_background(act: Callable[[], None]) -> None:
    """In a thread of its own, for which the process waits before it ends."""

    def alone() -> None:
        try:
            act()
        finally:
            connection.close()

    threading.Thread(target=alone).start()


def _send(letter: Reminder) -> None:
    if sent(letter.person.email, letter.subject, letter.body):
        logger.warning("A letter to user %s waits for the next send_reminders", letter.person_id)
        return
    try:
        with audited_write(actor=None) as trail:
            letter.mailed_at = trail.at
            trail.save(letter, "mailed_at")
            trail.record("reminders_mailed", "site", data={"reminders": 1})
    except WriteLockTimeout:
        logger.warning("A letter to user %s is mailed once more by the next send_reminders", letter.person_id)
