"""Puts a backup in the place of the database, and verifies it."""

import time
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from reviews.access.door import reason_of
from reviews.access.refusals import Refused
from reviews.audit import backup
from reviews.audit.backup_file import BackupRefused, key_in


class Command(BaseCommand):
    help = (
        "Puts the newest backup of DIR, or one file, in the place of the database that DATABASE_URL names, and ends in "
        "verify_trail. Stop the service first. Entries that would be lost are named, and nothing is restored, unless "
        "--accept-loss: then a signed line in the checkpoint file says so for ever."
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
            done = backup.restore(
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
        call_command("verify_trail", stdout=self.stdout, stderr=self.stderr)
