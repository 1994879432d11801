"""The header in the editor: its lines, each with its number, and what two people wrote at once."""

import copy

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Edition
from reviews.desk.editor.header_form import HeaderForm
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    return house, make.draft(house)


@pytest.fixture
def house(made, db):
    return copy.deepcopy(made[0])


@pytest.fixture
def edition(made, db):
    return copy.deepcopy(made[1])


def address(name, slug="testazumab"):
    return reverse(name, args=[slug])


def test_the_header_is_saved_and_every_wrong_line_is_named(client, house, edition):
    client.force_login(house.editor)
    html = client.get(address("edit_header")).content.decode()
    assert "Testazumab in multiple sclerosis" in html
    form = {
        "title": "T", "name": "Testazumab", "names": "international: testazumab\nother: x", "brands": "Brandex, GB",
        "codes": "RxNorm: 117055\nATC: L04AG06", "introduction": "Intro.", "dosing_since": "2026-07-04",
        "dosing_reason": "r", "dosing_instead": "i", "seen": digest_of_part(build(edition).header),
    }  # fmt: skip

    wrong = client.post(
        address("edit_header"), {**form, "brands": "Good, GB\nBad", "codes": "ICD: 3", "dosing_since": "soon"}
    )
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert "Line 2: end with a comma and the two capital letters" in html
    assert "Line 1: begin with ATC" in html
    assert "Give the date as year-month-day" in html
    assert "Good, GB\nBad" in html

    assert client.post(address("edit_header"), form).status_code == 302
    header = build(Edition.objects.get(pk=edition.pk)).header
    assert [(b.name, b.country) for b in header.brands] == [("Brandex", "GB")]
    assert header.class_path == make.document().header.class_path


def test_a_conflict_on_the_header_keeps_both(client, house, edition):
    mine = {**HeaderForm.shows(build(edition).header), "seen": digest_of_part(build(edition).header)}
    client.force_login(house.editor2)
    assert client.post(address("edit_header"), {**mine, "covers": "theirs"}).status_code == 302
    client.force_login(house.editor)

    response = client.post(address("edit_header"), {**mine, "covers": "mine"})

    form = response.context["form"]
    assert response.status_code == 409
    assert form["covers"].value() == "mine"
    assert "theirs" in response.content.decode()
    assert (
        client.post(address("edit_header"), {**mine, "covers": "mine", "seen": form["seen"].value()}).status_code == 302
    )
    assert Edition.objects.get(pk=edition.pk).covers == "mine"


def test_a_header_that_was_only_opened_changes_nothing(client, house):
    header = make.document().header.replaced(
        names=[{"kind": "international", "name": "a: b"}],
        brands=[{"name": "Brand, the old one", "country": "GB"}],
        codes=[{"system": "SNOMED CT", "code": "391632007", "name": "Alemtuzumab, the substance"}],
    )
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    shown = client.get(address("edit_header", slug="richumab")).context["form"]

    response = client.post(
        address("edit_header", slug="richumab"), {name: shown[name].value() or "" for name in shown.fields}
    )

    assert b"Nothing has changed, so nothing was saved." in response.content
    assert build(edition).header == header


def test_a_wrong_line_is_counted_as_the_person_counts(client, house, edition):
    client.force_login(house.editor)

    response = client.post(address("edit_header"), {"brands": "\nGood, GB\n\nBad\nWorse"})

    assert [words[:7] for words in response.context["form"].errors["brands"]] == ["Line 4:", "Line 5:"]
