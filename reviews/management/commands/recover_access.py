from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.access.refusals import Refused
from reviews.editing.opening import recover_access


class Command(BaseCommand):
    help = (
        "Prints a link by which somebody becomes an administrator again, when nobody else can make one. The password "
        "and the second factors of that account are removed, and its sessions end. It is recorded, every "
        "administrator is told by mail, and for 24 hours that account administers nothing (unless nobody ever had a "
        "password)."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name", metavar="NAME", help="the name by which they sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            link = recover_access(options["name"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{options['name']} sets a password here, within 72 hours, once:\n  {link}")
