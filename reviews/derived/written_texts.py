"""Long texts as change sets put them into parts, by the digest of their words: so that words are found again wherever
they are put, in whatever part of whatever monograph.

What is long enough (LONG characters) nobody types twice by chance. A part's texts are all of its words together, each
of its fields, and each paragraph, line and sentence of them; those of the header are its fields and what is in them.
Marks, where a link leads, the numbers and letters of a list, signs, spaces, hyphens, capitals and letters that look
alike make no difference: a copy with another full stop is a copy. References are no texts of their author: they are the
library's.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from monographs import document as values
from monographs.canonical import sha256
from monographs.texts.confusables import skeleton
from monographs.typed import Value
from reviews.derived.changed_parts import in_order, sides_of
from reviews.models import WrittenText

LONG = 80
A_BATCH = 2000
_MARK = re.compile(r"\[@[^\]]*\]|(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_NUMBER = re.compile(r"^\W*(?:(?:\d+(?:\.\d+)*|[a-z]|[ivx]{2,5})[.)]+|\d+(?:\.\d+)+)\s", re.M | re.I)
_WORD = re.compile(r"[^\W_]+")
_GAPS = re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?])\W*\s")
# Whose words they are, field by field, for the header and every kind of part.
WORDS: dict[type[Value], tuple[str, ...]] = {
    values.Header: ("covers", "not_covered", "introduction"),
    values.Dosing: ("reason", "instead"),
    values.Section: ("heading", "text"),
    values.MonitoringItem: ("test", "when", "how_often", "how_long", "note"),
    values.SafetyNotice: ("title", "text", "action"),
    values.RelatedLink: ("reason",),
    values.Citation: (),
}


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: those that are read, without marks."""
    return _WORD.findall(skeleton(_NUMBER.sub("", _MARK.sub(" ", text))))


def fields_of(part: Value | None) -> list[str]:
    """What was typed into a part, field by field."""
    if part is None:
        return []
    found = [text for name in WORDS[type(part)] if (text := getattr(part, name))]
    return [*found, *fields_of(part.dosing)] if isinstance(part, values.Header) else found


def texts_of(part: Value | None, longer_than: int = LONG) -> frozenset[str]:
    """The digests of the texts of a part that are longer than this."""
    fields = fields_of(part)
    texts = {*fields, *(one for text in fields for gap in _GAPS for one in gap.split(text))}
    if isinstance(part, values.Part):  # of headers two may be alike by what they have from drug and class
        texts.add("\n".join(fields))
    long = [words for text in texts if len(text.strip()) > longer_than and (words := words_of(text))]
    return frozenset(sha256("".join(words)) for words in long)


def rows_of(
    touched: Iterable[str], before: values.Document | None, after: values.Document
) -> Iterator[tuple[str, str]]:
    """(part, digest) of each long text that a change set put where it was not."""
    was, now = parts_of(before), parts_of(after)
    for key in sorted(touched):
        for text in sorted(texts_of(now.get(key)) - texts_of(was.get(key))):
            yield key, text


def parts_of(document: values.Document | None) -> dict[str, Value]:
    """The header and the parts of a document, by the keys of change sets."""
    if document is None:
        return {}
    return {"header": document.header, **{str(part.key): part for part in document.parts()}}


def keep_written_texts(
    change_set: UUID, touched: Iterable[str], before: values.Document | None, after: values.Document
) -> None:
    """In the act of the change set, once its row is there."""
    _keep((change_set, row) for row in rows_of(touched, before, after))


def rows_of_change_set(pk: UUID) -> list[tuple[str, str]]:
    """The rows that a change set must have, from its documents as they are stored."""
    return list(rows_of(*sides_of(pk)))


def remake() -> None:
    """Makes all rows anew. A change set whose documents cannot be read gets none: `verify_trail` names it."""
    WrittenText.objects.all().delete()
    _keep((pk, row) for pk in in_order() for row in _rows_if_readable(pk))


def _rows_if_readable(pk: UUID) -> list[tuple[str, str]]:
    try:
        return rows_of_change_set(pk)
    except (ValueError, TypeError, RecursionError):  # pydantic's ValidationError is a ValueError
        return []


def _keep(rows: Iterator[tuple[UUID, tuple[str, str]]]) -> None:
    for batch in iter(lambda: list(islice(rows, A_BATCH)), []):
        WrittenText.objects.bulk_create(
            WrittenText(change_set_id=pk, key=key, digest=digest) for pk, (key, digest) in batch
        )
