"""The keys of the publishing house: which are believed, each for which part of the trail.

What the environment names (SIGNING_KEY) is believed. A key before it is believed as far as the one after it says: a
statement of both says that one took over from the other, and where the trail stood then. So a key that leaked since
vouches for nothing new, and the newer key vouches for the past, which is chained to what the statement names.
A key is named by the first 16 hexadecimal digits of the SHA-256 of its public bytes.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from monographs.canonical import canonical
from reviews.audit.hashes import instant
from reviews.models import KeyStatement
from reviews.models.key_statement import REVOKED, ROTATED

PREFIX = "clincalc-key-v1\n"
SIGNED = ("kind", "key", "public", "by", "by_public", "at", "seq", "head")  # what of a statement is signed
Form = dict[str, Any]


def id_of(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


class Signer:
    """A private key: its id, its public bytes in base64, and what it signs."""

    def __init__(self, encoded: str) -> None:
        """ValueError: that is not base64 of 32 bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded, validate=True))
        self.public_bytes = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id, self.public = id_of(self.public_bytes), base64.b64encode(self.public_bytes).decode()

    def sign_bytes(self, said: bytes) -> bytes:
        return self._key.sign(said)

    def sign(self, prefix: str, form: Form) -> str:
        return base64.b64encode(self.sign_bytes((prefix + canonical(form)).encode())).decode()


@dataclass(frozen=True)
class Key:
    """A key that is believed. `since`: the last entry before it was used; `until`: the last that it may have sealed;
    `until_at`: when the next one took over."""

    id: str
    public: bytes
    since: int = 0
    until: int | None = None
    until_at: str = ""
    is_revoked: bool = False

    def could_seal(self, seq: int) -> bool:
        return self.since < seq and (self.until is None or seq <= self.until)

    def holds(self, said: bytes, signature: bytes) -> bool:
        try:
            _loaded(self.public).verify(signature, said)
        except (InvalidSignature, ValueError):
            return False
        return True


_loaded = lru_cache(maxsize=64)(Ed25519PublicKey.from_public_bytes)  # a trail asks one key a million times


@dataclass(frozen=True)
class Keys:
    """Those that are believed, the newest first, and a sentence for each statement that does not hold."""

    by_id: dict[str, Key]
    wrong: list[str] = field(default_factory=list)

    def holds(self, prefix: str, form: Form, key: str, signature: str, seq: int | None = None) -> bool:
        """Whether this key signed that; with `seq`, and could when that was the last entry."""
        found = self.by_id.get(key)
        if found is None or (seq is not None and not found.could_seal(seq)):
            return False
        return _is_signed(found.public, prefix, form, signature)


def _is_signed(public: bytes, prefix: str, form: Form, signature: str) -> bool:
    try:
        said = (prefix + canonical(form)).encode()
        return Key("", public).holds(said, base64.b64decode(signature, validate=True))
    except ValueError:
        return False


# -- Statements --------------------------------------------------------------------------------------------------------


def form_of(row: KeyStatement) -> Form:
    """A statement as it stands in files: what is signed, and the signatures."""
    names = (*SIGNED, *(("signature",) if row.signature else ()), "by_signature")
    return {name: getattr(row, name) for name in names} | {"at": instant(row.at)}


def sign(form: Form, *, key: Signer | None, by: Signer) -> Form:
    """The statement with the signatures of the key that it is about, if that one takes part, and of the other."""
    own = {"signature": key.sign(PREFIX, form)} if key else {}
    return {**form, **own, "by_signature": by.sign(PREFIX, form)}


def believed(current: bytes, statements: Iterable[Form]) -> Keys:
    """The keys that are believed by whoever believes this one. A statement that does not hold gives no key its word."""
    waiting = {_text(one): one for one in statements}
    found: dict[str, Key] = {}
    public, until, until_at = current, None, ""
    while True:
        name = id_of(public)
        said = next((one for one in waiting.values() if _took_over(one, public, until)), None)
        found[name] = Key(name, public, since=said["seq"] if said else 0, until=until, until_at=until_at)
        if said is None or id_of(base64.b64decode(said["public"])) in found:
            break
        del waiting[_text(said)]
        public, until, until_at = base64.b64decode(said["public"]), said["seq"], str(said["at"])
    for text, one in list(waiting.items()):
        if _revoked(one, found):
            found[one["key"]] = replace(found[one["key"]], is_revoked=True)
            del waiting[text]
    return Keys(found, [_sentence(one, id_of(current)) for one in waiting.values()])


def _text(one: Form) -> str:
    """The text by which two statements are one; whatever stands in a file has some."""
    try:
        return canonical(one)
    except ValueError:
        return repr(one)


def _took_over(one: Form, public: bytes, until: int | None) -> bool:
    """Whether it says, signed by both, that this key took over from another, before it was itself followed."""
    try:
        form = {name: one[name] for name in SIGNED}
        before = base64.b64decode(one["public"], validate=True)
        return (
            one["kind"] == ROTATED
            and (one["by"], base64.b64decode(one["by_public"], validate=True)) == (id_of(public), public)
            and one["key"] == id_of(before)
            and (until is None or one["seq"] < until)
            and _is_signed(public, PREFIX, form, one["by_signature"])
            and _is_signed(before, PREFIX, form, one["signature"])
        )
    except (KeyError, TypeError, ValueError):
        return False


def _revoked(one: Form, found: dict[str, Key]) -> bool:
    """Whether a newer key says that: one that was followed could choose an entry of its own days to say it at."""
    try:
        form, by, ages = {name: one[name] for name in SIGNED}, found[one["by"]], list(found)
        return (
            one["kind"] == REVOKED
            and one["key"] in found
            and ages.index(by.id) < ages.index(one["key"])
            and by.could_seal(one["seq"] + 1)
            and _is_signed(by.public, PREFIX, form, one["by_signature"])
        )
    except (KeyError, TypeError, ValueError):
        return False


def _sentence(one: Form, current: str) -> str:
    if one.get("kind") == ROTATED and one.get("key") == current:
        return f"SIGNING_KEY is {current}, from which {one.get('by')} took over on {one.get('at')}: it seals no more."
    said = f"A statement on the key {one.get('key')} by {one.get('by')}"
    return f"{said} does not hold: its signatures, or what it follows, are not those of keys that are believed."
