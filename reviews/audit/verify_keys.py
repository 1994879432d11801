"""Whether what the database says of keys is what their holders said, and what the trail and the checkpoint file say."""

from collections.abc import Iterator
from typing import Any

from monographs.models import Publication
from reviews.audit import certificates
from reviews.audit.keys import Keys, form_of
from reviews.audit.losses import standing
from reviews.audit.replay import Replay
from reviews.audit.verify_derived import UNREADABLE, Finding
from reviews.models import Certificate, KeyStatement
from reviews.one_moment import apart


def findings(replay: Replay, keys: Keys, lines: list[dict[str, Any]]) -> Iterator[Finding]:
    """After the chain was read. `lines` are those of the checkpoint file."""
    yield from ((None, sentence) for sentence in keys.wrong)
    held = []
    for pk in KeyStatement.objects.values_list("pk", flat=True):
        try:
            with apart():
                one = KeyStatement.objects.get(pk=pk)
            held.append(form_of(one))
        except UNREADABLE:
            yield None, f"reviews.keystatement:{pk}: it cannot be read."
            continue
        if one.seq and replay.hash_at.get(one.seq) != one.head:
            said = f"it names entry {one.seq}, which is no longer in the trail as it was"
            yield one.seq, f"reviews.keystatement:{pk}: {said}."
    for line in standing(lines):
        if line.get("statement") not in (None, *held):
            said = "The checkpoint file holds a statement on a key that the database does not"
            yield line["seq"], f"{said}, in its line of {line['at']}."


def of_certificates(replay: Replay, keys: Keys) -> Iterator[Finding]:
    """Each holds, and each publication has one by a key that was not revoked."""
    certified = set()
    for pk in Certificate.objects.values_list("pk", flat=True):
        name = f"reviews.certificate:{pk}"
        try:
            with apart():
                one = Certificate.objects.select_related("publication").get(pk=pk)
                form = certificates.form_of(one.publication)
            seq = replay.rows.seq_of(name)
            holds = certificates.holds(one.jws, form, one.key, keys=keys, seq=seq)
        except (*UNREADABLE, Certificate.DoesNotExist):  # found, but not beside its publication, which is gone
            holds = False
        if not holds:
            yield replay.rows.seq_of(name), f"{name}: its signature does not hold."
        elif not keys.by_id[one.key].is_revoked:
            certified.add(one.publication_id)
    for pk in Publication.objects.order_by("pk").values_list("pk", flat=True):
        if pk in certified:
            continue
        yield None, f"monographs.publication:{pk}: no key that is believed certifies it. Run `manage.py upgrade`."
