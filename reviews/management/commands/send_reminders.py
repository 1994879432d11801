"""Tells people what waits, mails answers to reporters, forgets addresses that are no longer needed.

Run it every hour. Running it twice tells nobody twice."""

from typing import Any

from django.core.management.base import BaseCommand

from reviews.reports.reminders import mail_reminders, remind
from reviews.reports.service import forget_addresses, mail_answers


class Command(BaseCommand):
    help = "Reminds of reviews, second signatures and reports; mails answers; forgets old addresses of reporters."

    def handle(self, *args: Any, **options: Any) -> None:
        new, mailed = remind(), mail_reminders()
        answers, forgotten = mail_answers(), forget_addresses()
        self.stdout.write(
            f"{new} new reminders, {mailed} mailed; {answers} answers mailed; {forgotten} addresses forgotten."
        )
