"""Lines pasted as a list become one only after somebody looked at it."""

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.models import AuditEvent
from tests import factories as make
from tests.forms import emptied, forms_of

pytestmark = pytest.mark.any_database

PASTED = "Monitor:\r\n•\tfull blood count\r\n•\tcreatinine"
MADE = "Monitor:\n\n- full blood count\n- creatinine"


@pytest.fixture
def edition(house):
    return make.draft(house)


@pytest.fixture
def desk(client, house, edition):
    client.force_login(house.editor)
    return client


def at(route, *more):
    return reverse(route, args=["testazumab", *more])


def addresses(edition):
    part = build(edition).by_key()[make.key("monitoring")]
    return {
        "section": (at("part_edit", part.key), "text", {"heading": part.heading, "seen": digest_of_part(part)}),
        "new section": (at("part_new", "section"), "text", {"kind": "driving", "key": str(make.key("new"))}),
        "notice": (at("part_new", "notice"), "text", {"type": "caution", "title": "T", "key": str(make.key("new"))}),
        "header": (at("edit_header"), "introduction", {"title": "T", "name": "N", "seen": digest_of_part(build(edition).header), **emptied(build(edition).header)}),
    }  # fmt: skip


def words(edition, field):
    edition.refresh_from_db()
    document = build(edition)
    return [document.header.introduction, *(part.text for part in (*document.sections, *document.notices))]


def form_in(answer):
    return next(form for form in forms_of(answer.content.decode()) if "reason" in form.fields)


@pytest.mark.parametrize("where", ["section", "new section", "notice", "header"])
def test_the_list_is_shown_unsaved_and_saved_when_it_was_looked_at(desk, edition, where):
    address, field, typed = addresses(edition)[where]
    before = AuditEvent.objects.count()

    answer = desk.post(address, {**typed, field: PASTED})

    html = answer.content.decode()
    assert (answer.status_code, AuditEvent.objects.count()) == (200, before)
    assert "2 lines of “" in html
    form = form_in(answer)
    assert form.fields[field] == [MADE]

    saved = desk.post(address, form.filled())

    assert saved.status_code == 302
    assert MADE in words(edition, field)


@pytest.mark.parametrize("where", ["section", "new section", "notice", "header"])
def test_the_lines_are_kept_for_whoever_wants_them_and_not_asked_about_again(desk, edition, where):
    address, field, typed = addresses(edition)[where]
    form = form_in(desk.post(address, {**typed, field: PASTED}))

    saved = desk.post(address, form.filled(as_typed="1"))

    assert saved.status_code == 302
    kept = PASTED.replace("\r\n", "\n")
    assert kept in words(edition, field)
    if where == "section":
        part = build(edition).by_key()[make.key("monitoring")]
        again = desk.post(address, {**typed, "seen": digest_of_part(part), field: f"{kept}\n\nMore."})
        assert again.status_code == 302
        other = {**typed, "seen": digest_of_part(build(edition).by_key()[part.key]), field: f"{kept}\n• potassium"}
        assert desk.post(address, other).status_code == 200


def test_words_that_were_changed_in_the_list_are_not_lost_for_the_lines(desk, edition):
    address, field, typed = addresses(edition)["section"]
    form = form_in(desk.post(address, {**typed, field: "• a dose of 5 mg\n• b"}))
    before = AuditEvent.objects.count()

    answer = desk.post(address, form.filled(as_typed="1", text="- a dose of 10 mg\n- b"))

    assert (answer.status_code, AuditEvent.objects.count()) == (200, before)
    assert "so your lines were not put back" in answer.content.decode()
    again = form_in(answer)
    assert again.fields["text"] == ["- a dose of 10 mg\n- b"]
    assert desk.post(address, again.filled()).status_code == 302
    assert "- a dose of 10 mg\n- b" in words(edition, field)


def test_the_button_without_lines_saves_what_stands_there(desk, edition):
    address, field, typed = addresses(edition)["section"]
    assert desk.post(address, {**typed, field: "Plain.", "as_typed": "1"}).status_code == 302
    assert "Plain." in words(edition, field)


def test_a_preview_shows_the_list_and_says_so(desk, edition):
    address, field, typed = addresses(edition)["section"]

    html = desk.post(address, {**typed, field: PASTED, "preview": "1"}).content.decode()

    assert "<li>full blood count</li>" in html
    assert "Not saved yet: look at the list" in html


def test_what_is_wrong_beside_is_said_beside_the_list(desk, edition):
    address, _field, typed = addresses(edition)["section"]

    answer = desk.post(address, {**typed, "text": f"{PASTED}\r\n\r\n*a* b*"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "It cannot be told which" in html
    assert "2 lines of “Text”" in html
    assert form_in(answer).fields["text"] == [f"{MADE}\n\n*a* b*"]


@pytest.mark.parametrize("text", ["Give 5\n- 10 mg once daily", "Store at\n- 20 °C", "- a\n- b", "• one", "a\nb"])
def test_nobody_is_asked_about_what_is_no_pasted_list(desk, edition, text):
    address, _field, typed = addresses(edition)["section"]

    assert desk.post(address, {**typed, "text": text}).status_code == 302
    assert text in words(edition, "text")


@pytest.mark.parametrize(
    "text", ["Weight\tDose\n50 kg\tonce", "Give:\nWeight\tDose\n50 kg\tonce\n60 kg\ttwice", "| a | b |\n| - | - |"]
)
def test_rows_of_a_table_are_refused_with_what_to_do(desk, edition, text):
    address, _field, typed = addresses(edition)["section"]

    answer = desk.post(address, {**typed, "text": text})

    assert answer.status_code == 422
    assert "This was a table, and a text holds none. Write each row as an item of a list" in answer.content.decode()
    assert form_in(answer).fields["text"] == [text]


@pytest.mark.parametrize("button", [{"more": "names"}, {"preview": "1"}, {"covers": "a\u202eb"}])
def test_the_lines_can_be_kept_until_the_list_is_saved(desk, edition, button):
    address, field, typed = addresses(edition)["header"]
    form = form_in(desk.post(address, {**typed, field: PASTED}))
    for _ in range(2):
        answer = desk.post(address, form.filled(**button))
        form = form_in(answer)
        assert "2 lines of “Introduction”" in answer.content.decode()
        assert form.fields[f"typed_{field}"] == [PASTED.replace("\r\n", "\n")]
        assert (form.fields[field], "as_typed" in form.buttons) == ([MADE], True)

    assert desk.post(address, form.filled(as_typed="1", covers="all")).status_code == 302
    assert PASTED.replace("\r\n", "\n") in words(edition, field)
