"""Closing junk: many reports at once, with one reason that each reader is told. What could harm is never among them."""

from collections.abc import Sequence

from django.contrib.auth.models import User

from reviews.access import policy
from reviews.access.denials import refusals_recorded
from reviews.access.door import reason_of
from reviews.access.refusals import RefusalType, Refused, refuse
from reviews.audit.trail import audited_write
from reviews.models import ProblemReport
from reviews.models.report import subject_of
from reviews.reports.service import LONGEST, refusals_of

OUTCOME = "elsewhere"
MOST = 200  # in one act
NAMED = 5


def close_junk(pks: Sequence[int], *, actor: User, reason: str) -> list[ProblemReport]:
    """Closes these reports as not about our pages: all of them, or none. `reason` is the answer that each reader gets.

    Refuses whoever may answer none, nothing and too many, a report that could harm, one that is not there or not theirs
    to answer, and one that was answered meanwhile.
    """
    with refusals_recorded(actor=actor, action="close_reports", subject="site"), audited_write(actor=actor) as trail:
        if found := policy.refusals(trail.actor, "answer_site_report"):
            raise Refused(found)
        if not 1 <= len(set(pks)) <= MOST:
            raise refuse("number_of_reports", f"Choose from 1 to {MOST} reports.", RefusalType.INVALID, recorded=False)
        rows = ProblemReport.objects.select_related("monograph__therapeutic_class").filter(pk__in=pks).order_by("pk")
        reports = list(rows)
        if severe := [one for one in reports if one.harm]:
            raise refuse("could_harm", f"{_named(severe)} could harm: open it, and close it alone.")
        if len(reports) < len(set(pks)) or any(refusals_of(trail.actor, one) for one in reports):
            raise refuse("not_yours", "Not all of these are yours to answer. Choose again from the list.")
        if late := [one for one in reports if one.answered_at]:
            sentence = f"{_named(late)} was answered meanwhile. Choose again from the list."
            raise refuse("answered_already", sentence, RefusalType.CONFLICT, recorded=False)
        words = reason_of(reason, "Write what the readers are told.", longest=LONGEST)
        for one in reports:
            one.close(OUTCOME, words, by=trail.actor, at=trail.at)
            trail.save(one)
        data = {"reports": [one.pk for one in reports], "outcome": OUTCOME}
        trail.record("reports_closed", subject_of(reports), data=data)
    return reports


def _named(reports: Sequence[ProblemReport]) -> str:
    more = len(reports) - NAMED
    return ", ".join([*(one.number for one in reports[:NAMED]), *([f"{more} more"] if more > 0 else [])])
