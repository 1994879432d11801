"""Whether what the database says of keys is what their holders said, and what the trail and the checkpoint file say."""

from collections.abc import Iterator
from typing import Any

from reviews.audit.keys import Keys, form_of
from reviews.audit.replay import Replay
from reviews.audit.verify_derived import UNREADABLE, Finding
from reviews.models import KeyStatement


def findings(replay: Replay, keys: Keys, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    """After the chain was read. `lines` are those of the checkpoint file."""
    yield from ((None, sentence) for sentence in keys.wrong)
    held = []
    for pk in KeyStatement.objects.values_list("pk", flat=True):
        try:
            one = KeyStatement.objects.get(pk=pk)
            held.append(form_of(one))
        except UNREADABLE:
            yield None, f"reviews.keystatement:{pk}: it cannot be read."
            continue
        if one.seq and replay.hash_at.get(one.seq) != one.head:
            said = f"it names entry {one.seq}, which is no longer in the trail as it was"
            yield one.seq, f"reviews.keystatement:{pk}: {said}."
    for line in lines:
        if line.get("statement") not in (None, *held):
            said = "The checkpoint file holds a statement on a key that the database does not"
            yield line["seq"], f"{said}, in its line of {line['at']}."
