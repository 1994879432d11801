"""Canonical JSON and the characters that may be stored: one way from a value to bytes, and so to a digest.

RFC 8785 fixes the order of keys and the form of numbers. Unicode normalisation is not part of it, so text is brought
to NFC here before it reaches any row.
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import rfc8785

from monographs.texts import characters

_MAX_DEPTH = 40


class BadCharacters(ValueError):
    """Text holds characters that must not be stored. The message names them for a person, each with its place."""

    def __init__(self, found: Sequence[characters.Found]) -> None:
        super().__init__(characters.refused(found))
        self.found = found


def normal(value: str) -> str:
    """Text as it is stored: NFC, lines ended by a newline, no space at the end of a line or around the whole. Whatever
    it holds: `clean` says what may not be."""
    return _trimmed(_composed(value))


def _composed(value: str) -> str:
    return unicodedata.normalize("NFC", characters.LINE_ENDS.sub("\n", value))


def _trimmed(value: str) -> str:
    return "\n".join(line.rstrip() for line in value.split("\n")).strip()


def clean(value: str) -> str:
    """The same for what is typed. Refuses what may not be (monographs.texts.characters): BadCharacters."""
    value = _composed(value)
    if found := characters.found(value):
        raise BadCharacters(found)
    return _trimmed(value)


def clean_prose(value: str) -> str:
    """The same for a text whose lines may begin with spaces, as those of inner lists do: where all lines of the first
    paragraph begin with spaces, all lose as many."""
    lines = characters.LINE_ENDS.sub("\n", value).split("\n")
    begin = next((n for n, line in enumerate(lines) if line.strip()), 0)
    end = next((n for n in range(begin, len(lines)) if not lines[n].strip()), len(lines))
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines[begin:end]), default=0)
    return clean("\n".join([*lines[:begin], *(line[indent:] for line in lines[begin:end]), *lines[end:]]))


def clean_line(value: str) -> str:
    """The same for text of one line: every run of white space becomes one space."""
    return " ".join(clean(value).split())


def canonical(value: Any) -> str:
    """The RFC 8785 text of a JSON value. Refuses NaN, infinities, integers beyond 2^53 and other types (ValueError)."""
    try:
        if _is_simple(value):
            text = _encode(value)
            text.encode("utf-8")  # refuses half a character
            return text
        return rfc8785.dumps(value).decode("utf-8")
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


# Of values in which nothing is spelt in two ways, JSON in C says just what RFC 8785 does, in a tenth of the time.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _is_simple(value: Any) -> bool:
    """Whether it is of texts, small integers, lists and objects with ASCII keys alone: their order is the same by signs
    and by halves of signs, and no number has a fraction."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_simple(held) for key, held in value.items())
    if kind is list or kind is tuple:
        return all(map(_is_simple, value))
    return kind is int and -(2**53) < value < 2**53


def sha256(text: str) -> str:
    """Lower-case hexadecimal SHA-256 of the UTF-8 bytes of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical text of a JSON value."""
    return sha256(canonical(value))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key “{twice[:80]}” stands there twice")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number that JSON knows")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > 16:
        raise ValueError("a number has more than 16 digits")
    return int(digits)


def _depth(text: str) -> int:
    depth = deepest = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def strict_json(text: str) -> Any:
    """A JSON value from outside. Refuses (ValueError, with a sentence) what JSON parsers disagree about: duplicate
    keys, NaN, numbers of more than 16 digits, and nesting deeper than 40."""
    if _depth(text) > _MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {_MAX_DEPTH} levels")
    return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_refuse_constant, parse_int=_integer)
