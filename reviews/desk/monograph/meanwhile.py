"""What others did since a form was opened, for whoever met a conflict."""

from dataclasses import dataclass

from monographs.difference.diff_html import Change, changes_of
from monographs.difference.document_diff import compare
from monographs.models import Document
from reviews.desk.monograph.history import Entry, entries_of
from reviews.models import EntrySubject
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
    rows = EntrySubject.objects.filter(monograph=review.monograph).exclude(verb="refused")
    shown = review.edition.change_sets.filter(after=seen).order_by("at").last()
    if shown:  # whatever was done up to these words stood there when the page was opened
        rows = rows.filter(entry__at__gt=shown.at)
    newest = rows.select_related("entry__actor").order_by("-entry_id")[:LATEST]
    return Meanwhile(changes, entries_of([one.entry for one in newest]))
