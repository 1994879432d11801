"""The rows of second factors, for which the trail vouches, and the key that encrypts them."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import models
from django.test import Client

from reviews.access import factors, holds, sealed
from reviews.access.refusals import Refused
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests.second_factor import codes_on, enrol, sign_in
from tests.totp import next_code_of

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]


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
    other.post("/accounts/login/second/", {"code": next_code_of(mine)})

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


# -- Everything is lost ------------------------------------------------------------------------------------------------


def test_an_administrator_removes_what_is_lost_and_the_account_is_held_for_a_day(client, house, mine):
    factors.clear(house.clinician, actor=house.admin, reason="Phone and codes are gone")

    assert not Authenticator.objects.exists()
    assert holds.held_until(make.the_house().clinician)
    (entry,) = entries("factors_cleared")
    assert (entry.actor, entry.data["factors"], entry.reason) == (house.admin, 2, "Phone and codes are gone")
    assert client.get("/desk/").headers["Location"].startswith("/accounts/login/")
    assert "all second factors were removed" in mail.outbox[-1].body
    assert verify() == []


@pytest.mark.parametrize(("who", "code"), [("editor", "no_administrator"), ("clinician", "no_administrator")])
def test_nobody_else_removes_them(client, house, mine, who, code):
    with pytest.raises(Refused) as refused:
        factors.clear(house.clinician, actor=house.people[who], reason="x")

    assert refused.value.codes == [code]
    assert Authenticator.objects.count() == 2
    assert len(entries("refused")) == 1


def test_no_administrator_removes_their_own_and_none_without_a_reason(client, house, mine):
    for person, reason, code in ((house.admin, "x", "oneself"), (house.clinician, " ", "reason")):
        with pytest.raises(Refused) as refused:
            factors.clear(person, actor=house.admin, reason=reason)
        assert refused.value.codes == [code]
    assert Authenticator.objects.count() == 2


def test_a_factor_that_was_set_up_in_a_session_of_a_recovery_code_signs_nothing_for_a_day(client, house, mine):
    other = Client()
    sign_in(other, "clinician")
    other.post("/accounts/login/second/", {"code": codes_on(client)[0]})
    assert holds.held_until(make.the_house().clinician) is None

    enrol(other)

    assert holds.held_until(make.the_house().clinician)
    assert verify() == []
