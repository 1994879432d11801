"""One's own profile: the registration that one states oneself, and the annual register of interests."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs.standing import today
from reviews.access import registrations
from reviews.access.attempts import NOT_TRIED, Attempt, attempt
from reviews.desk.base import DeskRequest, act_on, desk
from reviews.desk.people.forms import InterestsForm, OwnRegistrationForm
from reviews.desk.people.standing import Standing
from reviews.forms import Form
from reviews.models import ClinicianProfile


def _own(request: DeskRequest) -> str:
    return reverse("profile")


@desk
@require_safe
def profile(request: DeskRequest) -> HttpResponse:
    return _page(request)


@desk
@act_on(_own)
def register(request: DeskRequest) -> HttpResponse:
    """States one's own registration."""
    form = OwnRegistrationForm(request.POST, auto_id="register-%s")
    tried = attempt(lambda: registrations.register(request.user, actor=request.user, **_given(form)))
    if not tried.is_done:
        return _page(request, form, tried)
    messages.success(request, "Your registration is noted. An administrator looks it up; declare your interests now.")
    return redirect("profile")


def _given(form: Form) -> dict[str, Any]:
    return form.given | {"name_consent": form.given["name_consent"] is True}


@desk
@act_on(_own)
def interests(request: DeskRequest) -> HttpResponse:
    """Declares one's own interests, kind by kind."""
    form = InterestsForm(request.POST, auto_id="interests-%s")
    tried = attempt(lambda: registrations.declare_interests(request.user, form.given))
    if not tried.is_done:
        return _page(request, form, tried)
    messages.success(
        request, f"Your interests are declared. Declare them again by {tried.result.interests_until:%-d %B %Y}."
    )
    return redirect("profile")


def _page(request: DeskRequest, form: Form | None = None, tried: Attempt = NOT_TRIED) -> HttpResponse:
    found = ClinicianProfile.objects.filter(user=request.user).first()
    refusals = form.refuse(tried.refusals) if form else []
    declared = found.interests_by_kind if found and found.interests_by_kind else {}
    context = {
        "section": "profile",
        "profile": found,
        "standing": Standing.of(found, today()),
        "register_form": form if isinstance(form, OwnRegistrationForm) else OwnRegistrationForm(auto_id="register-%s"),
        "interests_form": form
        if isinstance(form, InterestsForm)
        else InterestsForm(auto_id="interests-%s", initial=declared),
        "form": form,
        "refusals": refusals,
    }
    return render(request, "reviews/people/profile.html", context, status=tried.status)
