"""What a transition writes: the edition's new state, or an entry that leaves it where it stands; and the plain
steps."""

from typing import Any

from monographs import document as values
from monographs.models import Document, Edition, Monograph, State
from monographs.regimens import has_figures
from reviews.audit.trail import Trail
from reviews.changes import change_set, store
from reviews.review.edition_review import EditionReview
from reviews.review.proofed import standing
from reviews.review.transition import Given, Transition


def move(
    trail: Trail, row: Transition, review: EditionReview, target: State | None = None, reason: str = "", **data: Any
) -> EditionReview:
    """Writes the target of the row, or this one, with the entry that tells of it."""
    edition = review.edition
    source, edition.state = edition.state, target or row.target or edition.state
    trail.save(edition, "state", "round")
    moved = {"edition": edition.number, "from": source, "to": edition.state, "round": edition.round, **data}
    trail.record(row.entry, f"monograph:{review.monograph.slug}", digest=review.digest, reason=reason, data=moved)
    return review


def stay(trail: Trail, row: Transition, review: EditionReview, reason: str, **data: Any) -> EditionReview:
    """An entry that leaves the edition where it stands, and the index as the page is now."""
    trail.reindex(review.monograph)
    edition = review.edition
    stays = {"edition": edition.number, "from": edition.state, "to": edition.state, "round": edition.round, **data}
    trail.record(row.entry, f"monograph:{review.monograph.slug}", digest=review.digest, reason=reason, data=stays)
    return review


def submit(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    review.edition.round += 1
    store(trail, review.document)
    # Why words that proofing asked about may stand, where there are any.
    why: dict[str, Any] = {"kind": given.kind} if standing(review) else {}
    if review.is_spelling:
        why["spelling"] = True  # for lists, which judge without the text
    return move(trail, row, review, reason=given.reason, **why)


def step(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """Nothing but the new state and the reason."""
    return move(trail, row, review, reason=given.reason)


def start(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """A new draft with the keys and words of the old edition, and its figures that were not published. What comes from
    live carries no credits, but for these figures: nobody signed them. What comes from a discarded edition was never
    signed, and carries all."""
    copied, working = review.edition.number, review.with_figures
    unsigned = {str(one.key) for one in working.regimens if has_figures(one.structure)}
    credits = {
        part: sorted(people) for part, people in review.written_by.items() if not review.live or part in unsigned
    }
    edition = next_edition(
        trail, review.monograph, working, summary=f"Copied from edition {copied}", reason=given.reason,
        credits=credits, before=store(trail, working) if review.live else None, copied=copied, digest=review.digest,
    )  # fmt: skip
    return EditionReview(edition, review.document, review.live, trail.clock, working)


def next_edition(
    trail: Trail,
    monograph: Monograph,
    document: values.Document,
    *,
    summary: str,
    reason: str,
    credits: dict[str, list[int]],
    before: Document | None,
    copied: int | None = None,
    digest: str = "",
) -> Edition:
    """The next edition of a monograph, a draft that says what `document` does. `copied` is the number of the edition
    whose words they are: they are taken as they stand. Whoever calls has seen that no edition is open."""
    last = monograph.editions.order_by("-number").values_list("number", flat=True)[0]
    edition = Edition(monograph=monograph, number=last + 1)
    trail.save(edition)
    data: dict[str, Any] = {"edition": edition.number, "from": None, "to": edition.state, "round": 0}
    if copied is not None:
        data["copied"] = copied
    trail.record("started", f"monograph:{monograph.slug}", digest=digest, reason=reason, data=data)
    is_copy = copied is not None
    with change_set(trail, edition=edition, reason=summary, credits=credits, before=before, copied=is_copy) as change:
        change.load(document)
    return change.edition
