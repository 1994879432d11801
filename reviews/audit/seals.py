"""Signatures of the publishing house: the seal on a publication, and checkpoints of the trail outside the database.

Both are Ed25519 under SIGNING_KEY (base64 of 32 bytes). A key is named by the first 16 hexadecimal digits of the
SHA-256 of its public bytes.
"""

import base64
import fcntl
import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone

from monographs.canonical import canonical, sha256
from reviews.audit.hashes import instant

SEAL_PREFIX = "clincalc-publication-v1\n"
CHECKPOINT_PREFIX = "clincalc-checkpoint-v1\n"
ENTRY_PREFIX = "clincalc-entry-v1\n"
A_LINE = 1024  # bytes: no line is longer


@cache
def _private(encoded: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded, validate=True))


def _key() -> Ed25519PrivateKey:
    return _private(settings.SIGNING_KEY)


def public_bytes() -> bytes:
    return _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id() -> str:
    return hashlib.sha256(public_bytes()).hexdigest()[:16]


def public_keys() -> dict[str, Ed25519PublicKey]:
    """The keys whose signatures are believed, by id."""
    return {key_id(): _key().public_key()}


def _sign(prefix: str, form: dict[str, Any]) -> str:
    return base64.b64encode(_key().sign((prefix + canonical(form)).encode())).decode()


def _holds(prefix: str, form: dict[str, Any], key: str, signature: str) -> bool:
    public = public_keys().get(key)
    try:
        if public is None:
            return False
        public.verify(base64.b64decode(signature, validate=True), (prefix + canonical(form)).encode())
    except (InvalidSignature, ValueError):
        return False
    return True


# -- Seals of publications -------------------------------------------------------------------------------------------


def sealed_form(
    *, slug: str, number: int, digest: str, sign_offs: list[Any], published_at: Any, head: str
) -> dict[str, Any]:
    """What a seal is put on. `head` is the chain's before the publication: else two hashes would need each other."""
    return {
        "slug": slug,
        "number": number,
        "digest": digest,
        "sign_offs": sign_offs,
        "published_at": instant(published_at),
        "head": head,
    }


def seal(form: dict[str, Any]) -> str:
    return _sign(SEAL_PREFIX, form)


def seal_holds(form: dict[str, Any], key: str, signature: str) -> bool:
    return _holds(SEAL_PREFIX, form, key, signature)


# -- Seals of entries --------------------------------------------------------------------------------------------------


def seal_entry(hashed: str) -> str:
    """The seal on an entry of this hash: the key's name, and its signature. Nobody without the key can add an entry."""
    return f"{key_id()}:{_sign(ENTRY_PREFIX, {'hash': hashed})}"


def entry_seal_holds(hashed: str, seal: str) -> bool:
    key, _colon, signature = seal.partition(":")
    return _holds(ENTRY_PREFIX, {"hash": hashed}, key, signature)


# -- Checkpoints -----------------------------------------------------------------------------------------------------


def checkpoint_path() -> Path:
    return Path(settings.CHECKPOINT_FILE)


def checkpoint_is_writable() -> bool:
    """Whether it looks as if a line could be appended: for pages, which touch nothing."""
    path = checkpoint_path()
    if path.exists():
        return path.is_file() and os.access(path, os.W_OK)
    above = next(one for one in path.parents if one.exists())
    return above.is_dir() and os.access(above, os.W_OK | os.X_OK)


def checkpoint_takes_a_line() -> bool:
    """Whether a line can be appended now, the disk having room for it: publishing asks before it writes anything. The
    file stays as it is."""
    path = checkpoint_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, os.SEEK_END)  # under the lock: others may have written since it was opened
            try:
                os.posix_fallocate(file.fileno(), end, A_LINE)
            finally:
                file.truncate(end)
            return True
    except OSError:
        return False


# More than the longest line: what is read of the file's end to follow it.
_END = 4096


def append_checkpoint(seq: int, head: str, act: str = "", *, lost: dict[str, Any] | None = None) -> None:
    """Appends {seq, hash, at, key, last line's hash} and its signature. `act` is the verb of the entry for whose act
    the line is, and is said in it; so is what somebody accepts to have `lost`."""
    path = checkpoint_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        begin = max(0, file.seek(0, os.SEEK_END) - _END)
        file.seek(begin)
        kept, newline, _cut_off = file.read().rpartition(b"\n")
        # A write that was cut off vouches for nothing; left there, it would spoil this line too.
        file.truncate(begin + len(kept) + len(newline))
        lines = kept.decode(errors="replace").splitlines()
        form = {
            "seq": seq,
            "hash": head,
            "at": instant(timezone.now()),
            "key": key_id(),
            "last": sha256(lines[-1]) if lines else "",
            **({"act": act} if act else {}),
            **({"lost": lost} if lost else {}),
        }
        file.write(canonical({**form, "signature": _sign(CHECKPOINT_PREFIX, form)}).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def last_line() -> dict[str, Any] | None:
    """The newest whole line, read from the end of the file alone; None where there is none that holds."""
    try:
        with checkpoint_path().open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _END))
            whole = file.read().rpartition(b"\n")[0]
        form = json.loads(whole.rpartition(b"\n")[2])
        signature = form.pop("signature")
        return form if _holds(CHECKPOINT_PREFIX, form, form["key"], signature) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_checkpoints() -> tuple[list[dict[str, Any]], list[str]]:
    """The lines of the file that hold, and a sentence for each that does not.

    A last line without its end is a write that was cut off, and is passed over.
    """
    try:
        text = checkpoint_path().read_text(errors="replace")
    except OSError:
        return [], [f"There is no checkpoint file ({settings.CHECKPOINT_FILE})."]
    found, wrong, last = [], [], ""
    whole = text if text.endswith("\n") else text.rpartition("\n")[0]
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            form = json.loads(line)
            signature = form.pop("signature")
            if not _holds(CHECKPOINT_PREFIX, form, form["key"], signature):
                wrong.append(f"Checkpoint line {number}: its signature does not hold.")
            elif form["last"] != last:
                wrong.append(f"Checkpoint line {number}: it does not follow the line before it.")
            else:
                found.append(form)
        except (ValueError, KeyError, TypeError, AttributeError):
            wrong.append(f"Checkpoint line {number}: it cannot be read.")
        last = sha256(line)
    return found, wrong
