"""Sessions behind the login end: by signing out, by an hour without use, by closing the account; and sign-in is limited."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_an_hour_without_use_ends_the_session(client, monkeypatch):
    client.force_login(make.the_house().editor)
    assert client.get("/desk/").status_code == 200
    from clincalc import middleware

    now = middleware.time.time()
    monkeypatch.setattr(middleware.time, "time", lambda: now + 50 * 60)
    assert client.get("/desk/").status_code == 200
    monkeypatch.setattr(middleware.time, "time", lambda: now + (50 + 61) * 60)
    response = client.get("/desk/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def signed_in_by_hand(client, house):
    client.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD})


def signed_in_to_stay(client, house):
    client.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD, "remember": "on"})


@pytest.mark.parametrize("minutes", [20, 50, 59])
@pytest.mark.parametrize(
    "sign_in", [signed_in_by_hand, signed_in_to_stay, lambda client, house: client.force_login(house.editor)]
)
def test_a_session_ends_twelve_hours_after_sign_in_whatever_is_done_in_it(client, house, monkeypatch, sign_in, minutes):
    from clincalc import middleware

    cache.clear()
    began = now = int(middleware.time.time())
    monkeypatch.setattr(middleware.time, "time", lambda: now)
    sign_in(client, house)
    client.get("/desk/")
    opened = []

    while now < began + 13 * 3600:
        now += minutes * 60
        opened.append((now - began, client.get("/desk/").status_code))

    assert {status for at, status in opened if at < 12 * 3600} == {200}
    assert {status for at, status in opened if at >= 12 * 3600} == {302}


def test_giving_the_password_again_makes_no_session_longer(client, house, monkeypatch):
    from clincalc import middleware

    cache.clear()
    began = now = int(middleware.time.time())
    monkeypatch.setattr(middleware.time, "time", lambda: now)
    client.force_login(house.editor)
    for _ in range(12):
        now += 59 * 60
        client.get("/desk/")
    assert client.post("/accounts/reauthenticate/", {"password": make.PASSWORD}).status_code == 302
    assert (now < began + 12 * 3600, client.get("/desk/").status_code) == (True, 200)
    now = began + 12 * 3600

    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("began", [None, "yesterday", 10**12])
def test_a_session_of_which_nobody_knows_when_it_began_is_over(client, house, began):
    client.force_login(house.editor)
    session = client.session
    session["signed_in"] = began
    session.save()

    assert client.get("/desk/").status_code == 302


def test_the_admin_ends_with_it_too(client, house, monkeypatch):
    from clincalc import middleware

    began = now = int(middleware.time.time())
    monkeypatch.setattr(middleware.time, "time", lambda: now)
    client.force_login(house.admin)
    while now < began + 12 * 3600:
        assert client.get("/admin/").status_code == 200
        now += 50 * 60

    assert client.get("/admin/").status_code == 302


def test_signing_out_ends_it_and_the_old_cookie_opens_nothing(client):
    client.force_login(make.the_house().editor)
    old = {name: morsel.value for name, morsel in client.cookies.items()}
    assert client.get("/accounts/logout/").status_code == 200

    client.post("/accounts/logout/")
    for name, value in old.items():
        client.cookies[name] = value

    assert client.get("/desk/").status_code == 302


def test_another_password_ends_every_session(client, house):
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(house.editor)
        assert browser.get("/desk/").status_code == 200

    make.changed_account(house.editor, password="another horse battery")

    for browser in (client, elsewhere):
        assert browser.get("/desk/").status_code == 302
        assert "_auth_user_id" not in browser.session


def test_signing_in_gives_a_new_key(client):
    make.the_house()
    client.get("/accounts/login/")
    before = client.session.session_key
    response = client.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD})

    assert response.status_code == 302
    assert client.session.session_key != before


def test_five_failures_hold_even_the_right_password_up(client):
    make.the_house()
    cache.clear()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "editor", "password": "wrong wrong wrong"})

    response = client.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD})

    assert "_auth_user_id" not in client.session
    assert response.status_code in (200, 429)
    cache.clear()


def test_a_name_that_is_not_there_gets_the_same_answer(client):
    make.the_house()
    cache.clear()
    answers = []
    for name in ("editor", "nobody-at-all"):
        html = client.post("/accounts/login/", {"login": name, "password": "wrong wrong wrong"}).content.decode()
        answers.append(html[html.index('class="errors"') : html.index("<form")])
    assert answers[0] == answers[1]
    cache.clear()
