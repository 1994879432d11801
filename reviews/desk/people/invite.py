"""Inviting somebody, in one form: who they are, what they may do, and how their link reaches them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.invitation import Handed
from reviews.access.invitation import invite as invited
from reviews.desk.base import (
    DeskRequest,
)
from reviews.desk.people.acts import handed_in_words, place_of
from reviews.desk.people.forms import InviteForm
from reviews.desk.people.person import administrators, places
from reviews.forms import offer
from reviews.models.people import name_of
from reviews.models.roles import ROLES


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def invite(request: DeskRequest) -> HttpResponse:
    """The form, with the role that `?role=` names; by POST the account, with its first role and a link."""
    role = request.GET.get("role", "")
    initial = {"role": role, "on": "everywhere" if role in ROLES and not ROLES[role].grants else ""}
    form, tried = InviteForm(request.POST if request.method == "POST" else None, initial=initial), NOT_TRIED
    offer(form, "on", places())
    if request.method == "POST":
        tried = attempt(lambda: _invited(request, form.given))
        if tried.is_done:
            handed: Handed = tried.result
            done = f"{name_of(handed.person)} has an account, and may do this."
            messages.success(request, f"{done} {handed_in_words(handed)}")
            return redirect("person", handed.person.username)
    context = {"section": "people", "form": form, "refusals": form.refuse(tried.refusals)}
    return render(request, "reviews/people/invite.html", context, status=tried.status)


def _invited(request: DeskRequest, given: dict[str, Any]) -> Handed:
    on = place_of(str(given.pop("on")))
    return invited(**given, on=on, actor=request.user)
