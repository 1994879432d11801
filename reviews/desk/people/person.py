"""One person, for administrators: account, registration and interests, the pages that rest on them, and the forms of
what can be done now."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs.models import Monograph
from monographs.standing import today
from reviews.access import asking, factors, policy, rechecks
from reviews.access.attempts import NOT_TRIED, Attempt, attempt
from reviews.access.handover import open_work
from reviews.desk.base import (
    DeskRequest,
    act_on,
    class_tree,
    desk,
    indented,
    no_entry,
)
from reviews.desk.people.acts import ACTS
from reviews.desk.people.standing import Standing
from reviews.desk.published.urgent_tasks import waiting_for
from reviews.forms import Form, offer
from reviews.models import ClinicianProfile, Grant
from reviews.models.people import INTEREST_KINDS, TOLD_BEFORE, name_of


def administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for those who look after people: to anybody else it says what is needed (403)."""

    @desk
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if refusals := policy.refusals(request.user, "manage_people"):
            return no_entry(request, refusals)
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@administrators
def person(request: DeskRequest, username: str) -> HttpResponse:
    """One person. The forms of all that can be done now stand folded, each under its button's words."""
    return _page(request, get_object_or_404(User, username=username))


@administrators
@act_on(lambda _request, username, act: reverse("person", args=[username]))
def person_do(request: DeskRequest, username: str, act: str) -> HttpResponse:
    """One act on a person; the page again, with the form open, if it is refused."""
    row, subject = ACTS.get(act), get_object_or_404(User, username=username)
    if row is None:
        raise Http404
    form = _form(act, subject, request.POST)
    tried = attempt(lambda: row.do(subject, request.user, form.given))
    if not tried.is_done:
        return _page(request, subject, act, form, tried)
    messages.success(request, tried.result)
    return redirect("person", username)


def _page(
    request: DeskRequest, subject: User, act: str = "", form: Form | None = None, tried: Attempt = NOT_TRIED
) -> HttpResponse:
    day = today()
    profile = ClinicianProfile.objects.select_related("verified_by", "ended_by").filter(user=subject).first()
    standing = Standing.of(profile, day)
    resting = rechecks.resting_on([profile])[profile.pk] if profile else []
    held = grants_of(subject)
    offered = _offered(subject, profile, standing, resting, held, is_own=subject.pk == request.user.pk)
    asked = asking.open_of(subject)
    if asked and subject.is_active and subject.pk != request.user.pk:
        offered.insert(0, "decline")
    if subject.pk != request.user.pk and factors.of(subject):
        offered.append("clear-factors")
    refusals = form.refuse(tried.refusals) if form else []
    if act == "confirm" and form:
        refusals = tried.refusals
    wanted = {"role": asked.role, "on": asked.on, "asked": asked.seq} if asked else {}
    forms = {name: _form(name, subject, None, {**_filled(profile), **wanted}) for name in offered}
    if form and act not in ("", "confirm"):
        forms[act] = form
    context = {
        "section": "people",
        "subject": subject,
        "name": name_of(subject),
        "grants": [(one, one.lapses_on - day <= TOLD_BEFORE) for one in held],
        "work": open_work(subject) if subject.is_active else None,
        "of_others_too": of_others_too(subject),
        "asked": asked,
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


def of_others_too(subject: User) -> list[str]:
    """What waits for this person and is nobody's own: it stays in the queue of whoever else holds the role. Kinds, with
    how often."""
    found = Counter(one.what for one in waiting_for(subject)) if subject.is_active else Counter[str]()
    return [f"{what} ({number})" if number > 1 else what for what, number in found.items()]


def _form(act: str, subject: User, sent: Any, initial: dict[str, Any] | None = None) -> Form:
    """The form of an act, with what can be chosen in it now."""
    form = ACTS[act].form(sent, auto_id=f"{act}-%s", initial=initial)
    if act == "give":
        offer(form, "on", places())
    elif act == "take":
        theirs = [(str(one.pk), in_words(one)) for one in grants_of(subject)]
        offer(form, "grant", [("", "Choose"), *theirs])
    elif act == "close":
        others = User.objects.filter(is_active=True).exclude(pk=subject.pk).order_by("first_name", "last_name", "pk")
        offer(form, "to", [("", "Nobody, if there is no open work"), *((str(one.pk), name_of(one)) for one in others)])
    return form


def grants_of(person: User) -> list[Grant]:
    """What somebody holds today, with its places."""
    held = Grant.objects.counting(today()).filter(person=person)
    return list(held.select_related("therapeutic_class", "monograph"))


def places() -> list[tuple[str, str]]:
    """Where a role can be given: everywhere, each class in the order of the tree, each monograph."""
    classes = [(f"class:{one.slug}", words) for one, words in indented(class_tree().values())]
    pages = [
        (f"monograph:{slug}", f"Only {slug}")
        for slug in Monograph.objects.order_by("slug").values_list("slug", flat=True)
    ]
    return [("", "Choose"), ("everywhere", "Everywhere"), *classes, *pages]


def in_words(grant: Grant) -> str:
    """A grant as people call it."""
    if grant.therapeutic_class is not None:
        return f"{grant.role}, {grant.therapeutic_class.name}"
    return f"{grant.role}, only {grant.monograph.slug}" if grant.monograph is not None else f"{grant.role}, everywhere"


def _offered(
    subject: User, profile: ClinicianProfile | None, standing: Standing, resting: list[Any], held: list[Grant], *,
    is_own: bool,
) -> list[str]:  # fmt: skip
    """What can be done now, by name. Nobody is offered anything of their own: another administrator does it."""
    if is_own:
        return []
    if not subject.is_active:
        return ["reopen"]
    found = ["give", *(["take"] if held else []), "email", "link", "close"]
    if profile is None:
        return [*found, "register"]
    found += ["renew", "verify", "end"] if standing.is_renewed else ["verify"]
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
