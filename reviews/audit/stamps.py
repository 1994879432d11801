"""What is left beside the checkpoint file: when the daily run verified the trail and what came of it, and when the
hourly one made the last backup. They prove nothing and are for alarms: who may write them may stop the run as well."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from reviews.audit.hashes import instant
from reviews.audit.seals import checkpoint_path


@dataclass(frozen=True)
class Verified:
    """The last run of `verify_trail`: its end, and how many things it found."""

    at: datetime
    findings: int


def note_verified(findings: int) -> None:
    """Raises OSError where nothing can be written."""
    path = _path("verified")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(json.dumps({"at": instant(timezone.now()), "findings": findings}))
    part.replace(path)


def verified() -> Verified | None:
    """None where it never ran, or its stamp cannot be read."""
    try:
        said = json.loads(_path("verified").read_text())
        return Verified(as_instant(said["at"]), int(said["findings"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_dumped() -> None:
    """A backup ended well. Raises OSError where nothing can be written."""
    path = _path("dumped")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(instant(timezone.now()))
    part.replace(path)


def dumped_at() -> datetime | None:
    """When a backup ended well for the last time; None where it never did."""
    try:
        return as_instant(_path("dumped").read_text().strip())
    except (OSError, ValueError):
        return None


def as_instant(text: str) -> datetime:
    """A time with its zone. Refuses (ValueError) anything else."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _path(name: str) -> Path:
    return checkpoint_path().with_suffix(f".{name}")
