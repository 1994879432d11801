"""That the tier of a monograph must rise before anything is sent for review, and who may ask for it or do it: told in
the workspace, and on the page on which the edition is written."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from reviews.access import policy
from reviews.access.held import who_may
from reviews.desk.base import and_list
from reviews.models.people import name_of
from reviews.review import tiers
from reviews.review.asked_tiers import Asked, open_request
from reviews.review.edition_review import EditionReview


@dataclass(frozen=True)
class TooLow:
    """To which tier it must rise, who asked for it, and who may ask or raise it."""

    tier: tiers.Tier
    asked: Asked | None
    may_ask: bool
    may_raise: bool
    who: str  # may raise it


def too_low(review: EditionReview, user: User) -> TooLow | None:
    """None where the tier is high enough. Three queries more for whoever cannot raise it themselves."""
    floor = review.floor()
    if not tiers.is_below(review.monograph.tier, floor):
        return None
    asked, may_raise = open_request(review), policy.can(user, "set_tier", review.monograph)
    who = "" if may_raise else and_list(name_of(one.person) for one in who_may("set_tier", review.monograph))
    may_ask = not asked and not may_raise and policy.can(user, "edit", review.monograph)
    return TooLow(tiers.ROWS[floor], asked, may_ask, may_raise, who)
