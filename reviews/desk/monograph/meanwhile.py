"""What others did since a form was opened, for whoever met a conflict."""

from dataclasses import dataclass

from monographs.difference.diff_html import Change, changes_of
from monographs.difference.document_diff import compare
from monographs.models import Document
from reviews.desk.monograph.history import Entry, entries_of
from reviews.models import AuditEvent
from reviews.review.edition_review import EditionReview

LATEST = 3


@dataclass(frozen=True)
class Meanwhile:
    """What others did since the reader opened the page: changed parts if the text is another, and the last entries."""

    changes: list[Change]
    entries: list[Entry]


def meanwhile(review: EditionReview, seen: str) -> Meanwhile:
    """Compares what was seen with what stands now, if what was seen is a document of this edition."""
    old = Document.objects.filter(pk=seen, pk__in=review.edition.change_sets.values("after")).first()
    changes = changes_of(compare(old.value, review.document)) if old and seen != review.digest else []
    events = AuditEvent.objects.about(review.monograph).exclude(verb="refused").select_related("actor")
    shown = review.edition.change_sets.filter(after=seen).order_by("at").last()
    if shown:  # whatever was done up to these words stood there when the page was opened
        events = events.filter(at__gt=shown.at)
    return Meanwhile(changes, entries_of(list(events.order_by("-seq")[:LATEST])))
