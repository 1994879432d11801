"""The file of a backup: a line that anybody reads, and behind it what only the key opens (AES-256-GCM).

The line is authenticated too: nothing of a file that was changed, cut or made with another key is ever used.
"""

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SCHEMA = "clincalc-backup/1"
CHECKPOINTS, DATABASE = PARTS = ("checkpoints", "database")
_PIECE = 1 << 20
_TAG, _NONCE, _LONGEST_HEADER = 16, 12, 4096


class BackupRefused(Exception):
    """A backup that was not made or not taken, with a sentence that says why."""


def key_in(path: Path) -> bytes:
    """The key of a file: base64 of 32 bytes, as `openssl rand -base64 32` makes it."""
    try:
        key = base64.b64decode(path.read_text("ascii").strip(), validate=True)
    except OSError as error:
        raise BackupRefused(f"{path}: the key cannot be read ({error.strerror}).") from error
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BackupRefused(f"{path}: a key is base64 of 32 bytes (openssl rand -base64 32).")
    return key


def encrypt(parts: Mapping[str, Path], to: Path, key: bytes, about: Mapping[str, Any]) -> None:
    """Writes these files, by name, as one. It is there whole or not at all, and its owner alone reads it."""
    nonce = os.urandom(_NONCE)
    header = {
        "schema": SCHEMA, **about, "nonce": base64.b64encode(nonce).decode(),
        "parts": [[name, path.stat().st_size] for name, path in parts.items()],
    }  # fmt: skip
    line = json.dumps(header, sort_keys=True).encode() + b"\n"
    encryptor = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(line)
    part = to.with_name(f"{to.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(line)
            for path in parts.values():
                with path.open("rb") as plain:
                    while piece := plain.read(_PIECE):
                        file.write(encryptor.update(piece))
            file.write(encryptor.finalize() + encryptor.tag)
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


def decrypt(path: Path, into: Path, key: bytes) -> dict[str, Any]:
    """Writes the files of a backup into a directory, and answers what its line says. BackupRefused: it is no backup,
    was changed, or was made with another key; what was written by then is worth nothing."""
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_HEADER)
            header = json.loads(line)
            if header["schema"] != SCHEMA or sorted(name for name, _size in header["parts"]) != [*PARTS]:
                raise ValueError
            nonce = base64.b64decode(header["nonce"], validate=True)
            body = file.tell()
            file.seek(-_TAG, os.SEEK_END)
            decryptor = Cipher(algorithms.AES(key), modes.GCM(nonce, file.read(_TAG))).decryptor()
            decryptor.authenticate_additional_data(line)
            file.seek(body)
            for name, size in header["parts"]:
                _copy(file, into / name, size, decryptor)
            if len(file.read(_TAG + 1)) != _TAG:
                raise ValueError
            decryptor.finalize()
            return dict(header)
    except InvalidTag as error:
        raise BackupRefused(f"{path}: it was damaged, or made with another key. Nothing was restored.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BackupRefused(f"{path}: this is no whole backup. Nothing was restored.") from error


def _copy(file: BinaryIO, to: Path, size: int, decryptor: Any) -> None:
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as plain:
        while size:
            piece = file.read(min(size, _PIECE))
            if not piece:
                raise ValueError
            plain.write(decryptor.update(piece))
            size -= len(piece)
