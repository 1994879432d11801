"""How a registration stands today, in words: for the list, the page of a person, and their own."""

from dataclasses import dataclass
from datetime import date

from reviews.models import ClinicianProfile
from reviews.models.people import TOLD_BEFORE


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
        if until - day <= TOLD_BEFORE:
            return cls("Runs out soon", f"Runs out on {_day(until)}.", True, True)
        return cls("Verified", f"It holds until {_day(until)}.", False, True)


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
