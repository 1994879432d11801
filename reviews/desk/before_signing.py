"""What somebody whose role signs has still to do before they can sign anything."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from reviews.desk.whom_to_ask import names_for
from reviews.models import ClinicianProfile


@dataclass(frozen=True)
class BeforeSigning:
    """What is still to do before somebody whose role signs can sign: by themselves on their profile (the words of a
    link that leads there), and by whom they ask."""

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
        return cls(todo, () if is_verified else tuple(names_for(user)))
