"""Problems that readers report, and their answers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models

from monographs.models import Monograph, Overlay, Publication
from monographs.standing import LONDON
from monographs.triggers import ByWriteLock

SEVERE, WORKING_DAYS = timedelta(hours=4), 5

OUTCOMES = {
    "corrected": "The page was wrong and is corrected",
    "withdrawn": "The page was withdrawn",
    "withheld": "A part of the page was withheld",
    "warned": "A warning was added",
    "next-edition": "The next edition will say it better",
    "no-change": "The page is right as it is",
    "elsewhere": "It is not about our pages",
    "passed-on": "It was passed on to those who look after the site",
}


def due(at: datetime, *, harm: bool) -> datetime:
    """Until when somebody looks: at what could harm in four hours; at all else 5 working days later at the same time in
    London. Saturdays and Sundays are no working days; bank holidays are not known here and count as days."""
    if harm:
        return at + SEVERE
    local, left = at.astimezone(LONDON), WORKING_DAYS
    while left:
        local += timedelta(days=1)
        left -= local.weekday() < 5
    return local.astimezone(at.tzinfo)


class _AboutAPage(Protocol):
    @property
    def monograph(self) -> Monograph | None: ...


def subject_of(reports: "Iterable[_AboutAPage]") -> str:
    """What an entry about these reports is about."""
    about = {f"monograph:{one.monograph.slug}" for one in reports if one.monograph}
    return ",".join(sorted(about)) or "site"


class ProblemReport(models.Model):
    """What a reader says is wrong with a page: a task with a clock, and an answer."""

    trail_columns = {
        1: (
            "id", "token", "monograph_id", "page", "edition", "part", "text", "harm", "source", "email", "sender", "at",
            "due_at", "outcome", "answer", "answered_by_id", "answered_at", "mailed_at",
        ),
        2: (
            "id", "token", "monograph_id", "page", "edition", "part", "text", "harm", "source", "email", "sender", "at",
            "due_at", "outcome", "answer", "answered_by_id", "answered_at", "mailed_at", "overlay_id", "publication_id",
            "reason", "looking_by_id", "looking_at",
        ),
        3: (
            "id", "token", "monograph_id", "page", "edition", "part", "text", "harm", "source", "email", "sender", "at",
            "due_at", "outcome", "answer", "answered_by_id", "answered_at", "mailed_at", "overlay_id", "publication_id",
            "reason", "looking_by_id", "looking_at", "put_right", "lift_id", "reverted_by_id",
        ),
    }  # fmt: skip

    token = models.CharField(max_length=43, unique=True)  # of the receipt: whoever has it reads the answer
    monograph = models.ForeignKey(Monograph, models.PROTECT, null=True, blank=True, related_name="reports")
    page = models.CharField(max_length=200, blank=True)
    edition = models.PositiveIntegerField(null=True, blank=True)
    part = models.CharField(max_length=200, blank=True)  # as the page calls it; empty: the whole page
    text = models.TextField()
    harm = models.BooleanField()
    source = models.CharField(max_length=500, blank=True)
    email = models.EmailField(blank=True)  # for the answer only; forgotten 90 days after it
    sender = models.CharField(max_length=64)  # a keyed hash, to count by: no address is kept
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True, choices=list(OUTCOMES.items()))
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="answered_reports"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    # The act that makes its outcome true (reviews.closing); neither: none is needed, or nobody was asked.
    overlay = models.ForeignKey(Overlay, models.PROTECT, null=True, blank=True, related_name="+")
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, blank=True, related_name="+")
    put_right = models.CharField(max_length=300, blank=True)  # the part that this act is about, where it names none
    reason = models.TextField(blank=True)  # why what could harm may be closed: for the desk alone
    # Who says that they are looking at it, while it is open. It stops nobody.
    looking_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    looking_at = models.DateTimeField(null=True, blank=True)
    # What opened it again: the end of the overlay that closed it, or the edition that undid what an earlier one put
    # right. Meanwhile its answer is the one that was given before.
    lift = models.ForeignKey(Overlay, models.PROTECT, null=True, blank=True, related_name="+")
    reverted_by = models.ForeignKey(Publication, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="reviews_report_at")]
        constraints = [
            ByWriteLock(name="reviews_problemreport_by_pen"),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by=None, outcome="")
                | (models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(outcome="")),
                name="reviews_problemreport_answered_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(overlay=None, publication=None)
                | (models.Q(answered_at__isnull=False) & (models.Q(overlay=None) | models.Q(publication=None))),
                name="reviews_problemreport_one_act",
            ),
            models.CheckConstraint(
                condition=models.Q(looking_by=None, looking_at=None)
                | models.Q(looking_by__isnull=False, looking_at__isnull=False, answered_at=None),
                name="reviews_problemreport_looking_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(lift=None, reverted_by=None)
                | (models.Q(answered_at=None) & (models.Q(lift=None) | models.Q(reverted_by=None))),
                name="reviews_problemreport_open_again",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"R-{self.pk}"

    @property
    def is_open_again(self) -> bool:
        return bool(self.lift_id or self.reverted_by_id)

    def is_late(self, now: datetime) -> bool:
        return self.answered_at is None and now >= self.due_at

    def look(self, person: User | None, at: datetime | None) -> None:
        """Who says that they are looking at it, since when; nobody."""
        self.looking_by, self.looking_at = person, at

    def close(
        self,
        outcome: str,
        answer: str,
        *,
        by: User,
        at: datetime,
        reason: str = "",
        done: Overlay | Publication | None = None,
        part: str = "",
    ) -> None:
        """`done`: the act that makes its outcome true; `part`: what of the page it is about."""
        self.outcome, self.answer, self.answered_by, self.answered_at, self.reason = outcome, answer, by, at, reason
        self.overlay = done if isinstance(done, Overlay) else None
        self.publication = done if isinstance(done, Publication) else None
        self.put_right, self.lift, self.reverted_by = part, None, None
        self.look(None, None)

    def open_again(self, undone: Overlay | Publication, due_at: datetime) -> None:
        """`undone`: what ended or undid the act that closed it."""
        self.outcome, self.answered_by, self.answered_at, self.mailed_at = "", None, None, None
        self.overlay, self.publication, self.due_at = None, None, due_at
        self.lift = undone if isinstance(undone, Overlay) else None
        self.reverted_by = undone if isinstance(undone, Publication) else None
