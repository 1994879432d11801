"""The way back: an earlier state of a monograph, looked at against the draft as it is now, and put in its place."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monographs.difference.diff_html import changes_of
from monographs.digest import digest as digest_of
from monographs.models import Edition, Monograph
from reviews.access.attempts import NOT_TRIED, Attempt, attempt
from reviews.authorship import earlier_authors
from reviews.changes import touched_parts
from reviews.desk.act_forms import KEPT, ReasonForm
from reviews.desk.base import (
    DeskRequest,
    Names,
    and_list,
    change_set_of,
    chip,
    cleaned,
    current_edition,
    desk,
    digest_in,
    monograph_for,
    why_no_restore,
)
from reviews.desk.hidden_doses import differs
from reviews.desk.monograph.compare import in_short, state_of
from reviews.desk.monograph.meanwhile import meanwhile
from reviews.editing import parts
from reviews.models import ChangeSet
from reviews.review.edition_review import EditionReview


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: DeskRequest, slug: str, key: Any) -> HttpResponse:
    """Shows what would change; by POST (`digest` of the draft that was shown, `reason`) makes the draft that state."""
    monograph = monograph_for(request, slug)
    change = change_set_of(request, monograph, str(key))
    edition = current_edition(monograph)
    if request.method != "POST":
        return _page(request, monograph, edition, change)

    def act() -> None:
        reason = cleaned(request.POST.get("reason", ""), "reason")
        parts.restore(edition, change=change, digest=digest_in(request), actor=request.user, reason=reason)

    tried = attempt(act)
    if not tried.is_done:
        return _page(request, monograph, edition, change, tried)
    messages.success(request, f"Restored: the draft says what it said as {state_of(change)}.")
    return redirect("edit", slug)


def _page(
    request: DeskRequest, monograph: Monograph, edition: Edition, change: ChangeSet, tried: Attempt = NOT_TRIED
) -> HttpResponse:
    """The confirmation; after a refusal with every reason, what was typed, and what others did meanwhile."""
    review, then = EditionReview.load(edition), change.after.value
    found = differs(review.with_figures, then)
    changes = changes_of(found.comparison)
    no_restore = why_no_restore(request.user, review.edition)
    tenfold = parts.brought_back(review.edition, review.with_figures, then)
    label, hint = (
        ("Why is it ten times as much, or a tenth?", KEPT) if tenfold else ("Reason", f"May stay empty. {KEPT}")
    )
    context = {
        "section": "monographs",
        "monograph": monograph,
        "name": monograph.called,
        "review": review,
        "edition": review.edition,
        "chip": chip(review.edition.state),
        "change": change,
        "state": state_of(change),
        "digest": digest_of(review.with_figures),
        "differs": bool(found.comparison or found.doses),
        "doses": found.doses,
        "changes": changes,
        "short": in_short(changes),
        "no_restore": no_restore,
        "authors": "" if no_restore else _authors(review, change, request.user),
        "refusals": [(one, "#reason" if one.field == "reason" and not no_restore else "") for one in tried.refusals],
        "tenfold": tenfold,
        "form": ReasonForm(request.POST.get("reason"), at="", label=label, hint=hint, refusals=tried.refusals),
        "meanwhile": meanwhile(review, digest_in(request)) if tried.status == 409 else None,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "reviews/restore.html", context, status=tried.status)


def _authors(review: EditionReview, change: ChangeSet, user: User) -> str:
    """Who would be an author of the parts that change, whoever restores them included."""
    then = change.after.value
    found = earlier_authors(review.monograph, then, touched_parts(review.with_figures, then, review.edition))
    keys = {key for people in found.values() for key in people} - {user.pk}
    names = Names(keys)
    return and_list(["You", *sorted(names[key] for key in keys)])
