"""Roles to confirm: each grant that lapses soon, who gave it, what is lost without it. Several are confirmed in one
act, and never one's own."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monographs.models import Monograph
from monographs.standing import today
from reviews.access import factors, grants, held, policy
from reviews.access.attempts import NOT_TRIED, attempt
from reviews.access.handover import of_one
from reviews.desk.base import (
    DeskRequest,
    and_list,
    class_tree,
)
from reviews.desk.people.person import administrators, in_words
from reviews.forms import Form, offer
from reviews.models import Grant
from reviews.models.people import TOLD_BEFORE, name_of
from reviews.models.roles import ROLES
from reviews.review import staff

NAMED = 3


class ConfirmForm(Form):
    grants = forms.MultipleChoiceField(label="Roles", widget=forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class Line:
    """One grant as the list shows it."""

    grant: Grant
    name: str
    words: str
    given_by: str
    confirmed_by: str
    lost: str
    is_late: bool
    is_own: bool
    is_ticked: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def roles(request: DeskRequest) -> HttpResponse:
    """Those that are due; with `?show=all` every one. By POST those that are ticked count six months more."""
    show, tried = "all" if request.GET.get("show") == "all" else "due", NOT_TRIED
    people, day = held.everybody(), today()
    counting = [one for person in people for one in held.grants_of_known(person) if one.role in ROLES]
    shown = [one for one in counting if show == "all" or is_due(one, day)]
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    offer(form, "grants", [(str(one.pk), in_words(one)) for one in counting])
    if request.method == "POST":
        tried = attempt(lambda: grants.confirm_several(_chosen(form), actor=request.user))
        if tried.is_done:
            count = len(tried.result)
            messages.success(request, f"{count} role{'s' * (count != 1)} confirmed, for six months from today.")
            return redirect(request.get_full_path())
    keepers = factors.able(one for one in people if policy.can(one, "manage_people"))
    context = {
        "section": "people",
        "show": show,
        "filters": [
            ("due", "To confirm", sum(is_due(one, day) for one in counting)), ("all", "All roles", len(counting))
        ],
        "lines": _lines(request.user, people, shown, day, _sent(form)),
        "others": and_list(name_of(one) for one in keepers if one.pk != request.user.pk),
        "form": form,
        "refusals": form.refuse(tried.refusals),
    }  # fmt: skip
    return render(request, "reviews/people/roles.html", context, status=tried.status)


def is_due(grant: Grant, day: date) -> bool:
    """Whether its holder and the administrators are told that it lapses soon."""
    return grant.lapses_on - day <= TOLD_BEFORE


def _sent(form: ConfirmForm) -> set[str]:
    sent = form.given["grants"] if form.is_bound else []
    return set(sent) if isinstance(sent, list) else set()


def _chosen(form: ConfirmForm) -> list[Grant]:
    keys = [int(key) for key in _sent(form) if key.isascii() and key.isdecimal() and len(key) < 19]
    return list(Grant.objects.filter(pk__in=keys).select_related("person", "therapeutic_class", "monograph"))


def _lines(user: User, people: list[User], shown: list[Grant], day: date, ticked: set[str]) -> list[Line]:
    """By the day on which they lapse. Three queries, however many they are."""
    names = {one.pk: name_of(one) for one in User.objects.all()}
    lost = staff.lost_without(shown, people, _pages() if shown else [], day)
    alone = {one.pk for one in of_one([one for person in people for one in held.grants_of_known(person)])}
    return [
        Line(
            one, names[one.person_id], in_words(one), names.get(one.given_by_id or 0, ""),
            names.get(one.confirmed_by_id or 0, ""), _lost(one, lost[one.pk], one.pk in alone),
            is_due(one, day), one.person_id == user.pk, str(one.pk) in ticked,
        )
        for one in sorted(shown, key=lambda one: (one.lapses_on, names[one.person_id].casefold(), one.pk))
    ]  # fmt: skip


def _pages() -> list[Monograph]:
    classes = class_tree()
    pages = list(Monograph.objects.select_related("live__edition").order_by("slug"))
    for one in pages:
        one.therapeutic_class = classes[one.therapeutic_class_id]
    return pages


def _lost(grant: Grant, pages: list[Monograph], is_only: bool) -> str:
    if pages:
        more = f" and {len(pages) - NAMED} more" if len(pages) > NAMED else ""
        named = [one.called if one.live else one.slug for one in pages[:NAMED]]
        return f"Could no longer be published: {', '.join(named) + more if more else and_list(named)}."
    if is_only:
        return f"Nobody else would be {grant.role} there."
    return "Others can do what it opens."
