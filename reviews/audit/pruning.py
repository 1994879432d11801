"""Which backups stay: all of the last day, and of before the last one of each of 14 days, 8 weeks and 12 months."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from reviews.audit.backup import AT, SUFFIX

ALL_OF = timedelta(days=1)
DAYS, WEEKS, MONTHS = 14, 8, 12


def made_at(file: Path) -> datetime | None:
    """When a backup was made, by its name; None: it is none of ours, and not ours to take away."""
    try:
        return datetime.strptime(file.name.removesuffix(SUFFIX), AT).replace(tzinfo=UTC)
    except ValueError:
        return None


def prune(directory: Path, now: datetime) -> list[Path]:
    """Takes away what need not stay, and answers what that was. The newest one always stays, whatever clocks say."""
    found = sorted(((at, one) for one in directory.glob(f"*{SUFFIX}") if (at := made_at(one))), reverse=True)
    kept = {at for at, _file in found[:1]} | {at for at, _file in found if at > now - ALL_OF}
    for most, form in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        last_of: dict[str, datetime] = {}
        for at, _file in found:  # the newest first
            last_of.setdefault(at.strftime(form), at)
        kept |= {*sorted(last_of.values(), reverse=True)[:most]}
    gone = [file for at, file in found if at not in kept]
    for file in gone:
        file.unlink()
    return gone
