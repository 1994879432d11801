"""The page that readers have now: what stands over it, and what can be done to it at once.

Withdrawal and what undoes it are transitions, and go through `do`; everything else is in `acts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monographs.document import Document
from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import OVERLAY_KINDS, OverlayKind
from monographs.standing import overlays_of
from reviews import overlay_words, renewal
from reviews.access import policy
from reviews.access.refusals import Refusal
from reviews.desk import transition_labels
from reviews.desk.act_forms import SecondSignatureForm, SignedReasonForm, SignForm
from reviews.desk.base import DeskRequest, desk, monograph_for
from reviews.desk.published.forms import ErratumForm, PlacingForm, WithdrawForm
from reviews.desk.published.misprints import asked
from reviews.desk.published.second_person import as_pending
from reviews.review.attestation import full_review_of, still_correct
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
    act: str = ""  # which of the forms was sent: the name of a transition, `lift-…`, `harmless-…`
    typed: Mapping[str, Any] = field(default_factory=dict)
    erratum: ErratumForm | None = None
    placed: PlacingForm | None = None

    def typed_in(self, act: str) -> Mapping[str, Any] | None:
        """What was typed in a form; None if another one was sent."""
        return self.typed if self.act == act else None

    def reason_in(self, act: str) -> str | None:
        return self.typed.get("reason", "") if self.act == act else None

    def refusals_of(self, act: str) -> list[Refusal]:
        return (self.refusals or []) if self.act == act else []


@desk
@require_safe
def published(request: DeskRequest, slug: str) -> HttpResponse:
    return published_page(request, monograph_for(request, slug), Answer())


def published_page(request: DeskRequest, monograph: Monograph, answer: Answer) -> HttpResponse:
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
            transition_labels.button(row, live.number, name=monograph.called),
            transition_labels.help_for(row, review),
            refusals(review, row, user),
        )
        for name, row in TRANSITIONS.items()
        if row.on_page
    }
    for one in standing:
        one.monograph = monograph
    withdrawn = [one for one in standing if one.row.is_withdrawal]
    pending = as_pending(one for one in withdrawn if not one.second)
    # A pending withdrawal is confirmed above all else; of the others first what can be done, the way back before more.
    names = ["withdraw"]
    if withdrawn:
        names = [*([] if pending else ["confirm-withdrawal"]), "reinstate", "still-correct", "withdraw"]
    steps = [offers[name] for name in names]
    opened = [one for one in steps if not one.reasons]
    against = {act: policy.refusals(user, act, monograph) for act in ("warn", "correct")}
    context |= {
        "live": live,
        "review": review,
        "withdrawn": withdrawn,
        "warnings": [_over(one, user, review.document, answer) for one in standing if one.kind == "warning"],
        "errata": [_over(one, user, review.document, answer) for one in standing if one.kind == "erratum"],
        "others": [
            _over(one, user, review.document, answer)
            for one in standing
            if not one.row.is_withdrawal and one.kind not in WITH_LAYOUT
        ],
        "pending": pending,
        "confirm": offers["confirm-withdrawal"],
        "open_steps": opened,
        "shut_steps": [one for one in steps if one.reasons],
        # One solid button a view: what waits for a second person, else the first step that brings the page back.
        "first_step": None if pending and not offers["confirm-withdrawal"].reasons else next(iter(opened), None),
        "withdraw_form": WithdrawForm(answer.typed_in("withdraw"), answer.refusals_of("withdraw")),
        "vouch_form": SignForm(
            still_correct(review.document),
            monograph.called,
            answer.typed_in("still-correct"),
            answer.refusals_of("still-correct"),
        ),
        "full_review": offers["full-review"],
        "full_review_form": SignForm(
            full_review_of(review), monograph.called, answer.typed_in("full-review"), answer.refusals_of("full-review")
        ),
        "no_change": offers["no-change"],
        "no_change_form": SignForm(
            renewal.ticks(review),
            monograph.called,
            answer.typed_in("no-change"),
            answer.refusals_of("no-change"),
            at="no-change",
        ),
        "may_edit": policy.can(user, "edit", monograph),
        "may_warn": not against["warn"],
        "may_correct": not against["correct"],
        "unverified": unverified([*against["warn"], *against["correct"]]),
        "misprints": asked(monograph, user, answer.act, answer.typed, answer.refusals or []),
        "erratum": answer.erratum
        or ErratumForm(initial={"wrong": request.GET.get("wrong", "")[: overlay_words.LONGEST_WORDS]}),
        "placing": [
            (_form_of(row, answer), policy.refusals(user, row.place, monograph))
            for row in OVERLAY_KINDS.values()
            if row.form
        ],
    }
    return render(request, "reviews/published.html", context, status=answer.status)


@dataclass(frozen=True)
class Over:
    """Something that stands over the page, and what this person may do about it."""

    overlay: Overlay
    part: str  # that it takes away
    is_late: bool
    second_form: SecondSignatureForm | None  # for whoever may give it
    lift_form: SignedReasonForm | None


def _over(one: Overlay, user: User, document: Document, answer: Answer) -> Over:
    part = document.by_key().get(one.part) if one.part else None
    waits = one.row.is_countersigned and not one.second
    return Over(
        one,
        document.label_of(part) if part else "",
        timezone.now() >= one.due_at,
        SecondSignatureForm(at=f"countersign-{one.pk}", hint=one.row.second_signature.hint)
        if waits and policy.can(user, one.row.second_signature.action, one)
        else None,
        SignedReasonForm(
            answer.reason_in(act := f"lift-{one.pk}"),
            at=act,
            label="Why does it end?",
            hint="Readers of the updates are told.",
            longest=overlay_words.LONGEST_PRINTED_REASON,
            rows=2,
            refusals=answer.refusals_of(act),
        )
        if policy.can(user, "lift", one)
        else None,
    )


def _form_of(row: OverlayKind, answer: Answer) -> PlacingForm:
    """The form of a kind: as it was filled in, if that was refused."""
    return answer.placed if answer.placed and answer.placed.kind == row else PlacingForm(row)


def unverified(found: list[Refusal]) -> str:
    """What whoever lacks nothing but a verified registration is told."""
    return next((one.sentence for one in found if one.code == "not_verified"), "")
