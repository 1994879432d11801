"""How often a sign-in is judged: by name and sender, across processes, so that nobody is shut out by a stranger."""

from datetime import timedelta

import pytest
from django.conf import settings as now_set
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from reviews.access import backend, limits
from reviews.models import AuditEvent, CountedTry
from tests import factories as make
from tests.processes import run_at_once

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
WRONG = "wrong wrong wrong"


def tries(name="clinician", password=WRONG, address=HERE, **meta):
    """A sign-in in a browser of its own."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": name, "password": password}, REMOTE_ADDR=address, **meta)
    assert (answer.status_code == 302) is ("_auth_user_id" in client.session)
    return answer


def opens(name="clinician", address=HERE):
    return tries(name, make.PASSWORD, address).status_code == 302


@pytest.fixture
def looked_at(house, monkeypatch):
    """The names whose password was looked at."""
    found = []
    real = backend.Backend.authenticate

    def judged(self, request, username=None, password=None, email=None, **others):
        found.append(username or email)
        return real(self, request, username=username, password=password, email=email, **others)

    monkeypatch.setattr(backend.Backend, "authenticate", judged)
    return found


def later(monkeypatch, **how):
    at = timezone.now() + timedelta(**how)
    monkeypatch.setattr(timezone, "now", lambda: at)


def test_after_five_failures_nothing_is_judged_from_there_for_15_minutes(looked_at, monkeypatch):
    assert [tries().status_code for _ in range(5)] == [200] * 5

    answer = tries(password=make.PASSWORD)

    assert (answer.status_code, len(looked_at)) == (429, 5)
    assert 800 <= int(answer.headers["Retry-After"]) <= 900
    assert "Too many sign-ins failed" in answer.content.decode()
    later(monkeypatch, minutes=15, seconds=1)
    assert opens()


def test_a_stranger_shuts_nobody_out_who_comes_from_elsewhere(looked_at):
    for _ in range(40):
        tries(address=ELSEWHERE)

    assert len(looked_at) == 5
    assert opens(address=HERE)


@pytest.mark.parametrize(
    "meta",
    [
        lambda n: {"HTTP_HOST": f"testserver:{1024 + n}"},
        lambda n: {"HTTP_X_FORWARDED_FOR": f"192.0.2.{n}"},
        lambda n: {"address": f"2001:db8:1:2::{n:x}"},
        lambda n: {"name": ("clinician", "CLINICIAN", " clinician", "clinician@example.org")[n % 4]},
    ],
)
def test_forty_guesses_are_five_whatever_else_changes(looked_at, meta):
    for n in range(1, 41):
        tries(**meta(n))

    assert len(looked_at) == 5


def test_one_network_of_the_sixth_version_is_one_sender_and_the_next_is_another(looked_at):
    for n in range(1, 8):
        tries(address=f"2001:db8:1:2::{n:x}")

    assert not opens(address="2001:db8:1:2:ffff::1")
    assert opens(address="2001:db8:1:3::1")


def test_somebody_who_mistypes_in_a_hospital_shuts_out_nobody_but_themself(looked_at):
    for _ in range(30):
        tries("clinician")

    assert not opens("clinician")
    assert opens("pharmacist")
    assert opens("editor")


def test_one_sender_has_twenty_names_and_whoever_signed_in_from_there_goes_on(looked_at):
    assert opens("pharmacist")
    for n in range(20):
        tries(f"nobody-{n}")
    looked_at.clear()

    assert tries("nobody-20").status_code == 429
    assert not opens("editor")
    assert looked_at == []
    assert opens("pharmacist")
    assert tries("nobody-0").status_code == 200  # one of the twenty, whose own five are not over
    assert opens("editor", address=ELSEWHERE)
    (entry,) = AuditEvent.objects.filter(verb="locked")
    assert (entry.subject, entry.actor) == ("site", None)


def test_whoever_remembers_it_starts_anew(looked_at):
    for _ in range(3):
        for _ in range(4):
            tries()
        assert opens()

    assert len(looked_at) == 15


def test_the_owner_is_told_at_once_and_one_entry_is_left_an_hour(house, monkeypatch):
    for address in (HERE, ELSEWHERE):
        for _ in range(7):
            tries(address=address)

    (entry,) = AuditEvent.objects.filter(verb="locked")
    assert (entry.subject, entry.actor) == (f"user:{house.clinician.pk}", None)
    (letter,) = mail.outbox
    assert letter.to == [house.clinician.email]
    assert "5 wrong passwords" in letter.body
    assert HERE not in letter.body + entry.text
    later(monkeypatch, minutes=61)
    for _ in range(5):
        tries()
    assert AuditEvent.objects.filter(verb="locked").count() == 2


def test_of_a_name_that_nobody_has_there_is_no_entry_and_the_answer_is_the_same(house):
    answers = [[tries(name).content for _ in range(6)] for name in ("clinician", "nobody-at-all")]

    assert not AuditEvent.objects.filter(verb="locked").exclude(subject=f"user:{house.clinician.pk}").exists()
    told = [[one[one.index(b"That did not work") : one.index(b"<form")] for one in ours] for ours in answers]
    assert told[0] == told[1]


def test_no_name_and_no_address_stands_in_the_table(house):
    tries("clinician")
    tries("somebody-else")

    told = str(list(CountedTry.objects.values_list()))
    assert CountedTry.objects.count() == 2
    assert not any(word in told for word in ("clinician", "somebody", HERE))


def test_what_counts_for_nothing_any_more_is_forgotten(house, monkeypatch, capsys):
    tries()
    assert opens("pharmacist")
    assert opens("pharmacist")  # one row, however often
    later(monkeypatch, days=2)
    call_command("send_reminders")
    assert [one.went_well for one in CountedTry.objects.all()] == [True]
    later(monkeypatch, days=100)
    assert limits.sweep() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_guesses_at_once_in_as_many_processes_five_are_judged(house, tmp_path, monkeypatch):
    looked = tmp_path / "looked"
    looked.write_bytes(b"")

    def slow(self, request, **how):
        with looked.open("ab") as file:
            file.write(b"+")

    monkeypatch.setattr(backend.Backend, "authenticate", slow)

    run_at_once(*[tries] * 20)

    assert len(looked.read_bytes()) == 5
    assert CountedTry.objects.count() == now_set.SIGN_IN_FAILURES
