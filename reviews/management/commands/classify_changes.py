"""Says of pairs of regimens in a file what changed, and how serious that is. It reads the file alone, no database."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from monographs.doses.answers import classified
from reviews.management.commands.render_doses import cases_of


class Command(BaseCommand):
    help = (
        "Compares regimens pair by pair and classes each change (docs/clinical/dose_changes.md). The file has the form "
        "of docs/clinical/dose_change_examples.json; one answer a case, in its order. It changes nothing, and exits 0 "
        "whatever it finds."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = [classified(case) for case in cases_of(options["file"])]
        if options["json"]:
            self.stdout.write(json.dumps(answers, ensure_ascii=False))
            return
        for answer in answers:
            self.stdout.write(f"{answer['id']}: {answer['class']}")
            for change in answer["changes"]:
                self.stdout.write(f"    {change['class']}: {change['line']}")
