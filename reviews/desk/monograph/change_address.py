"""The form that gives a monograph another address."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.desk.act_forms import KEPT
from reviews.desk.base import MOST_WORDS, DeskRequest, desk, monograph_for
from reviews.editing import monographs
from reviews.forms import Form, Text


class MoveForm(Form):
    slug = Text(
        label="New address",
        help_text="Small letters, digits and hyphens.",
        attrs={"maxlength": 100, "autocomplete": "off", "spellcheck": "false"},
    )
    reason = Text(rows=2, label="Reason", help_text=KEPT, attrs={"maxlength": MOST_WORDS})


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: DeskRequest, slug: str) -> HttpResponse:
    """Fields: `slug`, `reason`."""
    monograph, tried = monograph_for(request, slug), NOT_TRIED
    form = MoveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        typed = {name: words.strip() for name, words in form.given.items()}
        tried = attempt(
            lambda: monographs.move(monograph, slug=typed["slug"], actor=request.user, reason=typed["reason"])
        )
        if tried.is_done:
            moved = tried.result
            messages.success(request, f"Its address is {moved.slug}; readers find it there from the next edition on.")
            return redirect("workspace", slug=moved.slug)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "refusals": form.refuse(tried.refusals),
        "against": policy.refusals(request.user, "move", monograph),
        "form": form,
    }
    return render(request, "reviews/move.html", context, status=tried.status)
