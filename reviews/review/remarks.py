"""Remarks that a reviewer sends with a send-back, each on one part: how they are taken in, what is refused of them, and
that none is passed over when the edition is sent for review again."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.models import User

from monographs.canonical import clean
from monographs.texts.characters import says_nothing
from reviews.access.door import LONGEST_REASON, as_code, wrong
from reviews.access.refusals import Refusal, RefusalType, Refused
from reviews.audit.trail import Trail
from reviews.models import Remark
from reviews.models.people import name_of
from reviews.review.edition_review import EditionReview
from reviews.review.steps import move
from reviews.review.transition import Given, Transition

FIELD = "remark-"  # and the part, of the box of a remark


def taken(remarks: Mapping[str, str]) -> dict[str, str]:
    """Remarks by part as they may be kept, without those that say nothing. Raises Refused for all that may not be."""
    said = {as_code(part)[:40]: words for part, words in remarks.items() if not says_nothing(words)}
    if found := [one for part, words in said.items() for one in wrong(words, f"{FIELD}{part}", LONGEST_REASON)]:
        raise Refused(found, recorded=False)
    return {part: clean(words) for part, words in said.items()}


def parts_of(review: EditionReview) -> list[str]:
    """What a remark may be on: every part that the edition has or took out, in the order of the page."""
    keys = {str(one.key) for document in (review.document, review.live_value) if document for one in document.parts()}
    return review.in_page_order({"header", *keys, *(review.changed & {"order"})})


def labels_of(review: EditionReview) -> dict[str, str]:
    """What a remark may be on, and what people call it."""
    return {part: review.label_of(part) for part in parts_of(review)}


def remark_refusals(review: EditionReview, given: Given) -> Iterator[Refusal]:
    for part in given.remarks.keys() - set(parts_of(review)):
        sentence = "This edition has no such part. Put what you wrote into the reason."
        yield Refusal("no_such_part", sentence, RefusalType.INVALID, field=f"{FIELD}{part}")


def none_unanswered(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """Whoever sends it for review has said of each remark what became of it."""
    for one in Remark.objects.filter(edition=review.edition).unanswered().select_related("by"):
        sentence = f"{one.label}: {name_of(one.by)} left a remark. Say what became of it: done, or why it stays."
        yield Refusal("remark_unanswered", sentence, RefusalType.INVALID, one.part)


def send_back(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """The new state, the reason, and the remarks of whoever sends it back."""
    edition, sent = review.edition, []
    for part in review.in_page_order(given.remarks):
        remark = Remark(
            edition=edition, round=edition.round, part=part, label=review.label_of(part), words=given.remarks[part],
            by=given.actor, at=trail.at,
        )  # fmt: skip
        trail.save(remark)
        sent.append(remark.pk)
    data: dict[str, Any] = {"remarks": sent} if sent else {}
    return move(trail, row, review, reason=given.reason, **data)
