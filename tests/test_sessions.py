"""Sessions behind the login end: by signing out, by an hour without use, by closing the account; and sign-in is limited."""

import pytest
from django.core.cache import cache

from tests import factories as make

pytestmark = pytest.mark.django_db


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


def test_signing_out_ends_it_and_the_old_cookie_opens_nothing(client):
    client.force_login(make.the_house().editor)
    old = {name: morsel.value for name, morsel in client.cookies.items()}
    assert client.get("/accounts/logout/").status_code == 200

    client.post("/accounts/logout/")
    for name, value in old.items():
        client.cookies[name] = value

    assert client.get("/desk/").status_code == 302


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
