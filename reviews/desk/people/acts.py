"""What an administrator does to a person: each act with its form, its button, and the sentence that says it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404

from monographs.models import Monograph, TherapeuticClass
from reviews.access import accounts, asking, factors, grants, handover, invitation, rechecks, registrations
from reviews.access.refusals import RefusalType, refuse
from reviews.desk.people.forms import (
    CloseForm,
    DeclineForm,
    EmailForm,
    EndForm,
    GiveAskedForm,
    GrantForm,
    LinkForm,
    ReasonForm,
    RegistrationForm,
    RenewForm,
    TakeForm,
    VerifyForm,
)
from reviews.forms import Form, as_day, key_in
from reviews.models import ClinicianProfile, Grant
from reviews.models.people import STRUCK_OFF, name_of


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


# -- Registration ------------------------------------------------------------------------------------------------------


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


# -- Roles -------------------------------------------------------------------------------------------------------------


def place_of(key: str) -> TherapeuticClass | Monograph | None:
    """The place that a form named: "everywhere", "class:slug" or "monograph:slug". Refuses what is not there."""
    kind, _, slug = key.partition(":")
    if key == "everywhere":
        return None
    found: TherapeuticClass | Monograph | None = None
    if kind == "class":
        found = TherapeuticClass.objects.filter(slug=slug).first()
    elif kind == "monograph":
        found = Monograph.objects.filter(slug=slug).first()
    if found is None:
        raise refuse("place", "Choose where from the list.", RefusalType.INVALID, field="on")
    return found


def _give(person: User, actor: User, given: dict[str, Any]) -> str:
    if given["asked"]:
        asking.still_open(person, key_in(given["asked"]) or 0)
    grant = grants.give(person, given["role"], actor=actor, on=place_of(given["on"]), reason=given["reason"])
    return f"{name_of(person)} is {grant.role} now. Somebody else confirms it before {grant.lapses_on:%-d %B %Y}."


def _grant(person: User, key: Any) -> Grant:
    """A grant of this person by its key. Refuses what is none of theirs."""
    found = Grant.objects.filter(person=person, pk=key_in(key)).first()
    if found is None:
        raise refuse("no_such_role", "Choose one of their roles.", RefusalType.INVALID, field="grant")
    return found


def _take(person: User, actor: User, given: dict[str, Any]) -> str:
    grant = grants.take(_grant(person, given["grant"]), actor=actor, reason=given["reason"])
    return f"{name_of(person)} is not {grant.role} there any more."


def _decline(person: User, actor: User, given: dict[str, Any]) -> str:
    asking.decline(person, actor=actor, reason=given["reason"], seen=key_in(given["asked"]) or 0)
    return f"Declined. {name_of(person)} reads why in a letter."


def _confirm(person: User, actor: User, given: dict[str, Any]) -> str:
    grant = grants.confirm(_grant(person, given["grant"]), actor=actor)
    return f"Confirmed: {grant.role}, until {grant.lapses_on:%-d %B %Y}."


# -- Account -----------------------------------------------------------------------------------------------------------


def _clear_factors(person: User, actor: User, given: dict[str, Any]) -> str:
    factors.clear(person, actor=actor, reason=given["reason"])
    return "Their second factors are removed. They set up new ones when they sign in, and sign nothing for 24 hours."


def _email(person: User, actor: User, given: dict[str, Any]) -> str:
    accounts.change_email(person, given["email"], actor=actor)
    return "Letters go to the new address from now on."


def _link(person: User, actor: User, given: dict[str, Any]) -> str:
    return handed_in_words(invitation.send_link(person, by=given["by"], actor=actor))


def handed_in_words(handed: invitation.Handed) -> str:
    """What is done with a link now; this once it is shown, if no letter carries it."""
    if not handed.address:
        return f"A letter with the link went to {handed.person.email}. It opens once, within 72 hours."
    failed = f"The letter could not be sent ({handed.failed}). " if handed.failed else ""
    name = name_of(handed.person)
    return f"{failed}Hand this link to {name}. It opens once, within 72 hours, and is shown only now: {handed.address}"


def _close(person: User, actor: User, given: dict[str, Any]) -> str:
    to = User.objects.filter(pk=key_in(given["to"])).first()
    work = handover.close(person, actor=actor, reason=given["reason"], to=to)
    done = f"The account of {name_of(person)} is closed."
    return f"{done} {name_of(to)} goes on with their work." if work and to else done


def _reopen(person: User, actor: User, given: dict[str, Any]) -> str:
    accounts.reactivate(person, actor=actor)
    return f"The account of {name_of(person)} is open again."


ACTS = {
    "give": Act("Give a role", GiveAskedForm, _give),
    "decline": Act("Decline what they asked for", DeclineForm, _decline),
    "confirm": Act("Confirm", GrantForm, _confirm),
    "take": Act("Take a role away", TakeForm, _take, is_harm=True),
    "register": Act("Note this registration", RegistrationForm, _register),
    "verify": Act("Verify this registration", VerifyForm, _verify),
    "renew": Act("Renew for 12 months", RenewForm, _renew),
    "end": Act("End this registration", EndForm, _end, is_harm=True),
    "open-reviews": Act("Open their reviews", ReasonForm, _open_rechecks),
    "email": Act("Change the e-mail", EmailForm, _email),
    "link": Act("Make a link by which they set a password", LinkForm, _link),
    "clear-factors": Act("Remove their second factors", ReasonForm, _clear_factors, is_harm=True),
    "close": Act("Close this account", CloseForm, _close, is_harm=True),
    "reopen": Act("Open this account again", Form, _reopen),
}
