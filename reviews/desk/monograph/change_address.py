"""The form that gives a monograph another address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import policy
from reviews.access.refusals import Refused
from reviews.audit.trail import WriteLockTimeout
from reviews.desk.base import BUSY, STATUS, desk, monograph_for
from reviews.editing import monographs


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Fields: `slug`, `reason`."""
    monograph, refused, status = monograph_for(request, slug), None, 200
    typed = {name: request.POST.get(name, "").strip() for name in ("slug", "reason")}
    if request.method == "POST":
        try:
            moved = monographs.move(monograph, slug=typed["slug"], actor=request.user, reason=typed["reason"])
        except WriteLockTimeout:
            refused, status = Refused([BUSY]), 503
        except Refused as error:
            refused, status = error, STATUS[error.kind]
        else:
            messages.success(request, f"Its address is {moved.slug}; readers find it there from the next edition on.")
            return redirect("workspace", slug=moved.slug)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "refusals": refused.refusals if refused else [],
        "wrong": {one.field: one.sentence for one in refused.refusals if one.field} if refused else {},
        "against": policy.refusals(request.user, "move", monograph),
        "typed": typed,
    }
    return render(request, "reviews/move.html", context, status=status)
