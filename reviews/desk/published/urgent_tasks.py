"""What of published pages waits for me: second signatures on warnings and withdrawals, and pages that may come back.
Clocks of hours, so they stand first in the queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from monographs.models import Monograph, Overlay
from monographs.standing import today
from reviews.access import policy
from reviews.desk.base import class_tree
from reviews.desk.published.reports import open_for
from reviews.models import ClinicianProfile, ProblemReport, SignOff
from reviews.models.signoff import STILL_CORRECT


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


def waiting_for(user: Any, profile: ClinicianProfile | None) -> list[Urgent]:
    """Five queries at most, however many pages there are. The first due comes first."""
    now = timezone.now()
    verified = profile is not None and profile.is_verified(today(now))
    rows = Overlay.objects.confirmed_by_another().filter(monograph__in=policy.readable(user))
    found, withdrawn = [], dict[int, Overlay]()
    classes = class_tree()
    for one in rows.select_related("monograph__live", "second_signature").order_by("at"):
        one.monograph.therapeutic_class = classes[one.monograph.therapeutic_class_id]
        if one.kind != "warning":
            withdrawn[one.monograph_id] = one
        if one.second is None and one.by_id != user.pk and _may_confirm(user, one, verified):
            found.append(_second(one, now))
    vouched = SignOff.objects.filter(
        meaning=STILL_CORRECT, edition__monograph__in=withdrawn, unsigning=None
    ).values_list("edition__monograph", "signed_at", "signer")
    for pk, signed_at, signer in vouched:
        one = withdrawn[pk]
        if signed_at >= one.at and signer != user.pk and policy.can(user, "reinstate", one.monograph):
            why = "A clinician signed that it is still correct."
            found.append(Urgent("Withdrawn page", _name(one.monograph), _address(one.monograph), why, "Open the page"))
    found += [_report(one, now) for one in open_for(user)]
    return sorted(found, key=lambda one: (not one.is_urgent, one.due_at is None, one.due_at or now))


def _report(one: ProblemReport, now: datetime) -> Urgent:
    name = f"{one.number}: {_name(one.monograph) if one.monograph else 'the house as a whole'}"
    why = f"{one.part or 'The whole page'}: {Truncator(one.text).chars(100)}"
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
    )


def _may_confirm(user: Any, overlay: Overlay, verified: bool) -> bool:
    if overlay.kind == "warning":
        return verified and policy.can(user, "countersign", overlay.monograph)
    wanted = policy.PUBLISH if overlay.by_role == "clinician" else policy.REVIEW
    return policy.is_granted(user, (wanted,), overlay.monograph.therapeutic_class)


def _second(one: Overlay, now: datetime) -> Urgent:
    if one.kind == "warning":
        what, why, button = "Urgent warning unsigned", f"{one.get_title_display()}.", "Open and countersign"
    else:
        what, why, button = "Withdrawal to confirm", f"{one.get_kind_display()}: {one.reason}.", "Open and confirm"
    return Urgent(what, _name(one.monograph), _address(one.monograph), why, button, one.due_at, now >= one.due_at)


def _name(monograph: Monograph) -> str:
    return monograph.live.name if monograph.live else monograph.slug


def _address(monograph: Monograph) -> str:
    return reverse("published", args=[monograph.slug])
