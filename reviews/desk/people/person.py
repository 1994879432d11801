"""One person, for administrators: account, registration and interests, the pages that rest on them, and the forms of
what can be done now."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs.standing import today
from reviews.access import factors, policy, rechecks, registrations
from reviews.access.attempts import NOT_TRIED, Attempt, attempt
from reviews.desk.base import DeskRequest, act_on, desk, name_of, no_entry
from reviews.desk.people.forms import EndForm, ReasonForm, RegistrationForm, RenewForm, VerifyForm, as_day
from reviews.desk.people.standing import Standing
from reviews.forms import Form
from reviews.models import ClinicianProfile
from reviews.models.people import INTEREST_KINDS, STRUCK_OFF


def administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for those who look after people: to anybody else it says what is needed (403)."""

    @desk
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if refusals := policy.refusals(request.user, "manage_people"):
            return no_entry(request, refusals)
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class Act:
    """One thing that an administrator does to a person: its form, and the verb, which answers the sentence that says
    that it is done."""

    button: str
    form: type[Form]
    do: Callable[[User, User, dict[str, Any]], str]
    is_harm: bool = False


def _profile(person: User) -> ClinicianProfile:
    profile = ClinicianProfile.objects.select_related("user").filter(user=person).first()
    if profile is None:
        raise Http404
    return profile


def _register(person: User, actor: User, given: dict[str, Any]) -> str:
    registrations.register(person, actor=actor, **given)
    return "The registration is noted. Look it up in the register, and verify it."


def _verify(person: User, actor: User, given: dict[str, Any]) -> str:
    day = as_day(given.pop("register_date"))
    found = registrations.verify(_profile(person), actor=actor, register_date=day, **given)
    return f"Verified. Look it up again before {found.runs_until:%-d %B %Y}."


def _renew(person: User, actor: User, given: dict[str, Any]) -> str:
    day = as_day(given.pop("register_date"))
    found = registrations.renew(_profile(person), actor=actor, register_date=day, **given)
    return f"Renewed. Look it up again before {found.runs_until:%-d %B %Y}."


def _end(person: User, actor: User, given: dict[str, Any]) -> str:
    if given["how"] == STRUCK_OFF:
        registrations.strike_off(_profile(person), actor=actor, reason=given["reason"])
    else:
        registrations.lapse(_profile(person), actor=actor, reason=given["reason"])
    return "The registration is ended. Nothing can be signed under it, and each page that rests on it has a review."


def _open_rechecks(person: User, actor: User, given: dict[str, Any]) -> str:
    made = rechecks.open_rechecks(_profile(person), actor=actor, reason=given["reason"])
    return f"{len(made)} review{'s' * (len(made) > 1)} opened. Clinicians of these classes see them in their queue."


def _clear_factors(person: User, actor: User, given: dict[str, Any]) -> str:
    factors.clear(person, actor=actor, reason=given["reason"])
    return "Their second factors are removed. They set up new ones when they sign in, and sign nothing for 24 hours."


ACTS = {
    "register": Act("Note this registration", RegistrationForm, _register),
    "verify": Act("Verify this registration", VerifyForm, _verify),
    "renew": Act("Renew for 12 months", RenewForm, _renew),
    "end": Act("End this registration", EndForm, _end, is_harm=True),
    "clear-factors": Act("Remove their second factors", ReasonForm, _clear_factors, is_harm=True),
    "open-reviews": Act("Open their reviews", ReasonForm, _open_rechecks),
}


@require_safe
@administrators
def person(request: DeskRequest, pk: int) -> HttpResponse:
    """One person. The forms of all that can be done now stand folded, each under its button's words."""
    return _page(request, get_object_or_404(User, pk=pk))


@administrators
@act_on(lambda _request, pk, act: reverse("person", args=[pk]))
def person_do(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """One act on a person; the page again, with the form open, if it is refused."""
    row, subject = ACTS.get(act), get_object_or_404(User, pk=pk)
    if row is None:
        raise Http404
    form = row.form(request.POST, auto_id=f"{act}-%s")
    tried = attempt(lambda: row.do(subject, request.user, form.given))
    if not tried.is_done:
        return _page(request, subject, act, form, tried)
    messages.success(request, tried.result)
    return redirect("person", pk=pk)


def _page(
    request: DeskRequest, subject: User, act: str = "", form: Form | None = None, tried: Attempt = NOT_TRIED
) -> HttpResponse:
    day = today()
    profile = ClinicianProfile.objects.select_related("verified_by", "ended_by").filter(user=subject).first()
    standing = Standing.of(profile, day)
    resting = rechecks.resting_on([profile])[profile.pk] if profile else []
    offered = _offered(profile, standing, resting, is_own=subject.pk == request.user.pk)
    if subject.pk != request.user.pk and factors.of(subject):
        offered.append("clear-factors")
    refusals = form.refuse(tried.refusals) if form else []
    forms = {name: ACTS[name].form(auto_id=f"{name}-%s", initial=_filled(profile)) for name in offered}
    if form and act:
        forms[act] = form
    context = {
        "section": "people",
        "subject": subject,
        "name": name_of(subject),
        "roles": sorted(policy.roles_of(subject)),
        "profile": profile,
        "standing": standing,
        "interests": _interests(profile),
        "resting": resting,
        "is_own": subject.pk == request.user.pk,
        "acts": [(name, ACTS[name], one, name == act) for name, one in forms.items()],
        "form": form,
        "refusals": refusals,
    }
    return render(request, "reviews/people/person.html", context, status=tried.status)


def _offered(profile: ClinicianProfile | None, standing: Standing, resting: list[Any], *, is_own: bool) -> list[str]:
    """What can be done now, by name. Nobody is offered anything of their own: another administrator does it."""
    if is_own:
        return []
    if profile is None:
        return ["register"]
    found = ["renew", "verify", "end"] if standing.is_renewed else ["verify"]
    if profile.ended_on is None and not standing.is_renewed:
        found.append("end")
    if any(one.recheck is None for one in resting):
        found.append("open-reviews")
    return found


def _filled(profile: ClinicianProfile | None) -> dict[str, Any]:
    """What a form shows of before: never the day of the register, nor what was looked at."""
    if profile is None:
        return {}
    return {"reader_title": profile.reader_title, "specialty": profile.specialty, "scope": profile.scope}


def _interests(profile: ClinicianProfile | None) -> list[tuple[str, str]]:
    kinds = profile.interests_by_kind if profile and profile.interests_by_kind else {}
    return [(label, kinds[kind]) for kind, label in INTEREST_KINDS.items() if kind in kinds]
