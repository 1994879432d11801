"""Everybody with an account: what they may do, how they are registered, when they signed in, what they are needed for.

As many queries for three hundred people as for three.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monographs.standing import today
from reviews.access import asking, held, policy
from reviews.access.handover import OpenWork, of_everybody
from reviews.desk.base import (
    DeskRequest,
)
from reviews.desk.people.first_steps import in_short
from reviews.desk.people.person import administrators, in_words
from reviews.desk.people.standing import Standing
from reviews.models.people import name_of

A_PAGE = 50


@dataclass
class Line:
    """One person as the list shows them."""

    person: User
    name: str
    standing: Standing
    roles: list[str]
    needed_for: list[str] = field(default_factory=list)
    asked: asking.Asked | None = None

    @property
    def has_left(self) -> bool:
        return not self.person.is_active

    @property
    def signs(self) -> bool:
        return not self.has_left and self.standing.is_renewed and "clinician" in self.roles

    @property
    def waits(self) -> bool:
        """Whether somebody must see to something of theirs."""
        return not self.has_left and (self.standing.is_late or not self.roles or self.asked is not None)

    def says(self, words: str) -> bool:
        """Whether each of these words stands in the name, the name to sign in by, or the address."""
        text = f"{self.name} {self.person.username} {self.person.email}".casefold()
        return all(word in text for word in words.casefold().split())


FILTERS = {
    "all": ("All", lambda line: True),
    "sign": ("Can sign", lambda line: line.signs),
    "waits": ("Waits for something", lambda line: line.waits),
    "left": ("Left", lambda line: line.has_left),
}


def everybody() -> list[Line]:
    """By name. As many queries, however many they are."""
    day, work, none = today(), of_everybody(), OpenWork([], [])
    lines = [
        Line(one, name_of(one), Standing.of(getattr(one, "clinician_profile", None), day), sorted(policy.roles_of(one)))
        for one in held.everybody(closed=True)
    ]
    asked = asking.opened(line.person for line in lines)
    for line in lines:
        line.needed_for = [] if line.has_left else _needed_for(work.get(line.person.pk, none))
        line.asked = asked.get(line.person.pk)
    return sorted(lines, key=lambda line: (line.name.casefold(), line.person.pk))


def _needed_for(work: OpenWork) -> list[str]:
    """A role that nobody else holds there, open editions that they wrote in."""
    count = len(work.editions)
    return [
        *(f"The only {in_words(one)}" for one in work.alone),
        *([f"{count} open edition{'s' * (count > 1)}"] if count else []),
    ]


@require_safe
@administrators
def people(request: DeskRequest) -> HttpResponse:
    """All (`?show=`), by words (`?q=`), 50 a page."""
    lines = everybody()
    words = request.GET.get("q", "")[:200]
    found = [line for line in lines if line.says(words)]
    show = request.GET.get("show", "all")
    show = show if show in FILTERS else "all"
    chosen: Any = FILTERS[show][1]
    context = {
        "section": "people",
        "steps": in_short(),
        "asking": [line for line in lines if line.asked and not line.has_left],
        "words": words,
        "show": show,
        "filters": [(key, word, sum(map(test, found))) for key, (word, test) in FILTERS.items()],
        "page": Paginator([line for line in found if chosen(line)], A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reviews/people/people.html", context)
