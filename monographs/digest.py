"""The text of a document that is stored and sealed, and the digests that name it and its parts.

A part's digest is SHA-256 of its RFC 8785 JSON, the document's that of its header and the list of [kind, key, digest].
What is empty is left out, so a new optional field moves no digest.
"""

from functools import lru_cache
from typing import Any

from monographs.canonical import canonical, digest_of
from monographs.document import PART_FIELDS, Citation, Document
from monographs.typed import STORED, Told, Value

# What reading the text of a document raises that holds none; pydantic's ValidationError is a ValueError.
UNREADABLE = (ValueError, TypeError, RecursionError)


def _without_empty(value: Any, inside_csl: bool = False) -> Any:
    """The JSON form: empty strings, lists, objects and nothing are left out, but for what is inside `csl`."""
    if inside_csl:
        return value
    if isinstance(value, dict):
        kept = {k: _without_empty(v, k == "csl") for k, v in value.items()}
        return {k: v for k, v in kept.items() if v not in ("", None, [], {})}
    return [_without_empty(v) for v in value] if isinstance(value, list | tuple) else value


def as_json(value: Value) -> dict[str, Any]:
    """The JSON form of a document, header or part: what is empty is left out."""
    form: dict[str, Any] = _without_empty(value.model_dump(mode="json"))
    return form


def digest_of_json(form: dict[str, Any]) -> str:
    """The digest of a document in its JSON form: needs no model, so it holds for text of every schema version."""
    parts = [
        [kind, part["key"], digest_of(part)] for kind, field in PART_FIELDS.items() for part in form.get(field, ())
    ]
    return digest_of({"schema_version": form["schema_version"], "header": form.get("header", {}), "parts": parts})


def digest(document: Document) -> str:
    """SHA-256 that names this document: what a signature is put on."""
    parts = [
        [kind, str(part.key), digest_of_part(part)]
        for kind, field in PART_FIELDS.items()
        for part in getattr(document, field)
    ]
    return digest_of({"schema_version": document.schema_version, "header": as_json(document.header), "parts": parts})


def digest_of_part(part: Value) -> str:
    """SHA-256 of one part, or of the header."""
    return _digest_of_citation(Told(part)) if isinstance(part, Citation) else _digest_of_part(part)


@lru_cache(maxsize=1024)  # values never change, and every act asks it of each part
def _digest_of_part(part: Value) -> str:
    return digest_of(as_json(part))


@lru_cache(maxsize=1024)
def _digest_of_citation(one: Told) -> str:
    return digest_of(as_json(one.value))


def to_text(document: Document) -> str:
    """The canonical text that is stored and sealed."""
    return canonical(as_json(document))


def from_text(text: str) -> Document:
    """The document of a stored text, as it stands. ValidationError: it is broken, or of a schema version that this code
    does not know."""
    return Document.model_validate_json(text, context=STORED)
