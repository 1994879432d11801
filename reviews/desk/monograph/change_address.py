"""The form that gives a monograph another address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.desk.base import desk, monograph_for
from reviews.editing import monographs


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Fields: `slug`, `reason`."""
    monograph, tried = monograph_for(request, slug), NOT_TRIED
    typed = {name: request.POST.get(name, "").strip() for name in ("slug", "reason")}
    if request.method == "POST":
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
        "refusals": tried.refusals,
        "wrong": tried.wrong,
        "against": policy.refusals(request.user, "move", monograph),
        "typed": typed,
    }
    return render(request, "reviews/move.html", context, status=tried.status)
