"""Nothing happens twice: each form that writes, sent twenty times at one moment, is done once.

Real threads on real rows: each has a connection of its own, and waits for the others as requests do.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, override_settings

from reviews.access import links
from reviews.models import Act, AuditEvent, InboxReport, KeptForm, ProblemReport
from tests import factories as make
from tests.conftest import FAST_HASHERS, rows_now
from tests.reviews.desk.test_repeats import FORMS, at, entries_since, every_state, shown
from tests.second_factor import secret_on, sign_in
from tests.totp import code_of

pytestmark = pytest.mark.each_case

AT_ONCE = 20


def chosen(day: int, vendor: str, asked: str | None) -> list[tuple]:
    """The forms that are sent on this day. Each takes seconds, so each database is asked
    of every fourth, of other ones the next day, and of all with AT_ONCE=all. The tests' names say which."""
    first = day + (2 if vendor == "postgresql" else 0)
    return FORMS if asked == "all" else FORMS[first % 4 :: 4]


OURS = chosen(datetime.now(UTC).toordinal(), connection.vendor, os.environ.get("AT_ONCE"))


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_in_four_days_each_database_is_asked_of_every_form(vendor):
    asked = [chosen(day, vendor, None) for day in range(738_000, 738_004)]

    assert sorted(one[0] for forms in asked for one in forms) == sorted(one[0] for one in FORMS)
    assert chosen(0, vendor, "all") == FORMS


def test_on_one_day_the_two_databases_are_asked_of_different_forms():
    for day in range(4):
        assert not {one[0] for one in chosen(day, "sqlite", None)} & {one[0] for one in chosen(day, "postgresql", None)}


@pytest.fixture(scope="module")
def rows(django_db_setup, django_db_blocker, tmp_path_factory):
    """All rows of the world in which the forms are shown, to be put into the database for each test: threads see only
    what is committed."""
    checkpoints = str(tmp_path_factory.mktemp("at-once") / "checkpoints.jsonl")
    with django_db_blocker.unblock(), make.undone():
        with override_settings(PASSWORD_HASHERS=FAST_HASHERS, CHECKPOINT_FILE=checkpoints):
            every_state()
        return rows_now()


@pytest.fixture
def committed(rows, transactional_db, django_db_setup, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(django_db_setup, "rows", rows)
        call_command("flush", verbosity=0, interactive=False)
    cache.clear()
    return make.the_house()


def at_once(client, send):
    """What each of twenty threads was answered, that send the same at one moment, each as this browser."""
    start = Barrier(AT_ONCE)

    def one(_number):
        mine = Client(raise_request_exception=False)
        for name, morsel in client.cookies.items():
            mine.cookies[name] = morsel.value
        start.wait()
        try:
            answer = send(mine)
            return answer.status_code, answer.headers.get("Location", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sorted(threads.map(one, range(AT_ONCE)))


@pytest.mark.parametrize(
    ("who", "page", "action", "button", "typed", "verbs"), [pytest.param(*one[1:], id=one[0]) for one in OURS]
)
def test_a_form_that_is_sent_twenty_times_at_once_is_done_once(committed, who, page, action, button, typed, verbs):
    client, address = Client(), page()
    client.force_login(committed.people[who])
    target = action() if action else address
    sent = shown(client, address, action() if action else None, button).filled(**typed)
    before = AuditEvent.objects.latest("seq").seq

    answers = at_once(client, lambda one: one.post(target, sent))

    # Save all tells whoever sends it again what it saved: its answer may have been lost.
    again = 302 if target.endswith("/edit/all/") else 409
    assert [status for status, _where in answers] == [302] + [again] * (AT_ONCE - 1)
    assert entries_since(before) == sorted(verbs)
    assert Act.objects.filter(token__startswith=f"{sent['act'][0]}.").count() == 1


@pytest.mark.parametrize(("harm", "verbs"), [("yes", ["reports_taken_in"]), ("no", ["reported"])])
def test_a_report_that_is_sent_twenty_times_at_once_is_one_report(committed, harm, verbs):
    client = Client()
    form = shown(client, "/report/?page=/drugs/liveumab/", "/report/", None)
    before, there = AuditEvent.objects.latest("seq").seq, ProblemReport.objects.count()
    waiting = InboxReport.objects.count()

    answers = at_once(client, lambda one: one.post("/report/", form.filled(text="The interval is wrong.", harm=harm)))

    assert {status for status, _where in answers} == {303}
    assert len({where for _status, where in answers}) == 1
    assert ProblemReport.objects.count() + InboxReport.objects.count() == there + waiting + 1
    assert set(entries_since(before)) <= set(verbs)


def test_a_form_that_is_sent_twenty_times_at_once_after_the_session_ended_is_kept_once(committed):
    client, address = Client(), at("edit_header", "draft")()
    client.force_login(committed.editor)
    sent = shown(client, address, None, "preview").filled(covers="Words that stay")
    client.logout()

    answers = at_once(client, lambda one: one.post(address, sent))

    assert {status for status, _where in answers} == {302}
    assert [row.typed["covers"] for row in KeptForm.objects.all()] == ["Words that stay"]


# -- Accounts ----------------------------------------------------------------------------------------------------------


def test_a_link_that_is_used_twenty_times_at_once_sets_one_password(committed):
    path = links.issue(committed.people["nobody"], actor=committed.admin).removeprefix(settings.SITE_URL)
    new, number = "another horse battery", count()
    before = AuditEvent.objects.latest("seq").seq

    def send(one):
        typed = f"{new} {next(number)}"
        return one.post(path, {"new_password": typed, "again_password": typed})

    answers = at_once(Client(), send)

    assert [status for status, _where in answers] == [302] + [404] * (AT_ONCE - 1)
    assert [one for one in entries_since(before) if one != "reminders_mailed"] == ["password_set"]
    person = User.objects.get(username="nobody")
    assert sum(person.check_password(f"{new} {one}") for one in range(AT_ONCE)) == 1


def test_an_app_that_is_set_up_twenty_times_at_once_is_set_up_once(committed):
    client = Client()
    sign_in(client, "clinician")
    form = shown(client, "/accounts/app/", None, "code")
    secret = secret_on(client.get("/accounts/app/").content.decode())
    sent, before = form.filled(code=code_of(secret), password=make.PASSWORD), AuditEvent.objects.latest("seq").seq

    answers = at_once(client, lambda one: one.post("/accounts/app/", sent))

    assert [status for status, _where in answers] == [302] + [409] * (AT_ONCE - 1)
    assert [one for one in entries_since(before) if one != "reminders_mailed"] == ["factor_added"]
    assert Authenticator.objects.filter(user=committed.clinician, type="totp").count() == 1
