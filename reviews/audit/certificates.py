"""Certificates: our signature on the sealed form of a publication, in the one form that other people's tools read.

A detached JWS in compact form (RFC 7515, appendix F): the payload, which is the RFC 8785 text of the sealed form,
stands beside it. `alg` is Ed25519 (RFC 9864), `kid` the id of the key.
"""

import base64
import json
from collections.abc import Iterable
from typing import Any

from monographs.canonical import canonical
from monographs.models import Publication
from reviews.audit import seals
from reviews.audit.keys import Keys, Signer
from reviews.audit.trail import Trail, audited_write
from reviews.models import Certificate

TYPE = "clincalc-certificate+jws"
A_BATCH = 500  # publications that one act certifies


def form_of(publication: Publication) -> dict[str, Any]:
    """The sealed form of a publication."""
    return seals.sealed_form(
        slug=publication.slug, number=publication.number, digest=publication.document_id,
        sign_offs=publication.signatures, published_at=publication.published_at, head=publication.head,
    )  # fmt: skip


def signed(form: dict[str, Any], by: Signer) -> str:
    """The detached JWS over this form."""
    header = _text(canonical({"alg": "Ed25519", "kid": by.id, "typ": TYPE}).encode())
    return f"{header}..{_text(by.sign_bytes(_said(header, form)))}"


def holds(jws: str, form: dict[str, Any], key: str, *, keys: Keys, seq: int | None = None) -> bool:
    """Whether it is a certificate of this form by this key, which could make it when `seq` was the last entry."""
    try:
        header, empty, signature = jws.split(".")
        found = keys.by_id.get(key)
        return (
            empty == ""
            and found is not None
            and (seq is None or found.could_seal(seq))
            and json.loads(_bytes(header)) == {"alg": "Ed25519", "kid": key, "typ": TYPE}
            and found.holds(_said(header, form), _bytes(signature))
        )
    except ValueError:
        return False


def write(trail: Trail, publications: Iterable[Publication]) -> int:
    """A certificate of each by the key of this act; the next entry holds their rows. How many there were."""
    made = [
        Certificate(publication=one, key=trail.signer.id, jws=signed(form_of(one), trail.signer), at=trail.at)
        for one in publications
    ]
    for row in Certificate.objects.bulk_create(made):
        trail.wrote(row)
    return len(made)


def make_missing() -> int:
    """Certifies what an earlier version published without; how many there were. Only what it sealed: a row that
    somebody put there by SQL gets no word of ours, and `verify_trail` tells it."""
    count, last, keys = 0, 0, seals.believed_keys()
    while waiting := list(Publication.objects.filter(certificates=None, pk__gt=last).order_by("pk")[:A_BATCH]):
        last = waiting[-1].pk
        if sealed := [one for one in waiting if seals.seal_holds(form_of(one), one.key, one.seal, keys=keys)]:
            with audited_write(actor=None, remakes=True) as trail:
                count += write(trail, sealed)
                trail.record("certified", "site", data={"publications": len(sealed)})
    return count


def _said(header: str, form: dict[str, Any]) -> bytes:
    return f"{header}.{_text(canonical(form).encode())}".encode()


def _text(said: bytes) -> str:
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
