"""Runs of words: which of one text are kept in another, and the words of a part as a stored document has them."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from monographs import document as values
from monographs.digest import as_json
from monographs.document import PART_FIELDS
from monographs.models import Document
from monographs.typed import Value
from reviews.derived.written_texts import words_of

Words = tuple[str, ...]

# Words in a row by which a text is told to be kept in the next one; of a shorter text, all of them.
A_RUN = 3
# So many are typed by nobody twice by chance.
A_LONG_RUN = 12
# Where the parts of a document are that have words of their own.
_WORDED = tuple(field for field in PART_FIELDS.values() if field != "citations")
# What of a part is nobody's words: what is chosen from a list, copied from the drug, or a heading as all have it.
_NO_WORDS = frozenset(
    {"key", "kind", "type", "severity", "text_rules", "status", "since", "heading", "name", "title", "names", "brands",
     "codes", "class_path", "lines"}
)  # fmt: skip


def keeps_words(before: Value | None, after: Value | None) -> bool:
    """Whether a run of words of the one is in the other: then their authors are authors of this too."""
    return share_a_run(all_words(before), all_words(after))


def share_a_run(was: Words, now: Words, *nobodys: Words, run: int = A_RUN) -> bool:
    """`nobodys`: words of which a run tells nothing."""
    length = min(run, len(was), len(now))
    if not length:
        return False
    return not (runs_of(was, length) & runs_of(now, length)) <= frozenset().union(
        *(runs_of(one, length) for one in nobodys)
    )


@lru_cache(maxsize=500)
def runs_of(words: Words, length: int) -> frozenset[Words]:
    return frozenset(words[at : at + length] for at in range(len(words) - length + 1))


def all_words(part: Value | None) -> Words:
    if isinstance(part, values.Citation):
        return _words_of_form(as_json(part))
    return _words_of_part(part) if part else ()


@lru_cache(maxsize=512)
def _words_of_part(part: Value) -> Words:
    return _words_of_form(as_json(part))


def _words_of_form(form: Any) -> Words:
    return tuple(words_of("\n".join(_strings(form))))


@lru_cache(maxsize=2000)
def words_in(document: str, part: str) -> Words:
    """The words of a part as a stored document has them."""
    form = _form(document)
    held = form.get("header") if part == "header" else None
    for field in _WORDED:
        held = next((one for one in form.get(field, ()) if one["key"] == part), held)
    return _words_of_form(held) if held else ()


@lru_cache(maxsize=2)  # its parts are asked for one after the other
def _form(document: str) -> dict[str, Any]:
    return dict(json.loads(Document.objects.values_list("text", flat=True).get(pk=document)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in _NO_WORDS:
                yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def are_more(now: Words, live: Words) -> bool:
    """Whether some run of words is not live; else none of them tells anything."""
    length = min(A_RUN, len(now))
    return bool(length) and not runs_of(now, length) <= runs_of(live, length)
