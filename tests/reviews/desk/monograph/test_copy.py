"""What an open edition copied, beside what the library says now."""

import pytest
from django.urls import reverse

from monographs.models import Edition
from reviews.editing.copies import task_of
from reviews.editing.drugs import rename_drug
from reviews.editing.shown import digest_of_row
from tests import factories as make
from tests.forms import forms_of

pytestmark = pytest.mark.any_database


@pytest.fixture
def page(house):
    edition = make.draft(house)
    drug = edition.monograph.drug
    rename_drug(drug, name="Otherumab", actor=house.editor2, seen=digest_of_row(drug), reason="x")
    return reverse("copy", args=["testazumab"])


def form(client, page, decision):
    found = forms_of(client.get(page).content.decode())
    return next(one for one in found if one.fields.get("decision") == [decision])


def test_the_workspace_leads_to_the_task_until_it_is_decided(enter, page):
    client, workspace = enter("editor"), reverse("workspace", args=["testazumab"])
    assert page in client.get(workspace).content.decode()
    assert "Otherumab" in client.get(page).content.decode()

    answer = client.post(page, form(client, page, "take_over").filled())

    assert answer.headers["Location"] == workspace
    assert Edition.objects.get().name == "Otherumab"
    assert page not in client.get(workspace).content.decode()
    assert "Nothing to decide" in client.get(page).content.decode()


def test_it_is_left_with_a_reason(enter, page):
    client = enter("editor")

    assert client.post(page, form(client, page, "leave").filled()).status_code == 422
    assert client.post(page, form(client, page, "leave").filled(reason="Meant so")).status_code == 302

    assert task_of(Edition.objects.get()) is None
    assert Edition.objects.get().name == "Testazumab"


@pytest.mark.parametrize("who", ["publisher", "auditor"])
def test_whoever_does_not_edit_reads_it_and_is_refused(enter, page, who):
    client = enter(who)

    html = client.get(page).content.decode()

    assert "Otherumab" in html
    assert 'name="seen"' not in html
    assert client.post(page, {"decision": "take_over"}).status_code == 403


def test_in_review_it_is_not_taken_over(enter, house, page):
    make.submit(house, Edition.objects.get())

    html = enter("editor").get(page).content.decode()

    assert "Only a draft can be edited." in html
    assert 'value="take_over"' not in html
