"""What the list of reports shows of all that there are: by state, by what they could do, by page, and by who is
looking."""

from collections.abc import Container
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict

from monographs.models import Monograph
from reviews.access import policy
from reviews.access.door import as_code
from reviews.forms import Form, offer
from reviews.models import ProblemReport

STATES = {
    "open": ("Open", Q(answered_at=None)),
    "answered": ("Answered", Q(answered_at__isnull=False)),
    "all": ("All", Q()),
}
GRADES = {"harm": ("Could harm", Q(harm=True)), "wording": ("Wording", Q(harm=False))}
WHOSE = {"me": "I am looking", "nobody": "Nobody is looking", "others": "Somebody else is looking"}
SITE = "*"  # no address of a monograph


class FilterForm(Form):
    grade = forms.ChoiceField(label="Could it harm?")
    of = forms.ChoiceField(label="Page")
    whose = forms.ChoiceField(label="Who is looking")

    def __init__(self, pages: list[tuple[str, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "grade", [("", "Both"), *((key, words) for key, (words, _where) in GRADES.items())])
        offer(self, "of", [("", "Every page"), (SITE, "The site as a whole"), *pages])
        offer(self, "whose", [("", "Anybody"), *WHOSE.items()])


@dataclass(frozen=True)
class Chosen:
    """What was asked for in the address; what makes no sense was not asked for."""

    show: str = "open"
    grade: str = ""
    of: str = ""
    whose: str = ""

    @classmethod
    def asked(cls, sent: QueryDict) -> "Chosen":
        known: dict[str, Container[str]] = {"show": STATES, "grade": GRADES, "whose": WHOSE}
        found = {name: sent.get(name, "") for name in known if sent.get(name, "") in known[name]}
        of = sent.get("of", "")
        return cls(**found, of=of if of == SITE else as_code(of))

    @property
    def is_narrow(self) -> bool:
        return self != Chosen(self.show)

    def query(self, **changes: str) -> str:
        """As a link says it."""
        return urlencode({name: value for name, value in asdict(replace(self, **changes)).items() if value})

    def narrowed(self, rows: QuerySet[ProblemReport], user: User) -> QuerySet[ProblemReport]:
        """In whatever state."""
        if self.grade:
            rows = rows.filter(GRADES[self.grade][1])
        if self.of:
            rows = rows.filter(monograph=None) if self.of == SITE else rows.filter(monograph__slug=self.of)
        if self.whose == "me":
            return rows.filter(looking_by=user)
        if self.whose == "nobody":
            return rows.filter(looking_by=None)
        return rows.exclude(looking_by=None).exclude(looking_by=user) if self.whose else rows

    def in_state(self, rows: QuerySet[ProblemReport], show: str = "") -> QuerySet[ProblemReport]:
        return rows.filter(STATES[show or self.show][1])


def pages_of(user: User) -> list[tuple[str, str]]:
    """(address, name) of each monograph that somebody may read and readers reported on. One query."""
    reported = ProblemReport.objects.exclude(monograph=None).values("monograph")
    rows = Monograph.objects.filter(pk__in=policy.readable(user).values("pk")).filter(pk__in=reported)
    named = sorted((one.called, one.slug) for one in rows.select_related("live__edition", "drug"))
    names = [name for name, _slug in named]
    return [(slug, f"{name} ({slug})" if names.count(name) > 1 else name) for name, slug in named]
