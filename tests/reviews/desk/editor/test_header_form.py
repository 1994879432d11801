"""The header in the editor: its lines, each with its number, and what two people wrote at once."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Edition
from reviews.desk.editor.forms import HeaderForm
from tests import factories as make
from tests.forms import rows, sent

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def address(name, slug="testazumab"):
    return reverse(name, args=[slug])


def test_the_header_is_saved_and_every_wrong_line_is_named(client, house, edition):
    client.force_login(house.editor)
    html = client.get(address("edit_header")).content.decode()
    assert "Testazumab in multiple sclerosis" in html
    form = {
        "title": "T", "name": "Testazumab", "introduction": "Intro.", "dosing_since": "2026-07-04",
        "dosing_reason": "r", "dosing_instead": "i", "seen": digest_of_part(build(edition).header),
        **rows("names", {"kind": "international", "name": "testazumab"}, {"kind": "other", "name": "x"}),
        **rows("brands", {"name": "Brandex", "country": "gb"}),
        **rows("codes", {"system": "RxNorm", "code": "117055"}, {"system": "ATC", "code": "l04ag06"}, stood=1),
    }  # fmt: skip

    wrong = client.post(
        address("edit_header"),
        {
            **form,
            **rows("brands", {"name": "Good", "country": "GB"}, {"name": "Bad"}),
            "codes-0-system": "ICD",
            "dosing_since": "soon",
        },
    )
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert [words for _, words in wrong.context["form"].faults] == [
        "No dose published since: Give the date as year-month-day.",
        "Brand names, row 2: Country: Give the country by its two letters, as in GB.",
        "Codes, row 1: System: Choose one from the list.",
    ]
    assert 'value="Good"' in html
    assert 'value="Bad"' in html

    saved = client.post(address("edit_header"), form)
    assert saved.status_code == 302, saved.context["form"].faults
    header = build(Edition.objects.get(pk=edition.pk)).header
    assert [(b.name, b.country) for b in header.brands] == [("Brandex", "GB")]
    assert [(c.system, c.code) for c in header.codes] == [("RxNorm", "117055"), ("ATC", "L04AG06")]
    assert header.class_path == make.document().header.class_path


def test_a_conflict_on_the_header_keeps_both(client, house, edition):
    document = build(edition)
    mine = sent(HeaderForm(document=document, shown=document.header))
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

    response = client.post(address("edit_header", slug="richumab"), sent(shown))

    assert b"Nothing has changed, so nothing was saved." in response.content
    assert build(edition).header == header


def test_an_emptied_row_is_taken_out_and_another_one_is_asked_for_without_saving(client, house, edition):
    client.force_login(house.editor)
    shown = sent(client.get(address("edit_header")).context["form"])
    several = {**shown, **rows("brands", {"name": "A", "country": "GB"}, {"name": "", "country": ""}, {"name": "C", "country": "FR"})}  # fmt: skip

    asked = client.post(address("edit_header"), {**several, "title": "", "more": "brands"})

    form = asked.context["form"]
    assert (asked.status_code, form.faults, len(form.rows["brands"].forms)) == (200, [], 4)
    assert (form["title"].value() or "", form.rows["brands"].forms[2]["name"].value()) == ("", "C")
    assert build(Edition.objects.get(pk=edition.pk)).header == build(edition).header

    assert client.post(address("edit_header"), several).status_code == 302
    assert [one.name for one in build(Edition.objects.get(pk=edition.pk)).header.brands] == ["A", "C"]


@pytest.mark.parametrize(
    "change", [{"names-TOTAL_FORMS": "x"}, {"names-TOTAL_FORMS": "100000"}, {"names-TOTAL_FORMS": ""}]
)
def test_rows_that_did_not_arrive_are_not_taken_for_removed_ones(client, house, edition, change):
    client.force_login(house.editor)
    shown = sent(client.get(address("edit_header")).context["form"])

    answer = client.post(address("edit_header"), {**shown, "title": "Other", **change})

    assert answer.status_code == 422
    assert "Other names: " in answer.context["form"].faults[0][1]
    assert build(Edition.objects.get(pk=edition.pk)).header == build(edition).header


def test_a_list_that_is_too_long_for_the_form_is_shown_whole_and_loses_nothing(client, house):
    brands = [{"name": f"Brand {number}", "country": "GB"} for number in range(250)]
    header = make.document().header.replaced(brands=brands)
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")
    shown = client.get(page).context["form"]

    answer = client.post(page, {**sent(shown), "title": "Other"})

    assert len(shown.rows["brands"].forms) == 250
    assert (answer.status_code, answer.context["form"].faults) == (
        422,
        [("", "Brand names: A list has at most 200 rows.")],
    )
    assert len(answer.context["form"].rows["brands"].forms) == 250
    assert build(edition).header == header


def test_a_name_that_held_marks_before_stands_in_nobody_s_way(client, house, monkeypatch):
    header = make.document().header.replaced(brands=[{"name": "**Brandex**", "country": "GB"}])
    with monkeypatch.context() as lenient:
        lenient.setattr("reviews.changes.marked", lambda value, before=None: [])
        edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")
    shown = sent(client.get(page).context["form"])

    other = client.post(page, {**shown, "brands-0-name": "**Other**"})
    kept = client.post(page, {**shown, "covers": "all uses"})

    assert (other.status_code, kept.status_code) == (422, 302)
    assert build(Edition.objects.get(pk=edition.pk)).header.brands == header.brands
