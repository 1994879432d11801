"""Asking somebody to sign an edition by a day: whoever works on it asks, a clinician claims it, and what was asked ends
by a decline, or because somebody takes it off.

It gives no right and takes none: whoever may sign signs, asked or not. Its person is told by a letter of each step that
somebody else took.
"""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from monographs.models import Edition, State
from monographs.standing import today
from reviews.access import letters, policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import reason_of
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.editing.reviewers import against, why_not
from reviews.models import Assignment
from reviews.models.assignment import DECLINED, REPLACED, TAKEN_OFF
from reviews.models.people import name_of
from reviews.review.edition_review import EditionReview

# A day is at most so far away; whoever claims an edition and names none takes a week.
LONGEST, A_WEEK = timedelta(days=365), timedelta(days=7)


def assign(
    edition: Edition, *, person: User | None, due_on: date | None, actor: User, instead: Assignment | None = None
) -> Assignment:
    """Asks this person to sign it by a day, in the place of `instead`, which ends. Whoever asks themself claims it.

    Refuses whoever does not work in its class, an edition whose signing is over, nobody to ask, no day and one that is
    past or over a year away, whoever could not sign it, whoever is asked already, and the place of what has ended.
    """
    with (
        refusals_recorded(actor=actor, action="assign", subject=_subject(edition)),
        audited_write(actor=actor) as trail,
    ):
        review = EditionReview.load(edition, trail.clock)
        if found := policy.refusals(trail.actor, "assign", review.edition):
            raise Refused(found)
        _is_to_be_signed(review.edition)
        if person is None:
            raise refuse("person", "Choose who is asked.", RefusalType.INVALID, field="person", recorded=False)
        asked = User.objects.get(pk=person.pk)
        day = _day(due_on, today(trail.clock))
        if found := against(review, trail.actor if asked.pk == trail.actor.pk else asked):
            if asked.pk == trail.actor.pk:
                raise Refused(found)
            raise refuse("cannot_sign", f"{name_of(asked)} {why_not(found)}.", RefusalType.INVALID, field="person")
        data = {"edition": review.edition.number, "person": asked.pk, "name": name_of(asked), "due_on": day.isoformat()}
        if instead is not None:
            before = _standing(instead, review.edition)
            _end(trail, before, REPLACED)
            data["instead"] = name_of(before.person)
            if before.person_id != asked.pk:
                _tell(trail, before.person, review.edition, "You are not asked any more to sign")
        if Assignment.objects.standing().filter(edition=review.edition, person=asked).exists():
            sentence = f"{name_of(asked)} is asked already. To change the day, choose it in the place of what stands."
            raise refuse("assigned_already", sentence, RefusalType.CONFLICT, recorded=False)
        row = Assignment(edition=review.edition, person=asked, by=trail.actor, at=trail.at, due_on=day)
        trail.save(row)
        _tell(trail, asked, review.edition, "You are asked to sign", f" by {day.day} {day:%B %Y}")
        trail.record("assigned", _subject(review.edition), data=data)
    return row


def end_assignment(assignment: Assignment, *, actor: User, reason: str) -> Assignment:
    """Its person declines, or somebody who works on the edition takes it off them, with a reason. Refuses whoever does
    neither, no reason, and what has ended."""
    subject = _subject(assignment.edition)
    with (
        refusals_recorded(actor=actor, action="end_assignment", subject=subject, reason=reason),
        audited_write(actor=actor) as trail,
    ):
        row = _standing(assignment, assignment.edition)
        is_own = row.person_id == trail.actor.pk
        if not is_own and (found := policy.refusals(trail.actor, "assign", row.edition)):
            raise Refused(found)
        _end(trail, row, DECLINED if is_own else TAKEN_OFF, reason_of(reason))
        if is_own:
            _tell(trail, row.by, row.edition, f"{name_of(row.person)} declined to sign")
        else:
            _tell(trail, row.person, row.edition, "You are not asked any more to sign")
        data = {"edition": row.edition.number, "person": row.person_id, "name": name_of(row.person)}
        trail.record(
            "assignment_declined" if is_own else "assignment_taken_off", subject, reason=row.ended_reason, data=data
        )
    return row


def _is_to_be_signed(edition: Edition) -> None:
    if edition.state not in (State.DRAFT, State.IN_REVIEW):
        state = edition.get_state_display().lower()
        sentence = f"Edition {edition.number} is {state}. Somebody is asked to sign while it is a draft or in review."
        raise refuse("wrong_state", sentence, RefusalType.CONFLICT)


def _day(given: date | None, now: date) -> date:
    if given is None:
        raise refuse("due_on", "Say by which day.", RefusalType.INVALID, field="due_on")
    if not now <= given <= now + LONGEST:
        sentence = "Choose today or a later day, within a year."
        raise refuse("due_on", sentence, RefusalType.INVALID, field="due_on")
    return given


def _standing(assignment: Assignment, edition: Edition) -> Assignment:
    rows = Assignment.objects.standing().filter(edition=edition)
    related = ("person", "by", "edition__monograph__therapeutic_class__parent__parent", "edition__monograph__live")
    found = rows.select_related(*related).filter(pk=assignment.pk).first()
    if found is None:
        sentence = "That has ended meanwhile. Look at who is asked now."
        raise refuse("assignment_ended", sentence, RefusalType.CONFLICT, recorded=False)
    return found


def _end(trail: Trail, row: Assignment, how: str, reason: str = "") -> None:
    row.end(how, reason, by=trail.actor, at=trail.at)
    trail.save(row)


def _tell(trail: Trail, person: User, edition: Edition, what: str, when: str = "") -> None:
    """A letter, to whoever did not do it themself. It names the page and the day, and no more."""
    if person.pk == trail.actor.pk or not person.is_active:
        return
    words = f"{what} edition {edition.number} of {edition.monograph.called}{when}"
    address = f"{settings.SITE_URL}{reverse('workspace', args=[edition.monograph.slug])}"
    letters.write(trail, person, words[:200], f"{words}.\n\n{address}")


def _subject(edition: Edition) -> str:
    return f"monograph:{edition.monograph.slug}"
