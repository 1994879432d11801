"""What an edition changed, in sentences made from the difference to the one before it.

They name parts and quote none of their words. What `shown(…)` keeps from readers is in none of them, so they are made
anew whenever something is withheld, taken down or brought back.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from monographs.difference.change_summary import Line, in_short
from monographs.difference.document_diff import compare
from monographs.document import Document
from monographs.models.overlay import Overlay
from monographs.standing import Gone, Standing, shown

FIRST = "First published."
NOTHING = "Signed again without a change."


class Told(NamedTuple):
    """A sentence, its place among those of its edition, and from which day to before which it is told ("": ever)."""

    place: int
    words: str
    is_loud: bool
    begins: str = ""
    ends: str = ""


def told_changes(
    before: Document | None, after: Document, overlays: tuple[Overlay, ...], published: date
) -> Iterator[Told]:
    """All sentences of an edition that was published on this day. Of a page that was taken down there are none.

    A notice counts from its first day on, so there may be other sentences from that day on.
    """
    standing = Standing(today=published, overlays=overlays)
    sides = [shown(one, standing) for one in (before, after) if one is not None]
    documents = [one.document for one in sides if not isinstance(one, Gone)]
    if len(documents) < len(sides):
        return
    begins = {notice.effective for document in documents for notice in document.notices if notice.effective}
    days = sorted(day for day in begins if date.fromisoformat(day) > published) if before else []
    for begin, end in zip(["", *days], [*days, ""], strict=True):
        for place, line in enumerate(_lines(documents, date.fromisoformat(begin) if begin else published)):
            yield Told(place, line.words, line.is_first, begin, end)


def _lines(documents: list[Document], day: date) -> list[Line]:
    if len(documents) == 1:
        return [Line(FIRST)]
    begun = [
        document.replaced(notices=tuple(one for one in document.notices if one.has_begun(day)))
        for document in documents
    ]
    return in_short(compare(*begun)) or [Line(NOTHING)]
