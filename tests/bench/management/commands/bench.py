import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.models import AuditEvent
from tests.bench.http import NoAnswer
from tests.bench.measure import run
from tests.bench.report import table


class Command(BaseCommand):
    help = (
        "Measures pages, search and the desk, each beside a bare Django view and its goal. "
        "It writes to the database, which load_corpus must have filled."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--requests", type=int, default=400, metavar="N", help="requests of a burst, at most (400)")
        parser.add_argument(
            "--rounds", type=int, default=7, metavar="N", help="bursts of each kind, acts of each kind (7)"
        )
        parser.add_argument("--json", action="store_true", help="the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not AuditEvent.objects.filter(verb="corpus_loaded").exists():
            raise CommandError("The benchmark saves, signs and publishes. It runs only on a database of load_corpus.")
        if options["requests"] < 1 or options["rounds"] < 1:
            raise CommandError("Ask for at least one request and one round.")
        try:
            report = run(requests=options["requests"], rounds=options["rounds"])
        except NoAnswer as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(asdict(report)) if options["json"] else table([report]))
