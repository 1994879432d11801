"""Grants that nobody confirms: told 30 days before and when they lapsed, to the person and the administrators, once."""

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from monographs.standing import today
from reviews.access import policy
from reviews.access.grants import confirm, give, take
from reviews.audit.verify import verify
from reviews.models import Grant, Reminder
from reviews.models.grant import CONFIRMED_EVERY
from reviews.reports.lapses import tell_of_grants
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
HALF_A_YEAR = CONFIRMED_EVERY.days


@pytest.fixture
def later(monkeypatch):
    start = timezone.now()

    def later(days):
        monkeypatch.setattr("django.utils.timezone.now", lambda: make.later(start, days=days))

    return later


@pytest.fixture
def alone(house):
    """The publisher's role is the only one in the house beside those of two administrators."""
    for one in Grant.objects.exclude(person__in=(house.publisher, house.admin)):
        take(one, actor=house.admin, reason="Taken for a test")
    give(house.nobody, "administrator", actor=house.admin)
    return Grant.objects.get(person=house.publisher)


def told():
    """{person: subject} of what this run tells anew of the publisher's grant."""
    before = set(Reminder.objects.values_list("pk", flat=True))
    tell_of_grants()
    new = Reminder.objects.exclude(pk__in=before).filter(subject__contains="publisher")
    return {one.person.username: one.subject for one in new}


def test_the_person_and_the_administrators_are_told_30_days_before_and_when_it_has_lapsed(house, alone, later):
    day = alone.lapses_on
    found = {}
    for days in (0, HALF_A_YEAR - 31, HALF_A_YEAR - 30, HALF_A_YEAR - 29, HALF_A_YEAR - 1):
        later(days)
        found[days] = told()
    theirs = f"Your publisher role for Neurology lapses on {day:%d %B %Y}"
    of_them = f"Test publisher: the publisher role for Neurology lapses on {day:%d %B %Y}"

    assert found == {
        0: {}, HALF_A_YEAR - 31: {}, HALF_A_YEAR - 29: {}, HALF_A_YEAR - 1: {},
        HALF_A_YEAR - 30: {"publisher": theirs, "admin": of_them, "nobody": of_them},
    }  # fmt: skip
    confirm(Grant.objects.get(person=house.nobody), actor=house.admin)
    confirm(Grant.objects.get(person=house.admin), actor=house.nobody)
    later(HALF_A_YEAR)
    assert told() == {name: words.replace("lapses", "lapsed") for name, words in found[HALF_A_YEAR - 30].items()}
    alone.refresh_from_db()
    assert (alone.has_lapsed, alone.ended_on) == (True, today())
    assert told() == {}
    assert verify() == []


def test_a_mail_says_whom_to_ask_and_administrators_where_to_look(house, alone, later, client):
    later(HALF_A_YEAR - 30)
    tell_of_grants()

    (theirs,) = Reminder.objects.filter(person=house.publisher)
    assert theirs.body.endswith("Ask one of your administrators to see to it: admin, Test nobody.\n")
    (of_nobody,) = Reminder.objects.filter(person=house.nobody, subject__startswith="Your")
    assert of_nobody.body.endswith("Ask one of your administrators to see to it: admin.\n")  # nobody confirms their own
    of_them = Reminder.objects.get(person=house.admin, subject__contains="publisher")
    (address,) = re.findall(r"https://[^/]+(/\S+)", of_them.body)
    client.force_login(house.admin)
    assert client.get(address).context["subject"] == house.publisher


def test_what_was_confirmed_is_told_again_only_before_its_next_day(house, alone, later):
    later(HALF_A_YEAR - 30)
    assert len(told()) == 3
    confirm(alone, actor=house.admin)
    confirm(Grant.objects.get(person=house.nobody), actor=house.admin)
    confirm(Grant.objects.get(person=house.admin), actor=house.nobody)

    assert told() == {}
    later(2 * HALF_A_YEAR - 60)
    assert len(told()) == 3


def test_whoever_has_left_is_not_told_and_administrators_are(house, alone, later):
    make.changed_account(house.publisher, is_active=False)
    later(HALF_A_YEAR - 30)

    assert sorted(told()) == ["admin", "nobody"]


def test_the_hourly_run_writes_it_and_mails_it(house, alone, later):
    later(HALF_A_YEAR)

    call_command("send_reminders", stdout=StringIO())

    assert {one.to[0] for one in mail.outbox} == {"publisher@example.org", "admin@example.org", "nobody@example.org"}
    assert not policy.can(type(house.publisher).objects.get(pk=house.publisher.pk), "publish", house.leaf)
    later(0)
    call_command("send_reminders", stdout=StringIO())
    assert not policy.can(type(house.publisher).objects.get(pk=house.publisher.pk), "publish", house.leaf)
