"""Who is asked to sign an edition, and by when."""

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

from monographs.models import Edition, State
from monographs.triggers import ByWriteLock
from reviews.models.signoff import REVIEW, SignOff

DECLINED, TAKEN_OFF, REPLACED = "declined", "taken_off", "replaced"
ENDS = {DECLINED: "Declined", TAKEN_OFF: "Taken off", REPLACED: "Assigned anew"}


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def standing(self) -> Self:
        """Those that still ask somebody for something. With its edition, published or discarded, each ends."""
        return self.filter(ended_at=None, edition__in=Edition.objects.open())

    def waiting(self) -> Self:
        """Those of editions in review that their person has not signed in this round."""
        signed = SignOff.objects.filter(
            edition=models.OuterRef("edition"), signer=models.OuterRef("person"), meaning=REVIEW, unsigning=None,
            round=models.OuterRef("edition__round"),
        )  # fmt: skip
        return self.standing().filter(~models.Exists(signed), edition__state=State.IN_REVIEW)


class Assignment(models.Model):
    """That somebody is asked to sign an edition by a day, by whom (by themself: they claimed it), and how that ended,
    if it ended before the edition did. A signature does not end it: sent back, the edition is theirs to sign again."""

    trail_columns = {
        1: (
            "id", "edition_id", "person_id", "by_id", "at", "due_on", "ended_how", "ended_reason", "ended_by_id",
            "ended_at",
        )
    }  # fmt: skip

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_on = models.DateField()
    ended_how = models.CharField(max_length=10, blank=True)
    ended_reason = models.TextField(blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            ByWriteLock(name="reviews_assignment_by_lock"),
            models.UniqueConstraint(
                fields=["edition", "person"], condition=Q(ended_at=None), name="reviews_assignment_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_how="", ended_reason="", ended_by__isnull=True, ended_at__isnull=True)
                | (Q(ended_how=REPLACED, ended_by__isnull=False, ended_at__isnull=False))
                | (
                    Q(ended_how__in=[DECLINED, TAKEN_OFF], ended_by__isnull=False, ended_at__isnull=False)
                    & ~Q(ended_reason="")
                ),
                name="reviews_assignment_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk} of edition {self.edition_id}"

    @property
    def is_claimed(self) -> bool:
        return self.person_id == self.by_id

    def end(self, how: str, reason: str, *, by: User, at: datetime) -> None:
        """Ends it; whoever asks saves it."""
        self.ended_how, self.ended_reason, self.ended_by, self.ended_at = how, reason, by, at

    def is_late(self, day: date) -> bool:
        return day > self.due_on
