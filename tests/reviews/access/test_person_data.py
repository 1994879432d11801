"""What a person who asks is shown of themself: all of it, nobody else's, and nothing that opens anything."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from reviews.access.person_data import _pointing, person_data
from tests import tables

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def made(once_a_module):
    return tables.fill()


def test_each_table_that_points_to_an_account_is_told(house):
    every = User._meta.get_fields(include_hidden=True)
    pointing = {one.related_model for one in every if one.auto_created and one.is_relation}

    assert len(pointing) > 20
    assert pointing <= set(_pointing())


def test_it_is_theirs_and_nobody_elses(house):
    found = person_data(house.clinician)

    assert [one["username"] for one in found["auth.user"]] == ["clinician"]
    assert {one["user_id"] for one in found["reviews.clinicianprofile"]} == {house.clinician.pk}
    assert {one["signer_id"] for one in found["reviews.signoff"]} == {house.clinician.pk}
    assert not {"reviews.signoff", "reviews.changeset", "reviews.clinicianprofile"} & person_data(house.nobody).keys()


def test_the_command_prints_it_as_json_without_what_opens_anything(house, capsys):
    client = Client()
    client.force_login(house.editor)
    client.get("/desk/")
    call_command("person_data", "editor")

    printed = capsys.readouterr().out
    told = json.loads(printed)
    assert {"auth.user", "mfa.authenticator", "reviews.auditevent", "reviews.changeset", "reviews.keptform"} <= set(
        told
    )
    assert told["sessions"][0]["device"] == "A browser"
    assert client.session.session_key not in printed
    for opening in (house.editor.password, '"secret"', '"seed"', '"password"'):
        assert opening not in printed, opening


def test_an_unknown_name_is_said(db):
    with pytest.raises(CommandError, match="Nobody here has the user name “nobody-at-all”"):
        call_command("person_data", "nobody-at-all")
