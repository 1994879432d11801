"""Somebody's own sessions: which are open, what is said of each, and ending them."""

import pytest
from django.core.cache import cache
from django.test import Client

from reviews.access import session
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import forms_of
from tests.second_factor import codes_on, enrol, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
AGENTS = {
    FIREFOX: "Firefox on Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0": "Edge on Windows",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36": "Chrome on Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1": "Safari on iOS",
    "curl/8.0": "A browser",
    "": "A browser",
    "<script>": "A browser",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


@pytest.fixture
def three(house):
    """A clinician in three browsers, and somebody else in one."""
    clients = [Client(headers={"user-agent": agent}) for agent in (FIREFOX, "", "curl/8.0")]
    for one in clients:
        sign_in(one, "clinician")
        one.get("/desk/")
    other = Client()
    sign_in(other, "pharmacist")
    return [*clients, other]


def ending(client):
    return [
        form for form in forms_of(client.get("/accounts/").content.decode()) if form.action == "/accounts/sessions/end/"
    ]


def is_open(client):
    return client.get("/desk/").status_code == 200


@pytest.mark.parametrize("agent", AGENTS)
def test_a_browser_is_told_in_two_words(agent):
    assert session.device_of(agent) == AGENTS[agent]


def test_each_session_of_mine_is_listed_and_this_one_is_marked(three):
    html = three[0].get("/accounts/").content.decode()

    assert html.count("Signed in on") == 3
    assert html.count("This session") == 1
    assert html.index("Firefox on Linux") < html.index("This session") < html.index("A browser")


def test_one_is_ended_and_the_others_go_on(three):
    mine, *_ = ending(three[0])

    assert three[0].post("/accounts/sessions/end/", mine.filled()).status_code == 302

    assert is_open(three[0])
    assert sorted([is_open(three[1]), is_open(three[2])]) == [False, True]
    assert is_open(three[3])


def test_all_others_are_ended_at_once(three):
    *_, every = ending(three[0])
    assert "name" not in every.fields

    three[0].post("/accounts/sessions/end/", every.filled())

    assert [is_open(one) for one in three] == [True, False, False, True]


@pytest.mark.parametrize("name", ["x", "0" * 16, "\x00", "'; DROP TABLE"])
def test_what_is_no_session_of_mine_ends_nothing(three, name, house):
    theirs = session.open_of(house.pharmacist, three[3].get("/desk/").wsgi_request, 43_200, 3_600)[0].name
    for one in (name, theirs):
        three[0].post("/accounts/sessions/end/", {"name": one})

    assert all(map(is_open, three))


def test_a_session_that_is_over_is_not_listed(three, monkeypatch):
    now = session.time.time()
    monkeypatch.setattr(session.time, "time", lambda: now + 59 * 60)
    assert is_open(three[0])
    monkeypatch.setattr(session.time, "time", lambda: now + 61 * 60)

    assert three[0].get("/accounts/").content.decode().count("Signed in on") == 1


def test_a_session_that_was_begun_with_a_recovery_code_says_so(client, house):
    sign_in(client, "clinician")
    enrol(client)
    code = codes_on(client)[0]
    other = Client()
    sign_in(other, "clinician")
    other.post("/accounts/login/second/", {"code": code})

    assert client.get("/accounts/").content.decode().count("with a recovery code,") == 1


def test_another_password_ends_the_others_and_leaves_an_entry(three, house):
    (form,) = (
        one for one in forms_of(three[0].get("/accounts/password/").content.decode()) if "new_password" in one.fields
    )
    new = "harbour lantern sixty two"

    for typed, status in (
        ({"password": "wrong wrong wrong", "new_password": new, "again_password": new}, 422),
        ({"password": make.PASSWORD, "new_password": new, "again_password": "other"}, 422),
        ({"password": make.PASSWORD, "new_password": "short", "again_password": "short"}, 422),
        ({"password": make.PASSWORD, "new_password": "password1234", "again_password": "password1234"}, 422),
        ({"password": make.PASSWORD, "new_password": "x" * 129, "again_password": "x" * 129}, 422),
        ({"password": make.PASSWORD, "new_password": new, "again_password": new}, 302),
    ):
        answer = three[0].post("/accounts/password/", form.filled(**typed))
        assert answer.status_code == status, typed

    assert [is_open(one) for one in three] == [True, False, False, True]
    assert AuditEvent.objects.filter(verb="password_changed").count() == 1
    assert new not in "".join(AuditEvent.objects.values_list("text", flat=True))
    assert verify() == []
    again = Client()
    sign_in(again, "clinician")
    assert not is_open(again)
    sign_in(again, "clinician", new)
    assert is_open(again)


def test_setting_up_a_factor_ends_the_others(three):
    enrol(three[0])

    assert [is_open(one) for one in three] == [True, False, False, True]
