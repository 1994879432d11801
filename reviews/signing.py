"""Signing: the attestation that a clinician makes before the write lock is taken, and what a signature writes under it.

An attestation is made first (`attest`), because hashing a password takes its time, and so does the touch that stands
for it in a sitting. Under the lock the edition is loaded and judged once, the attestation with it
(`reviews.review.attestation`), and the signature is written for that digest.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from monographs.standing import today
from reviews.access import sitting
from reviews.access.door import LONGEST_REASON, admitted, as_code
from reviews.access.password import proved
from reviews.access.refusals import Refused
from reviews.access.sitting import Touch
from reviews.audit import seals
from reviews.audit.trail import Trail
from reviews.models import SignOff, Unsigning
from reviews.models.signoff import FULL_REVIEW, REVIEW, STILL_CORRECT
from reviews.review import tiers
from reviews.review.attestation import NO_PASSWORD, UNSEEN, Attestation, Seen
from reviews.review.edition_review import EditionReview
from reviews.review.guards import NO_CHECKPOINT
from reviews.review.page_signatures import FULL
from reviews.review.steps import move, stay
from reviews.review.transition import Given, Transition


def attest(
    actor: User,
    *,
    password: str = "",
    touch: Touch | None = None,
    ticks: Iterable[str],
    interests: str,
    digest: str,
    paid_by_maker: bool = False,
    seen: Seen = UNSEEN,
    request: HttpRequest | None = None,
) -> Attestation:
    """Checks the password again, or in a sitting the touch of a second factor (`reviews.access.sitting`), and makes an
    attestation on one digest.

    `interests` is what the signer declares for this drug: "none" is said, never left blank. A wrong password is
    refused and recorded; too many of them raise TooManyFailures (`reviews.access.password`).
    """
    interests, digest = admitted(interests, "interests", LONGEST_REASON), as_code(digest)[:64]
    by = "password"
    if touch and not password and request is not None:
        by = sitting.touched(actor, touch, request)
    else:
        _password(actor, password, request, digest)
    return Attestation(actor.pk, digest, frozenset(ticks), interests, paid_by_maker, timezone.now(), by=by, seen=seen)


def _password(actor: User, password: str, request: HttpRequest | None, digest: str) -> None:
    """A right one begins a sitting, a wrong one ends it."""
    if request is not None:
        sitting.end(request)
    proved(actor, password, request, digest=digest, missing=NO_PASSWORD.sentence, undone="Nothing was signed.")
    if request is not None:
        sitting.begin(request)


# -- What is written ---------------------------------------------------------------------------------------------------


def sign(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """Signs the words that were judged. Refused, before anything is written, while the checkpoint file has no room for
    a line: what vouches for a signature could not be written down outside the database."""
    if not seals.checkpoint_takes_a_line():
        raise Refused([NO_CHECKPOINT])
    sign_off = signature(trail, row, review, given, REVIEW)
    review.all_sign_offs.append(sign_off)
    counts = sorted(review.counts_for(given.actor.pk))
    return move(
        trail,
        row,
        review,
        review.state_by_signatures,
        given.reason,
        sign_off=sign_off.pk,
        counts_for=counts,
        **by_what(given),
    )


def by_what(given: Given) -> dict[str, str]:
    """What stood for the password, where something did."""
    by = given.attestation.by if given.attestation else ""
    return {"by": by} if by not in ("", "password") else {}


def unsign(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    sign_off = review.valid_sign_off_of(given.actor.pk)
    assert sign_off is not None, "the guard own_signature saw it"
    trail.save(Unsigning(sign_off=sign_off, reason=given.reason, at=trail.at))
    review.all_sign_offs.remove(sign_off)
    return move(trail, row, review, review.state_by_signatures, given.reason, sign_off=sign_off.pk, **by_what(given))


def reaffirm(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """Signs that a page which was withdrawn is still correct."""
    sign_off = signature(trail, row, review, given, STILL_CORRECT)
    return stay(trail, row, review, given.reason, sign_off=sign_off.pk, **by_what(given))


def review_in_full(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """Signs the whole page again. With the full set of its tier the date of the last full review moves, to the day of
    the oldest of these signatures, and the next one is counted from there."""
    before = FULL.given(review)
    sign_off = signature(trail, row, review, given, FULL_REVIEW)
    monograph, signed, moved = review.monograph, [*before, sign_off], None
    if not FULL.missing(review, signed):
        moved = min(today(one.signed_at) for one in signed)
        monograph.reviewed_again_on = moved
        monograph.reviewed_again_by = [one.reader_title for one in signed]
        monograph.renewed_on, monograph.renewals = None, 0
        monograph.next_review_due = tiers.ROWS[review.tier_of_page].next_review(moved)
        columns = ("reviewed_again_on", "reviewed_again_by", "renewed_on", "renewals", "next_review_due")
        trail.save(monograph, *columns)
    said = moved.isoformat() if moved else None
    return stay(trail, row, review, given.reason, sign_off=sign_off.pk, last_full_review=said, **by_what(given))


def signature(trail: Trail, row: Transition, review: EditionReview, given: Given, meaning: str) -> SignOff:
    """Written as it was attested, for the words that were judged."""
    actor, attestation, edition = given.actor, given.attestation, review.edition
    assert attestation is not None, "the table asks for one"
    assert row.ticks is not None, "and says what is ticked"
    profile = actor.clinician_profile
    sign_off = SignOff(
        edition=edition, round=edition.round, document_id=review.digest, signer=actor, meaning=meaning,
        sequence=_given_before(review, actor, meaning), name=profile.name, profession=profile.profession,
        body=profile.body, number=profile.number, reader_title=profile.reader_title, name_consent=profile.name_consent,
        interests=attestation.interests, checklist=[tick.sentence for tick in row.ticks(review)],
        signed_at=trail.at, remark=given.reason,
        seen=attestation.seen.kept(review.live.pk if meaning == REVIEW and review.live else ""),
    )  # fmt: skip
    trail.save(sign_off)
    SignOff.unsigning.related.set_cached_value(sign_off, None)  # nobody took it back yet
    return sign_off


def _given_before(review: EditionReview, actor: User, meaning: str) -> int:
    """How often this person signed so in this round, taken back or not."""
    if meaning == REVIEW:  # those are at hand
        return sum(one.round == review.edition.round and one.signer_id == actor.pk for one in review.all_sign_offs)
    rows = SignOff.objects.filter(edition=review.edition, round=review.edition.round, signer=actor, meaning=meaning)
    return rows.count()
