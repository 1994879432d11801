"""A password that was hashed otherwise is hashed anew when its owner types it, and the trail says so."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, identify_hasher
from django.contrib.auth.models import User
from django.core.cache import cache

from reviews.access import rehash
from reviews.audit.trail import WriteLockTimeout
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests.conftest import FAST_HASHERS

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NEWER = "django.contrib.auth.hashers.PBKDF2PasswordHasher"


@pytest.fixture
def newer(settings, house):
    settings.PASSWORD_HASHERS = [NEWER, *FAST_HASHERS]
    cache.clear()
    return house.editor


def stored(person):
    return User.objects.get(pk=person.pk).password


def sign_in(client, password=make.PASSWORD):
    return client.post("/accounts/login/", {"login": "editor", "password": password, "act": "A" * 22})


def test_a_sign_in_hashes_it_anew_with_an_entry_and_once(newer, client):
    sign_in(client)

    assert client.get("/desk/").status_code == 200
    assert identify_hasher(stored(newer)).algorithm == "pbkdf2_sha256"
    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.subject, event.actor) == ("password_rehashed", f"user:{newer.pk}", newer)
    assert set(event.data["rows"]) == {f"auth.user:{newer.pk}"}
    assert [one for one in verify() if "checkpoint" not in one[1]] == []

    sign_in(client)

    assert AuditEvent.objects.latest("seq") == event


def test_whoever_signs_is_asked_for_it_once_and_hashed_anew_too(newer):
    make.attest(newer, password=make.PASSWORD, ticks=(), interests="none", digest="0" * 64)

    assert AuditEvent.objects.latest("seq").verb == "password_rehashed"


def test_a_wrong_password_hashes_nothing(newer, client):
    before, entries = stored(newer), AuditEvent.objects.count()

    sign_in(client, "wrong wrong wrong")

    assert (stored(newer), AuditEvent.objects.count()) == (before, entries)
    assert not newer.check_password(None)


def test_while_somebody_writes_the_sign_in_goes_on_with_the_old_hash(newer, client, monkeypatch):
    def taken(**_given):
        raise WriteLockTimeout

    monkeypatch.setattr(rehash, "audited_write", taken)
    before = stored(newer)

    sign_in(client)

    assert client.get("/desk/").status_code == 200
    assert stored(newer) == before


def test_a_password_that_was_changed_meanwhile_stays_as_it_was_changed(newer):
    stale = User.objects.get(pk=newer.pk)
    make.changed_account(newer, password="another horse battery")
    entries = AuditEvent.objects.count()

    assert stale.check_password(make.PASSWORD)

    assert (stored(newer), AuditEvent.objects.count()) == (newer.password, entries)


def test_a_hash_of_today_is_left_alone(house, monkeypatch):
    monkeypatch.setattr(rehash, "make_password", lambda raw: pytest.fail("hashed anew"))

    assert house.editor.check_password(make.PASSWORD)
    assert MD5PasswordHasher.algorithm in house.editor.password
