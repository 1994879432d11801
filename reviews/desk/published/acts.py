"""The page that readers have now: what stands over it, and what can be done to it at once.

Withdrawal and what undoes it are transitions, and go through `do`. Warnings, corrections, second signatures and their
end are verbs of reviews.overlays, each with a password that is given for just these words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monographs.document import Document
from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import HARMS, OVERLAY_KINDS, REGULATORS, SEVERITIES, TITLES, WITHDRAWALS, OverlayKind
from monographs.places import Choice, key_of_all
from monographs.said import said
from monographs.standing import overlays_of
from reviews import overlays
from reviews.access import policy
from reviews.access.attempts import attempt
from reviews.access.refusals import Refusal, Refused
from reviews.desk import transition_labels
from reviews.desk.base import desk, monograph_for, not_here
from reviews.desk.published.misprints import asked
from reviews.desk.published.withdrawal_check import places_of
from reviews.misprints import LONGEST_REASON
from reviews.overlays import CorrectionInput, WarningInput
from reviews.reports.forms import InputForm
from reviews.review.attestation import Attestation, still_correct
from reviews.review.edition_review import EditionReview
from reviews.signing import attest
from reviews.workflow import TRANSITIONS, refusals

# -- Forms -------------------------------------------------------------------------------------------------------------


def _choices(listed: dict[str, str]) -> list[tuple[str, str]]:
    return [("", "Choose"), *listed.items()]


def _password() -> forms.CharField:
    box = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label="Your password, as your signature", widget=box, strip=False)


class WarningForm(InputForm):
    title = forms.ChoiceField(label="What must readers do?", choices=_choices(TITLES))
    severity = forms.ChoiceField(label="How severe?", choices=_choices(SEVERITIES))
    regulator = forms.ChoiceField(label="Who says so?", choices=_choices(REGULATORS))
    issued = forms.CharField(
        label="Issued on", help_text="Year, month, day: 2026-11-23", widget=forms.DateInput(attrs={"type": "date"})
    )
    link = forms.CharField(label="Address of their own text", help_text="Begins with https://", max_length=500)
    quote = forms.CharField(
        label="Their sentence, word for word",
        help_text="One or two sentences. Readers see it in quotation marks; write nothing of your own.",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": overlays.LONGEST_WORDS}),
    )
    password = _password()


class ErratumForm(InputForm):
    wrong = forms.CharField(
        label="What did the page say?",
        help_text="Copy the words as the page shows them. Where they stand, and since when, is looked up.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlays.LONGEST_WORDS}),
    )
    right = forms.CharField(
        label="What should it say?", widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlays.LONGEST_WORDS})
    )
    harm = forms.ChoiceField(label="What harm could it do?", choices=_choices(HARMS))
    password = _password()

    # The places in which these words stand, if it is to be said which are meant; and the keys of those chosen so far.
    asked: tuple[Choice, ...] = ()
    chosen: tuple[str, ...] = ()
    all_of_them = ""  # what one tick for all of them says
    places_wrong = ""


class ReasonForm(InputForm):
    """The form of a kind that needs a reason and a password. Several stand on one page, each with ids of its own."""

    reason = forms.CharField(
        label="Reason, for readers",
        help_text="They see it at once, under the label of the notice. Nothing about a patient.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": overlays.LONGEST_PRINTED_REASON}),
    )
    password = _password()

    def __init__(self, kind: OverlayKind, *args: Any) -> None:
        super().__init__(*args, auto_id=f"id_{kind.slug}_%s")
        self.kind = kind


# -- The page ----------------------------------------------------------------------------------------------------------


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
        "unverified": _unverified([*against["warn"], *against["correct"]]),
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


def _unverified(found: list[Refusal]) -> str:
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


# -- Verbs beside the table --------------------------------------------------------------------------------------------


def _attested(request: HttpRequest, digest: str) -> Attestation | None:
    """The password as a signature on these words. None if nothing was typed: the verb says that one is needed."""
    password = request.POST.get("password", "")
    if not password:
        return None
    return attest(request.user, password=password, ticks=(), interests="none", digest=digest, request=request)


@desk
@require_POST
def erratum(request: HttpRequest, slug: str) -> HttpResponse:
    monograph = monograph_for(request, slug)
    form = ErratumForm(request.POST)
    form.is_valid()
    post = request.POST
    form.asked, form.chosen = _places_asked(request, monograph)
    form.all_of_them = key_of_all(form.asked)
    words = (post.get(name, "").strip() for name in ("wrong", "right", "harm"))
    corrected = CorrectionInput(*words, form.chosen)

    def act() -> None:
        attestation = _attested(request, corrected.digest(monograph))
        overlays.correct(monograph, corrected=corrected, actor=request.user, attestation=attestation)

    tried = attempt(act)
    if tried.is_done:
        messages.success(request, "The correction stands on the page, on the editions that said so, and in the list.")
        return redirect("published", slug)
    rest, form.places_wrong = form.refuse(tried.refusals), tried.wrong.get("places", "")
    answer = Answer("Not corrected yet", rest or tried.refusals, tried.status, erratum=form)
    return published_page(request, monograph, answer)


def _places_asked(request: HttpRequest, monograph: Monograph) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """The places to choose from, and those that were chosen. A choice that was made for other words, or before the page
    changed, counts for nothing. Where there is one place, and no choice was made, nothing is asked."""
    if policy.refusals(request.user, "correct", monograph):
        return (), ()
    asked = said(monograph, request.POST.get("wrong", "")).choices
    if not 0 < len(asked) <= overlays.MOST_PLACES:
        return (), ()
    sent = set(request.POST.getlist("places"))
    if len(asked) == 1 and not sent:
        return (), (asked[0].key,)
    return asked, tuple(one.key for one in asked if not sent.isdisjoint((one.key, key_of_all(asked))))


@desk
@require_POST
def place(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Puts something over the page that needs nothing else. Fields: `reason`, `password`."""
    monograph, row = monograph_for(request, slug), OVERLAY_KINDS.get(kind)
    if row is None or row.form is None:
        raise Http404
    form, reason = ReasonForm(row, request.POST), request.POST.get("reason", "")
    form.is_valid()

    def act() -> None:
        attestation = _attested(request, overlays.digest_of_placing(kind, monograph, reason))
        overlays.place(kind, monograph, reason=reason, actor=request.user, attestation=attestation)

    tried = attempt(act)
    if tried.is_done:
        messages.success(request, row.form.done)
        return redirect("published", slug)
    rest = form.refuse(tried.refusals)
    answer = Answer("Not added yet", rest or tried.refusals, tried.status, placed=form)
    return published_page(request, monograph, answer)


def _overlay_for(request: HttpRequest, pk: int) -> Overlay:
    overlay = Overlay.objects.select_related("monograph__therapeutic_class").filter(pk=pk).first()
    if overlay is None:
        raise Http404
    if refusals := policy.refusals(request.user, "read", overlay.monograph):
        not_here(request, overlay.monograph, Refused(refusals))
    return overlay


@desk
@require_POST
def countersign(request: HttpRequest, pk: int) -> HttpResponse:
    """The second signature on what asks for one. Field: `password`."""
    overlay = _overlay_for(request, pk)
    digest = overlays.digest_of_act("countersign", overlay)

    def act() -> None:
        overlays.countersign(overlay, actor=request.user, attestation=_attested(request, digest))

    second = overlay.row.second
    return _done(request, overlay, act, second.done if second else "", "Not countersigned")


@desk
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends what stands over the page. Fields: `reason`, `password`."""
    overlay = _overlay_for(request, pk)
    digest, reason = overlays.digest_of_act("lift", overlay), request.POST.get("reason", "")

    def act() -> None:
        overlays.lift(overlay, actor=request.user, reason=reason, attestation=_attested(request, digest))

    return _done(request, overlay, act, "The notice is no longer on the page.", "Not ended")


def _done(request: HttpRequest, overlay: Overlay, act: Callable[[], Any], done: str, not_done: str) -> HttpResponse:
    tried = attempt(act)
    if tried.is_done:
        messages.success(request, done)
        return redirect("published", overlay.monograph.slug)
    monograph = monograph_for(request, overlay.monograph.slug)
    reason = request.POST.get("reason", "")
    answer = Answer(not_done, tried.refusals, tried.status, lifts=overlay.pk, lift_reason=reason)
    return published_page(request, monograph, answer)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def warning_new(request: HttpRequest) -> HttpResponse:
    """One urgent warning over one or several pages. `?monograph=` ticks one beforehand."""
    user = request.user
    pages = policy.readable(user).filter(live__isnull=False).order_by("slug")
    against = [(one, policy.refusals(user, "warn", one)) for one in pages]
    chosen = {*request.POST.getlist("monographs"), request.GET.get("monograph", "")}
    form = WarningForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "section": "monographs",
        "form": form,
        "monographs": [one for one, found in against if not found],
        "unverified": _unverified([one for _, found in against for one in found]),
        "chosen": chosen,
        "refusals": [],
    }
    status = 200
    if request.method == "POST":
        form.is_valid()
        pages = [one for one in policy.readable(user) if one.slug in chosen]  # no typed word goes to the database
        names = ("title", "severity", "regulator", "link", "issued", "quote")
        warned = WarningInput(*(request.POST.get(name, "").strip() for name in names))

        def act() -> None:
            overlays.warn(pages, warned=warned, actor=user, attestation=_attested(request, warned.digest(pages)))

        tried = attempt(act)
        if tried.is_done:
            count = len(pages)
            over = "one page" if count == 1 else f"{count} pages"
            messages.success(
                request, f"Readers see the warning over {over} now. Somebody else signs it within 24 hours."
            )
            return redirect("published", pages[0].slug) if count == 1 else redirect("queue")
        status = tried.status
        context["refusals"], context["pages_wrong"] = form.refuse(tried.refusals), tried.wrong.get("monographs", "")
    return render(request, "reviews/warning_new.html", context, status=status)
