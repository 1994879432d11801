"""Puts a backup in the place of the database, and verifies it."""

import time
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from reviews.access.door import reason_of
from reviews.access.refusals import Refused
from reviews.audit import restore
from reviews.audit.backup_file import BackupRefused, key_in
from reviews.reports.witnesses import NotMailed, mail_line, mailed_to

MAILED = 200  # so many of what was lost are named in a letter
SUBJECT = "Entries of the trail were lost: entry {seq} is the last"
SAID = """A backup was put in the place of the database, and what the trail told since was accepted to be lost:

{lost}

This is the line of the checkpoint file that says so. Lines that you kept of later entries are of what was lost:"""


class Command(BaseCommand):
    help = (
        "Puts the newest backup of DIR, or one file, in the place of the database that DATABASE_URL names, and ends in "
        "verify_trail. Stop the service first. Entries that would be lost are named, and nothing is restored, unless "
        "--accept-loss: then a signed line in the checkpoint file says so for ever, and is mailed to whoever audits."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path, metavar="DIR")
        parser.add_argument("--key", required=True, type=Path, metavar="FILE", help="the key that it was made with")
        parser.add_argument("--accept-loss", action="store_true", help="go back, though entries are lost by it")
        parser.add_argument("--reason", default="", help="why, for whoever verifies the trail later")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            reason = ""
            if options["accept_loss"]:
                reason = reason_of(options["reason"], "Say why the loss is accepted: --reason.", longest=500)
            done = restore.restore(
                options["path"], key_in(options["key"]), accept_loss=options["accept_loss"], reason=reason
            )
        except (BackupRefused, Refused) as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"The backup cannot be restored: {error}") from error
        for said in done.lost:
            self.stdout.write(f"Lost: {said}")
        self.stdout.write(f"Restored up to entry {done.head.seq} in {time.monotonic() - began:.1f} s.")
        if done.are_roles_granted:
            self.stdout.write("The roles of the database may do with each table what this version does.")
        elif connection.vendor == "postgresql":
            self.stderr.write(
                "No role was given its rights: there are none here, or DATABASE_URL does not name the one that has the "
                "tables. A service with a role of its own reads nothing until manage.py database_roles has run."
            )
        if done.line:
            self._mail(done)
        call_command("verify_trail", stdout=self.stdout, stderr=self.stderr)

    def _mail(self, done: restore.Restored) -> None:
        """Whoever audits by what was restored learns of it; what became of that keeps nobody from verifying."""
        lost = "\n".join(f"  {said}" for said in done.lost[:MAILED])
        if (more := len(done.lost) - MAILED) > 0:
            lost += f"\n  … and {more:,} more, which whoever restored it was shown."
        try:
            many = mail_line(done.line, SUBJECT.format(seq=done.head.seq), SAID.format(lost=lost))
        except NotMailed as error:
            self.stderr.write(str(error))
        except DatabaseError:  # the backup is of an earlier version, whose tables are others
            self.stderr.write("No auditor could be looked up in what was restored: send them the line by hand.")
            self.stderr.write(done.line)
        else:
            self.stdout.write(mailed_to(many) if many else "There is no auditor to mail the line to.")
