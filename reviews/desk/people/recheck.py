"""A review of a page that rests on the signature of somebody who may not sign any more: a task, and what was found."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import policy, rechecks
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.refusals import Refused
from reviews.desk.base import (
    DeskRequest,
    desk,
    not_here,
)
from reviews.desk.people.forms import FoundForm
from reviews.models import Recheck
from reviews.models.people import name_of


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def recheck(request: DeskRequest, pk: int) -> HttpResponse:
    """One review; by POST (`found`) what came of it. Administrators read it too: they opened it."""
    rows = Recheck.objects.select_related(
        "monograph__live__edition", "monograph__therapeutic_class", "profile__user", "opened_by", "closed_by"
    )
    one = rows.filter(pk=pk).first()
    if one is None:
        raise Http404
    is_administrator = policy.can(request.user, "manage_people")
    if not is_administrator and (refusals := policy.refusals(request.user, "read", one.monograph)):
        not_here(request, one.monograph, Refused(refusals))
    form, tried = FoundForm(request.POST if request.method == "POST" else None), NOT_TRIED
    if request.method == "POST":
        tried = attempt(lambda: rechecks.close_recheck(one, actor=request.user, found=form.given["found"]))
        if tried.is_done:
            messages.success(request, "What you found is kept. The page stays as it is: change it by a new edition.")
            return redirect("queue")
    resting = {page.monograph.pk for page in rechecks.resting_on([one.profile])[one.profile_id]}
    context = {
        "section": "queue",
        "one": one,
        "page": one.monograph.called,
        "signer": one.profile.name,
        "opened_by": name_of(one.opened_by),
        "closed_by": name_of(one.closed_by),
        "rests": one.monograph_id in resting,
        "against": rechecks.refusals_of(request.user, one),
        "form": form,
        "refusals": form.refuse(tried.refusals),
    }
    return render(request, "reviews/people/recheck.html", context, status=tried.status)
