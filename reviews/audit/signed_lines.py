"""The checkpoint file as a backup has it, line by line, whatever a database says: the one here may be the one that is
damaged."""

import json
from typing import Any

from monographs.canonical import sha256
from reviews.audit import seals
from reviews.audit.keys import Keys, believed
from reviews.audit.losses import begin_of_now


def lines_until(seq: int) -> bytes | None:
    """The checkpoint file up to the first line about a later entry. None, where a line about an earlier one stands
    behind it: two acts ended at once."""
    try:
        content = seals.checkpoint_path().read_bytes()
    except OSError:
        return b""
    lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)
    forms = forms_of(lines)
    begin = begin_of_now(forms)
    later = [n for n, form in enumerate(forms) if n >= begin and form.get("seq", 0) > seq]
    if not later:
        return b"".join(lines)
    if any(form.get("seq", 0) <= seq for form in forms[later[0] :]):
        return None
    return b"".join(lines[: later[0]])


def forms_of(lines: list[bytes]) -> list[dict[str, Any]]:
    """What each line says, in order; nothing, where it cannot be read. A loss is accepted by a line alone that follows
    the one before it and that a key of ours signed. What the database says of keys is not asked: it may be the one that
    is damaged."""
    forms = [_form(line) for line in lines]
    keys = keys_of(forms)
    late = seals.late_losses(forms, keys)
    for number, form in enumerate(forms):
        before = lines[number - 1].rstrip(b"\n").decode(errors="replace") if number else None
        if "lost" in form and not (
            number not in late
            and seals.line_holds(form, keys)
            and form.get("last") == (sha256(before) if before is not None else "")
        ):
            del form["lost"]
    return forms


def _form(line: bytes) -> dict[str, Any]:
    try:
        form = json.loads(line)
        return form if isinstance(form, dict) and isinstance(form.get("seq"), int) else {}
    except ValueError:
        return {}


def keys_of(forms: list[dict[str, Any]]) -> Keys:
    """The key of the environment, and those that it took over from by the statements in these lines."""
    said = [one["statement"] for one in reversed(forms) if isinstance(one.get("statement"), dict)]  # given up: last
    keys = believed(seals.signer().public_bytes, said)
    return Keys({name: one for name, one in keys.by_id.items() if not one.is_revoked})
