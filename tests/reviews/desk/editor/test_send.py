"""The button that sends an edition for review from the page on which it is written."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest, digest_of_part
from monographs.models import Edition, State
from tests import factories as make
from tests.forms import forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ASKS = {"HX-Request": "true"}
KEY = make.key("monitoring")


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    return SimpleNamespace(edition=make.start(house, make.published(house)))


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


EDIT, DO = address("edit"), address("do", "submit")


def at(person):
    client = Client()
    client.force_login(person)
    return client


def sends(html):
    """What the form that sends it carries; None if there is none."""
    return next((form.fields for form in forms_of(html) if form.action == DO), None)


def page(person):
    return at(person).get(EDIT).content.decode()


def test_what_is_finished_is_sent_from_the_page_on_which_it_is_written(house, edition):
    make.reword(edition, "monitoring", "Monthly.", actor=house.editor)

    answer = at(house.editor).post(DO, sends(page(house.editor)))

    assert (answer.status_code, answer["Location"]) == (302, address("workspace"))
    assert Edition.objects.get(pk=edition.pk).state == State.IN_REVIEW
    assert sends(page(house.editor)) is None


def test_an_edition_that_says_what_readers_read_is_not_offered(house, edition):
    assert sends(page(house.editor)) is None


def test_who_may_not_send_it_has_no_button(house, edition):
    make.reword(edition, "monitoring", "Monthly.", actor=house.editor)

    assert sends(page(house.editor2)) is not None
    assert sends(page(house.publisher)) is None


def test_as_long_as_something_is_to_do_there_is_none(house, edition):
    make.reword(edition, "monitoring", "Monthly [@nobody2000].", actor=house.editor)

    html = page(house.editor)

    assert "Still to do: 1 thing." in html
    assert sends(html) is None
    assert "look, then send" not in html


def test_where_proofing_asks_the_workspace_says_about_what(house, edition):
    make.reword(edition, "monitoring", "Monthly, for 5/7.", actor=house.editor)

    html = page(house.editor)

    assert sends(html) is None
    assert f'href="{address("workspace")}#next-title">Proofing asks about words' in html
    assert "Why may these words stand?" in at(house.editor).get(address("workspace")).content.decode()


def test_a_save_brings_the_button_with_what_stands_there_now(house, edition):
    shown = build(edition).by_key()[KEY]
    sent = {"heading": shown.heading, "text": "Monthly.", "seen": digest_of_part(shown)}

    answer = at(house.editor).post(address("part_edit", KEY), sent, headers=ASKS)

    assert sends(answer.content.decode())["digest"] == [digest(build(edition))]


def test_what_somebody_saved_meanwhile_is_not_sent_unseen(house, edition):
    make.reword(edition, "monitoring", "Monthly.", actor=house.editor)
    sent = sends(page(house.editor))
    make.reword(edition, "monitoring", "Every week.", actor=house.editor2)

    answer = at(house.editor).post(DO, sent)

    assert answer.status_code == 409
    assert Edition.objects.get(pk=edition.pk).state == State.DRAFT
