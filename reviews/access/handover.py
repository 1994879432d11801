"""Open work of a person, and closing their account so that somebody goes on with it, in one act.

Nobody is the owner of an edition: whoever may edit there edits it. What is handed over is the task: drafts that the
person wrote in, or that somebody who left handed to them, stand in the queue of whoever goes on, and so do the roles
that nobody else would hold there. All other work is nobody's own: second signatures, signatures of editions in review,
reports, reviews of signatures and pages that may return wait for whoever holds the role there, so it is enough that
somebody does. What they asked for themself ends with the account, and so does it that they are looking at a report, or
are asked to sign an edition.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User

from monographs.models import Edition
from monographs.standing import today
from reviews.access import accounts, policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import reason_of
from reviews.access.grants import begin, check_administrator
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import Assignment, AuditEvent, ChangeSet, Grant, ProblemReport
from reviews.models.assignment import TAKEN_OFF
from reviews.models.people import name_of
from reviews.models.report import subject_of


@dataclass(frozen=True)
class OpenWork:
    """What would be left behind: open editions that they wrote in or go on with, and grants of which nobody else holds
    the like."""

    editions: list[Edition]
    alone: list[Grant]

    def __bool__(self) -> bool:
        return bool(self.editions or self.alone)


def open_work(person: User) -> OpenWork:
    """What this person would leave behind."""
    return of_everybody().get(person.pk, OpenWork([], []))


def of_everybody() -> dict[int, OpenWork]:
    """By the key of whoever has some. Four queries, however many they are."""
    still_open = Edition.objects.open()
    editions = list(still_open.select_related("monograph__live", "monograph__drug").order_by("monograph__slug"))
    wrote: dict[int, set[int]] = {}
    sets = ChangeSet.objects.filter(edition__in=still_open).once("edition", "actor", "credits")
    for edition, actor, credits in sets:
        for author in {actor, *(one for authors in credits.values() for one in authors)}:
            wrote.setdefault(author, set()).add(edition)
    for subject, data in AuditEvent.objects.filter(verb="handed_over").values_list("subject", "data"):
        wrote.setdefault(int(subject.removeprefix("user:")), set()).update(data["editions"])
    counting = Grant.objects.counting(today()).filter(person__is_active=True)
    grants = list(counting.select_related("therapeutic_class", "monograph").order_by("pk"))
    alone: dict[int, list[Grant]] = {}
    for grant in of_one(grants):
        alone.setdefault(grant.person_id, []).append(grant)
    found = {
        pk: OpenWork([one for one in editions if one.pk in wrote.get(pk, ())], alone.get(pk, []))
        for pk in wrote.keys() | alone.keys()
    }
    return {pk: work for pk, work in found.items() if work}


def of_one(grants: Collection[Grant]) -> list[Grant]:
    """Those of which no other is the like: nobody else holds this role in this place."""
    places = [(one.role, one.therapeutic_class_id, one.monograph_id) for one in grants]
    holders = Counter(places)
    return [one for one, place in zip(grants, places, strict=True) if holders[place] == 1]


def handed_to(user: User) -> frozenset[int]:
    """The editions whose drafts somebody else left to this person. One query."""
    entries = AuditEvent.objects.filter(verb="handed_over", subject=f"user:{user.pk}")
    return frozenset(pk for data in entries.values_list("data", flat=True) for pk in data["editions"])


def close(person: User, *, actor: User, reason: str, to: User | None = None) -> OpenWork:
    """Closes an account and hands all of its open work to `to`, who gets the roles that nobody else would hold there.

    Refuses oneself, whoever is no administrator, no reason, and an account that is closed. Where there is open work,
    refuses nobody to go on, the one who leaves, and a closed account; the administrator who acts, where roles would
    come with it; and somebody who could not edit what is handed over.
    """
    with (
        refusals_recorded(actor=actor, action="deactivate", subject=f"user:{person.pk}", reason=reason),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, person)
        person, reason = User.objects.get(pk=person.pk), reason_of(reason)
        if not person.is_active:
            raise refuse("closed_already", "This account is closed already.", RefusalType.CONFLICT)
        work = open_work(person)
        if to is not None:
            to = User.objects.get(pk=to.pk)
        if found := _against(work, person, to, trail.actor):
            raise Refused(found)
        if work and to is not None:
            for one in work.alone:
                place = one.therapeutic_class or one.monograph
                begin(trail, to, one.role, on=place, by=trail.actor, reason=f"Handed over: {reason}"[:2_000])
            _check_may_edit(to, work)
            data = {"from": person.pk, "editions": [one.pk for one in work.editions]}
            trail.record("handed_over", f"user:{to.pk}", reason=reason, data=data)
        _give_reports_back(trail, person, reason)
        _ask_no_more(trail, person)
        accounts.closed(trail, person, reason)
    accounts.end_sessions(person)
    return work


def _give_reports_back(trail: Trail, person: User, reason: str) -> None:
    """Nobody reads on the desk that somebody who left is looking at a report."""
    reports = list(ProblemReport.objects.filter(looking_by=person).select_related("monograph").order_by("pk"))
    for one in reports:
        one.look(None, None)
        trail.save(one, "looking_by", "looking_at")
    if reports:
        data = {"reports": [one.pk for one in reports], "from": person.pk}
        trail.record("reports_given_back", subject_of(reports), reason=reason, data=data)


# Why an account was closed is no business of those who read the history of a monograph.
_CLOSED = "The account was closed"


def _ask_no_more(trail: Trail, person: User) -> None:
    """Nobody waits for the signature of somebody who left."""
    for one in Assignment.objects.standing().filter(person=person).select_related("edition__monograph"):
        one.end(TAKEN_OFF, _CLOSED, by=trail.actor, at=trail.at)
        trail.save(one)
        data = {"edition": one.edition.number, "person": person.pk, "name": name_of(person)}
        trail.record("assignment_taken_off", f"monograph:{one.edition.monograph.slug}", reason=_CLOSED, data=data)


def _against(work: OpenWork, person: User, to: User | None, actor: User) -> list[Refusal]:
    def no(code: str, sentence: str) -> list[Refusal]:
        return [Refusal(code, sentence, RefusalType.INVALID, field="to")]

    if not work:
        return []
    if to is None:
        return no("nobody_goes_on", "There is open work. Say who goes on with it.")
    if to.pk == person.pk or not to.is_active:
        return no("nobody_goes_on", "Choose somebody else, whose account is open.")
    if work.alone and to.pk == actor.pk:
        return no("oneself", "Roles would come with it, and nobody gives those to themselves. Choose somebody else.")
    return []


def _check_may_edit(to: User, work: OpenWork) -> None:
    """Asked once they hold what comes with the work."""
    to = User.objects.get(pk=to.pk)
    for one in work.editions:
        if not policy.can(to, "edit", one):
            name = name_of(to)
            sentence = f"{name} may not edit “{one.monograph.slug}”. Choose somebody else, or give them the role first."
            raise refuse("nobody_goes_on", sentence, RefusalType.INVALID, field="to")
