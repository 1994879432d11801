from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from reviews.access.refusals import Refused
from reviews.exchange.files import ImportRefused
from reviews.exchange.importer import import_file


class Command(BaseCommand):
    help = "Imports monographs as drafts: JSON or JSON lines of clincalc-monograph/1."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--actor", required=True, help="user name of whoever imports, and answers for it")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = get_user_model().objects.filter(username=options["actor"], is_active=True).first()
        if actor is None:
            raise CommandError(f"There is no active account “{options['actor']}”.")
        failed = 0
        for file in options["files"]:
            path = str(file).encode("utf-8", "replace").decode()
            try:
                made = import_file(file, actor=actor, dry_run=options["dry_run"])
            except (ImportRefused, Refused) as refused:
                failed += 1
                self.stderr.write(str(refused) if isinstance(refused, ImportRefused) else f"{path}: {refused}")
            except OSError as error:
                failed += 1
                self.stderr.write(f"{path}: it cannot be read ({error.strerror}).")
            else:
                for edition, warnings in made:
                    verb = "would become" if options["dry_run"] else "is"
                    self.stdout.write(f"{path}: {edition.monograph.slug} {verb} edition {edition.number}, a draft.")
                    for warning in warnings:
                        self.stdout.write(f"  Mind: {warning}")
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} files were refused; nothing of them was kept.")
