"""Clinicians' registrations."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from monographs.fields import JSONText
from monographs.triggers import ByWriteLock

# docs/clinical/signoff.md, Who: the body that registers a profession, and the form of its numbers (upper case, no
# spaces, ASCII, whole string). A form proves nothing: somebody looks in the register.
BODIES = {"GMC": r"\d{7}", "GPhC": r"2\d{6}", "NMC": r"\d{2}[A-Z]\d{4}[A-Z]"}
PROFESSIONS = {
    "doctor": ("Doctor", "GMC"),
    "specialist_doctor": ("Specialist doctor", "GMC"),
    "pharmacist": ("Pharmacist", "GPhC"),
    "nurse": ("Nurse", "NMC"),
    "midwife": ("Midwife", "NMC"),
}
SCOPES = {"adult": "Adults", "child": "Children", "both": "Adults and children"}
# Our own decision: the register is looked at again every 12 months, and interests are declared again as often.
REGISTER_PERIOD = INTERESTS_PERIOD = timedelta(days=365)
# The kinds of interest that the ICMJE asks for, of the last 36 months.
INTEREST_KINDS = {
    "employment": "Employment",
    "fees": "Fees and travel",
    "shares": "Shares",
    "grants": "Research grants",
    "patents": "Patents and royalties",
    "family": "Interests of close family",
    "other": "Anything else that a reader should know",
}
# How a registration ends here before its 12 months are over.
STRUCK_OFF, LAPSED = "struck_off", "lapsed"
ENDINGS = {STRUCK_OFF: "Struck off", LAPSED: "Lapsed"}
# So long before a registration or a role runs out, people are told.
TOLD_BEFORE = timedelta(days=30)


def name_of(person: AbstractUser | None) -> str:
    """A person as pages and letters name them; without one it was the system."""
    return "System" if person is None else person.get_full_name() or person.get_username()


class ClinicianProfile(models.Model):
    """The registration of a clinician. It signs only after somebody else has found it in the register."""

    trail_columns = {
        1: (
            "id", "user_id", "name", "profession", "body", "number", "specialty", "scope", "reader_title",
            "name_consent", "interests", "interests_on", "verified_on", "verified_by_id",
        ),
        2: (
            "id", "user_id", "name", "profession", "body", "number", "specialty", "scope", "reader_title",
            "name_consent", "interests", "interests_on", "verified_on", "verified_by_id", "register_date", "looked_at",
            "ended_on", "ended_by_id", "ended_how", "ended_reason", "interests_by_kind",
        ),
    }  # fmt: skip

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="clinician_profile")
    name = models.CharField(max_length=200)
    profession = models.CharField(max_length=30, choices=[(k, label) for k, (label, _) in PROFESSIONS.items()])
    body = models.CharField(max_length=10, choices=[(body, body) for body in BODIES])
    number = models.CharField(max_length=20)
    specialty = models.CharField(max_length=100, blank=True)
    scope = models.CharField(max_length=10, choices=list(SCOPES.items()))
    reader_title = models.CharField(max_length=100)  # "neurologist": what readers see
    name_consent = models.BooleanField(default=False)
    # In words; "none" is said, never left blank. Empty: nothing was declared yet.
    interests = models.TextField(blank=True)
    interests_by_kind = JSONText(null=True, blank=True)
    interests_on = models.DateField(null=True, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # The day that the register itself gave, and what was looked at in it.
    register_date = models.DateField(null=True, blank=True)
    looked_at = models.CharField(max_length=500, blank=True)
    # Struck off or lapsed, as somebody else found out: nothing is signed under it until it is verified anew.
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_how = models.CharField(max_length=20, blank=True, choices=list(ENDINGS.items()))
    ended_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            ByWriteLock(name="reviews_profile_by_pen"),
            models.UniqueConstraint(fields=["body", "number"], name="reviews_profile_number"),
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=True) | ~models.Q(verified_by=models.F("user")),
                name="reviews_profile_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_on__isnull=True, verified_by__isnull=True)
                | models.Q(verified_on__isnull=False, verified_by__isnull=False),
                name="reviews_profile_verified_on_and_by",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True, ended_by__isnull=True, ended_how="")
                | models.Q(ended_on__isnull=False, ended_by__isnull=False, ended_how__in=list(ENDINGS)),
                name="reviews_profile_ended_on_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_profession_display().lower()}"

    @property
    def found_on(self) -> date | None:
        """The day of the register from which its 12 months count: that which the register gave, if it was noted."""
        return self.register_date or self.verified_on

    @property
    def runs_until(self) -> date | None:
        """The first day on which it counts no more, if nobody looks it up again."""
        return self.found_on + REGISTER_PERIOD if self.found_on else None

    def is_verified(self, today: date) -> bool:
        """Found in the register within the last 12 months, and not ended since."""
        if self.ended_on is not None or self.verified_on is None:
            return False
        return self.runs_until is not None and today < self.runs_until

    @property
    def interests_until(self) -> date | None:
        return self.interests_on + INTERESTS_PERIOD if self.interests_on else None

    def has_declared(self, today: date) -> bool:
        """Interests were declared within the last 12 months, by the clinician."""
        return self.interests_until is not None and today < self.interests_until
