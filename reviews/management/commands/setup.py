from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.access.refusals import Refused
from reviews.editing.opening import classes_in, open_house

CLASSES = Path(__file__).parent.parent / "classes.json"


class Command(BaseCommand):
    help = (
        "Opens an empty installation: the organisation, its first two administrators, and a small set of therapeutic "
        "classes. Prints a link for each administrator, once. Refused where it is open already."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--name", required=True, metavar="ORGANISATION")
        parser.add_argument(
            "--admin", required=True, action="append", nargs=2, metavar=("NAME", "EMAIL"),
            help="name to sign in by, and e-mail; given twice, for two people",
        )  # fmt: skip
        parser.add_argument("--classes", type=Path, default=CLASSES, metavar="FILE", help='JSON: {"tree": [...]}')
        parser.add_argument("--no-classes", action="store_true", help="none: a library is taken in (import_library)")

    def handle(self, *args: Any, **options: Any) -> None:
        administrators = [(name, email) for name, email in options["admin"]]
        try:
            opened = open_house(
                options["name"], administrators, tree=[] if options["no_classes"] else classes_in(options["classes"])
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{options['name']} is open, with {opened.classes} therapeutic classes.")
        for name, link in opened.links.items():
            self.stdout.write(f"{name} sets a password here, within 72 hours, once:\n  {link}")
        self.stdout.write("Hand each link to that person alone. A new one: `manage.py recover_access NAME`.")
