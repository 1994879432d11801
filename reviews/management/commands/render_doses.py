"""Says of regimens in a file what the dose engine makes of them. It reads the file alone, no database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monographs.doses.answers import NoCases, read_cases, rendered
from monographs.doses.rules import Asked
from monographs.standing import today


class Command(BaseCommand):
    help = (
        "Makes the lines and the derived figures of regimens, or says which rule refuses them and where "
        "(docs/clinical/doses.md). The file has the form of docs/clinical/dose_examples.json; one answer a case, in "
        "its order. It changes nothing, and exits 0 whatever it finds."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(today())
        answers = [rendered(case, asked) for case in cases_of(options["file"])]
        if options["json"]:
            self.stdout.write(json.dumps(answers, ensure_ascii=False))
            return
        for answer in answers:
            self.stdout.write(f"{answer['id']}")
            for line in answer["text"].splitlines():
                self.stdout.write(f"    {line}")
            for label, figure in answer["derived"].items():
                self.stdout.write(f"    [{label}: {figure}]")
            for one in answer["refused"]:
                self.stdout.write(f"    {one['rule']} {one['place']}: {one['sentence']}")
        self.stdout.write(f"{sum(bool(one['refused']) for one in answers)} of {len(answers)} are refused.")


def cases_of(name: str) -> list[Any]:
    """The cases of a file (CommandError: there are none)."""
    try:
        return read_cases(Path(name).read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, NoCases) as error:
        raise CommandError(f"{name} cannot be read: {error}") from error
