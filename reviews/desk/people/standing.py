"""How a registration stands today, in words: for the list, the page of a person, and their own."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User

from reviews.access import held
from reviews.desk.base import name_of
from reviews.models import ClinicianProfile

SOON = timedelta(days=30)  # so long before it runs out people are told


@dataclass(frozen=True)
class Standing:
    """One word for a chip, a sentence, and whether somebody must see to it."""

    word: str
    sentence: str
    is_late: bool = False
    is_renewed: bool = False  # a look at the register is enough: it was verified, and was not ended

    @classmethod
    def of(cls, profile: ClinicianProfile | None, day: date) -> "Standing":
        if profile is None:
            return cls("None", "Not registered as a clinician: signs nothing.")
        if profile.ended_on:
            how = profile.get_ended_how_display()
            return cls(how, f"{how} on {_day(profile.ended_on)}: signs nothing until it is verified anew.", True)
        until = profile.runs_until
        if profile.verified_on is None or until is None:
            return cls("Not verified", "Nobody has looked it up in the register: signs nothing yet.", True)
        if day >= until:
            return cls("Ran out", f"It ran out on {_day(until)}: signs nothing until it is renewed.", True, True)
        if not profile.has_declared(day):
            return cls("Interests due", "Interests were not declared in the last 12 months: signs nothing.", True, True)
        if until - day <= SOON:
            return cls("Runs out soon", f"Runs out on {_day(until)}.", True, True)
        return cls("Verified", f"Verified until {_day(until)}.", False, True)


@dataclass(frozen=True)
class BeforeSigning:
    """What is still to do before somebody whose role signs can sign: by themselves on their profile (the words of a link
    that leads there), and by whom they ask."""

    todo: str
    asked: tuple[str, ...]  # the administrators, where one of them must look in the register

    @classmethod
    def of(cls, user: User, day: date) -> "BeforeSigning | None":
        """None for whoever can sign today. A few queries more for whoever waits to be verified."""
        profile: ClinicianProfile | None = getattr(user, "clinician_profile", None)
        is_verified = profile is not None and profile.is_verified(day)
        if profile is None:
            todo = "State your registration"
        else:
            todo = "" if profile.has_declared(day) else "Declare your interests"
        if is_verified and not todo:
            return None
        asked = [] if is_verified else [one for one in held.helpers() if one.pk != user.pk]
        return cls(todo, tuple(name_of(one) for one in asked))


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
