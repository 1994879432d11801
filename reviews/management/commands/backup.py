"""Makes an encrypted backup of the database and its checkpoint file, while people work."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews.audit import backup, stamps
from reviews.audit.backup_file import BackupRefused, key_in
from reviews.audit.pruning import prune


class Command(BaseCommand):
    help = "Writes the database and its checkpoint file into one encrypted file of DIR. Nobody waits for it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument(
            "--key", required=True, type=Path, metavar="FILE", help="base64 of 32 bytes: openssl rand -base64 32"
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="takes old ones away: all of the last day stay, and one of each of 14 days, 8 weeks and 12 months",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            file, head = backup.make(options["directory"], key_in(options["key"]))
            stamps.note_backup()
            gone = prune(options["directory"], timezone.now()) if options["prune"] else []
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"The backup cannot be written: {error}") from error
        size, seconds = file.stat().st_size / 1_000_000, time.monotonic() - began
        self.stdout.write(f"{file}: up to entry {head.seq}, {size:.1f} MB in {seconds:.1f} s.")
        if gone:
            self.stdout.write(f"Took {len(gone)} old one{'s' * (len(gone) > 1)} away.")
