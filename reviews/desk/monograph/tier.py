"""The form for a tier: its floor, what each tier means, and the reason. Only clinicians set it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from monographs.models import Monograph
from reviews.access import policy
from reviews.access.attempts import Attempt, attempt
from reviews.desk.base import cleaned, current_edition, desk, monograph_for
from reviews.editing.monographs import set_tier, tier_refusals
from reviews.review import tiers
from reviews.review.edition_review import EditionReview


@dataclass(frozen=True)
class Choice:
    """One tier: what it means, and why it cannot be chosen now (nothing, if it can)."""

    tier: str
    label: str
    means: str
    why_not: str


@dataclass(frozen=True)
class TierForm:
    """The form, or the sentence who can set the tier. What was typed is kept."""

    now: str
    floor: str
    choices: list[Choice]
    who: str
    tier: str = ""
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return not self.who and any(not choice.why_not for choice in self.choices)


def tier_form(review: EditionReview, user: Any, tier: str = "", reason: str = "") -> TierForm:
    """The form as this person may use it now."""
    choices = [Choice(one.key, one.label, one.means, _why_not(review, one.key)) for one in tiers.ROWS.values()]
    who = " ".join(one.sentence for one in policy.refusals(user, "set_tier", review.monograph))
    return TierForm(review.monograph.tier, tiers.ROWS[review.floor()].label, choices, who, tier, reason)


_WHY_NOT = {
    "tier": "the tier now",
    "open_edition": "not while an edition is open",
    "tier_below_floor": "below the floor",
}


def _why_not(review: EditionReview, tier: str) -> str:
    return ", ".join(_WHY_NOT[one.code] for one in tier_refusals(review, tier))


@desk
@require_POST
def tier(request: HttpRequest, slug: str) -> HttpResponse:
    """Sets the tier. Fields: `tier`, `reason`, and `seen`, the tier that the form was shown with."""
    monograph = monograph_for(request, slug)
    wanted, seen = request.POST.get("tier", ""), request.POST.get("seen", "")
    reason = request.POST.get("reason", "")
    tried = attempt(
        lambda: set_tier(monograph, wanted, actor=request.user, reason=cleaned(reason, "reason"), seen=seen)
    )
    if not tried.is_done:
        return _refused(request, monograph, tried)
    row = tiers.ROWS[wanted]
    messages.success(request, f"The tier is {row.label} now: {row.means}.")
    return redirect("workspace", slug=slug)


def _refused(request: HttpRequest, monograph: Monograph, tried: Attempt) -> HttpResponse:
    """Every reason, and the form again with what was chosen and typed."""
    review = EditionReview.load(current_edition(monograph))
    form = tier_form(review, request.user, request.POST.get("tier", ""), request.POST.get("reason", ""))
    fields = {"tier": "#tier", "reason": "#tier-reason"} if form.is_open else {}
    context = {
        "section": "monographs",
        "monograph": review.monograph,
        "name": review.document.header.name or review.monograph.drug.name,
        "tier": tiers.ROWS[review.monograph.tier],
        "form": form,
        "refusals": [(one, fields.get(one.field, "")) for one in tried.refusals],
        "wrong": tried.wrong,
    }
    return render(request, "reviews/tier_refused.html", context, status=tried.status)
