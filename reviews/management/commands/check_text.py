"""Says of which published texts, live and archived, the page prints other signs than were typed, and what was decided.
It reads the documents themselves, and changes nothing."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from monographs.checks.misprints import texts_of
from monographs.digest import UNREADABLE
from reviews.derived.misprints import all_published, rows_of
from reviews.misprints import Judged, judge
from reviews.models import Misprint


class Command(BaseCommand):
    help = (
        "Lists every text of a published edition, live or archived, of which the page prints other signs than were "
        "typed, and what was decided about it: an edition, a correction, or that it is harmless. Exit 0 when none is "
        "open, 1 when some are: each of these waits as an urgent task for the clinicians of its class."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        rows: list[Misprint] = []
        unreadable: list[str] = []
        editions = parts = 0
        for publication in all_published():
            editions += 1
            try:
                document = publication.document.value
            except UNREADABLE:
                unreadable.append(f"{publication.monograph.slug}, edition {publication.number}")
                continue
            parts += sum(bool(text.strip()) for _key, _label, text, _rules in texts_of(document))
            rows += rows_of(publication, document)
        found = judge(rows)
        still_open = sum(one.is_open for one in found)
        if options["json"]:
            whole = {
                "parts": parts, "editions": editions, "open": still_open, "unreadable": unreadable,
                "found": [_told(one) for one in found],
            }  # fmt: skip
            self.stdout.write(json.dumps(whole, ensure_ascii=False))
        else:
            self._say(found, unreadable, f"{parts} parts of {editions} editions looked at")
        if still_open or unreadable:
            raise SystemExit(1)

    def _say(self, found: list[Judged], unreadable: list[str], looked_at: str) -> None:
        for one in found:
            row, publication = one.row, one.row.publication
            which = "live" if one.is_live else "archived"
            self.stdout.write(f"{publication.monograph.slug}, edition {publication.number} ({which}): {row.label}")
            self.stdout.write(f"  typed: {row.typed}\n  shown: {row.shown or '(nothing)'}")
            self.stdout.write(f"  {one.decided or 'open'}")
        for which in unreadable:
            self.stdout.write(f"{which}: its document cannot be read. `manage.py verify_trail` says more.")
        if found:
            still_open = sum(one.is_open for one in found)
            count = f"Published texts that do not show what was typed: {len(found)}"
            self.stdout.write(f"{count}, {still_open} open ({looked_at}).")
        elif not unreadable:
            self.stdout.write(f"Every published text shows what was typed ({looked_at}).")


def _told(one: Judged) -> dict[str, Any]:
    row, publication = one.row, one.row.publication
    return {
        "monograph": publication.monograph.slug, "edition": publication.number, "live": one.is_live, "key": row.key,
        "part": row.label, "typed": row.typed, "shown": row.shown, "open": one.is_open, "decided": one.decided,
    }  # fmt: skip
