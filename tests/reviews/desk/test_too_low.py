"""That the tier must rise is told where somebody writes, and asked for from there."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils.html import strip_tags

from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import forms_of
from tests.reviews.editing.test_tier_requests import take_out_notice, with_notice

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

WORKSPACE = "/desk/monographs/testazumab/"
EDIT, ASK, DO = f"{WORKSPACE}edit/", f"{WORKSPACE}tier/ask/", f"{WORKSPACE}do/submit/"
TOLD = "It needs the high tier"


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    edition = make.start(house, make.published(house))
    make.reword(edition, "monitoring", "Monthly.", actor=house.editor)
    return SimpleNamespace(edition=edition)


@pytest.fixture
def edition(made):
    return made.edition


def at(person):
    client = Client()
    client.force_login(person)
    return client


def form_to(html, address):
    return next((form.fields for form in forms_of(html) if form.action == address), None)


@pytest.mark.parametrize("address", [EDIT, WORKSPACE])
def test_whoever_writes_is_told_asks_from_there_and_comes_back(house, edition, address):
    editor = at(house.editor)
    assert TOLD not in editor.get(address).content.decode()
    with_notice(edition, house.editor)

    html = editor.get(address).content.decode()
    assert TOLD in html
    answer = editor.post(ASK, form_to(html, ASK))

    assert (answer.status_code, answer["Location"]) == (302, address)
    assert AuditEvent.objects.latest("seq").verb == "tier_asked"
    html = editor.get(address).content.decode()
    assert "Test editor asked for it on" in html
    assert form_to(html, ASK) is None


def test_whoever_may_raise_it_is_led_to_where_they_do(house, edition):
    with_notice(edition, house.editor)

    html = at(house.clinician).get(EDIT).content.decode()

    assert "You can raise it" in strip_tags(html)
    assert f'<a href="{WORKSPACE}#change-tier">' in html
    assert 'id="change-tier"' in at(house.clinician).get(WORKSPACE).content.decode()


def test_nothing_is_sent_from_the_page_until_it_is_raised(house, edition):
    editor = at(house.editor)
    assert form_to(editor.get(EDIT).content.decode(), DO)
    with_notice(edition, house.editor)

    html = editor.get(EDIT).content.decode()
    assert form_to(html, DO) is None
    assert "No part lacks anything, but the tier must rise first." in html
    set_tier(edition.monograph, "high", actor=house.clinician, reason="A boxed warning", seen="standard")
    html = editor.get(EDIT).content.decode()
    assert (TOLD in html, form_to(html, DO) is None) == (False, False)


def test_the_page_that_is_open_is_told_with_the_notice_that_is_saved(house, edition):
    editor = at(house.editor)
    address = f"{EDIT}notice/new/"
    fields = next(form.fields for form in forms_of(editor.get(address).content.decode()) if "issued" in form.fields)
    given = {
        "type": "contraindication", "title": "Boxed", "text": "It harms.", "action": "Stop.", "issued": "2026-01-01",
        "source": "trial2020",
    }  # fmt: skip

    saved = editor.post(address, {**fields, **given}, headers={"HX-Request": "true"}).content.decode()

    assert TOLD in saved.partition('<div id="edit-tier" data-hx-swap-oob="true">')[2].partition("</section>")[0]
    take_out_notice(edition, house)
    assert TOLD not in editor.get(EDIT).content.decode()
