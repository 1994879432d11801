from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monographs.models import WriteLock
from monographs.standing import today
from reviews.audit import seals
from reviews.models import Grant
from reviews.reports.mailing import Letter, ServerGone, deliver

SUBJECT = "Checkpoint: entry {seq} of the trail"
BODY = """This is the line about the head of the trail, as it is signed today:

{line}

Keep it where nobody who administers the database can change it. Put one below the other in a file, lines that you kept
are what “manage.py verify_trail --checkpoints FILE” holds the trail against."""


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
        self._mail(lock.seq, line)

    def _mail(self, seq: int, line: str) -> None:
        auditing = Grant.objects.counting(today()).filter(role="auditor", person__is_active=True)
        people = {one.person.email: one.person for one in auditing.select_related("person") if one.person.email}
        letters = [
            Letter(to, SUBJECT.format(seq=seq), BODY.format(line=line), person) for to, person in sorted(people.items())
        ]
        try:
            refused = [letter.about.get_username() for letter, code in deliver(letters) if code]
        except ServerGone as error:
            raise CommandError("The line was written. The mail server is gone: no auditor was sent it.") from error
        if refused:
            raise CommandError(f"The line was written. The mail server refused it for {', '.join(refused)}.")
        if letters:
            self.stdout.write(f"Mailed to {len(letters)} auditor{'s' * (len(letters) > 1)}.")
