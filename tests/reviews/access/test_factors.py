"""The rows of second factors, for which the trail vouches, and the key that encrypts them."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import models
from django.test import Client

from reviews.access import factors, sealed
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests.second_factor import codes_on, enrol, sign_in
from tests.totp import code_of

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


CHANGES = {
    "put in": lambda row: rows().bulk_create([Authenticator(user=row.user, type="webauthn", data={"name": "x"})]),
    "taken out": lambda row: rows().filter(pk=row.pk)._raw_delete("default"),
    "of somebody else": lambda row: rows().filter(pk=row.pk).update(user_id=row.user_id + 1),
    "another secret": lambda row: rows().filter(pk=row.pk).update(data={"secret": "x"}),
    "another kind": lambda row: rows().filter(pk=row.pk).update(type="webauthn"),
}


def rows():
    return models.QuerySet(Authenticator)


@pytest.mark.parametrize("change", CHANGES)
def test_a_factor_that_sql_put_in_changed_or_took_out_is_named(client, house, mine, change):
    assert verify() == []
    row = Authenticator.objects.get(type="totp")

    CHANGES[change](row)

    assert any("mfa.authenticator:" in sentence for _seq, sentence in verify())


def test_a_recovery_code_that_sql_made_good_again_is_named(client, house, mine):
    other = Client()
    sign_in(other, "clinician")
    other.post("/accounts/login/second/", {"code": codes_on(client)[0]})
    row = Authenticator.objects.get(type="recovery_codes")
    assert verify() == []

    rows().filter(pk=row.pk).update(data=row.data | {"used_mask": 0})

    (found,) = (sentence for _seq, sentence in verify() if "mfa" in sentence)
    assert found.startswith(f"mfa.authenticator:{row.pk}: the row is not as entry ")


def test_when_it_was_used_last_moves_and_is_no_finding(client, house, mine):
    other = Client()
    sign_in(other, "clinician")
    other.post("/accounts/login/second/", {"code": code_of(mine)})

    assert Authenticator.objects.get(type="totp").last_used_at
    assert verify() == []


def test_what_an_older_key_encrypted_is_encrypted_anew_with_an_entry(client, house, mine, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]

    assert factors.reseal() == 2
    assert factors.reseal() == 0
    settings.SECRET_KEY_FALLBACKS = []
    row = Authenticator.objects.get(type="totp")
    assert sealed.opened(row.data["secret"]) == mine
    assert len(entries("factors_resealed")) == 1
    assert verify() == []
