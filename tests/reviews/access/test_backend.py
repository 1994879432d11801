"""Signing in costs one hash, whoever is asked for, and finds the person by name or by address."""

import threading
import time

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache

from reviews.access import adapter, backend
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def hashes(monkeypatch):
    """How often a password was hashed."""
    made = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: made.append(1) or encode(*given))
    return made


@pytest.fixture
def people(house):
    person = make.account("ann", "ann@clincalc.test", make.PASSWORD)
    for name in ("twin", "other-twin"):
        make.account(name, "twins@clincalc.test", make.PASSWORD)
    unusable = make.account("no-password", "none@clincalc.test", None)
    assert not unusable.has_usable_password()
    make.account("gone", "gone@clincalc.test", make.PASSWORD, is_active=False)
    return person


LOGINS = [
    "ann", "ANN", "ann@clincalc.test", "ANN@clincalc.test", "twins@clincalc.test", "twin", "nobody-at-all",
    "nobody@clincalc.test", "no-password", "none@clincalc.test", "gone", "gone@clincalc.test",
]  # fmt: skip


@pytest.mark.parametrize("login", LOGINS)
def test_a_failed_sign_in_costs_one_hash_whoever_is_asked_for(people, client, hashes, login):
    cache.clear()
    hashes.clear()

    client.post("/accounts/login/", {"login": login, "password": "wrong wrong wrong"})

    assert len(hashes) == 1
    assert "_auth_user_id" not in client.session
    cache.clear()


@pytest.mark.parametrize("login", ["ann", "ANN", "ann@clincalc.test", "Ann@ClinCalc.test", " ann "])
def test_a_person_is_found_by_name_and_by_address(people, client, hashes, login):
    cache.clear()
    hashes.clear()

    client.post("/accounts/login/", {"login": login, "password": make.PASSWORD})

    assert client.session["_auth_user_id"] == str(people.pk)
    assert len(hashes) == 1


@pytest.mark.parametrize("login", ["twins@clincalc.test", "nobody-at-all", "no-password", "gone"])
def test_an_address_of_several_opens_nothing_and_neither_does_a_closed_account(people, client, login):
    cache.clear()
    answer = client.post("/accounts/login/", {"login": login, "password": make.PASSWORD})

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_who_is_called_so_exactly_comes_first(people):
    upper = make.account("Ann", "", "another " + make.PASSWORD)

    assert authenticate(None, username="ann", password=make.PASSWORD) == people
    assert authenticate(None, username="Ann", password="another " + make.PASSWORD) == upper
    assert authenticate(None, username="Ann", password=make.PASSWORD) is None


@pytest.mark.parametrize(
    "given", [{}, {"username": "ann"}, {"password": make.PASSWORD}, {"username": "ann", "password": ""}]
)
def test_who_says_only_half_is_not_looked_for(people, hashes, given):
    hashes.clear()

    assert authenticate(None, **given) is None
    assert hashes == []


def test_limits_are_asked_before_anything_is_hashed(people, client, hashes):
    cache.clear()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "ann", "password": "wrong wrong wrong"})
    hashes.clear()
    client.post("/accounts/login/", {"login": "ann", "password": make.PASSWORD})

    assert hashes == []
    assert "_auth_user_id" not in client.session
    cache.clear()


def test_one_process_hashes_one_password_at_a_time(people, monkeypatch):
    inside, most = [], []

    def slowly(self, password):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()

    monkeypatch.setattr(type(people), "check_password", slowly)
    monkeypatch.setattr(backend, "person_of", lambda name, address: people)
    guesses = [
        threading.Thread(target=authenticate, args=(None,), kwargs={"username": "ann", "password": "x"})
        for _ in range(5)
    ]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()

    assert most == [1] * 5


# -- Where a request comes from ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "meta", "told"),
    [
        (0, {"REMOTE_ADDR": "1.2.3.4"}, "1.2.3.4"),
        (0, {"REMOTE_ADDR": "1.2.3.4", "HTTP_X_FORWARDED_FOR": "9.9.9.9"}, "1.2.3.4"),
        (0, {"REMOTE_ADDR": ""}, adapter.NOBODY_KNOWS),
        (1, {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "9.9.9.9"}, "9.9.9.9"),
        (1, {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "8.8.8.8, 9.9.9.9"}, "9.9.9.9"),
        (2, {"REMOTE_ADDR": "1.2.3.4", "HTTP_X_FORWARDED_FOR": "9.9.9.9"}, "1.2.3.4"),
        (2, {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "9.9.9.9"}, adapter.NOBODY_KNOWS),
    ],
)
def test_a_request_of_which_nobody_knows_whence_it_comes_is_counted_and_not_refused(rf, settings, proxies, meta, told):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert get_adapter().get_client_ip(rf.get("/", **meta)) == told


@pytest.mark.parametrize(("proxies", "meta"), [(0, {}), (2, {"HTTP_X_FORWARDED_FOR": "9.9.9.9"})])
def test_a_report_and_a_sign_in_on_a_unix_socket_are_taken(house, client, settings, proxies, meta):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    cache.clear()
    sent = client.post("/report/", {"text": "The interval is wrong.", "harm": "yes"}, REMOTE_ADDR="", **meta)
    client.post("/accounts/login/", {"login": "editor", "password": make.PASSWORD}, REMOTE_ADDR="", **meta)

    assert sent.status_code == 303
    assert "_auth_user_id" in client.session
