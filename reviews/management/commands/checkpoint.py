from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monographs.models import WriteLock
from reviews.audit import seals


class Command(BaseCommand):
    help = (
        "Appends a signed line about the head of the trail to CHECKPOINT_FILE. Run it daily; copy the file elsewhere."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        lock = WriteLock.objects.get(pk=1)
        if not lock.seq:
            raise CommandError("The trail is empty: there is nothing to sign yet.")
        try:
            seals.append_checkpoint(lock.seq, lock.hash)
        except OSError as error:
            raise CommandError(f"The checkpoint file cannot be written: {error}") from error
        self.stdout.write(f"Checkpoint: entry {lock.seq}, {lock.hash[:12]}…")
