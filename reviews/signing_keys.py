"""The keys of the publishing house: another takes over, and one that leaked is believed no more. Acts of the machine,
by whoever has its keys (docs/keys.md)."""

import base64

from django.db.models import Exists, OuterRef

from monographs.models import Publication
from reviews.access.door import as_code, reason_of
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit import certificates, keys, seals
from reviews.audit.hashes import instant
from reviews.audit.trail import Trail, audited_write
from reviews.models import AuditEvent, Certificate, KeyStatement
from reviews.models.key_statement import REVOKED, ROTATED
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


def revoke(key: str, *, reason: str) -> int:
    """Nothing that this key certified is believed any more. What it sealed stays in the trail, for which the keys after
    it vouch, and each publication that it alone certified is certified again by the key of now. How many were.

    Refuses the key that is used now, one that is none of ours, one that was revoked before, and a publication whose own
    seal does not hold. Whoever asks has verified the trail before: it is signed again as it stands.
    """
    if not seals.checkpoint_takes_a_line():
        raise Refused([NO_CHECKPOINT])
    with audited_write(actor=None) as trail:
        words, believed = reason_of(reason), seals.believed_keys()
        found = believed.by_id.get(as_code(key))
        if found is None:
            raise refuse("no_such_key", "No key of ours has this id.", RefusalType.INVALID)
        if found.id == trail.signer.id:
            sentence = "This key seals here now. Let another take over first: `manage.py rotate_key`."
            raise refuse("key_in_use", sentence, RefusalType.CONFLICT)
        if found.is_revoked:
            raise refuse("revoked_already", "This key was revoked before.", RefusalType.CONFLICT)
        by = {"by": trail.signer.id, "by_public": trail.signer.public}
        public = base64.b64encode(found.public).decode()
        trail.statement = keys.sign({**_said(trail, REVOKED, found.id, public), **by}, key=None, by=trail.signer)
        trail.save(_row(trail))
        gone = {found.id, *(one.id for one in believed.by_id.values() if one.is_revoked)}
        count = _certify_again(trail, gone, believed)
        data = {"key": found.id, "publications": count}
        trail.record("key_revoked", "site", reason=words, data=data)
    return count


def _certify_again(trail: Trail, gone: set[str], believed: keys.Keys) -> int:
    """Certifies what only keys that are gone certify."""
    is_certified = Exists(Certificate.objects.filter(publication=OuterRef("pk")).exclude(key__in=gone))
    waiting = list(Publication.objects.filter(~is_certified).order_by("pk"))
    for one in waiting:
        if not seals.seal_holds(certificates.form_of(one), one.key, one.seal, keys=believed):
            sentence = f"The seal of {one} does not hold. Run `manage.py verify_trail`: nothing is signed again unseen."
            raise refuse("seal_broken", sentence, RefusalType.CONFLICT)
    return certificates.write(trail, waiting)


def _said(trail: Trail, kind: str, key: str, public: str) -> keys.Form:
    return {"kind": kind, "key": key, "public": public, "at": instant(trail.at), "seq": trail.seq, "head": trail.head}


def _row(trail: Trail) -> KeyStatement:
    assert trail.statement
    return KeyStatement(**{**trail.statement, "at": trail.at})


def _sealed_last(trail: Trail) -> bool:
    """Whether the key of this act sealed the entry before it; nobody did, where an earlier version wrote it."""
    seal = AuditEvent.objects.filter(seq=trail.seq).values_list("seal", flat=True).first()
    return not seal or seal.startswith(f"{trail.signer.id}:")
