"""Somebody's own second factors: set up, used, replaced, removed, by the pages and with the trail."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from reviews.audit.verify import verify
from reviews.models import AuditEvent, Reminder
from tests import factories as make
from tests.forms import forms_of
from tests.second_factor import codes_on, enrol, secret_on, sign_in
from tests.totp import code_of, next_code_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def needed(settings):
    settings.REQUIRE_MFA = True
    cache.clear()


@pytest.fixture
def mine(client, house):
    """A clinician who set up an app in the session at hand: its secret."""
    sign_in(client, "clinician")
    return enrol(client)


def entries(verb):
    return list(AuditEvent.objects.filter(verb=verb))


def test_once_set_up_in_this_session_the_desk_is_open_and_codes_are_shown(client, house):
    sign_in(client, "clinician")
    enrol(client)

    shown = codes_on(client)
    assert (len(shown), len(set(shown))) == (10, 10)
    assert client.get("/desk/").status_code == 200
    (entry,) = entries("factor_added")
    assert (entry.actor, entry.subject) == (house.clinician, f"user:{house.clinician.pk}")
    assert {name.partition(":")[0] for name in entry.data["rows"]} == {"mfa.authenticator", "reviews.reminder"}


@pytest.mark.parametrize(("who", "where"), [("clinician", "/desk/"), ("admin", "/desk/people/")])
def test_whoever_has_kept_the_codes_goes_on_to_where_their_role_works(client, house, who, where):
    sign_in(client, who)
    enrol(client)

    page = client.get("/accounts/codes/").content.decode()

    assert f'href="{where}">I have kept them' in page


def test_its_owner_is_told_by_mail_and_no_secret_stands_in_database_trail_or_mail(client, house, mine):
    (letter,) = mail.outbox
    assert letter.to == [house.clinician.email]
    assert "an authenticator app" in letter.body
    assert mine not in letter.body
    assert Reminder.objects.get().mailed_at
    assert mine not in str(Authenticator.objects.values_list("data", flat=True))
    assert mine not in "".join(AuditEvent.objects.values_list("text", flat=True))


@pytest.mark.parametrize(
    "sent",
    ["", "{}", "[]", "null", "1", '{"id": 1}', "{", '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'],
)
def test_what_is_no_passkey_is_refused_and_is_no_fault(client, house, mine, sent):
    other = Client()
    sign_in(other, "clinician")

    assert other.post("/accounts/login/second/", {"credential": sent}).status_code == 200
    html = client.get("/accounts/passkey/").content.decode()
    (form,) = (one for one in forms_of(html) if "credential" in one.fields)
    answer = client.post("/accounts/passkey/", form.filled(name="x", password=make.PASSWORD, credential=sent))
    assert answer.status_code == 422
    assert Authenticator.objects.filter(type="webauthn").count() == 0


def test_a_wrong_code_or_password_sets_nothing_up(client, house):
    sign_in(client, "clinician")
    html = client.get("/accounts/app/").content.decode()
    secret, (form,) = secret_on(html), (one for one in forms_of(html) if "code" in one.fields)

    wrong = client.post("/accounts/app/", form.filled(code="000000", password=make.PASSWORD))
    stolen = client.post("/accounts/app/", form.filled(code=code_of(secret), password="not the password"))

    assert (wrong.status_code, stolen.status_code) == (422, 422)
    assert secret_on(wrong.content.decode()) == secret
    assert "This is not the code" in wrong.content.decode()
    assert "This is not your password" in stolen.content.decode()
    assert not Authenticator.objects.exists()
    assert len(entries("reauth_failed")) == 1


def send(client, path, **typed):
    (form,) = (one for one in forms_of(client.get(path).content.decode()) if "password" in one.fields)
    return client.post(path, form.filled(**typed))


def test_new_codes_take_the_place_of_the_old_and_ask_for_the_password(client, house, mine):
    old = codes_on(client)

    assert send(client, "/accounts/codes/", password="not the password").status_code == 422
    assert codes_on(client) == old
    assert send(client, "/accounts/codes/", password=make.PASSWORD).status_code == 302
    assert not set(codes_on(client)) & set(old)
    other = Client()
    sign_in(other, "clinician")
    assert other.post("/accounts/login/second/", {"code": old[0]}).status_code == 200
    assert len(entries("recovery_codes_made")) == 1


def test_another_session_is_not_shown_the_codes(client, house, mine, settings):
    settings.REQUIRE_MFA = False
    other = Client()
    other.force_login(house.clinician)

    assert codes_on(other) == []
    assert "10 of 10 are left" in other.get("/accounts/codes/").content.decode()


def test_the_only_one_stays_where_everybody_needs_one(client, house, mine, settings):
    path = f"/accounts/factors/{Authenticator.objects.get(type='totp').pk}/remove/"

    answer = send(client, path, password=make.PASSWORD)

    assert answer.status_code == 409
    assert "Add another one first" in answer.content.decode()
    settings.REQUIRE_MFA = False
    assert send(client, path, password="not the password").status_code == 422
    assert send(client, path, password=make.PASSWORD).status_code == 302
    assert not Authenticator.objects.exists()
    (entry,) = entries("factor_removed")
    assert entry.data["type"] == "totp"
    assert verify() == []


def test_nobody_removes_what_is_somebody_elses(client, house, mine):
    other = Client()
    sign_in(other, "pharmacist")
    enrol(other)
    path = f"/accounts/factors/{Authenticator.objects.filter(type='totp', user=house.pharmacist).get().pk}/remove/"

    assert client.get(path).headers["Location"] == "/accounts/"
    client.post(path, {"password": make.PASSWORD})
    assert Authenticator.objects.filter(type="totp").count() == 2


def test_a_new_app_takes_the_place_of_the_old(client, house, mine):
    newer = enrol(client)
    other = Client()
    sign_in(other, "clinician")

    assert other.post("/accounts/login/second/", {"code": next_code_of(mine)}).status_code == 200
    assert other.post("/accounts/login/second/", {"code": next_code_of(newer)}).status_code == 302
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_five_wrong_passwords_end_the_session_whichever_form_asks(client, house, mine):
    for _ in range(3):
        assert send(client, "/accounts/codes/", password="wrong wrong wrong").status_code == 422
    client.post("/accounts/reauthenticate/", {"password": "wrong wrong wrong"})

    answer = client.post("/accounts/reauthenticate/", {"password": "wrong wrong wrong"})

    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session
    assert len(entries("reauth_failed")) == 5


@pytest.mark.parametrize("path", ["/accounts/app/", "/accounts/passkey/", "/accounts/codes/", "/accounts/"])
def test_a_stranger_is_sent_to_the_login(client, house, path):
    for method in (client.get, client.post):
        assert method(path).headers["Location"].startswith("/accounts/login/")
