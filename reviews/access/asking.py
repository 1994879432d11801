"""Asking an administrator for a right. One request of a person is open at a time, until it is granted or declined, or
their account is closed; it stands in the trail alone: whoever grants it writes a grant, and the request is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from monographs.models import TherapeuticClass
from reviews.access import held, letters
from reviews.access.denials import refusals_recorded
from reviews.access.door import admitted, as_code, reason_of
from reviews.access.grants import check_administrator
from reviews.access.refusals import RefusalType, refuse
from reviews.audit.trail import audited_write, full_until
from reviews.models import AuditEvent
from reviews.models.people import name_of
from reviews.models.roles import ROLES

REGISTRATION = "registration"  # to be looked up, so that one can sign: no role
MOST, IN = 3, timedelta(days=1)  # requests of one person
ASKED, DECLINED = "right_asked", "right_declined"
_ENDS = (DECLINED, "role_given", "clinician_verified", "registration_renewed", "account_closed")


@dataclass(frozen=True)
class Asked:
    """An open request, by the number of its entry: for which role (or REGISTRATION), where ("everywhere", "class:slug",
    "" for wherever the administrator thinks), from which page, and why."""

    seq: int
    at: datetime
    role: str
    on: str
    page: str
    reason: str

    @property
    def words(self) -> str:
        if self.role == REGISTRATION:
            return "to have their registration looked up"
        where = f" for the class {slug}" if (slug := _slug(self.on)) else ""
        return f"for the {self.role} role{where or (' everywhere' if self.on else '')}"


def ask(actor: User, *, role: str, on: str = "", page: str = "", reason: str) -> None:
    """Asks the administrators, who are told by letter. Refuses what nobody can give, no reason, a second request while
    one is open, and more than three a day."""
    with (
        refusals_recorded(actor=actor, action="ask_for_right", subject=f"user:{actor.pk}"),
        audited_write(actor=actor) as trail,
    ):
        if not trail.actor.is_active:
            raise refuse("closed_already", "This account is closed.", RefusalType.CONFLICT)
        if role != REGISTRATION and role not in ROLES:
            raise refuse("no_such_role", "Choose what you ask for from the list.", RefusalType.INVALID, field="role")
        if on not in ("", "everywhere") and not TherapeuticClass.objects.filter(slug=_slug(on)).exists():
            raise refuse("place", "Choose where from the list.", RefusalType.INVALID, field="on")
        reason = reason_of(reason, "Say what you need it for.")
        if open_of(trail.actor):
            raise refuse("asked_already", "You asked already. It waits for an administrator.", RefusalType.CONFLICT)
        if full_until(AuditEvent.objects.filter(actor=actor, verb=ASKED), most=MOST, period=IN):
            raise refuse("too_many_requests", "You asked three times today. Talk to them.", RefusalType.CONFLICT)
        asked = Asked(0, trail.at, role, on, admitted(page, "page", 200, is_line=True), reason)
        for one in held.administrators():
            if one.pk != actor.pk:
                letters.write(trail, one, f"{name_of(actor)} asks for a right", _letter(actor, asked))
        data = {"role": role, "on": on, "page": asked.page, "username": actor.get_username()}
        trail.record("right_asked", f"user:{actor.pk}", reason=reason, data=data)


def still_open(person: User, seen: int) -> Asked:
    """The request that was seen, if it is the one that waits. Refuses (Conflict) one that was answered meanwhile."""
    asked = open_of(person)
    if asked is None or asked.seq != seen:
        sentence = "This request was answered meanwhile. Look at what they ask now, if anything."
        raise refuse("not_asked", sentence, RefusalType.CONFLICT)
    return asked


def decline(person: User, *, actor: User, reason: str, seen: int) -> None:
    """Answers the request that was seen with a sentence, which is mailed to whoever asked. Refuses oneself, whoever is
    no administrator, no reason, and a request that is not open any more."""
    with (
        refusals_recorded(actor=actor, action="decline_right", subject=f"user:{person.pk}"),
        audited_write(actor=actor) as trail,
    ):
        check_administrator(trail.actor, person)
        reason = reason_of(reason, "Say why: they read it.")
        asked = still_open(person, seen)
        body = f"Of {asked.at:%-d %B %Y}. {name_of(trail.actor)} answers:\n\n{reason}"
        letters.write(trail, person, "Your request was not granted", body)
        trail.record("right_declined", f"user:{person.pk}", reason=reason, data={"username": person.get_username()})


def open_of(person: User) -> Asked | None:
    """What somebody asked for and nobody answered. Two queries."""
    return opened([person]).get(person.pk)


def opened(people: Iterable[User]) -> dict[int, Asked]:
    """The open requests of these people, by person. One query, if their profiles are at hand."""
    whose: dict[str, int] = {}
    for one in people:
        whose[f"user:{one.pk}"] = one.pk
        if (profile := getattr(one, "clinician_profile", None)) is not None:
            whose[f"profile:{profile.pk}"] = one.pk
    found: dict[int, Asked] = {}
    rows: Any = AuditEvent.objects.filter(subject__in=whose, verb__in=(ASKED, *_ENDS)).order_by("seq")
    for event in rows.only("seq", "at", "verb", "subject", "reason", "data"):
        found.pop(whose[event.subject], None)
        if event.verb == ASKED:
            role, on, page = (event.data[name] for name in ("role", "on", "page"))
            found[whose[event.subject]] = Asked(event.seq, event.at, role, on, page, event.reason)
    return found


def _slug(on: str) -> str:
    kind, _, slug = as_code(on).partition(":")
    return slug if kind == "class" else ""


def _letter(actor: User, asked: Asked) -> str:
    where = f", on the page {asked.page}" if asked.page else ""
    address = f"{settings.SITE_URL}{reverse('person', args=[actor.get_username()])}"
    return (
        f"{name_of(actor)} asks {asked.words}{where}:\n\n{asked.reason}\n\nGive it, or decline it, here:\n\n{address}"
    )
