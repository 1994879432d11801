"""Who of the house could sign an edition, and why each of the others cannot: asked of the transition itself, so that
nobody is assigned whom it would refuse."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User

from reviews.access import policy
from reviews.access.refusals import Refusal
from reviews.models.people import PROFESSIONS
from reviews.review.edition_review import EditionReview
from reviews.review.sign_off_rules import Signature, missing_sign_offs
from reviews.workflow import TRANSITIONS

SIGN = TRANSITIONS["sign"]
# Codes of what stands against a signature -> why somebody else cannot give it, after their name.
WHY_NOT = {
    "not_granted": "has no role that signs here",
    "held": "cannot sign today: how they sign in was changed less than 24 hours ago",
    "no_profile": "has stated no registration",
    "registration_ended": "is registered no more",
    "not_verified": "has a registration that nobody has looked up yet",
    "lapsed": "has a registration that was looked up over 12 months ago",
    "verified_by_contributor": "was verified by somebody who worked on this edition",
    "interests_overdue": "has not declared interests in the last 12 months",
    "counts_for_nothing": "wrote or suggested everything that changed",
    "signed_already": "has signed it",
    "has_conflict": "declined it for a conflict of interest",
    "fills_no_place": "is of a profession for which its tier leaves no place",
}


@dataclass(frozen=True)
class Reviewer:
    """Somebody who is asked whether they could sign: nothing stands against it, or all of this."""

    person: User
    against: tuple[Refusal, ...]

    @property
    def why_not(self) -> str:
        return why_not(self.against)

    @property
    def profession(self) -> str:
        profile = getattr(self.person, "clinician_profile", None)
        return PROFESSIONS[profile.profession][0] if profile else ""


def why_not(against: Iterable[Refusal]) -> str:
    """In a few words, after a name: the first reason. One that has no words here is told in its own."""
    return next((WHY_NOT.get(one.code, f"cannot: {one.sentence}") for one in against), "")


def against(review: EditionReview, person: User) -> list[Refusal]:
    """Why this person could not sign the edition as it stands, whether it is in review already or not."""
    if found := policy.refusals(person, SIGN.permission, review.edition):
        return found
    found = [one for guard in SIGN.guards for one in guard(review, person) if one.code != "nothing_changed"]
    return found or _without_place(review, person)


def _without_place(review: EditionReview, person: User) -> list[Refusal]:
    """Nothing that a tier asks for is left for this profession."""
    given = [Signature(one.signer_id, one.profession) for one in review.valid_sign_offs]
    own = Signature(person.pk, person.clinician_profile.profession)

    def left(signatures: list[Signature]) -> int:
        found = missing_sign_offs(review.signed_as, review.changed, review.written_by, signatures)
        return sum(map(len, found.values()))

    if not review.changed or left([*given, own]) < left(given):
        return []
    sentence = "Your signature would fill no place that the tier of this edition leaves. Others must sign."
    return [Refusal("fills_no_place", sentence)]


def reviewers(review: EditionReview, people: Iterable[User]) -> list[Reviewer]:
    """Everybody whose role signs somewhere, or who stated a registration: by name, those who could sign first."""
    asked = [one for one in people if policy.signs(one) or hasattr(one, "clinician_profile")]
    found = [Reviewer(one, tuple(against(review, one))) for one in asked]
    return sorted(found, key=lambda one: (bool(one.against), one.person.get_full_name().casefold(), one.person.pk))
