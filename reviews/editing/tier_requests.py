"""Asking for a higher tier: whoever writes and cannot set it asks once, and those who may find it in their queue
(reviews.review.asked_tiers)."""

from django.contrib.auth.models import User

from monographs.models import Monograph
from monographs.vocabulary import TIERS
from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import audited_write
from reviews.review import tiers
from reviews.review.asked_tiers import open_request
from reviews.review.edition_review import EditionReview


def ask_for_tier(monograph: Monograph, *, actor: User) -> None:
    """Asks those who may to raise the tier to what the drug, its class or a notice needs. Refuses whoever may not write
    here, a tier that is high enough, and a second request while one is open."""
    subject = f"monograph:{monograph.slug}"
    with (
        refusals_recorded(actor=actor, action="ask_for_tier", subject=subject),
        audited_write(actor=actor) as trail,
    ):
        review = EditionReview.load(monograph.editions.order_by("-number")[0], trail.clock)
        if found := policy.refusals(trail.actor, "edit", review.monograph):
            raise Refused(found)
        floor = review.floor()
        if not tiers.is_below(review.monograph.tier, floor):
            sentence = f"The tier is {TIERS[review.monograph.tier]}, and nothing asks for a higher one now."
            raise refuse("tier_suffices", sentence, RefusalType.CONFLICT)
        if open_request(review):
            sentence = "Somebody asked already. It waits for a clinician who may raise it."
            raise refuse("asked_already", sentence, RefusalType.CONFLICT)
        data = {"edition": review.edition.number, "from_tier": review.monograph.tier, "to_tier": floor}
        trail.record("tier_asked", subject, data=data)
