"""Whose an address is: typed by somebody else, until its owner says so behind a link that was mailed there."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.signing import TimestampSigner
from django.test import Client

from reviews.access import accounts, own_address
from reviews.access.refusals import Refused
from reviews.audit.trail import mark_recovering
from reviews.models import AuditEvent
from tests import factories as make

pytestmark = pytest.mark.any_database


def enter(person):
    client = Client()
    client.force_login(person)
    return client


def asked(person):
    """The path of the link in the letter that somebody asked for."""
    mail.outbox.clear()
    own_address.ask_for_letter(person)
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    (path,) = re.findall(r"https://clincalc\.test(/accounts/address/\S+)", letter.body)
    return path


def codes(act):
    with pytest.raises(Refused) as error:
        act()
    return error.value.codes


def token_of(path):
    return path.split("/")[-2]


def test_an_address_is_confirmed_by_a_button_behind_the_link(house):
    client = enter(house.editor)
    assert "you have not confirmed it" in client.get("/accounts/").content.decode()
    assert client.post("/accounts/address/").headers["Location"] == "/accounts/"
    (letter,) = mail.outbox
    (path,) = re.findall(r"https://clincalc\.test(/accounts/address/\S+)", letter.body)

    page = client.get(path)

    assert (page.status_code, "editor@example.org" in page.content.decode()) == (200, True)
    assert not own_address.is_confirmed(house.editor)  # to read it changes nothing
    assert client.post(path).headers["Location"] == "/accounts/"
    assert own_address.is_confirmed(house.editor)
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, "@" in entry.text) == ("email_confirmed", house.editor, False)
    assert "you confirmed that it is yours" in client.get("/accounts/").content.decode()
    assert codes(lambda: own_address.ask_for_letter(house.editor)) == ["confirmed_already"]
    assert codes(lambda: own_address.confirm_address(house.editor, token_of(path))) == ["confirmed_already"]


def test_the_link_is_for_its_owner_alone_and_for_that_address_alone(house):
    path = asked(house.editor)
    assert enter(house.clinician).post(path).status_code == 409
    assert Client().post(path).headers["Location"].startswith("/accounts/login/")

    accounts.change_email(house.editor, "elsewhere@example.org", actor=house.admin)

    assert enter(house.editor).get(path).status_code == 409
    assert enter(house.editor).post(path).status_code == 409
    assert not own_address.is_confirmed(house.editor)


def test_another_address_begins_anew(house):
    own_address.confirm_address(house.editor, token_of(asked(house.editor)))

    accounts.change_email(house.editor, "elsewhere@example.org", actor=house.admin)

    assert not own_address.is_confirmed(house.editor)
    assert own_address.who_gave(house.editor) == house.admin


@pytest.mark.parametrize(("hours", "is_open"), [(23.9, True), (24.1, False)])
def test_the_link_lives_for_24_hours(house, monkeypatch, hours, is_open):
    path = asked(house.editor)
    now = TimestampSigner.timestamp
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    import time

    later = time.time_ns() / 1e9 + timedelta(hours=hours).total_seconds()

    assert now
    assert (enter(house.editor).get(path).status_code == 200) is is_open


@pytest.mark.parametrize("token", ["x", "1", "1:x:y", "é", "x" * 9_000])
def test_what_was_never_a_link_confirms_nothing(house, token):
    assert codes(lambda: own_address.confirm_address(house.editor, token)) == ["no_link"]


def test_three_letters_an_hour_are_sent_and_none_to_nowhere(house):
    for _ in range(3):
        asked(house.editor)
    assert codes(lambda: own_address.ask_for_letter(house.editor)) == ["too_many_letters"]
    assert len(mail.outbox) == 1
    assert codes(lambda: own_address.ask_for_letter(make.account("unreachable", ""))) == ["email"]
    page = enter(house.editor).post("/accounts/address/", follow=True).content.decode()
    assert "Three letters were sent within an hour." in page


def test_whoever_found_recovery_codes_confirms_nothing(house):
    path = asked(house.editor)
    mark_recovering(house.editor)

    assert codes(lambda: own_address.confirm_address(house.editor, token_of(path))) == ["recovery_session"]
