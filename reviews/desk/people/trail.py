"""The trail for auditors: every entry, the newest first, found by person, monograph, act and date.

A page begins at an entry, never at a count of them, and each filter has its index: it asks the same few questions of a
thousand entries and of a million.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monographs.models import Monograph, WriteLock
from monographs.standing import LONDON
from reviews.access import policy
from reviews.audit import seals, stamps
from reviews.desk.base import DeskRequest, desk, no_entry
from reviews.desk.people import trail_words
from reviews.models import AuditEvent, ClinicianProfile
from reviews.models.people import name_of

A_PAGE = 50
MOST_PEOPLE = 10  # who are called by one name
MOST_NAMED = 5  # monographs that one entry links
NEVER = 2**62  # an entry that is not there yet
FIELDS = ("who", "about", "act", "since", "until")
_SEQ = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """What an auditor looks for, as it was typed."""

    who: str = ""
    about: str = ""
    act: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> "Asked":
        # PostgreSQL takes no NUL, not even to look for.
        return cls(**{name: " ".join(given.get(name, "").replace("\0", " ")[:200].split()) for name in FIELDS})

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in asdict(self).items() if value})


class Found:
    """The entries that are looked for, in pages. `wrong` says at which box something is asked that nothing can be."""

    def __init__(self, asked: Asked) -> None:
        self.wrong: dict[str, str] = {}
        self._where, self._seq = Q(), "seq"
        self._by_person(asked.who)
        self._about(asked.about)
        if asked.act:
            self._where &= Q(verb=asked.act)
            if asked.act not in trail_words.VERBS:
                self.wrong["act"] = "There is no such act."
        since, until = self._day(asked.since, "since"), self._day(asked.until, "until")
        if since:
            first = self._first_of(since)
            self._between("gte", NEVER if first is None else first)
        if until and (after := self._first_of(until + timedelta(days=1))) is not None:
            self._between("lt", after)

    def _by_person(self, who: str) -> None:
        if not who:
            return
        people = get_user_model().objects.all()
        first, _space, last = who.rpartition(" ")
        named = (
            Q(last_name__iexact=last, first_name__iexact=first) | Q(last_name__iexact=who) | Q(first_name__iexact=who)
        )
        pks = list(people.filter(username__iexact=who).values_list("pk", flat=True)) or list(
            people.filter(named).values_list("pk", flat=True)[: MOST_PEOPLE + 1]
        )
        self._where &= Q(actor=pks[0]) if len(pks) == 1 else Q(actor__in=pks)
        if not pks:
            self.wrong["who"] = "Nobody has this name."
        elif len(pks) > MOST_PEOPLE:
            self.wrong["who"] = f"More than {MOST_PEOPLE} people have this name. Write the name that one signs in by."

    def _about(self, about: str) -> None:
        if not about:
            return
        kind, _colon, slug = about.rpartition(":")
        if about == "site" or kind not in ("", "monograph"):
            self._where &= Q(subject=about)
            return
        found = Monograph.objects.filter(Q(slug=slug) | Q(former_addresses__slug=slug)).first()
        if found is None:
            self.wrong["about"] = "No monograph has this address, or had it."
        self._seq = "subjects__entry_id"
        self._where &= Q(subjects__monograph=found.pk if found else 0)

    def _day(self, typed: str, name: str) -> date | None:
        if not typed:
            return None
        try:
            day = date.fromisoformat(typed)
            if 2000 <= day.year < 9000:
                return day
        except ValueError:
            pass
        self.wrong[name] = "Write the day as 2026-11-30."
        return None

    def _first_of(self, day: date) -> int | None:
        """The first entry of this day in London, or of a later one; times never fall from one entry to the next."""
        begin = datetime.combine(day, time(), tzinfo=LONDON)
        return AuditEvent.objects.filter(at__gte=begin).order_by("at", "seq").values_list("seq", flat=True).first()

    def _between(self, how: str, seq: int) -> None:
        self._where &= Q(**{f"{self._seq}__{how}": seq})

    def older(self, before: int | None, most: int) -> list[AuditEvent]:
        """So many before this entry, the newest first."""
        within = self._where & Q(**{f"{self._seq}__lt": before}) if before else self._where
        return list(self._rows(within).order_by(f"-{self._seq}")[:most])

    def newer(self, after: int, most: int) -> list[AuditEvent]:
        """So many after this entry, the oldest first."""
        return list(self._rows(self._where & Q(**{f"{self._seq}__gt": after})).order_by(self._seq)[:most])

    def _rows(self, where: Q) -> QuerySet[AuditEvent]:
        if self.wrong:
            return AuditEvent.objects.none()
        return AuditEvent.objects.filter(where).select_related("actor")

    def all(self, batch: int, first: int, most: int) -> Iterator[AuditEvent]:
        """So many from this entry on: a question for each batch, so that nothing is held between."""
        last = first - 1
        while most > 0 and (rows := self.newer(last, min(batch, most))):
            yield from rows
            last, most = rows[-1].seq, most - len(rows)

    def every(self, many: int) -> list[int]:
        """The first entry, and each that comes so many after the one before."""
        seqs: list[int] = []
        rows = self._rows(self._where).order_by(self._seq).values_list("seq", flat=True)
        step = rows[:1]
        while found := step.first():
            seqs.append(found)
            step = rows.filter(**{f"{self._seq}__gte": found})[many : many + 1]
        return seqs


# -- For people --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One entry, for people. `about`: (words, where it is, all entries about it)."""

    event: AuditEvent
    who: str
    did: str
    about: list[tuple[str, str, str]]

    @property
    def is_refusal(self) -> bool:
        return self.event.verb == "refused"


def told(events: list[AuditEvent], reader: Any) -> list[Entry]:
    """With what each touched, linked where this reader may look. As many queries for fifty as for one."""
    keys: dict[str, set[int]] = {"user": set(), "profile": set()}
    for event in events:
        kind, _colon, key = event.subject.partition(":")
        if kind in keys and key.isascii() and key.isdigit() and len(key) < 18:
            keys[kind].add(int(key))
    profiles = ClinicianProfile.objects.filter(pk__in=keys["profile"]).select_related("user")
    people = {f"user:{one.pk}": one for one in get_user_model().objects.filter(pk__in=keys["user"])}
    people |= {f"profile:{one.pk}": one.user for one in profiles}
    opens = policy.can(reader, "manage_people")
    return [Entry(one, trail_words.who(one), trail_words.did(one), list(_about(one, people, opens))) for one in events]


def _about(event: AuditEvent, people: dict[str, Any], opens_people: bool) -> Iterator[tuple[str, str, str]]:
    subject, opened = event.subject, event.data.get("change_set", "") if isinstance(event.data, dict) else ""
    if subject.startswith("monograph:"):
        for slug in [one.removeprefix("monograph:") for one in subject.split(",")][:MOST_NAMED]:
            if re.fullmatch(r"[-\w]+", slug, re.ASCII):
                change = f"?{urlencode({'change': opened})}" if opened else ""
                yield slug, reverse("history", args=[slug]) + change, _all_about(slug)
    elif subject in people:
        person = people[subject]
        place = reverse("person", args=[person.username]) if opens_people else ""
        yield name_of(person), place, _all_about(subject)
    else:
        kind, _colon, key = subject.partition(":")
        yield subject, _place(kind, key), _all_about(subject)


def _place(kind: str, key: str) -> str:
    """Where it is on the desk; "" where it has no page."""
    if kind in ("drug", "class") and re.fullmatch(r"[-\w]+", key, re.ASCII):
        return reverse("drug" if kind == "drug" else "therapeutic_class", args=[key])
    return ""


def _all_about(subject: str) -> str:
    return f"{reverse('trail')}?{urlencode({'about': subject})}"


@dataclass(frozen=True)
class Checked:
    """What is known of the trail as a whole: how long it is, when it was verified, and the last line of checkpoints."""

    entries: int
    verified: stamps.Verified | None
    line: dict[str, Any] | None
    line_at: datetime | None
    holds: bool

    @classmethod
    def now(cls) -> "Checked":
        line = seals.last_line()
        hashed = AuditEvent.objects.filter(seq=line["seq"]).values_list("hash", flat=True).first() if line else None
        return cls(
            entries=WriteLock.objects.values_list("seq", flat=True).get(pk=1),
            verified=stamps.verified(),
            line=line,
            line_at=stamps.as_instant(line["at"]) if line else None,
            holds=bool(line) and hashed == line["hash"],  # type: ignore[index]  # of a line that is there
        )


@require_safe
@desk
def trail(request: DeskRequest) -> HttpResponse:
    """`?who=`, `?about=`, `?act=`, `?since=`, `?until=`; `?before=` and `?after=` an entry. Only for whoever reads the
    trail."""
    if refusals := policy.refusals(request.user, "read_trail"):
        return no_entry(request, refusals)
    asked = Asked.of(request.GET)
    found = Found(asked)
    before, after = (seq_in(request.GET.get(name, "")) for name in ("before", "after"))
    if after is not None:
        newer = found.newer(after, A_PAGE + 1)
        has_newer, has_older, events = len(newer) > A_PAGE, True, newer[:A_PAGE][::-1]
    else:
        older = found.older(before, A_PAGE + 1)
        has_newer, has_older, events = before is not None, len(older) > A_PAGE, older[:A_PAGE]
    context = {
        "section": "trail",
        "asked": asked,
        "query": asked.query,
        "wrong": found.wrong,
        "acts": trail_words.acts(),
        "entries": told(events, request.user),
        "newer": events[0].seq if events and has_newer else None,
        "older": events[-1].seq if events and has_older else None,
        "checked": Checked.now(),
    }
    return render(request, "reviews/people/trail.html", context)


def seq_in(typed: str) -> int | None:
    """The number of an entry; None, if this is none."""
    return int(typed) if _SEQ.fullmatch(typed) else None
