"""Says what proofing finds in files: documents, or plain text one line a case. It reads files alone, no database."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monographs.canonical import strict_json
from monographs.proofing.proof import proof, proof_document
from reviews.exchange.files import ImportRefused, read_file


class Command(BaseCommand):
    help = (
        "Lists what the rules of proofing (docs/clinical/proofing.md) find. A file holds monographs, as "
        "export_monographs writes them, or plain text: each line a case, read as Prescribing in practice with all "
        "doses shown. Places count the signs of the text as it was typed, from 0. It changes nothing, and exits 0 "
        "whatever it finds."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        cases: list[dict[str, Any]] = []
        for name in options["files"]:
            try:
                content = Path(name).read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"{name} cannot be read: {error}") from error
            cases += _documents(name, content) if _holds_documents(content) else _lines(content)
        if options["json"]:
            self.stdout.write(json.dumps(cases, ensure_ascii=False))
            return
        for case in cases:
            for one in case["findings"]:
                where = f"{one['place']}, {one['field']}, " if "place" in one else ""
                self.stdout.write(
                    f"line {case['line']}: {where}{one['start']} to {one['end']}: {one['rule']} ({one['severity']}) "
                    f"{one['sentence']}"
                )
        count = sum(len(case["findings"]) for case in cases)
        self.stdout.write(f"{count} findings in {len(cases)} cases.")


def _holds_documents(content: str) -> bool:
    """Whether a file is JSON, or its first line that says something is."""
    begin = content.lstrip()
    if begin[:1] not in ("{", "["):
        return False
    for text in (begin.partition("\n")[0], begin):
        try:
            value = strict_json(text)
        except (ValueError, RecursionError):
            continue
        first = value[0] if isinstance(value, list) and value else value
        return isinstance(first, dict) and "schema" in first
    return False


def _lines(content: str) -> Iterator[dict[str, Any]]:
    lines = content.split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield {"line": number, "findings": [asdict(one) for one in proof(line.removesuffix("\r"))]}


def _documents(name: str, content: str) -> Iterator[dict[str, Any]]:
    try:
        incoming = read_file(content, name)
    except ImportRefused as refused:
        raise CommandError(str(refused)) from refused
    held = [number for number, line in enumerate(content.split("\n"), 1) if line.strip()]
    by_line = len(held) == len(incoming)
    for nth, one in enumerate(incoming):
        findings = [
            {**asdict(finding), "part": str(place.key or "header"), "place": place.label, "field": place.field}
            for place, found in proof_document(one.document)
            for finding in found
        ]
        yield {"line": held[nth] if by_line else nth + 1, "slug": one.slug, "findings": findings}
