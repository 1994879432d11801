import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monographs import document as values
from monographs.assemble import build
from monographs.models import Monograph, Publication
from reviews.exchange.files import dump


class Command(BaseCommand):
    help = "Writes documents as JSON lines, which import_monographs takes back without loss."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--slug", help="one monograph only")
        parser.add_argument("--edition", default="live", metavar="live|open|N", help="which edition (default: live)")

    def handle(self, *args: Any, **options: Any) -> None:
        monographs = Monograph.objects.for_desk().order_by("slug")
        if options["slug"]:
            monographs = monographs.filter(slug=options["slug"])
            if not monographs.exists():
                raise CommandError(f"There is no monograph “{options['slug']}”.")
        for line in self._lines(monographs, options["edition"]):
            self.stdout.write(json.dumps(line, ensure_ascii=False, sort_keys=True))

    def _lines(self, monographs: Any, which: str) -> Iterator[dict[str, Any]]:
        if which not in ("live", "open") and not which.isdecimal():
            raise CommandError("--edition is live, open, or a number.")
        for monograph in monographs:
            document = self._document(monograph, which)
            if document is not None:
                drug = monograph.drug
                yield dump(
                    document,
                    slug=monograph.slug,
                    therapeutic_class=monograph.therapeutic_class.slug,
                    drug={name: getattr(drug, name) for name in ("slug", "name", "names", "brands", "codes")},
                    traits=drug.traits,
                    tier=monograph.tier,
                )

    def _document(self, monograph: Monograph, which: str) -> values.Document | None:
        if which == "live":
            published = Publication.objects.live().filter(monograph=monograph).select_related("document").first()
            return published.document.value if published else None
        editions = monograph.editions.open() if which == "open" else monograph.editions.filter(number=int(which))
        edition = editions.first()
        return build(edition) if edition else None
