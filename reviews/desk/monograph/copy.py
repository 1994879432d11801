"""What an open edition copied, beside what the library says now: taken over, or left."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monographs.models import State
from reviews.access import policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.door import as_code
from reviews.desk.act_forms import KEPT
from reviews.desk.base import MOST_WORDS, DeskRequest, current_edition, desk, monograph_for
from reviews.editing.copies import leave_copy, take_over, task_of
from reviews.forms import Form, Text


class LeaveForm(Form):
    reason = Text(rows=2, label="Why it stays", help_text=KEPT, attrs={"maxlength": MOST_WORDS})


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: DeskRequest, slug: str) -> HttpResponse:
    """Fields: `decision` (take_over or leave), `seen`, `reason`."""
    monograph, tried = monograph_for(request, slug), NOT_TRIED
    edition = current_edition(monograph)
    task = task_of(edition)
    leaves = request.method == "POST" and request.POST.get("decision") == "leave"
    form = LeaveForm(request.POST if leaves else None)
    seen = as_code(request.POST.get("seen", "")) if request.method == "POST" else task.digest if task else ""
    if request.method == "POST":
        if leaves:
            reason = form.given["reason"].strip()
            tried = attempt(lambda: leave_copy(monograph, actor=request.user, seen=seen, reason=reason))
        else:
            tried = attempt(lambda: take_over(monograph, actor=request.user, seen=seen))
        if tried.is_done:
            done = "It stays as it is." if leaves else "Taken over: the header says what the library says."
            messages.success(request, done)
            return redirect("workspace", slug=monograph.slug)
    context = {
        "section": "monographs",
        "monograph": monograph,
        "edition": edition,
        "task": task,
        "seen": seen,
        "form": form,
        "is_draft": edition.state == State.DRAFT,
        "against": policy.refusals(request.user, "edit", monograph),
        "refusals": form.refuse(tried.refusals),
    }
    return render(request, "reviews/copy.html", context, status=tried.status)
