"""Takes a library into an empty installation: what `export_library` wrote."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from reviews.access.refusals import Refused
from reviews.audit.trail import WriteLockTimeout
from reviews.exchange.files import ImportRefused
from reviews.exchange.library_import import Asked, import_library
from reviews.exchange.library_lines import LINES, PLURAL


class Command(BaseCommand):
    help = (
        "Takes in classes, drugs, references and documents (as drafts) that export_library wrote. The whole file is "
        "judged before anything is written. If it is interrupted, run it again: nothing is taken in twice."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--actor", required=True, help="user name of whoever imports, and answers for it")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and keep nothing")
        parser.add_argument(
            "--only", action="append", choices=[PLURAL[kind] for kind in LINES],
            help="only these lines, may be given again: classes are added by an administrator, the rest by an editor",
        )  # fmt: skip
        parser.add_argument(
            "--without",
            action="append",
            default=[],
            metavar="SLUG",
            help="leave this monograph out, may be given again",
        )
        parser.add_argument(
            "--another",
            action="append",
            default=[],
            metavar="SLUG",
            help="the drug or class here at this address is another than the one of a like name, may be given again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = str(options["file"]).encode("utf-8", "replace").decode()
        actor = get_user_model().objects.filter(username=options["actor"], is_active=True).first()
        if actor is None:
            raise CommandError(f"There is no active account “{options['actor']}”.")
        kinds = frozenset(kind for kind in LINES if not options["only"] or PLURAL[kind] in options["only"])
        asked = Asked(kinds, frozenset(options["without"]), frozenset(options["another"]))
        try:
            taken = import_library(
                options["file"], actor=actor, dry_run=options["dry_run"], asked=asked, say=self.stderr.write
            )
        except (ImportRefused, Refused) as refused:
            said = refused.lines() if isinstance(refused, ImportRefused) else (one.sentence for one in refused.refusals)
            for sentence in said:
                self.stderr.write(sentence)
            raise CommandError("The library was not taken in.") from refused
        except WriteLockTimeout as error:
            raise CommandError("Somebody else is writing. Run it again: it continues where it stopped.") from error
        except OSError as error:
            raise CommandError(f"{path}: it cannot be read ({error.strerror}).") from error
        self.stdout.write(f"{'Would be taken in' if options['dry_run'] else 'Taken in'}: {taken}.")
