"""Clinicians' registrations."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models

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
# Our own decision: the register is looked at again every 12 months.
REGISTER_PERIOD = timedelta(days=365)


class ClinicianProfile(models.Model):
    """The registration of a clinician. It signs only after somebody else has found it in the register."""

    trail_columns = {
        1: (
            "id", "user_id", "name", "profession", "body", "number", "specialty", "scope", "reader_title",
            "name_consent", "interests", "interests_on", "verified_on", "verified_by_id",
        )
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
    interests = models.TextField(blank=True)  # "none" is said, never left blank
    interests_on = models.DateField(null=True, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

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
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_profession_display().lower()}"

    def is_verified(self, today: date) -> bool:
        """Found in the register within the last 12 months."""
        return self.verified_on is not None and today - self.verified_on < REGISTER_PERIOD
