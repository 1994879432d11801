"""From what people read to where it is written: "Edit" on the public page, on the preview and beside each part of it."""

import re

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.models import Edition
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EDIT = "/desk/monographs/testazumab/edit/"
PUBLIC = "/drugs/testazumab/"
WORDS = "For editors: edit this page"


def edits_in(html: str) -> list[str]:
    return re.findall(r'<a class="btn btn-quiet to-edit" href="([^"]*)">', html)


def test_a_public_page_leads_editors_to_its_editor_and_is_the_same_for_everybody(client, house):
    make.published(house)
    read = client.get(PUBLIC).content
    assert f'href="{EDIT}" rel="nofollow">{WORDS}<'.encode() in read

    for person in (house.editor, house.publisher, house.people["nobody"]):
        client.force_login(person)
        assert client.get(PUBLIC).content == read


def test_who_comes_from_a_public_page_signs_in_and_goes_on_there(client, house):
    make.published(house)

    asked = client.get(EDIT)
    assert (asked.status_code, asked["Location"]) == (302, f"/accounts/login/?next={EDIT}")
    client.force_login(house.editor)
    assert b"Edit name and introduction" in client.get(EDIT).content


def test_who_may_not_edit_is_told_so_there(client, house):
    make.published(house)
    client.force_login(house.publisher)

    html = client.get(EDIT).content.decode()

    assert "data-hx-post" not in html
    assert "Edit name and introduction" not in html


def test_neither_old_editions_nor_what_was_taken_down_lead_to_the_editor(client, house):
    edition = make.published(house)
    make.start(house, edition)
    second = Edition.objects.get(number=2)
    make.reword(second, "monitoring", "Tests go on for life.", actor=house.editor)
    make.submit(house, second)
    for person in (house.clinician, house.pharmacist):
        make.sign(second, person)
    make.publish(house, second)

    assert WORDS not in client.get(f"{PUBLIC}editions/1/").content.decode()
    assert WORDS in client.get(PUBLIC).content.decode()
    make.withdraw(second, house.clinician, "take_down")
    gone = client.get(PUBLIC)
    assert gone.status_code == 410
    assert WORDS not in gone.content.decode()


@pytest.mark.parametrize("is_live", [False, True])
def test_each_part_of_the_preview_leads_to_its_form(client, house, is_live):
    edition = make.published(house) if is_live else make.draft(house)
    client.force_login(house.editor)

    html = client.get(reverse("preview", args=["testazumab"])).content.decode()

    links = edits_in(html)
    parts = build(edition)
    shown = [*parts.sections, *parts.monitoring, *parts.notices, *parts.citations]
    assert {f"{EDIT}header/", *(f"{EDIT}{part.key}/" for part in shown)} <= set(links)
    assert len(links) == len(set(links))
    for link in links:
        opened = client.get(link).context["one"]
        assert opened.opened == ("header" if link.endswith("/header/") else link.split("/")[-2])
    assert f'<a class="btn btn-quiet" href="{EDIT}">Edit</a>' in html


@pytest.mark.parametrize("who", ["publisher", "auditor"])
def test_who_may_not_edit_gets_a_preview_without_edit(client, house, who):
    make.draft(house)
    client.force_login(house.people[who])

    html = client.get(reverse("preview", args=["testazumab"])).content.decode()

    assert edits_in(html) == []
    assert ">Edit<" not in html
    assert ">All parts in full<" in html


def test_nothing_of_an_edition_in_review_offers_to_be_edited(client, house):
    make.submit(house, make.draft(house))
    client.force_login(house.editor)

    assert edits_in(client.get(reverse("preview", args=["testazumab"])).content.decode()) == []


@pytest.mark.parametrize(("who", "offered"), [("editor", True), ("publisher", False)])
def test_the_desks_page_of_what_is_published_leads_whoever_may_to_the_editor(client, house, who, offered):
    make.published(house)
    client.force_login(house.people[who])

    html = client.get(reverse("published", args=["testazumab"])).content.decode()

    assert (f'<a class="btn btn-quiet" href="{EDIT}">Edit</a>' in html) is offered
