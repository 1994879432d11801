"""Whether the checkpoint file is the one that the acts of the trail left: each line names an entry that is there, and
each act that readers depend on has its line.

A line that was lost, with its process or its disk, is told too: it cannot be told from one that was cut, and no line
that another act leaves makes up for it. `manage.py checkpoint` does, by hand, once somebody knows why.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from reviews.audit import hashes, seals
from reviews.audit.losses import standing
from reviews.audit.replay import Replay, first_of_sealed
from reviews.audit.verify_derived import Finding

# So long somebody who ended an act may take to write its line.
A_MOMENT = timedelta(seconds=1)


def findings(replay: Replay, lines: list[dict[str, Any]], wrong: list[str]) -> Iterator[Finding]:
    lines = standing(lines)
    yield from _named_entries(replay, lines)
    if _without_line(replay, lines):
        # Somebody wrote meanwhile, maybe just now, and goes on to write the line of their act.
        if hashes.instant(timezone.now() - A_MOMENT) < replay.vouched_at:
            time.sleep(A_MOMENT.total_seconds())
        lines, wrong = seals.read_checkpoints()
        lines = standing(lines)
    for sentence in wrong:
        yield None, sentence
    if lines or not wrong:
        yield from _unvouched(replay, lines)


def by_witness(replay: Replay, copy: Path) -> Iterator[Finding]:
    """What the lines that somebody else kept say of the trail, whatever became of our file. A copy that says nothing is
    told too."""
    lines, wrong = seals.read_checkpoints(copy)
    if not (lines or wrong):
        yield None, f"{copy}: no line is in it."
    yield from ((None, f"{copy}: {sentence}") for sentence in wrong)
    yield from ((seq, f"{copy}: {sentence}") for seq, sentence in _named_entries(replay, standing(lines)))


def as_left() -> list[Finding]:
    """What is wrong with the file before anything of this version is made: of acts of an earlier one, those have a line
    that were sealed, and publications. Nothing, where no act has one yet."""
    replay, read = Replay(first_of_sealed()), seals.read_checkpoints()
    replay.read_all()
    return list(findings(replay, *read)) if _due(replay) else []


def _named_entries(replay: Replay, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    last = replay.hash_at.last
    for line in lines:
        seq, said = line["seq"], f"A checkpoint of {line['at']} names entry {line['seq']}"
        if seq > last:
            why = "the database is older than the checkpoint file, or was cut"
            yield seq, f"{said}, and the trail ends with {last}: {why}."
        elif replay.hash_at.get(seq) != line["hash"]:
            yield seq, f"{said}, which is no longer in the trail as it was."


def _due(replay: Replay) -> list[int]:
    """The last entries of acts that have a line: each publication, and what else readers depend on since acts are
    sealed."""
    return sorted(replay.end_of_act.values())


def _without_line(replay: Replay, lines: list[dict[str, Any]]) -> list[int]:
    """Those that have none. A line that somebody made by hand, and so each of earlier versions, makes up for what is
    before it; the line of another act does not. What is before the first line of all may be older than the file, but
    for publications: there was a file for each."""
    named = {line["seq"] for line in lines}
    by_hand = max((line["seq"] for line in lines if "act" not in line), default=0)
    published, first = {replay.end_of_act[at] for at in replay.publishing}, min(named, default=0)
    return [end for end in _due(replay) if end > by_hand and end not in named and (end in published or end > first)]


def _unvouched(replay: Replay, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    first, last = min((line["seq"] for line in lines), default=0), max((line["seq"] for line in lines), default=0)
    if lacking := _without_line(replay, lines):
        why = "the checkpoint file was emptied, was cut, is an older one, or could not be written"
        and_then = " or one after it" if lacking[0] > last else ", though one after it has its own"
        yield lacking[0], f"No checkpoint names entry {lacking[0]}{and_then}: {why}."
    ends = sorted({replay.end_of_act[at] for at in replay.publishing})
    if lines and len(ends) > 1 and first > ends[1]:
        yield ends[0], f"The checkpoint file begins with entry {first} only: what was before it is missing."
