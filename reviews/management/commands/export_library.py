"""Writes the library: what `import_library` takes into an empty installation."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from reviews.exchange.library_export import library
from reviews.exchange.library_lines import dumped


class Command(BaseCommand):
    help = (
        "Writes classes, drugs, references and the live documents (or the open drafts) as JSON lines, which "
        "import_library takes into an empty installation without loss. What it says beside them goes to stderr."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: stdout")
        parser.add_argument("--edition", default="live", choices=["live", "open"], help="which documents")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["file"]
        try:
            with _written(path) if path else _through(self.stdout) as file:
                for line in library(options["edition"], self.stderr.write):
                    file.write(f"{dumped(line)}\n")
        except OSError as error:
            raise CommandError(f"{path}: it cannot be written ({error.strerror}).") from error


@contextmanager
def _through(file: Any) -> Iterator[Any]:
    yield file


@contextmanager
def _written(path: Path) -> Iterator[TextIO]:
    """A file that is there whole or not at all; drafts are secret, so its owner alone reads it."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
