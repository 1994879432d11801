import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from reviews.audit import checkpoints, seals, stamps
from reviews.audit.verify import verify
from reviews.models import AuditEvent


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

    def handle(self, *args: Any, **options: Any) -> None:
        findings = verify(options["checkpoints"])
        findings.sort(key=lambda finding: (finding[0] is None, finding[0] or 0))
        try:
            stamps.note_verified(len(findings))  # for alarms
        except OSError as error:
            self.stderr.write(f"What came of it cannot be noted beside the checkpoint file: {error}")
        entries = AuditEvent.objects.count()
        losses = checkpoints.losses(seals.read_checkpoints()[0])
        if options["json"]:
            found = [{"seq": seq, "finding": sentence} for seq, sentence in findings]
            said = {
                "whole": not findings,
                "entries": entries,
                "findings": found,
                **({"losses": losses} if losses else {}),
            }
            self.stdout.write(json.dumps(said))
        elif findings:
            for seq, sentence in findings[:20]:
                self.stderr.write(f"{f'entry {seq}: ' if seq else ''}{sentence}")
            if len(findings) > 20:
                self.stderr.write(f"… and {len(findings) - 20} more (--json lists them all).")
        else:
            self.stdout.write(
                f"The trail is whole: {entries} entries were recomputed, each follows from the one before."
            )
        if not options["json"]:
            for sentence in losses:
                self.stdout.write(sentence)
        if findings:
            raise SystemExit(1)
