"""First steps of a house, made from what is there: who and what is missing, and what can be published with so many
people (docs/clinical/signoff.md, smallest organisation)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs.models import TherapeuticClass
from monographs.standing import today
from reviews.access import factors, held, policy, stated
from reviews.access.attempts import NOT_TRIED, Attempt, attempt
from reviews.desk.base import (
    DeskRequest,
    act_on,
    and_list,
)
from reviews.desk.people.person import administrators
from reviews.models import AuditEvent
from reviews.models.people import name_of
from reviews.models.roles import ADMINISTRATOR
from reviews.reports.alarms import alarms
from reviews.review import staff, tiers

COPIED_EVERY = timedelta(days=31)
STATED = ("mail_tried", "checkpoint_copied")


@dataclass(frozen=True)
class Step:
    """One thing that a house needs: whether it is there, what is so, and where it is seen to."""

    words: str
    detail: str
    is_done: bool
    address: str = ""
    button: str = ""
    is_act: bool = False  # the button does it


@dataclass(frozen=True)
class House:
    """Whoever holds what today."""

    people: list[User]
    day: date

    @classmethod
    def now(cls) -> "House":
        return cls(held.everybody(), today())

    def holding(self, *roles: str) -> list[User]:
        return [one for one in self.people if policy.roles_of(one) & set(roles)]

    @property
    def registered(self) -> list[User]:
        return [one for one in self.holding("clinician") if hasattr(one, "clinician_profile")]

    @property
    def signers(self) -> list[User]:
        """Those who could sign today."""
        return [one for one in self.registered if staff.could_sign(one, self.day)]

    def missing(self, tier: str) -> list[str]:
        """Who is still needed so that one edition of this tier can be written, signed and published."""
        return staff.anywhere(self.people, self.day).missing(tier)


def steps(house: House) -> list[Step]:
    """In the order in which they are done. Two queries more."""
    rows = AuditEvent.objects.filter(verb__in=STATED).values("verb").annotate(last=Max("at")).order_by()
    last = {row["verb"]: today(row["last"]) for row in rows}
    people = reverse("people")
    keepers, editors = house.holding(ADMINISTRATOR), house.holding("editor")
    able = factors.able(keepers)
    locked = [one for one in keepers if one not in able]
    cannot = f" Cannot sign in yet: {and_list(map(name_of, locked))}." if locked else ""
    publishers, signers = house.holding("publisher"), house.signers
    waiting = [name_of(one) for one in house.registered if one not in signers]
    pharmacists = [one for one in signers if one.clinician_profile.profession == "pharmacist"]
    copied = last.get("checkpoint_copied")
    who_waits = (f"{people}?show=waits", "Look at who waits") if waiting else _invite("clinician")
    who_cannot = (reverse("person", args=[locked[0].username]), "Open their page") if locked else _invite(ADMINISTRATOR)
    is_copied = copied is not None and house.day - copied < COPIED_EVERY
    return [
        Step("Two administrators",
             f"Nobody changes their own rights, so one alone is stuck. {_names(able)}{cannot}", len(able) > 1,
             *who_cannot),
        Step("Therapeutic classes", "Roles are given on them, and each monograph stands in one.",
             TherapeuticClass.objects.exists(), reverse("class_list"), "Open the classes"),
        Step("An editor", f"Writes drafts. {_names(editors)}", bool(editors), *_invite("editor")),
        Step("A publisher", f"Publishes what was signed. {_names(publishers)}", bool(publishers),
             *_invite("publisher")),
        Step("Clinicians, registered and verified",
             f"Waits to be verified, or for interests: {and_list(waiting)}." if waiting else _names(signers),
             bool(signers) and not waiting, *who_waits),
        Step("A pharmacist among them", f"Every page of the high tier needs one. {_names(pharmacists)}",
             bool(pharmacists), *_invite("clinician")),
        Step("Mail tried", f"A letter to you, to see that it arrives. {_day(last.get('mail_tried'))}",
             "mail_tried" in last, reverse("mail_try"), "Send one", is_act=True),
        Step("Checkpoints copied elsewhere",
             f"The file counts as proof only where nobody who works here can change it. {_day(copied)}",
             is_copied, reverse("checkpoint_copied"), "I copied it today", is_act=True),
    ]  # fmt: skip


def _invite(role: str) -> tuple[str, str]:
    """Where somebody is invited, with the role chosen, and the words of the way there."""
    return f"{reverse('invite')}?role={role}", "Invite one"


def _names(people: Iterable[User]) -> str:
    listed = [name_of(one) for one in people]
    if not listed:
        return "Nobody yet."
    shown = [*listed[:3], f"{len(listed) - 3} more"] if len(listed) > 4 else listed
    return f"Now: {and_list(shown)}."


def _day(day: date | None) -> str:
    return f"Last on {day:%-d %B %Y}." if day else "Never yet."


def in_short() -> tuple[int, int]:
    """How many steps are done, of how many."""
    found = steps(House.now())
    return sum(one.is_done for one in found), len(found)


@require_safe
@administrators
def first_steps(request: DeskRequest) -> HttpResponse:
    return _page(request)


def _page(request: DeskRequest, tried: Attempt = NOT_TRIED) -> HttpResponse:
    house = House.now()
    found = steps(house)
    context = {
        "section": "people",
        "todo": [one for one in found if not one.is_done],
        "done": [one for one in found if one.is_done],
        "count": len(found),
        "tiers": [(row.label, and_list(house.missing(row.key))) for row in tiers.ROWS.values()],
        "alarms": alarms(),
        "refusals": tried.refusals,
    }
    return render(request, "reviews/people/first_steps.html", context, status=tried.status)


@administrators
@act_on(lambda _request: reverse("first_steps"))
def mail_try(request: DeskRequest) -> HttpResponse:
    """Sends a letter to whoever pressed the button."""
    tried = attempt(lambda: stated.try_mail(request.user))
    if not tried.is_done:
        return _page(request, tried)
    messages.success(request, f"A letter is on its way to {request.user.email}.")
    return redirect("first_steps")


@administrators
@act_on(lambda _request: reverse("first_steps"))
def checkpoint_copied(request: DeskRequest) -> HttpResponse:
    """States that the checkpoints were copied off this machine today."""
    tried = attempt(lambda: stated.checkpoint_copied(request.user))
    if not tried.is_done:
        return _page(request, tried)
    messages.success(request, "Noted, with today’s date.")
    return redirect("first_steps")
