"""The form for a tier: its floor, what each tier means, and the reason. Only clinicians set it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from monographs.models import Monograph
from reviews.access import policy
from reviews.access.attempts import Attempt, attempt
from reviews.access.refusals import Refusal
from reviews.desk.act_forms import KEPT
from reviews.desk.base import MOST_WORDS, DeskRequest, act_on, cleaned, current_edition, desk, monograph_for
from reviews.editing.monographs import set_tier, tier_refusals
from reviews.editing.tier_requests import ask_for_tier
from reviews.forms import Form, Text, offer
from reviews.review import tiers
from reviews.review.edition_review import EditionReview


@dataclass(frozen=True)
class Choice:
    """One tier: what it means, and why it cannot be chosen now (nothing, if it can)."""

    tier: str
    label: str
    means: str
    why_not: str

    @property
    def in_words(self) -> str:
        return f"{self.label}{f' ({self.why_not})' if self.why_not else ''}: {self.means}"


class TierSelect(forms.Select):
    """A tier that cannot be chosen now is shown, and cannot be."""

    closed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value in self.closed:
            option["attrs"]["disabled"] = True
            option["selected"] = False
        return option


class TierForm(Form):
    """The form, or the sentence who can set the tier. `seen` is the tier that it was shown with."""

    seen = forms.CharField(widget=forms.HiddenInput)
    tier = forms.ChoiceField(label="Tier", widget=TierSelect)
    reason = Text(rows=3, label="Reason", help_text=KEPT, attrs={"maxlength": MOST_WORDS})

    def __init__(self, review: EditionReview, user: User, typed: Any = None, refusals: Iterable[Refusal] = ()) -> None:
        now = review.monograph.tier
        data = None if typed is None else {**typed.dict(), "seen": now}
        super().__init__(data, initial={"seen": now}, auto_id="tier-%s")
        self.tiers = [Choice(one.key, one.label, one.means, _why_not(review, one.key)) for one in tiers.ROWS.values()]
        self.who = " ".join(one.sentence for one in policy.refusals(user, "set_tier", review.monograph))
        box = self.fields["tier"]
        floor = tiers.ROWS[review.floor()].label
        box.help_text = f"The floor is {floor}: by the drug’s traits, its class, and critical notices in force."
        offer(self, "tier", [("", "Choose a tier"), *((one.tier, one.in_words) for one in self.tiers)])
        assert isinstance(box.widget, TierSelect)
        box.widget.closed = frozenset(one.tier for one in self.tiers if one.why_not)
        if typed:
            self.refuse(refusals)

    @property
    def is_open(self) -> bool:
        return not self.who and any(not one.why_not for one in self.tiers)


_WHY_NOT = {
    "tier": "the tier now",
    "open_edition": "not while an edition is open",
    "tier_below_floor": "below the floor",
}


def _why_not(review: EditionReview, tier: str) -> str:
    return ", ".join(_WHY_NOT[one.code] for one in tier_refusals(review, tier))


@desk
@act_on(lambda request, slug: reverse("workspace", args=[monograph_for(request, slug).slug]))
def tier(request: DeskRequest, slug: str) -> HttpResponse:
    """Sets the tier. Fields: `tier`, `reason`, and `seen`, the tier that the form was shown with."""
    monograph = monograph_for(request, slug)
    given = TierForm(EditionReview.load(current_edition(monograph)), request.user, request.POST).given
    seen = request.POST.get("seen", "")  # of the form that was sent; this one holds the tier of now
    tried = attempt(
        lambda: set_tier(
            monograph, given["tier"], actor=request.user, reason=cleaned(given["reason"], "reason"), seen=seen
        )
    )
    if not tried.is_done:
        return _refused(request, monograph, tried)
    row = tiers.ROWS[given["tier"]]
    messages.success(request, f"The tier is {row.label} now: {row.means}.")
    return redirect("workspace", slug=slug)


@desk
@act_on(lambda request, slug: f"{reverse('workspace', args=[monograph_for(request, slug).slug])}#tier-low-t")
def ask(request: DeskRequest, slug: str) -> HttpResponse:
    """Asks those who may to raise the tier to what the drug, its class or a notice needs. `to`: "edit" from the page on
    which the edition is written, which comes back."""
    monograph = monograph_for(request, slug)
    tried = attempt(lambda: ask_for_tier(monograph, actor=request.user))
    if not tried.is_done:
        return _refused(request, monograph, tried)
    messages.success(request, "You asked for it. It stands in the queue of those who may raise the tier.")
    return redirect("edit" if request.POST.get("to") == "edit" else "workspace", slug=slug)


def _refused(request: DeskRequest, monograph: Monograph, tried: Attempt) -> HttpResponse:
    """Every reason, and the form again with what was chosen and typed."""
    review = EditionReview.load(current_edition(monograph))
    form = TierForm(review, request.user, request.POST, tried.refusals)
    at = {name: f"#{form[name].id_for_label}" for name in ("tier", "reason") if form.is_open}
    context = {
        "section": "monographs",
        "monograph": review.monograph,
        "name": review.document.header.called or review.monograph.called,
        "tier": tiers.ROWS[review.monograph.tier],
        "form": form,
        "typed": form.data.get("reason", ""),
        "refusals": [(one, at.get(one.field, "")) for one in tried.refusals],
        "wrong": tried.wrong,
    }
    return render(request, "reviews/tier_refused.html", context, status=tried.status)
