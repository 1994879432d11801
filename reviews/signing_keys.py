"""The keys of the publishing house: another takes over. An act of the machine, by whoever has its keys
(docs/keys.md)."""

from reviews.access.door import reason_of
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit import keys, seals
from reviews.audit.hashes import instant
from reviews.audit.trail import Trail, audited_write
from reviews.models import AuditEvent, KeyStatement
from reviews.models.key_statement import ROTATED
from reviews.review.guards import NO_CHECKPOINT


def rotate(encoded: str, *, reason: str) -> keys.Signer:
    """The key `encoded` (base64 of 32 bytes) seals from this act on, in the place of SIGNING_KEY, which no process can
    write with any more. Both sign that; what the one before sealed holds for good.

    Refuses a key that is none or was used here, a SIGNING_KEY that did not seal the last entry, and a checkpoint file
    without room for a line.
    """
    try:
        new = keys.Signer(encoded)
    except ValueError as error:
        sentence = "The new key must be base64 of 32 bytes: `make keys` prints one."
        raise refuse("not_a_key", sentence, RefusalType.INVALID) from error
    if not seals.checkpoint_takes_a_line():
        raise Refused([NO_CHECKPOINT])
    with audited_write(actor=None) as trail:
        words = reason_of(reason)
        old = trail.signer
        if new.id == old.id or KeyStatement.objects.filter(key=new.id).exists():
            sentence = "This key was used here before. Take a new one: `make keys` prints it."
            raise refuse("key_was_used", sentence, RefusalType.CONFLICT)
        if not _sealed_last(trail):
            sentence = "SIGNING_KEY did not seal the last entry of the trail: it cannot hand over."
            raise refuse("not_the_key", sentence, RefusalType.CONFLICT)
        form = {**_said(trail, ROTATED, old.id, old.public), "by": new.id, "by_public": new.public}
        trail.signer, trail.statement = new, keys.sign(form, key=old, by=new)
        trail.save(_row(trail))
        trail.record("key_rotated", "site", reason=words, data={"from_key": old.id, "to_key": new.id})
    return new


def _said(trail: Trail, kind: str, key: str, public: str) -> keys.Form:
    return {"kind": kind, "key": key, "public": public, "at": instant(trail.at), "seq": trail.seq, "head": trail.head}


def _row(trail: Trail) -> KeyStatement:
    assert trail.statement
    return KeyStatement(**{**trail.statement, "at": trail.at})


def _sealed_last(trail: Trail) -> bool:
    """Whether the key of this act sealed the entry before it; nobody did, where an earlier version wrote it."""
    seal = AuditEvent.objects.filter(seq=trail.seq).values_list("seal", flat=True).first()
    return not seal or seal.startswith(f"{trail.signer.id}:")
