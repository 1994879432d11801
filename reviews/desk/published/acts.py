"""What is done to the page that readers have: warnings, corrections, second signatures and their end, each a verb of
reviews.overlays with a password that is given for just these words; and what is said of a text that is not printed as
typed.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from monographs.models import Monograph, Overlay
from monographs.overlay_kinds import OVERLAY_KINDS
from monographs.pages.places import Choice, key_of_all
from monographs.pages.said import said
from reviews import overlays
from reviews.access import policy
from reviews.access.attempts import attempt
from reviews.access.refusals import Refused
from reviews.desk.base import DeskRequest, desk, digest_in, monograph_for, not_here
from reviews.desk.published.forms import ErratumForm, PlacingForm, WarningForm
from reviews.desk.published.page import Answer, published_page, unverified
from reviews.misprints import call_harmless
from reviews.overlays import CorrectionInput, WarningInput
from reviews.review.attestation import Attestation
from reviews.signing import attest


def _attested(request: DeskRequest, digest: str, action: str, *things: Monograph | Overlay) -> Attestation | None:
    """The password as a signature on these words. None if nothing was typed, or by whoever may not do this to one of
    these things: no password is tried by them, and the verb says why not."""
    password = request.POST.get("password", "")
    if not password or not all(policy.can(request.user, action, one) for one in things):
        return None
    return attest(request.user, password=password, ticks=(), interests="none", digest=digest, request=request)


@desk
@require_POST
def erratum(request: DeskRequest, slug: str) -> HttpResponse:
    monograph = monograph_for(request, slug)
    form = ErratumForm(request.POST)
    form.is_valid()
    post = request.POST
    form.asked, form.chosen = _places_asked(request, monograph)
    form.all_of_them = key_of_all(form.asked)
    wrong, right, harm = (post.get(name, "").strip() for name in ("wrong", "right", "harm"))
    corrected = CorrectionInput(wrong, right, harm, form.chosen)

    def act() -> None:
        attestation = _attested(request, corrected.digest(monograph), "correct", monograph)
        overlays.correct(monograph, corrected=corrected, actor=request.user, attestation=attestation)

    tried = attempt(act)
    if tried.is_done:
        messages.success(request, "The correction stands on the page, on the editions that said so, and in the list.")
        return redirect("published", slug)
    rest, form.places_wrong = form.refuse(tried.refusals), tried.wrong.get("places", "")
    answer = Answer("Not corrected yet", rest or tried.refusals, tried.status, erratum=form)
    return published_page(request, monograph, answer)


def _places_asked(request: DeskRequest, monograph: Monograph) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
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
def place(request: DeskRequest, slug: str, kind: str) -> HttpResponse:
    """Puts something over the page that needs nothing else. Fields: `reason`, `password`."""
    monograph, row = monograph_for(request, slug), OVERLAY_KINDS.get(kind)
    if row is None or row.form is None:
        raise Http404
    form, reason = PlacingForm(row, request.POST), request.POST.get("reason", "")
    form.is_valid()

    def act() -> None:
        attestation = _attested(request, overlays.digest_of_placing(kind, monograph, reason), row.place, monograph)
        overlays.place(kind, monograph, reason=reason, actor=request.user, attestation=attestation)

    tried = attempt(act)
    if tried.is_done:
        messages.success(request, row.form.done)
        return redirect("published", slug)
    rest = form.refuse(tried.refusals)
    answer = Answer("Not added yet", rest or tried.refusals, tried.status, placed=form)
    return published_page(request, monograph, answer)


def _overlay_for(request: DeskRequest, pk: int) -> Overlay:
    overlay = Overlay.objects.select_related("monograph__therapeutic_class").filter(pk=pk).first()
    if overlay is None:
        raise Http404
    if refusals := policy.refusals(request.user, "read", overlay.monograph):
        not_here(request, overlay.monograph, Refused(refusals))
    return overlay


@desk
@require_POST
def countersign(request: DeskRequest, pk: int) -> HttpResponse:
    """The second signature on what asks for one. Field: `password`."""
    overlay = _overlay_for(request, pk)
    digest = overlays.digest_of_act("countersign", overlay)

    second = overlay.row.second

    def act() -> None:
        attestation = _attested(request, digest, second.action, overlay) if second else None
        overlays.countersign(overlay, actor=request.user, attestation=attestation)

    return _done(request, overlay, act, second.done if second else "", "Not countersigned")


@desk
@require_POST
def lift(request: DeskRequest, pk: int) -> HttpResponse:
    """Ends what stands over the page. Fields: `reason`, `password`."""
    overlay = _overlay_for(request, pk)
    digest, reason = overlays.digest_of_act("lift", overlay), request.POST.get("reason", "")

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
    chosen = {*request.POST.getlist("monographs"), request.GET.get("monograph", "")}
    form = WarningForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "section": "monographs",
        "form": form,
        "monographs": [one for one, found in against if not found],
        "unverified": unverified([one for _, found in against for one in found]),
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
            attestation = _attested(request, warned.digest(pages), "warn", *pages)
            overlays.warn(pages, warned=warned, actor=user, attestation=attestation)

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


@desk
@require_POST
def harmless(request: DeskRequest, slug: str) -> HttpResponse:
    """What the page prints of a text harms nobody, though it is not what was typed. Fields: `part` (its key), `digest`
    (of the words that were shown), `reason`."""
    monograph, digest = monograph_for(request, slug), digest_in(request)
    part, reason = request.POST.get("part", "")[:36], request.POST.get("reason", "")
    tried = attempt(lambda: call_harmless(monograph, part=part, digest=digest, actor=request.user, reason=reason))
    if tried.is_done:
        messages.success(request, f"{tried.result.label}: kept as harmless, with your reason.")
        return redirect("published", monograph.slug)
    answer = Answer("Not kept yet", tried.refusals, tried.status, act=f"harmless-{digest}", typed=request.POST)
    return published_page(request, monograph, answer)
