"""Who an edition waits for, in one sentence."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import User

from monographs.models import State
from monographs.standing import today
from reviews.access import policy
from reviews.desk.base import Names, and_list
from reviews.desk.monograph.reviewers import Asked
from reviews.desk.transition_labels import missing
from reviews.models.people import name_of
from reviews.review import guards
from reviews.review.edition_review import EditionReview


def waits_for(review: EditionReview, names: Names, user: User, asked: Iterable[Asked] = ()) -> str:
    """What comes next and whose turn it is: said to this person, and naming nobody who cannot do it."""
    edition, monograph = review.edition, review.monograph
    if edition.state == State.DRAFT:
        return f"Waits for {_writers(review, names, user)} to send it for review."
    if edition.state == State.IN_REVIEW:
        return f"Waits for {and_list(missing(review))} to sign.{_asked(review, asked)}"
    if edition.state == State.CLINICIAN_REVIEWED:
        left = review.missing_sign_offs(guards.effective_sign_offs(review))
        again = list(dict.fromkeys(one for who in left.values() for one in who))
        if again:
            return f"Waits for {and_list(again)} to sign: a signature that was given no longer counts."
        return "Waits for a publisher."
    if monograph.live is None:
        return "Waits for an editor to start the next edition."
    if monograph.is_overdue(today()):
        return "Waits for clinicians to read it again as a whole: its full review is overdue."
    return "Waits for nobody: readers see it, and no edition is open."


def _asked(review: EditionReview, asked: Iterable[Asked]) -> str:
    """Those who are asked and have not signed."""
    waiting = [one for one in asked if not review.valid_sign_off_of(one.row.person_id)]
    told = [f"{'you' if one.is_me else name_of(one.row.person)} by {_day(one.row.due_on)}" for one in waiting]
    return f" Asked to: {and_list(told)}." if told else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _writers(review: EditionReview, names: Names, user: User) -> str:
    if user.pk in review.contributors and policy.can(user, "submit", review.edition):
        return "you"
    others = sorted(names[one] for one in review.contributors)
    return " or ".join(others) if 0 < len(others) < 3 else "its editors"
