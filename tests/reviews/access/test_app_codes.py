"""A code of an app is good once: for setting the app up, or for one sign-in, whichever came first."""

import pytest
from django.test import Client

from reviews.access import app_codes
from reviews.audit.verify import verify
from reviews.models import AuditEvent, SpentCode
from tests import factories as make
from tests.forms import forms_of
from tests.second_factor import codes_on, enrol, secret_on, sign_in
from tests.totp import code_of, next_code_of

pytestmark = pytest.mark.django_db
AT = 1_700_000_010.0  # ten seconds into a half minute


@pytest.fixture(autouse=True)
def needed(settings, monkeypatch):
    """All within one half minute: a test that crosses into the next would ask something else."""
    settings.REQUIRE_MFA = True
    monkeypatch.setattr("time.time", lambda: AT)


@pytest.fixture
def mine(client, house):
    """A clinician who has just set up an app in the session at hand: its secret."""
    sign_in(client, "clinician")
    return enrol(client)


def opens(code, name="clinician"):
    """Whether a new session of this person opens with it."""
    other = Client()
    sign_in(other, name)
    other.post("/accounts/login/second/", {"code": code})
    return "_auth_user_id" in other.session


def failures():
    return [one.subject for one in AuditEvent.objects.filter(verb="second_factor_failed")]


def test_a_code_opens_once_and_never_again(house, mine):
    assert opens(next_code_of(mine))
    assert not opens(next_code_of(mine))
    assert failures() == [f"user:{house.clinician.pk}"]
    assert verify() == []


def test_the_code_by_which_the_app_was_set_up_opens_nothing(house, mine):
    assert not opens(code_of(mine))
    assert failures() == [f"user:{house.clinician.pk}"]
    assert opens(next_code_of(mine))


def test_nor_does_it_after_the_password_was_given_once_more(client, house, mine):
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})

    assert not opens(code_of(mine))


def test_nor_one_of_before_or_after_now_by_which_it_was_set_up(client, house):
    """A phone's clock may be off by half a minute: whichever code was taken is spent."""
    sign_in(client, "clinician")
    html = client.get("/accounts/app/").content.decode()
    secret, (form,) = secret_on(html), (one for one in forms_of(html) if "code" in one.fields)
    early = code_of(secret, AT - 30)

    client.post("/accounts/app/", form.filled(code=early, password=make.PASSWORD))

    assert not opens(early)
    assert opens(code_of(secret))


def test_nor_the_code_of_an_app_that_took_the_place_of_another(client, house, mine):
    newer = enrol(client)

    assert not opens(code_of(newer))
    assert not opens(next_code_of(mine))
    assert opens(next_code_of(newer))


def test_nor_one_of_an_app_that_was_set_up_with_a_recovery_code(client, house, mine):
    recovering = Client()
    sign_in(recovering, "clinician")
    recovering.post("/accounts/login/second/", {"code": codes_on(client)[0]})
    newer = enrol(recovering)

    assert not opens(code_of(newer))
    assert opens(next_code_of(newer))


def test_an_app_may_be_replaced_in_the_half_minute_in_which_its_owner_signed_in(house, mine):
    other = Client()
    sign_in(other, "clinician")
    other.post("/accounts/login/second/", {"code": next_code_of(mine)})
    html = other.get("/accounts/app/").content.decode()
    newer, (form,) = secret_on(html), (one for one in forms_of(html) if "code" in one.fields)

    answer = other.post("/accounts/app/", form.filled(code=next_code_of(newer), password=make.PASSWORD))

    assert answer.status_code == 302
    assert not opens(next_code_of(newer))


def test_a_code_that_set_nothing_up_is_not_spent(client, house):
    sign_in(client, "clinician")
    html = client.get("/accounts/app/").content.decode()
    secret, (form,) = secret_on(html), (one for one in forms_of(html) if "code" in one.fields)

    client.post("/accounts/app/", form.filled(code=code_of(secret), password="not the password"))
    assert not SpentCode.objects.exists()
    answer = client.post("/accounts/app/", form.filled(code=code_of(secret), password=make.PASSWORD))

    assert answer.status_code == 302


def test_what_one_person_spent_another_may_use(house):
    assert app_codes.spend(house.clinician, 5)
    assert app_codes.spend(house.pharmacist, 5)
    assert not app_codes.spend(house.clinician, 5)
    assert app_codes.spend(house.clinician, 16), "the first counts for nothing any more, and goes"
    assert SpentCode.objects.filter(person=house.clinician).count() == 1
