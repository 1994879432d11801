import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from monographs.models import Monograph, TherapeuticClass, WriteLock
from reviews.audit import seals
from reviews.management.demonstration.load import ACCOUNTS
from reviews.models.event import is_demonstration
from tests.bench.history import fill_trail, history_number, open_editions, with_history
from tests.bench.load import load


class Command(BaseCommand):
    help = "Fills an empty database with N published monographs of generated content, for measurement."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("count", type=int, metavar="N", help="how many monographs")
        parser.add_argument("--classes", type=int, default=40, metavar="K", help="leaves of the class tree (40)")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same documents")
        parser.add_argument("--open", type=int, default=0, metavar="O", help="of these, waiting for signatures (0)")
        parser.add_argument(
            "--histories", type=int, nargs="*", default=[], metavar="C",
            help="a monograph more for each, of 60 parts and with so many change sets",
        )  # fmt: skip
        parser.add_argument("--entries", type=int, default=0, metavar="E", help="entries in the trail, at least (0)")

    def handle(self, *args: Any, **options: Any) -> None:
        if Monograph.objects.exists() or TherapeuticClass.objects.exists():
            raise CommandError("This database has content, which stays as it is. Name an empty one in DATABASE_URL.")
        if not is_demonstration():
            raise CommandError("This database was not begun as a demonstration. Name an empty one in DATABASE_URL.")
        if options["count"] < 1 or options["classes"] < 1:
            raise CommandError("Ask for at least one monograph and one class.")
        begun = time.monotonic()
        load(options["count"], classes=options["classes"], seed=options["seed"], say=self.stdout.write)
        open_editions(options["open"])
        for change_sets in options["histories"]:
            with_history(change_sets, seed=options["seed"], number=history_number(change_sets))
        if (left := options["entries"] - WriteLock.objects.get(pk=1).seq) > 0:
            fill_trail(left)
        seals.append_checkpoint(*WriteLock.objects.values_list("seq", "hash").get(pk=1))
        took = time.monotonic() - begun
        self.stdout.write(
            f"{options['count']} monographs in {took:.0f} s. Generated for measurement, not for clinical use."
        )
        self.stdout.write(f"Accounts ({settings.DEMO_PASSWORD} is the password of all): {', '.join(ACCOUNTS)}")
