"""No change needed: clinicians check a live page against today's sources and sign that it may go on as it is.

Signed like an edition, by the full set of the highest tier, nobody of whom wrote a word that readers see. It ends that
a review is overdue, and never moves the date of the last full review (docs/clinical/signoff.md).
"""

from collections.abc import Iterator

from django.contrib.auth.models import User

from monographs.standing import overlays_of, today
from reviews import misprints, signing
from reviews.access.refusals import Refusal, RefusalType
from reviews.audit.trail import Trail
from reviews.models import InboxReport, ProblemReport, Recheck, SignOff
from reviews.models.signoff import NO_CHANGE
from reviews.review import tiers
from reviews.review.attestation import Tick, checklist
from reviews.review.edition_review import EditionReview
from reviews.review.page_signatures import UNCHANGED
from reviews.review.steps import stay
from reviews.review.transition import Given, Transition


def ticks(review: EditionReview) -> list[Tick]:
    """What whoever signs it says."""
    return [
        Tick("compared", "I compared the page with the current SmPC of each product: nothing in it must change."),
        Tick("evidence", "The evidence was checked within the last 30 days: nothing in it must change."),
        checklist(review.document, (), first=False)[-1],
    ]


def not_too_often(review: EditionReview, actor: User) -> Iterator[Refusal]:
    most, monograph = tiers.ROWS[review.tier_of_page].renewals, review.monograph
    if not most:
        sentence = f"A page of the {review.tier_of_page} tier is read again as a whole: sign a full review."
        yield Refusal("needs_full_review", sentence, RefusalType.CONFLICT)
    elif monograph.renewals >= most:
        sentence = "It was checked twice without a change since its last full review. Now it is read again as a whole."
        yield Refusal("needs_full_review", sentence, RefusalType.CONFLICT)


def nothing_waits(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """No open report and no task about the page."""
    page = review.monograph
    is_open = ProblemReport.objects.filter(monograph=page, answered_at=None).exists()
    if is_open or InboxReport.objects.filter(monograph=page).exists():
        yield Refusal("report_open", "A reader’s report about it is open. Answer it first.", RefusalType.CONFLICT)
    if Recheck.objects.filter(monograph=page, closed_at=None).exists():
        sentence = "A review of a signature on it is open. Say first what it found."
        yield Refusal("recheck_open", sentence, RefusalType.CONFLICT)
    if any(not one.row.is_withdrawal for one in overlays_of(page.pk)):
        sentence = "A notice stands over the page, so something must change. Take it into an edition, or end it."
        yield Refusal("notice_stands", sentence, RefusalType.CONFLICT)
    if any(one.is_open for one in misprints.of_monographs([page])):
        sentence = "Words of it are not printed as they were typed. Decide about each first."
        yield Refusal("misprint_open", sentence, RefusalType.CONFLICT)


def sign(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    before = UNCHANGED.given(review)
    sign_off = signing.signature(trail, row, review, given, NO_CHANGE)
    renewed = _renew(trail, review, [*before, sign_off])
    return stay(trail, row, review, given.reason, sign_off=sign_off.pk, renewed_on=renewed, **signing.by_what(given))


def _renew(trail: Trail, review: EditionReview, signed: list[SignOff]) -> str | None:
    """With the full set: the page is in date again from the day of the oldest of these signatures, which is answered.
    The date of the last full review stays where it is."""
    if UNCHANGED.missing(review, signed):
        return None
    monograph, day = review.monograph, min(today(one.signed_at) for one in signed)
    monograph.renewed_on, monograph.renewals = day, monograph.renewals + 1
    monograph.next_review_due = tiers.ROWS[review.tier_of_page].next_review(day)
    trail.save(monograph, "renewed_on", "renewals", "next_review_due")
    return day.isoformat()
