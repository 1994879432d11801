"""Signatures of the publishing house: the seal on a publication, and checkpoints of the trail outside the database.

Both are Ed25519 under SIGNING_KEY (base64 of 32 bytes). Those of a key of before are believed as far as
reviews.audit.keys says.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from monographs.canonical import canonical, sha256
from reviews.audit.hashes import instant
from reviews.audit.keys import Keys, Signer, believed, form_of
from reviews.audit.losses import taken_back
from reviews.models import KeyStatement

SEAL_PREFIX = "clincalc-publication-v1\n"
CHECKPOINT_PREFIX = "clincalc-checkpoint-v1\n"
ENTRY_PREFIX = "clincalc-entry-v1\n"
A_LINE = 2048  # bytes: no line is longer


_signer = cache(Signer)


def signer() -> Signer:
    """The key of the environment, by which everything is sealed now."""
    return _signer(settings.SIGNING_KEY)


def key_id() -> str:
    return signer().id


def believed_keys(*more: dict[str, Any]) -> Keys:
    """The keys whose signatures are believed, by what the database holds of them, and by these statements too."""
    return believed(signer().public_bytes, [*(form_of(one) for one in KeyStatement.objects.all()), *more])


def own_key() -> Keys:
    """The key of the environment alone: what needs no look at the database."""
    return believed(signer().public_bytes, [])


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
    return signer().sign(SEAL_PREFIX, form)


def seal_holds(form: dict[str, Any], key: str, signature: str, *, keys: Keys, seq: int | None = None) -> bool:
    """`seq`: the entry by which it was published."""
    return keys.holds(SEAL_PREFIX, form, key, signature, seq)


# -- Seals of entries --------------------------------------------------------------------------------------------------


def seal_entry(hashed: str, by: Signer) -> str:
    """The seal on an entry of this hash: the key's name, and its signature. Nobody without the key can add an entry."""
    return f"{by.id}:{by.sign(ENTRY_PREFIX, {'hash': hashed})}"


def entry_seal_holds(hashed: str, seal: str, *, keys: Keys, seq: int) -> bool:
    key, _colon, signature = seal.partition(":")
    return keys.holds(ENTRY_PREFIX, {"hash": hashed}, key, signature, seq)


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


def append_checkpoint(
    seq: int,
    head: str,
    act: str = "",
    *,
    by: Signer | None = None,
    statement: dict[str, Any] | None = None,
    lost: dict[str, Any] | None = None,
) -> str:
    """Appends {seq, hash, at, key, last line's hash} and its signature. `act` is the verb of the entry for whose act
    the line is, and is said in it; so is the statement on a key that the act made, and what somebody accepts to have
    `lost`. Returns the line."""
    by = by or signer()
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
            "key": by.id,
            "last": sha256(lines[-1]) if lines else "",
            **({"act": act} if act else {}),
            **({"statement": statement} if statement else {}),
            **({"lost": lost} if lost else {}),
        }
        line = canonical({**form, "signature": by.sign(CHECKPOINT_PREFIX, form)})
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return line


def last_line() -> dict[str, Any] | None:
    """The newest whole line, read from the end of the file alone; None where there is none of the key of now."""
    try:
        with checkpoint_path().open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _END))
            whole = file.read().rpartition(b"\n")[0]
        form = json.loads(whole.rpartition(b"\n")[2])
        signature = form.pop("signature")
        return form if own_key().holds(CHECKPOINT_PREFIX, form, form["key"], signature) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_checkpoints(copy: Path | None = None) -> tuple[list[dict[str, Any]], list[str]]:
    """The lines of the file that hold, and a sentence for each that does not. Of a `copy` that somebody else keeps each
    line holds by itself: it may have been put together of what was mailed. Statements on keys that stand in the file
    are believed like those of the database. A line that a key of ours did not sign takes none back, also where it was
    taken back itself.

    A last line without its end is a write that was cut off, and is passed over.
    """
    try:
        text = (copy or checkpoint_path()).read_text(errors="replace")
    except OSError:
        return [], [f"There is no checkpoint file ({copy or settings.CHECKPOINT_FILE})."]
    whole = (text if text.endswith("\n") else text.rpartition("\n")[0]).splitlines()
    forms = [_read(line) for line in whole]
    known = believed_keys(*_statements(reversed(forms)))  # those of what was given up: last
    late = late_losses(forms, known)
    unsigned = {number for number, one in enumerate(forms) if "lost" in one and not line_holds(one, known)}
    heard = [_without_loss(one) if number in unsigned else one for number, one in enumerate(forms)]
    back = taken_back([{} if number in late else one for number, one in enumerate(heard)])
    keys = believed_keys(*_statements(one for number, one in enumerate(forms) if number not in back))
    found, wrong, last = [], [], ""
    for number, (line, form) in enumerate(zip(whole, forms, strict=True), 1):
        try:
            signature = form.pop("signature")
            # Of a line that was taken back the key may be one that, by what was restored, never took over.
            if number - 1 not in back and not keys.holds(CHECKPOINT_PREFIX, form, form["key"], signature, form["seq"]):
                wrong.append(f"Checkpoint line {number}: its signature does not hold.")
            elif copy is None and form["last"] != last:
                wrong.append(f"Checkpoint line {number}: it does not follow the line before it.")
            elif number - 1 in late:
                wrong.append(f"Checkpoint line {number}: it accepts a loss by a key from which another had taken over.")
            else:
                found.append(_without_loss(form) if number - 1 in unsigned else form)
        except (ValueError, KeyError, TypeError, AttributeError):
            wrong.append(f"Checkpoint line {number}: it cannot be read.")
        last = sha256(line)
    return found, wrong


def line_holds(form: dict[str, Any], keys: Keys) -> bool:
    """Whether one of these keys signed this line, whatever entry it names."""
    said = {name: value for name, value in form.items() if name != "signature"}
    return keys.holds(CHECKPOINT_PREFIX, said, str(form.get("key")), str(form.get("signature")))


def _statements(forms: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (one["statement"] for one in forms if isinstance(one.get("statement"), dict))


def _without_loss(form: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in form.items() if name != "lost"}


def late_losses(forms: list[dict[str, Any]], keys: Keys) -> set[int]:
    """The places of lines that accept a loss by a key from which another had taken over: whoever has it still would
    take back, as on an old day, what the newer one vouches for. A line behind one of a later day is not of that day."""
    found, newest = set(), ""
    for place, form in enumerate(forms):
        key, at = keys.by_id.get(str(form.get("key"))), str(form.get("at"))
        if "lost" in form and key and key.until is not None:
            if at >= key.until_at or newest >= key.until_at:
                found.add(place)
        elif key and at > newest and "lost" not in form:
            newest = at
    return found


def _read(line: str) -> dict[str, Any]:
    """What a line says; nothing, where it cannot be read."""
    try:
        return dict(json.loads(line).items())
    except (ValueError, AttributeError):
        return {}
