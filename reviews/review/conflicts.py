"""A clinician keeps away from an edition for a conflict of interest: said with a reason, and taken back with one.

Whoever said so is not asked to sign that edition (what they were asked ends), is not counted among those who could, and
cannot sign it."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.timezone import localtime

from reviews.access.refusals import Refusal, RefusalType
from reviews.audit.trail import Trail
from reviews.models import Assignment, Conflict
from reviews.models.assignment import DECLINED
from reviews.review.edition_review import EditionReview
from reviews.review.steps import move
from reviews.review.transition import Given, Transition


def no_conflict(review: EditionReview, actor: User) -> Iterator[Refusal]:
    """Asked of each signature, on the edition or on its page."""
    if one := review.conflict_of(actor.pk):
        yield Refusal(
            "has_conflict",
            f"You declined this edition for a conflict of interest on {date_format(localtime(one.at), 'j F Y')}. "
            "Take that back first, if it is over.",
        )


def none_declared(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if review.conflict_of(actor.pk):
        yield Refusal("conflict_already", "You declined this edition already.", RefusalType.CONFLICT)


def one_declared(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if not review.conflict_of(actor.pk):
        yield Refusal("no_conflict", "You did not decline this edition.", RefusalType.CONFLICT)


def no_signature(review: EditionReview, actor: User) -> Iterator[Refusal]:
    if review.valid_sign_off_of(actor.pk):
        sentence = "You signed this edition. Take your signature back first, then decline."
        yield Refusal("signed_already", sentence, RefusalType.CONFLICT)


def declare(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    return _say(trail, row, review, given, is_declared=True)


def end(trail: Trail, row: Transition, review: EditionReview, given: Given) -> EditionReview:
    return _say(trail, row, review, given, is_declared=False)


def _say(trail: Trail, row: Transition, review: EditionReview, given: Given, *, is_declared: bool) -> EditionReview:
    said = Conflict(
        edition=review.edition, person=given.actor, is_declared=is_declared, reason=given.reason, at=trail.at
    )
    trail.save(said)
    for asked in (
        Assignment.objects.standing().filter(edition=review.edition, person=given.actor) if is_declared else ()
    ):
        asked.end(DECLINED, given.reason, by=given.actor, at=trail.at)
        trail.save(asked)
    review.conflicts = [one for one in review.conflicts if one.person_id != given.actor.pk]
    review.conflicts += [said] if is_declared else []
    return move(trail, row, review, reason=given.reason, conflict=said.pk)
