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
    """The last run of `verify_trail`: its end, how many things it found, and the end of the last whole run, which it
    went on from where that is another."""

    at: datetime
    findings: int
    whole_at: datetime

    @property
    def is_resumed(self) -> bool:
        return self.whole_at != self.at


def note_verified(findings: int, whole_at: datetime | None = None) -> None:
    """`whole_at`: the end of the whole run that this one went on from. Such a run takes nothing back that was found
    before it. Raises OSError where nothing can be written."""
    before, at = verified(), timezone.now()
    if whole_at and before and before.findings > findings:
        return
    path = _path("verified")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(json.dumps({"at": instant(at), "findings": findings, "whole_at": instant(whole_at or at)}))
    part.replace(path)


def verified() -> Verified | None:
    """None where it never ran, or its stamp cannot be read."""
    try:
        said = json.loads(_path("verified").read_text())
        at = as_instant(said["at"])
        return Verified(at, int(said["findings"]), as_instant(said["whole_at"]) if "whole_at" in said else at)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_backup() -> None:
    """A backup ended well. Raises OSError where nothing can be written."""
    path = _path("dumped")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(instant(timezone.now()))
    part.replace(path)


def backup_at() -> datetime | None:
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
