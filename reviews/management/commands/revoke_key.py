from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from reviews import signing_keys
from reviews.access.refusals import Refused
from reviews.audit.trail import WriteLockTimeout

NOT_WHOLE = (
    "The trail is not whole, so nothing was signed again. Find out why first: what was forged with this key would get "
    "the word of the new one."
)


class Command(BaseCommand):
    help = (
        "Says of a key that leaked, and that another took over from, that it is believed no more. The trail is "
        "verified first; then each publication that only this key certified is certified again. docs/keys.md tells "
        "when and how."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("key", metavar="ID", help="its id, as /.well-known/clincalc-keys.json lists it")
        parser.add_argument("--reason", required=True, help="why: it is kept in the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("verify_trail", stdout=self.stdout, stderr=self.stderr)
        except SystemExit as found:
            raise CommandError(NOT_WHOLE) from found
        try:
            count = signing_keys.revoke(options["key"], reason=options["reason"])
        except (Refused, WriteLockTimeout) as refused:
            raise CommandError(str(refused) or "Somebody else writes: try again.") from refused
        again = "1 publication was" if count == 1 else f"{count} publications were"
        self.stdout.write(f"The key {options['key']} is revoked, and {again} certified again.")
