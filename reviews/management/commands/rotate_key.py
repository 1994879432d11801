from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reviews import signing_keys
from reviews.access.refusals import Refused
from reviews.audit import seals
from reviews.audit.trail import WriteLockTimeout

STORE = "Put it in the place of SIGNING_KEY now and start the service again: until then it reads, and writes nothing."


class Command(BaseCommand):
    help = (
        "Lets the key of NEW_SIGNING_KEY take over from that of SIGNING_KEY. Both sign that, in the trail and in the "
        "checkpoint file. What the one before sealed holds for good. docs/keys.md tells when and how."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--reason", required=True, help="why: it is kept in the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.NEW_SIGNING_KEY:
            raise CommandError("NEW_SIGNING_KEY is missing: add it to the file of the environment (docs/keys.md).")
        before = seals.key_id()
        try:
            new = signing_keys.rotate(settings.NEW_SIGNING_KEY, reason=options["reason"])
        except (Refused, WriteLockTimeout) as refused:
            raise CommandError(str(refused) or "Somebody else writes: try again.") from refused
        self.stdout.write(f"The key {new.id} took over from {before}. {STORE}")
