"""Publishing: the signed document becomes the Publication that readers are served, sealed, and never changed."""

from monographs.models import Edition, Publication, State
from monographs.standing import today
from reviews.access.refusals import Refused
from reviews.audit import certificates, seals
from reviews.audit.hashes import instant
from reviews.audit.trail import Trail
from reviews.closing import reopening
from reviews.derived import misprints
from reviews.review import tiers
from reviews.review.edition_review import EditionReview
from reviews.review.guards import NO_CHECKPOINT, effective_sign_offs
from reviews.review.steps import move
from reviews.review.transition import Given, Transition


def publish(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    """Seals the document that was judged as the publication that readers see from now on; the one before is
    superseded. Refused, before anything is written, while the checkpoint file has no room for a line."""
    if not seals.checkpoint_takes_a_line():
        raise Refused([NO_CHECKPOINT])
    monograph, edition = review.monograph, review.edition
    previous = monograph.live
    signatures = [
        {
            "reader_title": one.reader_title,
            "signed_at": instant(one.signed_at),
            "interests": one.interests,
            **({"name": one.name} if one.name_consent else {}),
        }
        for one in effective_sign_offs(review)
    ]
    form = seals.sealed_form(
        slug=monograph.slug, number=edition.number, digest=review.digest, sign_offs=signatures,
        published_at=trail.at, head=trail.head,
    )  # fmt: skip
    publication = Publication(
        monograph=monograph, edition=edition, document_id=review.digest, number=edition.number, slug=monograph.slug,
        name=review.document.header.name, class_slugs=[step.slug for step in review.document.header.class_path],
        traits=monograph.drug.traits, tier=review.tier, signatures=signatures, published_at=trail.at,
        # The first edition was read as a whole; an amendment does not move that date.
        last_full_review=monograph.last_full_review or today(trail.clock),
        evidence_checked_at=previous.evidence_checked_at if previous else None,
        head=trail.head, key=seals.key_id(), seal=seals.seal(form),
    )  # fmt: skip
    if previous:
        trail.save(Edition(pk=previous.edition_id, state=State.SUPERSEDED), "state")
    trail.save(publication)
    certificates.write(trail, [publication])
    misprints.write(publication, review.document)
    monograph.live = publication
    monograph.tier = publication.tier  # who lowered it also wrote, so it was not lowered
    tier = tiers.ROWS[publication.tier]
    monograph.next_review_due = tier.due_after(publication.last_full_review, monograph.renewed_on)
    # Whoever read the page again read the edition of before: their date goes on with it, and their word does not.
    monograph.reviewed_again_on, monograph.reviewed_again_by = None, []
    trail.save(monograph, "live", "tier", "next_review_due", "reviewed_again_on", "reviewed_again_by")
    trail.reindex(monograph)
    superseded = previous.number if previous else None
    moved = move(trail, row, review, reason=given.reason, publication=publication.pk, superseded=superseded)
    reopening.published(trail, publication, review.document)
    return moved
