"""What the queue shows of all that waits: by class, state, tier, person, age and name, as the address says it."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict

from monographs.models import Monograph, State, TherapeuticClass
from monographs.models.states import OPEN_STATES
from monographs.vocabulary import TIERS
from reviews.access.door import as_code
from reviews.desk.base import indented
from reviews.forms import Form, Text, key_in, offer
from reviews.models.people import name_of

STATES = {one: State(one).label for one in OPEN_STATES}
AGES = {"7": "A week", "30": "A month", "90": "Three months"}
NAME = 100  # signs of a name that is looked for


class FilterForm(Form):
    """Every box stands for “any” until something is chosen in it."""

    q = Text(label="Name", attrs={"maxlength": NAME})
    of = forms.ChoiceField(label="Class")
    state = forms.ChoiceField(label="State")
    tier = forms.ChoiceField(label="Tier")
    person = forms.ChoiceField(label="Who wrote, sent, signed or is asked")
    age = forms.ChoiceField(label="Waiting for at least")

    def __init__(self, chosen: "Chosen", classes: Iterable[TherapeuticClass], people: Iterable[User]) -> None:
        super().__init__(initial={name: getattr(chosen, name) for name in NAMES}, auto_id="by-%s")
        offer(self, "of", [("", "All classes"), *((one.slug, words) for one, words in indented(classes))])
        offer(self, "state", [("", "Any state"), *STATES.items()])
        offer(self, "tier", [("", "Any tier"), *TIERS.items()])
        named = sorted((name_of(one), str(one.pk)) for one in people)
        offer(self, "person", [("", "Anybody"), *((pk, name) for name, pk in named)])
        offer(self, "age", [("", "Any time"), *AGES.items()])

    @property
    def told(self) -> list[str]:
        """What is chosen, in words: “Tier: High”."""
        found = []
        for name, box in self.fields.items():
            words = str(self.initial[name])
            if isinstance(box.widget, forms.Select):
                words = {str(key): str(label) for key, label in box.widget.choices}.get(words, "nobody here")
            if self.initial[name]:
                found.append(f"{box.label}: {words.strip()}")
        return found


NAMES = ("show", "q", "of", "state", "tier", "person", "age")  # in an address


@dataclass(frozen=True)
class Thing:
    """What a filter asks of something that waits."""

    monograph: Monograph
    words: str  # in which a name is looked for
    tier: str
    state: str = ""  # of its open edition, if it is about one
    people: frozenset[int] = frozenset()
    since: date | None = None  # None: it has no beginning that anybody noted


@dataclass(frozen=True)
class Chosen:
    """What was asked for in the address; what makes no sense was not asked for."""

    show: str = "mine"
    q: str = ""
    of: str = ""
    state: str = ""
    tier: str = ""
    person: str = ""
    age: str = ""
    classes: frozenset[int] | None = field(default=None, compare=False)  # the class, and all below it

    @classmethod
    def asked(cls, sent: QueryDict, shows: Container[str], classes: dict[int, TherapeuticClass]) -> "Chosen":
        known: dict[str, Container[str]] = {"show": shows, "state": STATES, "tier": TIERS, "age": AGES}
        found = {name: sent.get(name, "") for name in known if sent.get(name, "") in known[name]}
        top = next((one for one in classes.values() if one.slug == as_code(sent.get("of", ""))), None)
        below = frozenset(one.pk for one in classes.values() if top in one.path()) if top else None
        person = key_in(sent.get("person", ""))
        return cls(
            **found, q=" ".join(sent.get("q", "")[:NAME].split()), of=top.slug if top else "",
            person=str(person) if person else "", classes=below,
        )  # fmt: skip

    @property
    def is_narrow(self) -> bool:
        return self != Chosen(self.show)

    def query(self, **changes: str) -> str:
        """As a link says it."""
        whole = {name: getattr(self, name) for name in NAMES} | changes
        return urlencode({name: value for name, value in whole.items() if value})

    def fits(self, thing: Thing, day: date) -> bool:
        """Whether it is one of those that are shown."""
        page = thing.monograph
        return (
            (self.classes is None or page.therapeutic_class_id in self.classes)
            and self.state in ("", thing.state)
            and self.tier in ("", thing.tier)
            and (not self.person or int(self.person) in thing.people)
            and (not self.age or (thing.since is not None and day - thing.since >= timedelta(days=int(self.age))))
            and self.q.casefold() in thing.words.casefold()
        )

    def fits_page(self, page: Monograph | None, name: str, day: date) -> bool:
        """Of what is about a published page, or about none."""
        if page is None:
            return not self.is_narrow
        return self.fits(Thing(page, f"{name}\n{page.slug}", page.tier), day)

    def narrowed(self, rows: QuerySet[Monograph]) -> QuerySet[Monograph]:
        """Published pages, of which nobody and no state is asked."""
        if self.state or self.person:
            return rows.none()
        if self.classes is not None:
            rows = rows.filter(therapeutic_class__in=self.classes)
        if self.tier:
            rows = rows.filter(tier=self.tier)
        return rows.filter(named(self.q)) if self.q else rows


def named(words: str) -> Q:
    """Monographs whose page, drug or address has these words."""
    return (
        Q(live__name__icontains=words)
        | Q(live__edition__title__icontains=words)
        | Q(drug__name__icontains=words)
        | Q(slug__icontains=words)
    )
