"""What lines of the checkpoint file say of entries that somebody accepted to have lost, when a backup was restored.

Such a line (`lost`) takes back what earlier lines say of later entries than its own, and of those that are lost, which
may be earlier ones: the backup was of a trail that was given up before.
"""

from typing import Any

Line = dict[str, Any]


def taken_back(lines: list[Line]) -> set[int]:
    """The places of the lines that a later one takes back. What cannot be read takes nothing back."""
    found, first = set(), None
    for place in range(len(lines) - 1, -1, -1):
        seq, lost = lines[place].get("seq"), lines[place].get("lost")
        if not isinstance(seq, int):
            continue
        if first is not None and seq >= first:
            found.add(place)
        if isinstance(lost, dict):
            begins = lost.get("from", seq + 1)
            first = min(seq + 1, begins if isinstance(begins, int) else seq + 1, seq + 1 if first is None else first)
    return found


def standing(lines: list[Line]) -> list[Line]:
    """Those that still hold."""
    back = taken_back(lines)
    return [line for place, line in enumerate(lines) if place not in back]


def begin_of_now(lines: list[Line]) -> int:
    """The place behind the last line that accepts a loss: from there on the file tells of the trail of now alone."""
    return next((place + 1 for place in range(len(lines) - 1, -1, -1) if "lost" in lines[place]), 0)


def sentences(lines: list[Line]) -> list[str]:
    """What somebody accepted, in a sentence each."""
    return [
        f"Accepted on {line['at']}: {_which(line['lost'])} when a backup was restored. {line['lost']['reason']}".strip()
        for line in lines
        if "lost" in line
    ]


def _which(lost: dict[str, Any]) -> str:
    """A backup that was given up may be restored after all: then what was accepted before is lost alone."""
    entries = [f"entries {lost['from']} to {lost['to']}"] if "from" in lost else []
    reports = [f"reports of harm that waited ({lost['reports']})"] if "reports" in lost else []
    named = " and ".join(entries + reports)
    return f"{named} were lost" if named else "what was accepted before was taken back"
