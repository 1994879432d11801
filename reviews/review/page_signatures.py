"""Signatures on a live page as a whole: a full review of it, and that nothing in it must change. What they have in
common: who gives them, which of them count, who is still missing. What a full set does stands with each act."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User

from reviews.access.refusals import Refusal, RefusalType
from reviews.authorship import authors_of_page
from reviews.models import AuditEvent, SignOff
from reviews.models.signoff import FULL_REVIEW, NO_CHANGE
from reviews.review import tiers
from reviews.review.edition_review import EditionReview
from reviews.review.guards import signer_refusal


@dataclass(frozen=True)
class OnPage:
    """One kind of them. `after`: the entries before which signatures count no more, with the item that says that a set
    was full; `counts`: for how long one does, None for as long as the words stand."""

    meaning: str
    after: Mapping[str, str]
    next_one: str  # as the answer calls what is due next
    counts: timedelta | None = None

    def given(self, review: EditionReview) -> list[SignOff]:
        """Those that count, by people who still could give them and wrote no word of the page."""
        entries = AuditEvent.objects.about(review.monograph, *self.after)
        since = [one.at for one in entries if one.data.get(self.after[one.verb])]
        if self.counts:
            since.append(review.at - self.counts)
        rows = SignOff.objects.filter(edition=review.edition, document=review.digest, meaning=self.meaning)
        if since:
            rows = rows.filter(signed_at__gt=max(since))
        found = [one for one in rows.select_related("signer__clinician_profile") if not signer_refusal(review, one)]
        authors = authors_of_page(review.monograph.live) if found and review.monograph.live else frozenset()
        return [one for one in found if one.signer_id not in review.contributors | authors]

    def missing(self, review: EditionReview, given: list[SignOff]) -> list[str]:
        """Who still has to sign, beside these: the full set of the tier of the page."""
        return tiers.ROWS[review.tier_of_page].missing([one.profession for one in given])

    def waits_for(self, review: EditionReview) -> str:
        """Said once somebody signed: who must sign still, or when the next one is due."""
        given, due = self.given(review), review.monograph.next_review_due
        if given:
            within = f", within {self.counts.days} days" if self.counts else ""
            return f"Next, {' and '.join(self.missing(review, given))} must sign{within}."
        return f"The next {self.next_one} is due on {due.day} {due:%B %Y}." if due else ""

    def not_yet(self, review: EditionReview, actor: User) -> Iterator[Refusal]:
        """Nobody signs twice for one set."""
        given = self.given(review)
        if any(one.signer_id == actor.pk for one in given):
            words = " and ".join(self.missing(review, given))
            yield Refusal("signed_already", f"You signed this already. Next, {words} must sign.", RefusalType.CONFLICT)


FULL = OnPage(FULL_REVIEW, {"reviewed_in_full": "last_full_review"}, "one")
UNCHANGED = OnPage(
    NO_CHANGE,
    {"reviewed_in_full": "last_full_review", "found_unchanged": "renewed_on"},
    "review",
    counts=timedelta(days=30),  # as long as a check of the evidence, of which it speaks
)


def not_yet_reviewed_again(review: EditionReview, actor: User) -> Iterator[Refusal]:
    return FULL.not_yet(review, actor)


def not_yet_checked(review: EditionReview, actor: User) -> Iterator[Refusal]:
    return UNCHANGED.not_yet(review, actor)
