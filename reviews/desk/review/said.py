"""What was said of an edition while it was written and read, for whoever signs it: the last send-back with its remarks
and what became of each, why parts were changed, signatures that were taken back; and what differs since it was sent
back."""

from dataclasses import dataclass, field

from monographs.difference.diff_html import Change, changes_of
from monographs.difference.document_diff import compare
from monographs.models import Document, Monograph
from monographs.questions import Kept
from reviews.desk.monograph.history import Entry, entries_of
from reviews.desk.remarks import of_edition
from reviews.models import AuditEvent, Remark
from reviews.review.edition_review import EditionReview

BEGINNINGS = ("begun", "started")
TELLING = ("sent_back", "signed", "unsigned", "conflict_declared", "conflict_ended", "submitted", "edited")
NEWEST, MOST = 3, 100  # that are not folded; of which anything is told


@dataclass(frozen=True)
class Said:
    """`back`: the last send-back, `since`: what differs from the words that were sent back; `newest` and `older`: what
    else was said, the newest first; `earlier`: remarks of send-backs before the last."""

    back: Entry | None = None
    remarks: list[Remark] = field(default_factory=list)
    since: list[Change] = field(default_factory=list)
    newest: list[Entry] = field(default_factory=list)
    older: list[Entry] = field(default_factory=list)
    earlier: list[Remark] = field(default_factory=list)

    @property
    def is_something(self) -> bool:
        return bool(self.back or self.newest)


_events = Kept(
    lambda key: (
        AuditEvent.objects.about(Monograph(pk=key), *BEGINNINGS, *TELLING)
        .select_related("actor")
        .defer("text", "seal")
        .order_by("-seq")[:MOST]
    )
)


def said_of(review: EditionReview) -> Said:
    """As many queries however much was said."""
    told = list[AuditEvent]()
    for event in _events(review.monograph.pk):
        if event.verb in BEGINNINGS:
            break
        told.append(event)
    entries = entries_of([one for one in told if _says(one)])
    back = next((one for one in entries if one.event.verb == "sent_back"), None)
    rest = [one for one in entries if one is not back]
    if back is None:
        return Said(newest=rest[:NEWEST], older=rest[NEWEST:])
    remarks = of_edition(review.edition)
    sent = set(back.event.data.get("remarks", ()))
    return Said(
        back=back,
        remarks=[one for one in remarks if one.pk in sent],
        since=_since(back.event.digest, review),
        newest=rest[:NEWEST],
        older=rest[NEWEST:],
        earlier=[one for one in remarks if one.pk not in sent],
    )


def _says(event: AuditEvent) -> bool:
    if event.verb == "edited" and not event.data["touched"]:  # the copy with which an edition begins
        return False
    return bool(event.reason or event.data.get("remarks"))


def _since(digest: str, review: EditionReview) -> list[Change]:
    before = Document.objects.filter(pk=digest).first()
    return changes_of(compare(before.value, review.document)) if before else []
