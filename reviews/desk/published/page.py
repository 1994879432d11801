"""The page that readers have now: what stands over it, and what can be done to it at once.

Withdrawal and what undoes it are transitions, and go through `do`; everything else is in `acts`.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monographs.document import Document
from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import OVERLAY_KINDS, WITHDRAWALS, OverlayKind
from monographs.standing import overlays_of
from reviews import overlays
from reviews.access import policy
from reviews.access.refusals import Refusal
from reviews.desk import transition_labels
from reviews.desk.base import desk, monograph_for
from reviews.desk.published.forms import ErratumForm, ReasonForm
from reviews.desk.published.misprints import asked
from reviews.desk.published.withdrawal_check import places_of
from reviews.misprints import LONGEST_REASON
from reviews.review.attestation import still_correct
from reviews.review.edition_review import EditionReview
from reviews.workflow import TRANSITIONS, refusals

# The kinds whose words the template lays out by themselves; it says of all others what their rows say.
WITH_LAYOUT = ("warning", "erratum")


@dataclass(frozen=True)
class Offer:
    """One thing that can be done to the page, or why this person cannot do it now."""

    name: str
    label: str
    note: str
    reasons: list[Refusal]


@dataclass
class Answer:
    """Why the page is shown again, with what was typed."""

    title: str = ""
    refusals: list[Refusal] | None = None
    status: int = 200
    kind: str = ""
    reason: str = ""
    erratum: ErratumForm | None = None
    placed: ReasonForm | None = None
    ticks: frozenset[str] = frozenset()
    # The overlay whose end was asked for, and why.
    lifts: int = 0
    lift_reason: str = ""
    # The digest of the text that is not kept as harmless yet, and why it should be.
    misprint: str = ""
    misprint_reason: str = ""


@desk
@require_safe
def published(request: HttpRequest, slug: str) -> HttpResponse:
    return published_page(request, monograph_for(request, slug), Answer())


def published_page(request: HttpRequest, monograph: Monograph, answer: Answer) -> HttpResponse:
    """What readers have, what stands over it, and every act on it with its reasons."""
    user, live = request.user, monograph.live
    context: dict[str, Any] = {"section": "monographs", "monograph": monograph, "answer": answer}
    if live is None:
        return render(request, "reviews/published.html", context, status=answer.status)
    review = EditionReview.load(live.edition)
    standing = overlays_of(monograph.pk)
    offers = {
        name: Offer(
            name,
            transition_labels.button(row, live.number, name=live.name),
            transition_labels.help_for(row, review),
            refusals(review, row, user),
        )
        for name, row in TRANSITIONS.items()
        if row.on_page
    }
    for one in standing:
        one.monograph = monograph
    against = {act: policy.refusals(user, act, monograph) for act in ("warn", "correct")}
    wrong = {one.field: one.sentence for one in answer.refusals or [] if one.field}
    context |= {
        "live": live,
        "review": review,
        "withdrawn": [one for one in standing if one.row.is_withdrawal],
        "kinds": [OVERLAY_KINDS[one] for one in WITHDRAWALS],
        "warnings": [_over(one, user, review.document) for one in standing if one.kind == "warning"],
        "errata": [_over(one, user, review.document) for one in standing if one.kind == "erratum"],
        "others": [
            _over(one, user, review.document)
            for one in standing
            if not one.row.is_withdrawal and one.kind not in WITH_LAYOUT
        ],
        "withdraw": offers["withdraw"],
        "longest": overlays.LONGEST_PRINTED_REASON,
        "simple": [offers["confirm-withdrawal"], offers["reinstate"]],
        "vouch": offers["still-correct"],
        "ticks": still_correct(review.document),
        "may_warn": not against["warn"],
        "may_correct": not against["correct"],
        "unverified": unverified([*against["warn"], *against["correct"]]),
        "misprints": asked(monograph, user),
        "longest_harmless": LONGEST_REASON,
        "erratum": answer.erratum
        or ErratumForm(initial={"wrong": request.GET.get("wrong", "")[: overlays.LONGEST_WORDS]}),
        "placing": [
            (_form_of(row, answer), policy.refusals(user, row.place, monograph))
            for row in OVERLAY_KINDS.values()
            if row.form
        ],
        "wrong": wrong,
        "withdraw_wrong": "" if answer.lifts or answer.misprint else wrong.get("reason", ""),
    }
    return render(request, "reviews/published.html", context, status=answer.status)


@dataclass(frozen=True)
class Over:
    """Something that stands over the page, and what this person may do about it."""

    overlay: Overlay
    part: str  # that it takes away
    is_late: bool
    may_countersign: bool
    may_lift: bool


def _over(one: Overlay, user: Any, document: Document) -> Over:
    part = document.by_key().get(one.part) if one.part else None
    waits = one.row.is_countersigned and not one.second
    return Over(
        one,
        part.label_for_people if part else "",
        timezone.now() >= one.due_at,
        waits and policy.can(user, one.row.second.action, one),
        policy.can(user, "lift", one),
    )


def _form_of(row: OverlayKind, answer: Answer) -> ReasonForm:
    """The form of a kind: as it was filled in, if that was refused."""
    return answer.placed if answer.placed and answer.placed.kind == row else ReasonForm(row)


def unverified(found: list[Refusal]) -> str:
    """What whoever lacks nothing but a verified registration is told."""
    return next((one.sentence for one in found if one.code == "not_verified"), "")


@desk
@require_safe
def places(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the page, or what was withheld of it, is gone, place by place."""
    monograph = monograph_for(request, slug)
    if monograph.live is None:
        raise Http404
    context = {"section": "monographs", "monograph": monograph, "live": monograph.live, "at": timezone.now()}
    return render(request, "reviews/places.html", {**context, "places": places_of(monograph)})
