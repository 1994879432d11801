#!/usr/bin/env python3
"""Checks without the service, and without a network, that a page is what was signed.

    python verify_certificate.py monograph.json certificate.json clincalc-keys.json --key ID

* monograph.json: the page as data, from /drugs/<slug>/monograph.json;
* certificate.json: of that edition, from /drugs/<slug>/editions/<n>/certificate.json;
* clincalc-keys.json: from /.well-known/clincalc-keys.json;
* ID: the id, or the whole public key in base64, of a key of the publisher that you have from somewhere else. Without it
  the newest of the file is taken at its word, and said: whoever could change all three files could change that too.

Needs Python 3.11 or newer and the package `cryptography`. Exit 0: the words of the page are those that were signed, but
for what it says is withheld, which nobody signed. Exit 1: they are not, or it cannot be told, with the reason. Exit 2:
a file cannot be read.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_PREFIX = "clincalc-key-v1\n"
SIGNED = ("kind", "key", "public", "by", "by_public", "at", "seq", "head")  # what of a statement on keys is signed
TYPE = "clincalc-certificate+jws"
SEALED = {"slug", "number", "digest", "sign_offs", "published_at", "head"}
PARTS = {
    "section": "sections", "regimen": "regimens", "monitoring": "monitoring", "notice": "notices",
    "citation": "citations", "related": "related",
}  # fmt: skip
WITHHELD = ("section", "monitoring")  # what may be withheld: warnings, doses and references never are
MOST_BYTES = 20_000_000


class Wrong(Exception):
    """What was to be shown does not hold. The message says what."""


class Unreadable(Exception):
    """A file is not what its name says."""


# -- RFC 8785 ----------------------------------------------------------------------------------------------------------

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def canonical(value: object) -> str:
    """The one text of a JSON value."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return '"' + re.sub(r'["\\\x00-\x1f]', lambda m: _ESCAPES.get(m[0], f"\\u{ord(m[0]):04x}"), value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    assert isinstance(value, dict)
    in_order = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in in_order) + "}"


def _number(value: float) -> str:
    """As ECMAScript writes it."""
    if isinstance(value, int):
        return str(value)
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits, begin = "".join(map(str, figures)), "-" if sign and value else ""
    point = len(digits) + int(exponent)  # where it stands
    if not value:
        return "0"
    if len(digits) <= point <= 21:
        return begin + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{begin}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{begin}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{begin}{digits[0]}{rest}e{point - 1:+d}"


def digest(value: object) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


# -- Keys --------------------------------------------------------------------------------------------------------------


def _holds(public: bytes, signature: bytes, said: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def _is_said(one: dict, public: bytes, signature: str) -> bool:
    said = KEY_PREFIX + canonical({name: one[name] for name in SIGNED})
    return _holds(public, _decoded(one[signature]), said.encode())


@dataclass(frozen=True)
class Key:
    """A key that is believed. `until`: when another took over, after which it certifies nothing new."""

    public: bytes
    until: datetime | None


def believed(keys: dict, trusted: str | None) -> dict[str, Key]:
    """The keys of which certificates are believed: the newest of the file and those that it took over from, each by the
    word of both, less those that a newer one revoked. The trusted one must be among them."""
    newest = keys["keys"][0]
    public = _decoded(newest["public"])
    chain, statements, seq = {_id(public): Key(public, None)}, keys.get("statements", []), None
    while before := [
        one for one in statements
        if one["kind"] == "rotated" and one["by"] == _id(public) and _decoded(one["by_public"]) == public
        and one["key"] == _id(_decoded(one["public"])) and one["key"] not in chain and (seq is None or one["seq"] < seq)
        and _is_said(one, public, "by_signature") and _is_said(one, _decoded(one["public"]), "signature")
    ]:  # fmt: skip
        if len(before) > 1:
            raise Wrong(f"Two statements say from which key {_id(public)} took over.")
        public, seq = _decoded(before[0]["public"]), before[0]["seq"]
        chain[_id(public)] = Key(public, datetime.fromisoformat(before[0]["at"]))
    ages = list(chain)  # the newest first
    revoked = {
        one["key"] for one in statements
        if one["kind"] == "revoked" and one["key"] in chain and one["by"] in chain
        and ages.index(one["by"]) < ages.index(one["key"]) and _is_said(one, chain[one["by"]].public, "by_signature")
    }  # fmt: skip
    if trusted is not None:
        named = [name for name, one in chain.items() if trusted in (name, base64.b64encode(one.public).decode())]
        if not named:
            raise Wrong(f"The key {trusted} is not among those of the keys file, or nobody it handed over to is.")
        if named[0] in revoked:
            raise Wrong(f"The key {trusted} was revoked. Ask the publisher for the id of the key of now.")
    return {name: one for name, one in chain.items() if name not in revoked}


# -- Certificate and page ----------------------------------------------------------------------------------------------


def signed_form(certificate: dict, keys: dict[str, Key]) -> tuple[dict, str]:
    """What the certificate says, and by which key; Wrong, where no key that is believed signed it."""
    sealed = certificate["sealed"]
    header, empty, signature = certificate["jws"].split(".")
    said = json.loads(_urlsafe(header))
    if empty or set(sealed) != SEALED:
        raise Wrong("The certificate is not one of this publisher: it holds something else.")
    if said.get("kid") not in keys:
        raise Wrong(f"The key {said.get('kid')} of the certificate is unknown or revoked.")
    if said != {"alg": "Ed25519", "kid": said["kid"], "typ": TYPE}:
        raise Wrong("The certificate is not signed in the way of this publisher.")
    payload = base64.urlsafe_b64encode(canonical(sealed).encode()).decode().rstrip("=")
    key = keys[said["kid"]]
    if not _holds(key.public, _urlsafe(signature), f"{header}.{payload}".encode()):
        raise Wrong("The signature of the certificate does not hold.")
    if key.until and datetime.fromisoformat(sealed["published_at"]) > key.until:
        raise Wrong(f"The key {said['kid']} handed over before this was published: it certifies nothing of then.")
    return sealed, said["kid"]


def _urlsafe(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def left_out(page: dict, sealed: dict, certificate: dict) -> list[str]:
    """A sentence for what was signed and is not in the page; Wrong, where the page says what was not signed, or lacks
    what nobody may leave out."""
    parts = certificate["parts"]
    document = page["document"]
    beside = {
        "address": (page["slug"], sealed["slug"]), "edition": (page["edition"], sealed["number"]),
        "digest": (page["digest"], sealed["digest"]), "signatures": (page["signatures"], sealed["sign_offs"]),
        "date": tuple(datetime.fromisoformat(one) for one in (page["published_at"], sealed["published_at"])),
    }  # fmt: skip
    for name, (its, signed) in beside.items():
        if its != signed:
            raise Wrong(f"The {name} of the page is not that of the certificate.")
    whole = {"schema_version": document["schema_version"], "header": document.get("header", {}), "parts": parts}
    if digest(whole) != sealed["digest"]:
        raise Wrong("The head of the page, or the list of its parts, is not what was signed.")
    shown = [[kind, part["key"], digest(part)] for kind, name in PARTS.items() for part in document.get(name, [])]
    if set(document) - {"schema_version", "header", *PARTS.values()}:
        raise Wrong("The page holds more than was signed.")
    waiting = iter(parts)
    for one in shown:
        if one not in parts:
            raise Wrong(f"A part of the page is not what was signed: {one[0]} {one[1]}.")
        if one not in waiting:
            raise Wrong("The parts of the page stand in another order than was signed.")
    missing = [one for one in parts if one not in shown]
    said = [one["key"] for one in page["withheld"]]
    withheld = [one for one in missing if one[0] in WITHHELD and one[1] in said]
    if {one[1] for one in withheld} != set(said):
        raise Wrong("The page says that something is withheld which it shows, or which nobody may withhold.")
    known = {digest(one): one for one in certificate.get("notices", [])}
    told = [
        f"Not shown. The page says that it is withheld, which nobody signed: {one[0]} {one[1]}." for one in withheld
    ]
    for kind, key, its in (one for one in missing if one not in withheld):
        if kind != "notice":
            raise Wrong(f"A part that was signed is not in the page: {kind} {key}.")
        if its not in known:
            raise Wrong(
                f"A safety notice that was signed is not in the page: {key}. It was cut out, or has not begun: the "
                "certificate does not tell."
            )
        told.append(_why_not(known[its]))
    return told


def _why_not(notice: dict) -> str:
    """Why a safety notice is not in the page, by its own signed days; Wrong, where it is in force."""
    day = _today()
    ends, begins = (date.fromisoformat(notice[name]) if notice.get(name) else None for name in ("expires", "effective"))
    if ends and ends <= day:
        return f"Not shown, as it ended on {ends}: notice {notice['key']}."
    if begins and begins > day:
        return f"Not shown, as it begins on {begins}: notice {notice['key']}."
    raise Wrong(f"A safety notice that is in force is not in the page: {notice['key']}.")


def _today() -> date:
    try:
        return datetime.now(ZoneInfo("Europe/London")).date()
    except ZoneInfoNotFoundError:
        return datetime.now(UTC).date()


def plain(said: str) -> str:
    """What may go to a terminal: one line, and nothing that moves it or hides what stands there."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in said)[:300]


def read(path: Path, schema: str | None) -> dict:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError
        found = json.loads(path.read_bytes().decode(), object_pairs_hook=_no_key_twice, parse_constant=_no_number)
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(str(path)) from error
    if not isinstance(found, dict) or (schema and found.get("schema") != schema):
        raise Unreadable(str(path))
    return found


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Checks that a page is what was signed, without the service.")
    for name in ("page", "certificate", "keys"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--key", help="the id, or the whole public key, of one that you know to be the publisher's")
    asked = parser.parse_args(arguments)
    try:
        page, certificate = read(asked.page, "clincalc-page/1"), read(asked.certificate, "clincalc-certificate/1")
        keys = believed(read(asked.keys, None), asked.key)
        sealed, key = signed_form(certificate, keys)
        told = left_out(page, sealed, certificate)
    except Wrong as wrong:
        print(plain(f"NOT VERIFIED. {wrong}"))
        return 1
    except Unreadable as error:
        print(f"This is not the file that it should be: {error}.")
        return 2
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, AssertionError, RecursionError):
        print("NOT VERIFIED. A file holds something else than it should.")
        return 1
    edition = f"edition {sealed['number']} of {sealed['slug']}"
    says = [
        f"Verified: {edition}, published {sealed['published_at']}, key {key}.",
        *(f"Signed {one['signed_at']}: {', '.join(filter(None, [one.get('name'), one['reader_title']]))}."
          for one in sealed["sign_offs"]),
        *told,
    ]  # fmt: skip
    if asked.key is None:
        newest = f"{next(iter(keys))}, {base64.b64encode(next(iter(keys.values())).public).decode()}"
        says.append(f"Keys were taken at the word of their file. Compare its newest with one you know: {newest}.")
    print("\n".join(map(plain, says)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
