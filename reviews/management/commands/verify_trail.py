import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.audit import losses, read_before, seals, stamps
from reviews.audit.beside import EndedEarly
from reviews.audit.replay import Replay
from reviews.audit.verify import verify


class Command(BaseCommand):
    help = "Recomputes the trail and all that it tells of. Exit 1 and the first broken link when something was touched."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="every finding, as JSON")
        parser.add_argument(
            "--checkpoints",
            type=Path,
            metavar="FILE",
            help="lines that an auditor kept: the trail is held against them",
        )

        parser.add_argument(
            "--resume", action="store_true", help="goes on from the last whole run: see what that leaves unproven"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        replay = Replay()
        before: dict[str, Any] | None = None
        if options["resume"]:
            if kept := read_before.believed():
                replay, before = kept
            else:
                self.stderr.write("No earlier run can be believed here: this is a whole one.")
        try:
            findings = verify(options["checkpoints"], replay=replay, say=self.stderr.write)
        except KeyboardInterrupt as stopped:
            raise CommandError("It was stopped, and says nothing of the trail.", returncode=130) from stopped
        except EndedEarly as ended:
            words = "Its second process was killed or failed, so it says nothing of the trail."
            raise CommandError(words, returncode=2) from ended
        findings.sort(key=lambda finding: (finding[0] is None, finding[0] or 0))
        try:
            stamps.note_verified(len(findings), stamps.as_instant(before["at"]) if before else None)  # for alarms
        except OSError as error:
            self.stderr.write(f"What came of it cannot be noted beside the checkpoint file: {error}")
        try:
            if findings:
                read_before.forget()
            elif before is None:
                read_before.keep(replay)
        except OSError as error:
            what = "taken away, so run it without --resume" if findings else "kept for a run that goes on from here"
            self.stderr.write(f"What was read cannot be {what}: {error}")
        entries = len(replay.hash_at)  # not those that somebody wrote meanwhile
        accepted = losses.sentences(seals.read_checkpoints()[0])
        if options["json"]:
            found = [{"seq": seq, "finding": sentence} for seq, sentence in findings]
            said = {
                "whole": not findings,
                "entries": entries,
                "findings": found,
                **({"losses": accepted} if accepted else {}),
                **({"resumed": {"seq": before["seq"], "at": before["at"]}} if before else {}),
            }
            self.stdout.write(json.dumps(said))
        elif findings:
            for seq, sentence in findings[:20]:
                self.stderr.write(f"{f'entry {seq}: ' if seq else ''}{sentence}")
            if len(findings) > 20:
                self.stderr.write(f"… and {len(findings) - 20} more (--json lists them all).")
        elif before:
            self.stdout.write(
                f"The trail is whole: {entries} entries. "
                f"It went on from entry {before['seq']}, verified {before['at']}. "
                "Only a whole run looks again at the seals and columns of older ones, and at what is derived of them."
            )
        else:
            self.stdout.write(
                f"The trail is whole: {entries} entries were recomputed, each follows from the one before."
            )
        if not options["json"]:
            for sentence in accepted:
                self.stdout.write(sentence)
        if findings:
            raise SystemExit(1)
