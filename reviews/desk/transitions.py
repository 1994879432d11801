"""One transition, by POST. The verbs judge; here their answers become pages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from monographs.models import Edition, Monograph
from monographs.texts.characters import says_nothing
from reviews.access import scratch
from reviews.access.attempts import Attempt, attempt
from reviews.access.refusals import Refusal, RefusalType, Refused, refuse
from reviews.access.sitting import Touch
from reviews.desk import transition_labels
from reviews.desk.act_forms import SendBackForm, reason_of, stands_of
from reviews.desk.base import (
    DeskRequest,
    act_on,
    chip,
    cleaned,
    desk,
    digest_in,
    edition_at_hand,
    monograph_for,
    part_links,
)
from reviews.desk.editor.scratch import spend
from reviews.desk.monograph.meanwhile import meanwhile
from reviews.desk.published.page import Answer as PageAnswer
from reviews.desk.published.page import published_page
from reviews.desk.review.read_ticks import seen_by
from reviews.desk.review.review_page import Answer, review_page
from reviews.forms import Form
from reviews.review.attestation import NO_PASSWORD, NO_TOUCH, UNOPENED, Attestation, Seen
from reviews.review.edition_review import EditionReview
from reviews.review.remarks import FIELD as REMARK
from reviews.review.remarks import labels_of
from reviews.review.transition import Transition
from reviews.signing import attest
from reviews.workflow import TRANSITIONS, perform, refusals

SEND_BACK = "send-back"


def _page(request: DeskRequest, slug: str, transition: str) -> str:
    """Where the form of a transition stands."""
    row = TRANSITIONS.get(transition)
    if row is None:
        raise Http404
    name = "published" if row.on_page else "review" if row.needs_attestation else "workspace"
    return reverse(name, args=[monograph_for(request, slug).slug])


@desk
@act_on(_page)
def do(request: DeskRequest, slug: str, transition: str) -> HttpResponse:
    """Performs it on the current edition. Fields: `digest`, `reason`, `kind`; to sign instead of that `password`,
    `tick_…`, `interests`, `interests_text`, `reason` for a remark, and in a sitting `code` or `credential` in the place
    of `password`. Whatever else is sent is not read."""
    row = TRANSITIONS.get(transition)
    if row is None:
        raise Http404
    monograph = monograph_for(request, slug)
    # What acts on the published page acts on its edition, whichever one is open beside it.
    edition = monograph.live.edition if row.on_page and monograph.live else edition_at_hand(monograph)
    tried = attempt(lambda: _perform(request, row, edition))
    if tried.is_done:
        if row.name == SEND_BACK:
            spend(request.user, request.POST.getlist(scratch.FIELD))
        messages.success(request, transition_labels.done(row, tried.result))
        return redirect(row.leads_to) if row.leads_to == "queue" else redirect(row.leads_to, slug=slug)
    answer = refused_on_page if row.on_page else refused_signature if row.needs_attestation else refused_transition
    return answer(request, monograph, edition, row, tried)


def _perform(request: DeskRequest, row: Transition, edition: Edition) -> EditionReview:
    given: dict[str, Any] = {"reason": cleaned(request.POST.get("reason", ""), "reason")}
    if row.needs_attestation:
        given["read"] = review = EditionReview.load(edition)
        given["attestation"] = _attest(request, row, review)
    else:
        given["kind"] = request.POST.get("kind", "") if row.kinds else ""
        if row.name == SEND_BACK:
            sent = (name for name in request.POST if name.startswith(REMARK))
            given["remarks"] = {name.removeprefix(REMARK): request.POST[name] for name in sent}
    return perform(row.name, editions=[edition], actor=request.user, digest=digest_in(request), **given)[0]


# -- Signing -----------------------------------------------------------------------------------------------------------


def _attest(request: DeskRequest, row: Transition, review: EditionReview) -> Attestation:
    """The attestation of what was filled in, made before the write lock because hashing a password takes its time. With
    a wrong or missing password it carries nothing but why, so that the verb tells all that is missing at once. No
    password is tried by whoever may not sign at all, or for other words than those that stand there."""
    post, user, password = request.POST, request.user, request.POST.get("password", "")
    chosen, words = post.get("interests", ""), cleaned(post.get("interests_text", ""), "interests_text")
    given: dict[str, Any] = {
        "ticks": frozenset(name.removeprefix("tick_") for name in post if name.startswith("tick_")),
        "interests": {
            "none": "none",
            "declared": words,
            "maker": "pay or shares from a maker",
        }.get(chosen, ""),
        "paid_by_maker": chosen == "maker",
        "digest": digest_in(request),
    }
    is_in_vain = given["digest"] != review.digest or refusals(review, row, user)
    if not is_in_vain and chosen != "declared" and not says_nothing(words):
        sentence = (
            "You wrote interests here, and chose another answer above. Choose “I declare these”, or empty this box."
        )
        raise refuse("interests", sentence, RefusalType.INVALID, field="interests_text")
    # A touch stands for the password on the review page alone, where the words were opened.
    touch = Touch() if row.on_page else Touch(post.get("code", "").strip(), post.get("credential", ""))
    if is_in_vain or not (password or touch):  # nothing was tried, so it is no failure that counts
        return Attestation.unproved(user, Refused([NO_PASSWORD]), **given)
    given["seen"] = _seen(review, row, user)
    if not password and (missing := _before_touch(given, row, review)):
        return Attestation.unproved(user, Refused([missing]), **given)
    try:
        return attest(user, password=password, touch=touch, request=request, **given)
    except Refused as refused:
        return Attestation.unproved(user, refused, **given)


def _before_touch(given: dict[str, Any], row: Transition, review: EditionReview) -> Refusal | None:
    """What stands against a touch before it is looked at, so that no code is spent in vain. Nobody signs by a touch
    what they have not opened."""
    if given["seen"].opened is None:
        return UNOPENED
    ticks = {tick.code for tick in row.ticks(review)} if row.ticks else set()
    is_whole = ticks <= given["ticks"] and not says_nothing(given["interests"]) and not given["paid_by_maker"]
    return None if is_whole else NO_TOUCH


def _seen(review: EditionReview, row: Transition, user: User) -> Seen:
    """What this person saw of an edition before they signed it; nothing is noted of a page that readers have."""
    return Seen() if row.on_page else seen_by(review, user)


def refused_signature(
    request: DeskRequest, monograph: Monograph, edition: Edition, _row: Transition, tried: Attempt
) -> HttpResponse:
    """The review page again: every reason, ticks and interests kept, and what changed meanwhile."""
    review = EditionReview.load(edition)
    answer = Answer(
        refusals=tried.refusals,
        typed=request.POST,
        meanwhile=meanwhile(review, digest_in(request)) if tried.status == 409 else None,
        title=f"Edition {review.edition.number} is not signed",
        status=tried.status,
    )
    return review_page(request, monograph, review.edition, answer)


def refused_on_page(
    request: DeskRequest, monograph: Monograph, _edition: Edition, row: Transition, tried: Attempt
) -> HttpResponse:
    """The published page again, with every reason and what was typed."""
    live = monograph.live
    title = f"Not done: {transition_labels.button(row, live.number if live else 0, name=monograph.called)}"
    answer = PageAnswer(title, tried.refusals, tried.status, act=row.name, typed=request.POST)
    return published_page(request, monograph, answer)


# -- The other transitions ---------------------------------------------------------------------------------------------


def refused_transition(
    request: DeskRequest, monograph: Monograph, edition: Edition, row: Transition, tried: Attempt
) -> HttpResponse:
    """A page with every reason and the way out. The typed reason is kept, in a form if it can be sent again now."""
    review, typed = EditionReview.load(edition), request.POST.get("reason", "")
    last = monograph.editions.order_by("-number").values_list("number", flat=True)[0]
    kind = request.POST.get("kind", "") if row.kinds else ""
    form: Form | None = reason_of(row, typed, at="", refusals=tried.refusals) if row.needs_reason or typed else None
    if row.name == SEND_BACK:
        form = back = SendBackForm(row, labels_of(review), request.POST, at="", refusals=tried.refusals)
        typed = back.words
    hints, stands = stands_of(review, row, kind, at="", refusals=tried.refusals)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "review": review,
        "hints": hints,
        "stands": stands,
        "edition": review.edition,
        "chip": chip(review.edition.state),
        "name": review.document.header.called or monograph.called,
        "transition": row.name,
        "label": transition_labels.button(row, review.edition.number, last + 1),
        "refusals": part_links(monograph.slug, review.document, tried.refusals),
        "form": form,
        "meanwhile": meanwhile(review, digest_in(request)) if tried.status == 409 else None,
        "reason": typed,
        "again": not refusals(review, row, request.user),
    }
    return render(request, "reviews/transition_refused.html", context, status=tried.status)
