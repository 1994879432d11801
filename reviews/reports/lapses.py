"""Grants that nobody confirms: the person and the administrators are told 30 days before, and when one has lapsed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from monographs.standing import today
from reviews.access.grants import lapse_due
from reviews.access.held import administrators
from reviews.models import Grant
from reviews.models.people import TOLD_BEFORE, name_of
from reviews.reports.reminders import AT_ONCE, batched, write


def tell_of_grants(now: datetime | None = None) -> int:
    """Writes down what has lapsed, and tells of it and of what is about to. Answers how many reminders are new. A run
    that was killed in between is made up for by the next."""
    day = today(now or timezone.now())
    lapse_due(day)
    written = 0
    for batch in batched(_untold(day), AT_ONCE):
        written += write(dict(batch))
    return written


def _untold(day: date) -> Iterator[tuple[str, tuple[Any, str, str]]]:
    """(key, (person, subject, body)) of what is to be told now; what was told stays so by its key."""
    keepers = administrators()
    rows = Grant.objects.select_related("person", "therapeutic_class", "monograph__live__document").order_by("pk")
    soon = [one for one in rows.not_ended() if one.lapses_on - TOLD_BEFORE <= day < one.lapses_on]
    lapsed = rows.filter(has_lapsed=True, ended_on__gt=day - TOLD_BEFORE)
    for stage, grants in (("soon", soon), ("lapsed", lapsed)):
        for grant in grants:
            told = [grant.person] if grant.person.is_active else []
            for one in {person.pk: person for person in (*told, *keepers)}.values():
                key = f"grant:{grant.pk}:{grant.lapses_on}:{stage}:{one.pk}"
                if not one.reminders.filter(key=key).exists():
                    words = _words(grant, stage, is_theirs=one.pk == grant.person_id)
                    yield key, (one, words, _body(words, grant, one, keepers))


def _words(grant: Grant, stage: str, *, is_theirs: bool) -> str:
    name = name_of(grant.person)
    whose = f"Your {grant.role} role" if is_theirs else f"{name}: the {grant.role} role"
    when = f"lapsed on {grant.ended_on:%d %B %Y}" if stage == "lapsed" else f"lapses on {grant.lapses_on:%d %B %Y}"
    return f"{whose} {_where(grant)} {when}"


def _where(grant: Grant) -> str:
    if grant.therapeutic_class is not None:
        return f"for {grant.therapeutic_class.name}"
    if grant.monograph is not None:
        return f"for {grant.monograph.called}"
    return "everywhere"


def _body(words: str, grant: Grant, to: User, keepers: list[User]) -> str:
    """What to do, and with whom: nobody confirms their own."""
    if to.pk != grant.person_id:
        address = f"{settings.SITE_URL}{reverse('person', args=[grant.person.get_username()])}"
        return f"{words}. Nobody confirmed it for six months. See what they hold:\n\n{address}\n"
    others = [name_of(one) for one in keepers if one.pk != to.pk]
    asked = f" Ask one of your administrators to see to it: {', '.join(others)}." if others else ""
    return f"{words}. Nobody confirmed it for six months.{asked}\n"
