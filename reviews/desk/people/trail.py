"""The trail for auditors: every entry, the newest first, found by words, by person and by what it is about."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from reviews.access import policy
from reviews.desk.base import (
    DeskRequest,
    desk,
    no_entry,
)
from reviews.desk.monograph.history_words import DONE, why
from reviews.models import AuditEvent
from reviews.models.people import name_of

A_PAGE = 50


@dataclass(frozen=True)
class Entry:
    """One entry, for people."""

    event: AuditEvent
    who: str
    did: str

    @property
    def is_refusal(self) -> bool:
        return self.event.verb == "refused"


def told(event: AuditEvent) -> Entry:
    """What was done, as its stored verb says it; of a refusal what was tried, and why not."""
    did = event.verb.replace("_", " ")
    if event.verb == "refused":
        did = f"{DONE['refused'](event.data)}: {why(event.data['codes'])}"
    return Entry(event, name_of(event.actor), capfirst(did))


def found(words: str, who: str, about: str) -> Q:
    """Entries that hold each of these words, by this person, about this."""
    wanted = Q()
    for word in words.split():
        wanted &= Q(verb__icontains=word) | Q(subject__icontains=word) | Q(reason__icontains=word)
    if who:
        wanted &= Q(actor_name__iexact=who) | Q(actor__first_name__icontains=who) | Q(actor__last_name__icontains=who)
    if about:
        wanted &= Q(subject__icontains=about)
    return wanted


@require_safe
@desk
def trail(request: DeskRequest) -> HttpResponse:
    """`?q=`, `?who=`, `?about=`, 50 a page. Only for whoever reads the trail."""
    if refusals := policy.refusals(request.user, "read_trail"):
        return no_entry(request, refusals)
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:200] for name in ("q", "who", "about")}
    events = AuditEvent.objects.filter(found(asked["q"], asked["who"], asked["about"]))
    page = Paginator(events.select_related("actor").order_by("-seq"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "trail",
        "asked": asked,
        "page": page,
        "entries": [told(one) for one in page.object_list],
    }
    return render(request, "reviews/people/trail.html", context)
