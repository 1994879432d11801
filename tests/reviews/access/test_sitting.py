"""Several signatures in one sitting: the password once, then a second factor's touch each, within 15 minutes of it."""

import time
from itertools import product

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from reviews.access import sitting
from reviews.access.factors import codes_of
from reviews.models import AuditEvent, Look, SignOff
from reviews.workflow import perform
from tests import factories as make
from tests.reviews.desk.test_transitions import signature
from tests.totp import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MINUTE = 60
FACTORS = ("none", "app", "wrong code", "used code", "recovery code", "passkey that is none")
AGES = (None, 0, 14 * MINUTE + 30, 15 * MINUTE, -5)  # since the password; None: it was not given in this session


@pytest.fixture
def secret(house):
    cache.clear()
    return make.second_factor(house.clinician)


def in_review(house, name):
    return make.submit(house, make.draft(house, name))


def enters(person, age=None):
    client = Client()
    client.force_login(person)
    if age is not None:
        session = client.session
        session["sitting"] = int(time.time()) - age
        session.save()
    return client


def opens(client, edition):
    return client.get(reverse("review", args=[edition.monograph.slug])).content.decode()


def signs(client, edition, **given):
    whole = signature(**{"password": "", "digest": make.seen(edition), **given})
    return client.post(reverse("do", args=[edition.monograph.slug, "sign"]), whole)


def touch(factor, secret, person):
    """The next code of the app: that of now was spent when it was set up."""
    coming = code_of(secret, time.time() + 30)
    return {
        "none": {},
        "app": {"code": coming},
        "wrong code": {"code": f"{(int(coming) + 1) % 10**6:06}"},
        "used code": {"code": code_of(secret)},
        "recovery code": {"code": codes_of(person).get_unused_codes()[0]},
        "passkey that is none": {"credential": "[[{"},
    }[factor]


@pytest.mark.parametrize(("factor", "age"), list(product(FACTORS, AGES)))
def test_a_touch_signs_within_15_minutes_of_the_password_and_nothing_else_does(house, secret, factor, age):
    edition = in_review(house, "testazumab")
    client = enters(house.clinician, age)
    opens(client, edition)

    answer = signs(client, edition, **touch(factor, secret, house.clinician))

    is_signed = factor == "app" and age in (0, 14 * MINUTE + 30)
    assert SignOff.objects.filter(edition=edition).exists() is is_signed
    assert answer.status_code == (302 if is_signed else 422)
    if is_signed:
        assert AuditEvent.objects.get(verb="signed").data["by"] == "totp"
    failed = factor not in ("none", "app") and age in (0, 14 * MINUTE + 30)
    assert AuditEvent.objects.filter(verb="second_factor_failed").exists() is failed
    assert len(codes_of(house.clinician).get_unused_codes()) == 10


@pytest.mark.parametrize("state", ["draft", "published", "signed by me", "declined"])
def test_a_touch_signs_nothing_that_a_password_would_not(house, secret, state):
    edition = make.draft(house, "testazumab") if state == "draft" else in_review(house, "testazumab")
    if state == "published":
        make.publish(house, make.sign(make.sign(edition, house.clinician2), house.pharmacist))
    if state == "signed by me":
        make.sign(edition, house.clinician)
    if state == "declined":
        perform("declare-conflict", editions=[edition], actor=house.clinician, digest=make.seen(edition), reason="X")
    client, before = enters(house.clinician, 0), SignOff.objects.count()
    opens(client, edition)

    signs(client, edition, **touch("app", secret, house.clinician))

    assert SignOff.objects.count() == before
    assert not AuditEvent.objects.filter(verb="second_factor_failed").exists()


def test_two_editions_in_one_sitting_have_a_signature_each_with_its_own_look_digest_and_ticks(house, secret):
    first, second = in_review(house, "testazumab"), in_review(house, "otherumab")
    client = enters(house.clinician)
    page = opens(client, first)
    assert 'name="code"' not in page

    signs(client, first, password=make.PASSWORD)
    page = opens(client, second)
    answer = signs(client, second, **touch("app", secret, house.clinician))

    assert 'name="code"' in page
    assert "You opened these words on" in page
    assert answer.status_code == 302
    one, two = SignOff.objects.order_by("pk")
    assert (one.document_id, two.document_id) == (make.seen(first), make.seen(second))
    assert one.seen["opened"]
    assert two.seen["opened"]
    assert one.seen["opened"] != two.seen["opened"]
    assert one.checklist == two.checklist != []
    assert [row.data.get("by") for row in AuditEvent.objects.filter(verb="signed").order_by("seq")] == [None, "totp"]


def test_a_touch_signs_nothing_unopened_and_spends_no_code_on_what_lacks_a_tick(house, secret):
    edition = in_review(house, "testazumab")
    client = enters(house.clinician, 0)
    given = touch("app", secret, house.clinician)

    unopened = signs(client, edition, **given)
    Look.objects.all().delete()
    opens(client, edition)
    whole = signature(**{"password": "", "digest": make.seen(edition), **given})
    del whole["tick_read"]
    unticked = client.post(reverse("do", args=["testazumab", "sign"]), whole)
    assert not SignOff.objects.exists()
    signed = signs(client, edition, **given)

    assert "Nothing tells that you opened these words." in unopened.content.decode()
    assert "I read the whole edition" in unticked.content.decode()
    assert (unopened.status_code, unticked.status_code, signed.status_code) == (422, 422, 302)


def test_a_wrong_password_ends_the_sitting_and_a_touch_does_not_prolong_it(house, secret):
    first = in_review(house, "testazumab")
    client = enters(house.clinician, 14 * MINUTE)
    opens(client, first)
    began = client.session["sitting"]

    signs(client, first, **touch("app", secret, house.clinician))
    assert client.session["sitting"] == began
    second = in_review(house, "otherumab")
    opens(client, second)
    signs(client, second, password="not this one")

    assert "sitting" not in client.session
    assert SignOff.objects.count() == 1


def test_without_a_second_factor_the_password_is_asked_each_time(house):
    first, second = in_review(house, "testazumab"), in_review(house, "otherumab")
    client = enters(house.clinician)
    opens(client, first)
    signs(client, first, password=make.PASSWORD)

    page = opens(client, second)

    assert 'name="code"' not in page
    assert signs(client, second).status_code == 422
    assert SignOff.objects.count() == 1


def test_the_sitting_is_of_one_session(house, secret):
    edition = in_review(house, "testazumab")
    enters(house.clinician, 0)
    another = enters(house.clinician)
    opens(another, edition)

    assert signs(another, edition, **touch("app", secret, house.clinician)).status_code == 422
    assert sitting.LASTS == 15 * MINUTE
