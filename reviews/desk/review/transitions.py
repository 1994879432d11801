"""One transition, by POST. The verbs judge; here their answers become pages."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from monographs.canonical import BadCharacters, clean
from monographs.difference.diff_html import Change, changes_of
from monographs.difference.document_diff import compare
from monographs.models import Document, Edition, Monograph
from reviews.access.refusals import Refusal, RefusalType, Refused
from reviews.audit.trail import WriteLockTimeout
from reviews.desk.base import BUSY, STATUS, chip, current_edition, desk, monograph_for, part_links, too_many
from reviews.desk.monograph.history import Entry, entries_of
from reviews.desk.published.acts import Answer as PageAnswer
from reviews.desk.published.acts import published_page
from reviews.desk.review import transition_labels
from reviews.desk.review.reviewing import Answer, Typed, review_page
from reviews.models import AuditEvent
from reviews.review.edition_review import EditionReview
from reviews.signing import Attestation, TooManyFailures, attest, attestation_refusals
from reviews.workflow import TRANSITIONS, perform, refusals, ticks_for

MOST_WORDS = 2_000
LATEST = 3


@dataclass(frozen=True)
class Meanwhile:
    """What others did since the reader opened the page: changed parts if the text is another, and the last entries."""

    changes: list[Change]
    entries: list[Entry]


@desk
@require_POST
def do(request: HttpRequest, slug: str, transition: str) -> HttpResponse:
    """Performs it on the current edition. Fields: `digest`, `reason`; to sign also `password`, `tick_…`, `interests`,
    `interests_text`. Whatever else is sent is not read."""
    if transition not in TRANSITIONS:
        raise Http404
    monograph = monograph_for(request, slug)
    on_page = TRANSITIONS[transition].on_page
    # What acts on the published page acts on its edition, whichever one is open beside it.
    edition = monograph.live.edition if on_page and monograph.live else current_edition(monograph)
    try:
        reason = cleaned(request.POST.get("reason", ""), "reason")
        if TRANSITIONS[transition].needs_attestation:
            after = _sign(request, edition, transition)
        else:
            kind = request.POST.get("kind", "") if transition == "withdraw" else ""
            (after,) = perform(
                transition, editions=[edition], actor=request.user, digest=digest_in(request), reason=reason, kind=kind
            )
    except TooManyFailures as error:
        return too_many(request, error)
    except Refused as refused:
        return _refused(request, monograph, edition, transition, refused, STATUS[refused.kind])
    except WriteLockTimeout:
        response = _refused(request, monograph, edition, transition, Refused([BUSY]), 503)
        response["Retry-After"] = "5"
        return response
    messages.success(request, transition_labels.done(transition, after))
    if transition == "sign":
        return redirect("queue")
    return redirect("places" if transition == "withdraw" else "published" if on_page else "workspace", slug=slug)


def _refused(
    request: HttpRequest, monograph: Monograph, edition: Edition, transition: str, refused: Refused, status: int
) -> HttpResponse:
    answer = refused_signature if transition == "sign" else refused_transition
    if TRANSITIONS[transition].on_page:
        answer = refused_on_page
    return answer(request, monograph, edition, transition, refused, status)


def digest_in(request: HttpRequest) -> str:
    """The digest that the form carried; what does not look like one is none."""
    digest = request.POST.get("digest", "")
    return digest if re.fullmatch(r"[0-9a-f]{64}", digest, re.ASCII) else ""


def cleaned(text: str, name: str) -> str:
    """Words as they may be kept in the trail, or a refusal at their field."""
    try:
        text = clean(text).strip()
    except BadCharacters as error:
        raise Refused([Refusal("characters", str(error), RefusalType.INVALID, field=name)], recorded=False) from error
    if len(text) > MOST_WORDS:
        sentence = f"This is longer than {MOST_WORDS:,} characters. Shorten it."
        raise Refused([Refusal("too_long", sentence, RefusalType.INVALID, field=name)], recorded=False)
    return text


# -- Signing -----------------------------------------------------------------------------------------------------------


def _typed(request: HttpRequest) -> Typed:
    post = request.POST
    return Typed(
        ticks=frozenset(name.removeprefix("tick_") for name in post if name.startswith("tick_")),
        interests=post.get("interests", ""),
        interests_text=post.get("interests_text", ""),
        reason=post.get("reason", ""),
    )


def _sign(request: HttpRequest, edition: Edition, transition: str) -> Edition:
    """Attests first, because hashing a password takes its time, and then signs.

    What would be refused whatever the password (and a form on another digest) goes to the verb without one: it refuses
    and records.
    """
    case, user, digest = EditionReview.load(edition), request.user, digest_in(request)
    attestation = None
    if digest == case.digest and not refusals(case, TRANSITIONS[transition], user):
        attestation = _attest(request, case, transition)
    return perform(transition, editions=[edition], actor=user, digest=digest, attestation=attestation)[0]


def _attest(request: HttpRequest, case: EditionReview, transition: str) -> Attestation:
    """The attestation of what was filled in. A wrong or missing password is told together with what else is missing."""
    typed, user, password = _typed(request), request.user, request.POST.get("password", "")
    text = cleaned(typed.interests_text, "interests")
    paid = typed.interests == "maker"
    interests = {"none": "none", "declared": text, "maker": "pay or shares from a maker"}.get(typed.interests, "")
    given: dict[str, Any] = {"ticks": typed.ticks, "interests": interests, "paid_by_maker": paid}
    try:
        if not password:  # nothing was tried, so it is no failure that counts
            sentence = "Enter your password: it is your signature."
            raise Refused([Refusal("password", sentence, RefusalType.INVALID, field="password")], recorded=False)
        return attest(user, password=password, digest=case.digest, request=request, **given)
    except Refused as refused:
        unproved = Attestation(user.pk, case.digest, at=timezone.now(), **given)
        ticks = ticks_for(transition, case)
        rest = attestation_refusals(unproved, actor=user, digest=case.digest, ticks=ticks)
        raise Refused([*rest, *refused.refusals], recorded=False) from refused


def refused_signature(
    request: HttpRequest, monograph: Monograph, edition: Edition, _transition: str, refused: Refused, status: int
) -> HttpResponse:
    """The review page again: every reason, ticks and interests kept, and what changed meanwhile."""
    case = EditionReview.load(edition)
    answer = Answer(
        refusals=refused.refusals,
        typed=_typed(request),
        meanwhile=meanwhile(case, digest_in(request)) if status == 409 else None,
        title=f"Edition {case.edition.number} is not signed",
        status=status,
    )
    return review_page(request, monograph, case.edition, answer)


def refused_on_page(
    request: HttpRequest, monograph: Monograph, _edition: Edition, transition: str, refused: Refused, status: int
) -> HttpResponse:
    """The published page again, with every reason and what was typed."""
    typed = _typed(request)
    title = f"Not done: {transition_labels.button(transition, monograph.live.number if monograph.live else 0, 0)}"
    answer = PageAnswer(
        title, refused.refusals, status, kind=request.POST.get("kind", ""), reason=typed.reason, ticks=typed.ticks
    )
    return published_page(request, monograph, answer)


# -- The other transitions ---------------------------------------------------------------------------------------------


def refused_transition(
    request: HttpRequest, monograph: Monograph, edition: Edition, transition: str, refused: Refused, status: int
) -> HttpResponse:
    """A page with every reason and the way out. The typed reason is kept, in a form if it can be sent again now."""
    case = EditionReview.load(edition)
    row = TRANSITIONS[transition]
    last = monograph.editions.order_by("-number").values_list("number", flat=True)[0]
    context = {
        "section": "monographs",
        "monograph": monograph,
        "case": case,
        "edition": case.edition,
        "chip": chip(case.edition.state),
        "name": case.document.header.name or monograph.drug.name,
        "transition": transition,
        "label": transition_labels.button(transition, case.edition.number, last + 1),
        "refusals": part_links(monograph.slug, case.document, refused.refusals),
        "wrong": {one.field: one.sentence for one in refused.refusals if one.field},
        "meanwhile": meanwhile(case, digest_in(request)) if status == 409 else None,
        "reason": request.POST.get("reason", ""),
        "needs_reason": row.needs_reason,
        "again": not refusals(case, row, request.user),
    }
    return render(request, "reviews/transition_refused.html", context, status=status)


def meanwhile(case: EditionReview, seen: str) -> Meanwhile:
    """Compares what was seen with what stands now, if what was seen is a document of this edition."""
    subject = f"monograph:{case.monograph.slug}"
    old = Document.objects.filter(pk=seen, pk__in=case.edition.change_sets.values("after")).first()
    changes = changes_of(compare(old.value, case.document)) if old and seen != case.digest else []
    events = AuditEvent.objects.filter(subject=subject).exclude(verb="refused").select_related("actor")
    return Meanwhile(changes, entries_of(list(events.order_by("-seq")[:LATEST])))
