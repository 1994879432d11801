"""What others did since a form was opened, for whoever met a conflict."""

from dataclasses import dataclass

from monographs.difference.diff_html import Change, changes_of
from monographs.difference.dose_changes import DoseChange
from monographs.digest import digest
from monographs.signable import signable
from reviews.desk.hidden_doses import differs
from reviews.desk.monograph.history import Entry, entries_of
from reviews.models import ChangeSet, EntrySubject
from reviews.review.edition_review import EditionReview

LATEST = 3
LOOKED_AT = 20  # change sets of an edition with doses: what was seen is the digest of what is signed of one


@dataclass(frozen=True)
class Meanwhile:
    """What others did since the reader opened the page: changed parts if the text is another, and the last entries."""

    changes: list[Change]
    doses: tuple[DoseChange, ...]
    entries: list[Entry]


def meanwhile(review: EditionReview, seen: str) -> Meanwhile:
    """Compares what was seen with what stands now, if it is a document of this edition, or what is signed of one."""
    rows = EntrySubject.objects.filter(monograph=review.monograph).exclude(verb="refused")
    shown = _shown(review, seen)
    found = differs(shown.after.value, review.with_figures) if shown else None
    if shown:  # whatever was done up to these words stood there when the page was opened
        rows = rows.filter(entry__at__gt=shown.at)
    newest = rows.select_related("entry__actor").order_by("-entry_id")[:LATEST]
    return Meanwhile(
        changes_of(found.comparison) if found else [],
        found.doses if found else (),
        entries_of([one.entry for one in newest]),
    )


def _shown(review: EditionReview, seen: str) -> ChangeSet | None:
    """The last change set that left what was seen."""
    sets = review.edition.change_sets.select_related("after").order_by("-at", "-revision_id")
    if found := sets.filter(after=seen).first():
        return found
    if not review.with_figures.regimens:
        return None
    return next((one for one in sets[:LOOKED_AT] if digest(signable(one.after.value)) == seen), None)
