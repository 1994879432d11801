"""What is done to the page that readers have: warnings, corrections, second signatures and their end, each a verb of
reviews.overlays with a password that is given for just these words; and what is said of a text that is not printed as
typed.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import OVERLAY_KINDS
from monographs.pages.places import Choice, key_of_all
from monographs.pages.said import said
from reviews import overlay_words, overlays
from reviews.access import policy
from reviews.access.attempts import attempt
from reviews.access.refusals import Refused
from reviews.desk.base import DeskRequest, act_on, desk, digest_in, monograph_for, not_here
from reviews.desk.published.forms import ErratumForm, PlacingForm, WarningForm
from reviews.desk.published.page import Answer, published_page, unverified
from reviews.misprints import call_harmless
from reviews.overlay_words import CorrectionInput, WarningInput
from reviews.review.attestation import Attestation
from reviews.signing import attest


def _attested(request: DeskRequest, digest: str, action: str, *things: Monograph | Overlay) -> Attestation | None:
    """The password as a signature on these words. None if nothing was typed, or by whoever may not do this to one of
    these things: no password is tried by them, and the verb says why not."""
    password = request.POST.get("password", "")
    if not password or not all(policy.can(request.user, action, one) for one in things):
        return None
    return attest(request.user, password=password, ticks=(), interests="none", digest=digest, request=request)


def _page(request: DeskRequest, slug: str, kind: str = "") -> str:
    """Where the forms of what is done to a page stand."""
    if kind and not ((row := OVERLAY_KINDS.get(kind)) and row.form):
        raise Http404
    return reverse("published", args=[monograph_for(request, slug).slug])


def _overlay_for(request: DeskRequest, pk: int) -> Overlay:
    overlay = Overlay.objects.select_related("monograph__therapeutic_class").filter(pk=pk).first()
    if overlay is None:
        raise Http404
    if refusals := policy.refusals(request.user, "read", overlay.monograph):
        not_here(request, overlay.monograph, Refused(refusals))
    return overlay


def _page_under(request: DeskRequest, pk: int) -> str:
    return reverse("published", args=[_overlay_for(request, pk).monograph.slug])


@desk
@act_on(_page)
def erratum(request: DeskRequest, slug: str) -> HttpResponse:
    monograph = monograph_for(request, slug)
    form = ErratumForm(request.POST)
    asked, chosen = _places_asked(request, monograph)
    form.ask(asked, chosen)
    given = form.given
    corrected = CorrectionInput(given["wrong"], given["right"], given["harm"], chosen)

    def act() -> None:
        attestation = _attested(request, corrected.digest(monograph), "correct", monograph)
        overlays.correct(monograph, corrected=corrected, actor=request.user, attestation=attestation)

    tried = attempt(act)
    if tried.is_done:
        messages.success(request, "The correction stands on the page, on the editions that said so, and in the list.")
        return redirect("published", slug)
    rest = form.refuse(tried.refusals)
    answer = Answer("Not corrected yet", rest or tried.refusals, tried.status, erratum=form)
    return published_page(request, monograph, answer)


def _places_asked(request: DeskRequest, monograph: Monograph) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """The places to choose from, and those that were chosen. A choice that was made for other words, or before the page
    changed, counts for nothing. Where there is one place, and no choice was made, nothing is asked."""
    if policy.refusals(request.user, "correct", monograph):
        return (), ()
    asked = said(monograph, request.POST.get("wrong", "")).choices
    if not 0 < len(asked) <= overlay_words.MOST_PLACES:
        return (), ()
    sent = set(request.POST.getlist("places"))
    if len(asked) == 1 and not sent:
        return (), (asked[0].key,)
    return asked, tuple(one.key for one in asked if not sent.isdisjoint((one.key, key_of_all(asked))))


@desk
@act_on(_page)
def place(request: DeskRequest, slug: str, kind: str) -> HttpResponse:
    """Puts something over the page that needs nothing else. Fields: `reason`, `password`."""
    monograph, row = monograph_for(request, slug), OVERLAY_KINDS.get(kind)
    if row is None or row.form is None:
        raise Http404
    form = PlacingForm(row, request.POST)
    reason = form.given["reason"]

    def act() -> None:
        attestation = _attested(request, overlay_words.digest_of_placing(kind, monograph, reason), row.place, monograph)
        overlays.place(kind, monograph, reason=reason, actor=request.user, attestation=attestation)

    tried = attempt(act)
    if tried.is_done:
        messages.success(request, row.form.done)
        return redirect("published", slug)
    rest = form.refuse(tried.refusals)
    answer = Answer("Not added yet", rest or tried.refusals, tried.status, placed=form)
    return published_page(request, monograph, answer)


@desk
@act_on(_page_under)
def countersign(request: DeskRequest, pk: int) -> HttpResponse:
    """The second signature on what asks for one. Field: `password`."""
    overlay = _overlay_for(request, pk)
    digest = overlay_words.digest_of_act("countersign", overlay)

    second = overlay.row.second

    def act() -> None:
        attestation = _attested(request, digest, second.action, overlay) if second else None
        overlays.countersign(overlay, actor=request.user, attestation=attestation)

    return _done(request, overlay, act, second.done if second else "", "Not countersigned")


@desk
@act_on(_page_under)
def lift(request: DeskRequest, pk: int) -> HttpResponse:
    """Ends what stands over the page. Fields: `reason`, `password`."""
    overlay = _overlay_for(request, pk)
    digest, reason = overlay_words.digest_of_act("lift", overlay), request.POST.get("reason", "")

    def act() -> None:
        attestation = _attested(request, digest, "lift", overlay)
        overlays.lift(overlay, actor=request.user, reason=reason, attestation=attestation)

    return _done(request, overlay, act, "The notice is no longer on the page.", "Not ended")


def _done(request: DeskRequest, overlay: Overlay, act: Callable[[], Any], done: str, not_done: str) -> HttpResponse:
    tried = attempt(act)
    if tried.is_done:
        messages.success(request, done)
        return redirect("published", overlay.monograph.slug)
    monograph = monograph_for(request, overlay.monograph.slug)
    answer = Answer(not_done, tried.refusals, tried.status, act=f"lift-{overlay.pk}", typed=request.POST)
    return published_page(request, monograph, answer)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def warning_new(request: DeskRequest) -> HttpResponse:
    """One urgent warning over one or several pages. `?monograph=` ticks one beforehand."""
    user = request.user
    pages = policy.readable(user).filter(live__isnull=False).order_by("slug")
    against = [(one, policy.refusals(user, "warn", one)) for one in pages]
    mine = [one for one, found in against if not found]
    form = WarningForm(
        mine,
        request.POST if request.method == "POST" else None,
        initial={"monographs": [request.GET.get("monograph", "")]},
    )
    context: dict[str, Any] = {
        "section": "monographs",
        "form": form,
        "monographs": mine,
        "unverified": unverified([one for _, found in against for one in found]),
        "refusals": [],
    }
    status = 200
    if request.method == "POST":
        given = form.given
        over = [one for one in policy.readable(user) if one.slug in given["monographs"]]  # no typed word goes to SQL
        names = ("title", "severity", "regulator", "link", "issued", "quote")
        warned = WarningInput(*(given[name] for name in names))

        def act() -> None:
            attestation = _attested(request, warned.digest(over), "warn", *over)
            overlays.warn(over, warned=warned, actor=user, attestation=attestation)

        tried = attempt(act)
        if tried.is_done:
            count = len(over)
            words = "one page" if count == 1 else f"{count} pages"
            messages.success(
                request, f"Readers see the warning over {words} now. Somebody else signs it within 24 hours."
            )
            return redirect("published", over[0].slug) if count == 1 else redirect("queue")
        status = tried.status
        context["refusals"] = form.refuse(tried.refusals)
    return render(request, "reviews/warning_new.html", context, status=status)


@desk
@act_on(_page)
def harmless(request: DeskRequest, slug: str) -> HttpResponse:
    """What the page prints of a text harms nobody, though it is not what was typed. Fields: `part` (its key), `digest`
    (of the words that were shown), `reason`."""
    monograph, digest = monograph_for(request, slug), digest_in(request)
    part, reason = request.POST.get("part", "")[:36], request.POST.get("reason", "")
    tried = attempt(lambda: call_harmless(monograph, part=part, digest=digest, actor=request.user, reason=reason))
    if tried.is_done:
        messages.success(
            request, f"{tried.result.label} stays as it is printed: you said that it is harmless, and why."
        )
        return redirect("published", monograph.slug)
    answer = Answer("Not kept yet", tried.refusals, tried.status, act=f"harmless-{digest}", typed=request.POST)
    return published_page(request, monograph, answer)
