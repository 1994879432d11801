"""The header in the editor: its lines, each with its number, and what two people wrote at once."""

from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.models import Edition
from reviews.access.refusals import Refused
from reviews.desk.editor.forms import HeaderForm
from reviews.forms import MOST_ROWS
from tests import factories as make
from tests.forms import BOXES, forms_of, rows, sent

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def edit_form(answer):
    """The form of the editor, as a browser would send it back."""
    return next(one for one in forms_of(answer.content.decode()) if "reason" in one.fields)


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


def test_a_list_that_was_longer_before_comes_through_unharmed_and_takes_no_more(client, house):
    brands = [{"name": f"Brand {number}", "country": "GB"} for number in range(MOST_ROWS + 50)]
    header = make.document().header.replaced(brands=brands)
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")
    shown = client.get(page)

    assert len(shown.context["form"].rows["brands"].forms) == MOST_ROWS + 50
    assert 'value="brands"' not in shown.content.decode()
    assert f"This list is full: it has {MOST_ROWS + 50} rows, and none can be added." in shown.content.decode()

    form = edit_form(shown)
    refused = client.post(page, form.filled(title=["a\u202eb"], more="brands"))
    saved = client.post(page, edit_form(refused).filled(title=["Other"]))

    assert (refused.status_code, saved.status_code) == (200, 302)
    assert build(Edition.objects.get(pk=edition.pk)).header == header.replaced(title="Other")


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


# -- Another row -------------------------------------------------------------------------------------------------------


def names_in(form):
    return [form.fields[f"names-{at}-name"][0] for at in range(int(form.fields["names-TOTAL_FORMS"][0]))]


def test_each_row_that_was_asked_for_is_sent_back_and_saved(client, house, edition):
    client.force_login(house.editor)
    form = edit_form(client.get(address("edit_header")))
    for number in range(3):
        form.fields |= {f"names-{number}-kind": ["other"], f"names-{number}-name": [f"name {number}"]}
        answer = client.post(address("edit_header"), form.filled(more="names"))
        form = edit_form(answer)
        assert names_in(form) == [*(f"name {one}" for one in range(number + 1)), ""]
        assert form.autofocus == [f"names-{number + 1}-kind"]

    assert client.post(address("edit_header"), form.filled()).status_code == 302
    saved = build(Edition.objects.get(pk=edition.pk)).header.names
    assert [one.name for one in saved] == ["name 0", "name 1", "name 2"]


def test_a_press_adds_a_row_however_many_are_empty(client, house, edition):
    client.force_login(house.editor)
    answer = client.get(address("edit_header"))
    for number in range(1, 4):
        answer = client.post(address("edit_header"), edit_form(answer).filled(more="names"))
        assert len(names_in(edit_form(answer))) == number + 1


@pytest.mark.parametrize("button", ["more", "preview"])
def test_a_conflict_stays_until_somebody_chooses(client, house, edition, button):
    client.force_login(house.editor)
    mine = edit_form(client.get(address("edit_header")))
    client.force_login(house.editor2)
    theirs = edit_form(client.get(address("edit_header")))
    added = {f"brands-{at}-{box}": one for at in range(2) for box, one in {"name": f"B{at}", "country": "GB"}.items()}
    more = edit_form(client.post(address("edit_header"), theirs.filled(more="brands")))
    assert client.post(address("edit_header"), more.filled(covers="theirs", **added)).status_code == 302
    client.force_login(house.editor)

    answer = client.post(address("edit_header"), mine.filled(covers="mine"))
    for _ in range(2):
        said, form = answer.content.decode(), edit_form(answer)
        assert "saved the header at" in said
        assert "Save mine over theirs" in said
        assert "<del>" in said
        assert "theirs" in said
        assert form.fields["covers"] == ["mine"]
        answer = client.post(address("edit_header"), form.filled(**{button: "names"}))
    unreadable = client.post(address("edit_header"), form.filled(title="a\u202eb"))

    assert unreadable.status_code == 422
    assert "Save mine over theirs" in unreadable.content.decode()
    assert "<dd>theirs</dd>" in unreadable.content.decode()
    assert client.post(address("edit_header"), edit_form(answer).filled()).status_code == 302
    saved = build(Edition.objects.get(pk=edition.pk)).header
    assert (saved.covers, saved.brands) == ("mine", ())


@pytest.mark.parametrize(
    "damage",
    [
        {"names-TOTAL_FORMS": "0"},
        {"names-TOTAL_FORMS": "-5"},
        {"names-TOTAL_FORMS": "1"},
        {"names-TOTAL_FORMS": "0", "names-INITIAL_FORMS": "0"},
        {"names-INITIAL_FORMS": "0"},
        {"names-INITIAL_FORMS": "-1"},
        {"names-INITIAL_FORMS": "9"},
        {"names-1-name": None},
        {"names-1-kind": None},
        {"names-1-name": None, "names-1-kind": None},
        {"names-TOTAL_FORMS": "1000"},
    ],
)
def test_rows_that_were_shown_and_did_not_come_are_told_and_not_taken_for_removed(client, house, damage):
    names = [{"kind": "other", "name": f"name {number}"} for number in range(3)]
    header = make.document().header.replaced(names=names)
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")
    whole = damage.get("names-TOTAL_FORMS") == "1000"
    sent = edit_form(client.get(page)).filled(title="Other", **damage)

    answer = client.post(page, {name: value for name, value in sent.items() if value is not None})

    assert answer.status_code == 422
    said = "A list has at most 100 rows." if whole else "The rows of this list did not arrive. Load the page again."
    assert answer.context["form"].faults[0] == ("", f"Other names: {said}")
    assert ("What you wrote is below" in answer.content.decode()) == whole
    assert [one.name for one in build(Edition.objects.get(pk=edition.pk)).header.names] == [
        one["name"] for one in names
    ]


def test_what_is_still_to_do_is_said_of_the_header_that_was_saved(client, house):
    header = make.document().header
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")

    emptied = client.post(page, edit_form(client.get(page)).filled(introduction=""), follow=True).content.decode()
    written = client.post(page, edit_form(client.get(page)).filled(introduction="It is."), follow=True).content.decode()

    assert "The header is saved. Still to do: Write an introduction" in emptied
    assert "The header is saved.<" in written
    assert build(Edition.objects.get(pk=edition.pk)).header.introduction == "It is."


@pytest.mark.parametrize(
    ("typed", "place", "sentence"),
    [
        ({"brands-0-name": ""}, "Brand names, row 1: Brand name", "Name the brand, or empty the whole row to take it out."),
        ({"brands-0-name": "\xa0 –"}, "Brand names, row 1: Brand name", "Name the brand, or empty the whole row to take it out."),
        ({"codes-0-code": ""}, "Codes, row 1: Code", "Give the code, or empty the whole row to take it out."),
        ({"codes-0-code": "", "codes-0-system": ""}, "Codes, row 1: System", "Choose one from the list."),
    ],
)  # fmt: skip
def test_a_row_is_not_taken_out_by_halves(client, house, typed, place, sentence):
    header = make.document().header.replaced(
        brands=[{"name": "Brandex", "country": "GB"}],
        codes=[{"system": "ATC", "code": "L04AG06", "name": "of ATC"}],
    )
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")

    answer = client.post(page, edit_form(client.get(page)).filled(**typed))

    assert answer.status_code == 422
    assert f"{place}: {sentence}" in [words for _, words in answer.context["form"].faults]
    assert build(Edition.objects.get(pk=edition.pk)).header == header


@pytest.mark.parametrize(
    "rows",
    [{"brands": [{"country": "GB"}]}, {"codes": [{"system": "ATC", "name": "x"}]}, {"names": [{"kind": "other"}]}],
)
def test_no_row_without_what_makes_it_one_is_stored_whichever_way_it_comes(house, edition, rows):
    header = build(edition).header

    with pytest.raises(Refused, match=r"Header: .*, or empty the whole row to take it out"):
        make.save_header(edition, header.replaced(**rows), seen=digest_of_part(header), actor=house.editor)


def test_the_blanks_around_a_word_are_left_out_of_every_box_of_one_line(client, house, edition):
    client.force_login(house.editor)
    form = edit_form(client.get(address("edit_header")))
    blanks = {
        "title": "\xa0T\t ",
        "dosing_since": " \xa02026-07-05\t",
        "names-0-kind": "other",
        "names-0-name": "\t N\xa0",
    }

    assert client.post(address("edit_header"), form.filled(**blanks)).status_code == 302
    header = build(Edition.objects.get(pk=edition.pk)).header
    assert (header.title, header.dosing.since, header.names[0].name) == ("T", "2026-07-05", "N")


def test_what_is_no_blank_is_refused_around_a_word_in_every_box(client, house, edition):
    client.force_login(house.editor)
    form = edit_form(client.get(address("edit_header")))

    for box in ("title", "dosing_since", "names-0-name"):
        typed = {"names-0-kind": "other", "names-0-name": "N", box: "\x1c2026-07-05"}
        assert client.post(address("edit_header"), form.filled(**typed)).status_code == 422, box


# -- As many as can be sent --------------------------------------------------------------------------------------------


def count_of_boxes(form):
    return sum(map(len, form.fields.values())) + 10  # tokens, and a button


@pytest.mark.parametrize("held", [(0, 0, 0), (100, 100, 100), (0, 250, 0), (300, 0, 0), (0, 0, 280), (120, 120, 120)])
def test_each_list_can_be_filled_and_all_of_them_sent(client, house, held):
    names, brands, codes = held
    header = make.document().header.replaced(
        names=[{"kind": "other", "name": f"n{one}"} for one in range(names)],
        brands=[{"name": f"b{one}", "country": "GB"} for one in range(brands)],
        codes=[{"system": "ATC", "code": f"L04AG{one:02}"} for one in range(codes)],
    )
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")
    shown = client.get(page)
    form = edit_form(shown)
    for name, several in shown.context["form"].rows.items():
        assert len(several.forms) >= {"names": names, "brands": brands, "codes": codes}[name]
        for row in range(several.max_num):
            for box in BOXES[name]:
                form.fields.setdefault(f"{name}-{row}-{box}", [""])
        form.fields[f"{name}-TOTAL_FORMS"] = [str(several.max_num)]

    assert count_of_boxes(form) <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert client.post(page, form.filled(title="Other")).status_code == 302
    assert build(Edition.objects.get(pk=edition.pk)).header == header.replaced(title="Other")


def test_a_list_that_no_form_can_hold_stays_as_it_is(client, house):
    brands = [{"name": f"b{one}", "country": "GB"} for one in range(600)]
    header = make.document().header.replaced(brands=brands)
    edition = make.draft(house, "richumab", make.document(header=header))
    client.force_login(house.editor)
    page = address("edit_header", slug="richumab")
    shown = client.get(page)

    assert "These are 600 rows, more than a form can hold." in shown.content.decode()
    assert "<li>b599 (GB)</li>" in shown.content.decode()
    assert client.post(page, edit_form(shown).filled(title="Other")).status_code == 302
    assert build(Edition.objects.get(pk=edition.pk)).header == header.replaced(title="Other")
    client.force_login(house.auditor)
    assert "b599 (GB)" in client.get(page).content.decode()


@pytest.mark.parametrize(("origin", "comes_back"), [("same-origin", True), ("cross-site", False)])
def test_a_form_that_holds_too_much_says_so_and_gives_back_what_was_typed(client, house, edition, origin, comes_back):
    client.force_login(house.editor)
    sent = {f"brands-{one}-name": f"Brand <{one}>" for one in range(1_100)}
    body = urlencode({**sent, "password": "secret"})

    answer = client.post(
        address("edit_header"),
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": origin},
    )

    assert answer.status_code == 400
    html = answer.content.decode()
    assert "This form held more boxes than can be taken at once." in html
    assert ("<dd>Brand &lt;1099&gt;</dd>" in html, "secret" in html) == (comes_back, False)
