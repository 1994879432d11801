"""Takes in reports that wait, tells people what waits, writes down roles that nobody confirmed, mails answers to
reporters, forgets addresses that are no longer needed, forms that were kept for a day, words that nobody saved,
sign-ins that failed, and sessions that are over.

Run it every hour. Running it twice tells nobody twice. Nothing that goes wrong in one of these keeps another; the exit
status is 1 when somebody was not reached, or one of them could not be done.
"""

import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError

from reviews.access import kept, limits, looks, presence, scratch, session
from reviews.reports import inbox
from reviews.reports.lapses import tell_of_grants
from reviews.reports.mailing import Mailed, names_of, unreached
from reviews.reports.reminders import mail_reminders, remind
from reviews.reports.service import forget_addresses, mail_answers

Done = TypeVar("Done")


class Command(BaseCommand):
    help = "Reminds of reviews, second signatures and reports; mails answers; forgets old addresses of reporters."

    def handle(self, *args: Any, **options: Any) -> None:
        self.failed: list[str] = []
        taken = self._tried(inbox.take_in, 0)
        new = self._tried(remind, 0) + self._tried(tell_of_grants, 0)
        mailed = self._tried(mail_reminders, Mailed())
        answers, forgotten = self._tried(mail_answers, Mailed()), self._tried(forget_addresses, 0)
        for forget in (kept.sweep, scratch.sweep, presence.sweep, looks.sweep, limits.sweep, session.sweep):
            self._tried(forget, None)
        if taken:
            self.stdout.write(f"{taken} reports taken in.")
        self.stdout.write(
            f"{new} new reminders, {mailed.sent} mailed; {answers.sent} answers mailed; "
            f"{forgotten} addresses forgotten."
        )
        if mailed.is_gone or answers.is_gone:
            self.failed.append("The mail server is gone: the next run mails what is left.")
        if mailed.refused or answers.refused:
            named = ", ".join(f"{name} ({code})" for name, code in names_of(unreached()))
            self.failed.append(f"Refused by the mail server: {named}.")
        if self.failed:
            raise CommandError(" ".join(self.failed))

    def _tried(self, act: Callable[[], Done], nothing: Done) -> Done:
        try:
            return act()
        except Exception as error:
            self.stderr.write(traceback.format_exc())
            self.failed.append(f"{act.__name__}: {type(error).__name__}.")
            return nothing
