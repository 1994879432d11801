""" "I am looking at it": who says so of an open report, for everybody on the desk to see. It stops nobody from
anything, and ends with the answer, or when its person gives it back or leaves (`reviews.access.handover`)."""

from django.contrib.auth.models import User

from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.audit.trail import Trail, audited_write
from reviews.models import ProblemReport
from reviews.models.people import name_of
from reviews.models.report import subject_of


def against(user: User, one: ProblemReport) -> list[Refusal]:
    """Why this person may not say that they are looking at this report."""
    if one.monograph:
        return policy.refusals(user, "look_at_report", one.monograph)
    return policy.refusals(user, "answer_site_report")


def look(one: ProblemReport, *, actor: User, seen: int) -> ProblemReport:
    """Says that they are looking at it, in the place of whoever said so. `seen`: the key of whom the page named, 0 of
    nobody.

    Refuses whoever works on nothing there, an answered report, and one that somebody else took up meanwhile.
    """
    subject = subject_of([one])
    with refusals_recorded(actor=actor, action="look_at_report", subject=subject), audited_write(actor=actor) as trail:
        one = _open(trail, one)
        if one.looking_by_id == trail.actor.pk:
            raise refuse("looking_already", "You are looking at it already.", RefusalType.CONFLICT, recorded=False)
        if (one.looking_by_id or 0) != seen:
            who = name_of(one.looking_by) if one.looking_by else "Nobody"
            sentence = f"{who} is looking at it now: that changed while this page was open. Press again if you mean it."
            raise refuse("looked_at_meanwhile", sentence, RefusalType.CONFLICT, recorded=False)
        one.look(trail.actor, trail.at)
        trail.save(one, "looking_by", "looking_at")
        trail.record("report_looked_at", subject, data={"reports": [one.pk]})
    return one


def give_back(one: ProblemReport, *, actor: User) -> ProblemReport:
    """Says that they are not looking at it any more. Refuses whoever did not say that they are."""
    subject = subject_of([one])
    with refusals_recorded(actor=actor, action="look_at_report", subject=subject), audited_write(actor=actor) as trail:
        one = _open(trail, one)
        if one.looking_by_id != trail.actor.pk:
            sentence = "You are not the one who is looking at it."
            raise refuse("not_looking", sentence, RefusalType.CONFLICT, recorded=False)
        one.look(None, None)
        trail.save(one, "looking_by", "looking_at")
        trail.record("reports_given_back", subject, data={"reports": [one.pk]})
    return one


def _open(trail: Trail, one: ProblemReport) -> ProblemReport:
    one = ProblemReport.objects.select_related("monograph__therapeutic_class", "looking_by").get(pk=one.pk)
    if found := against(trail.actor, one):
        raise Refused(found)
    if one.answered_at:
        raise refuse("answered_already", "Somebody answered it already.", RefusalType.CONFLICT, recorded=False)
    return one
