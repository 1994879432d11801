from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monographs.models import WriteLock
from reviews.audit import seals
from reviews.reports.witnesses import NotMailed, mail_line, mailed_to

SUBJECT = "Checkpoint: entry {seq} of the trail"
SAID = "This is the line about the head of the trail, as it is signed today:"


class Command(BaseCommand):
    help = (
        "Appends a signed line about the head of the trail to CHECKPOINT_FILE, and mails it to whoever audits. Run it "
        "daily; copy the file elsewhere."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        lock = WriteLock.objects.get(pk=1)
        if not lock.seq:
            raise CommandError("The trail is empty: there is nothing to sign yet.")
        try:
            line = seals.append_checkpoint(lock.seq, lock.hash)
        except OSError as error:
            raise CommandError(f"The checkpoint file cannot be written: {error}") from error
        self.stdout.write(f"Checkpoint: entry {lock.seq}, {lock.hash[:12]}…")
        try:
            many = mail_line(line, SUBJECT.format(seq=lock.seq), SAID)
        except NotMailed as error:
            raise CommandError(str(error)) from error
        if many:
            self.stdout.write(mailed_to(many))
