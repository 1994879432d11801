"""What of published pages waits for me: second signatures on warnings and withdrawals, pages that may come back,
texts that are printed otherwise than typed, clocks of hours, so they stand first in the queue; and tiers that are below
what a class asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from monographs.models import Monograph, Overlay, TherapeuticClass
from monographs.overlay_kinds import say
from monographs.vocabulary import TIERS
from reviews.access import policy, rechecks
from reviews.desk.base import class_tree
from reviews.desk.published.reports import Open, open_for
from reviews.editing.classes import below_their_floor
from reviews.misprints import Judged, of_monographs
from reviews.models import ProblemReport, Recheck, SignOff
from reviews.models.people import name_of
from reviews.models.report import due
from reviews.models.signoff import STILL_CORRECT
from reviews.review.asked_tiers import Asked, open_requests
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS, refusals


@dataclass(frozen=True)
class Urgent:
    """One thing that waits, until when, and the one button."""

    what: str
    name: str
    address: str
    why: str
    button: str
    due_at: datetime | None = None
    is_late: bool = False
    is_urgent: bool = True
    page: Monograph | None = None  # what it is about, if it is one page


def waiting_for(user: User, classes: dict[int, TherapeuticClass] | None = None) -> list[Urgent]:
    """The first due comes first. Fifteen queries at most, however many pages and reports there are, and those
    that judge a page which a clinician reaffirmed and this person could bring back."""
    now, classes = timezone.now(), class_tree() if classes is None else classes
    readable = policy.readable(user)
    rows = Overlay.objects.confirmed_by_another().filter(monograph__in=readable)
    found, withdrawn = [], dict[int, Monograph]()
    for one in rows.select_related("monograph__live__edition", "second_signature").order_by("at"):
        one.monograph.therapeutic_class = classes[one.monograph.therapeutic_class_id]
        if one.row.is_withdrawal:
            withdrawn[one.monograph_id] = one.monograph
        if one.second is None and policy.can(user, one.row.second_signature.action, one):
            found.append(_second(one, now))
    mine = [one for one in withdrawn.values() if policy.can(user, "reinstate", one)]
    found += [_reaffirmed(one) for one in _may_return(mine, user)]
    found += [_misprint(one) for one in _misprints(user, readable, classes)]
    found += [_recheck(one) for one in rechecks.waiting_for(user, classes)]
    below = below_their_floor(readable, classes)
    found += [_too_low(page, floor) for page, floor in below if policy.can(user, "sign", page)]
    found += [_asked(one) for one in open_requests(readable) if policy.can(user, "set_tier", one.monograph)]
    found += _reports(open_for(user, classes), now)
    return sorted(found, key=lambda one: (not one.is_urgent, one.due_at is None, one.due_at or now))


def _may_return(withdrawn: list[Monograph], user: User) -> Iterator[Monograph]:
    """Those that this person can bring back now, as the transition judges it."""
    live = [one.live.edition_id for one in withdrawn if one.live]
    signed = set(SignOff.objects.filter(meaning=STILL_CORRECT, edition__in=live).values_list("edition", flat=True))
    for one in withdrawn:
        if one.live and one.live.edition_id in signed:
            if not refusals(EditionReview.load(one.live.edition), TRANSITIONS["reinstate"], user):
                yield one


def _misprints(user: User, readable: Any, classes: dict[int, TherapeuticClass]) -> Iterator[Judged]:
    """Each question once, whatever the number of editions that ask it."""
    asked = set()
    for one in of_monographs(readable) if policy.verified_profile(user) else ():
        monograph = one.row.publication.monograph
        question = monograph.pk, one.row.key, one.row.digest
        if not one.is_open or question in asked:
            continue
        asked.add(question)
        monograph.therapeutic_class = classes[monograph.therapeutic_class_id]
        if policy.can(user, "call_harmless", monograph):
            yield one


def _misprint(one: Judged) -> Urgent:
    row, monograph = one.row, one.row.publication.monograph
    name = f"{_name(monograph)}: {row.label}{'' if one.is_live else f', edition {row.publication.number}'}"
    why = f"Typed “{row.typed}”, shown “{row.shown}”." if row.shown else f"Typed “{row.typed}”, and nothing is shown."
    address = f"{_address(monograph)}#misprint-{row.digest[:12]}"
    return Urgent("Not printed as typed", name, address, why, "Look at the text", page=monograph)


def _recheck(one: Recheck) -> Urgent:
    why = f"{one.profile.name} signed it, and somebody must look at it again: {Truncator(one.reason).chars(100)}"
    address = reverse("recheck", args=[one.pk])
    return Urgent(
        "Review of a signature",
        _name(one.monograph),
        address,
        why,
        "Open the review",
        is_urgent=False,
        page=one.monograph,
    )


def _too_low(one: Monograph, floor: str) -> Urgent:
    why = f"Its tier is {TIERS[one.tier]}, and its class asks for {TIERS[floor]}. Raise it in the workspace."
    address = reverse("workspace", args=[one.slug])
    return Urgent("Tier too low", _name(one), address, why, "Open the workspace", is_urgent=False, page=one)


def _asked(one: Asked) -> Urgent:
    why = f"{one.by} asks for the {TIERS[one.tier].lower()} tier: until it is raised nothing can be sent for review."
    address = f"{reverse('workspace', args=[one.monograph.slug])}#tier-low-t"
    return Urgent(
        "Tier to be raised",
        one.monograph.called,
        address,
        why,
        "Open the workspace",
        is_urgent=False,
        page=one.monograph,
    )


def _reaffirmed(one: Monograph) -> Urgent:
    why = "It was signed again: it is still correct."
    return Urgent("Withdrawn page", _name(one), _address(one), why, "Open the page", page=one)


def _reports(all_of: Open, now: datetime) -> Iterator[Urgent]:
    address = reverse("reports")
    if all_of.waiting_since:
        due_at = due(all_of.waiting_since, harm=True)
        why = "They could harm, and stand in the inbox: look at them, and take them in."
        what = f"{all_of.waiting} new report{'s' * (all_of.waiting > 1)} of readers"
        yield Urgent("Report: could harm", what, address, why, "Open the reports", due_at, now >= due_at)
    yield from (_report(one, now) for one in all_of.first)
    if all_of.more:
        why = "Those that are due later stand in the list."
        what = f"{all_of.more} more open report{'s' * (all_of.more > 1)}"
        yield Urgent("Report of a problem", what, address, why, "Open the reports", is_urgent=False)


def _report(one: ProblemReport, now: datetime) -> Urgent:
    name = f"{one.number}: {_name(one.monograph) if one.monograph else 'the site as a whole'}"
    looks = f" {name_of(one.looking_by)} is looking at it." if one.looking_by else ""
    again = " What closed it was undone." if one.is_open_again else ""
    why = f"{one.part or 'The whole page'}: {Truncator(one.text).chars(100)}{looks}{again}"
    what = "Report: could harm" if one.harm else "Report of a problem"
    return Urgent(
        what,
        name,
        reverse("report_page", args=[one.pk]),
        why,
        "Open the report",
        one.due_at,
        one.is_late(now),
        one.harm,
        one.monograph,
    )


def _second(one: Overlay, now: datetime) -> Urgent:
    second = one.row.second_signature
    why, is_late = say(second.why, one), now >= one.due_at
    return Urgent(
        second.task,
        _name(one.monograph),
        _address(one.monograph),
        why,
        second.button,
        one.due_at,
        is_late,
        page=one.monograph,
    )


def _name(monograph: Monograph) -> str:
    return monograph.called


def _address(monograph: Monograph) -> str:
    return reverse("published", args=[monograph.slug])
