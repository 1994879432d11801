"""Who else has an edition open, on its page and at the part that they write in; other people see nothing of it."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clincalc import middleware
from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.models import Presence
from reviews.models.people import name_of
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ASKS = {"HX-Request": "true"}
KEY = str(make.key("monitoring"))


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


EDIT, PART, HEADER, HERE = address("edit"), address("part_edit", KEY), address("edit_header"), address("here")


def at(person):
    client = Client()
    client.force_login(person)
    return client


def told(answer):
    """{part, or "" for the edition: what is said there}, of what is said at all."""
    found = re.findall(r'data-here="([^"]*)"[^>]*>([^<]*)</', answer.content.decode())
    return {part: words for part, words in found if words}


def section(edition, **changes):
    shown = build(edition).by_key()[make.key("monitoring")]
    return {"heading": shown.heading, "text": "Monthly.", "seen": digest_of_part(shown), **changes}


def test_who_opens_the_edition_is_told_to_the_others_and_not_to_themself(house, edition):
    assert told(at(house.editor).get(EDIT)) == {}

    assert told(at(house.editor2).get(EDIT)) == {"": f"{name_of(house.editor)} has this edition open"}
    assert told(at(house.editor).get(PART)) == {"": f"{name_of(house.editor2)} has this edition open"}
    third = f"{name_of(house.editor)} and {name_of(house.editor2)} have this edition open"
    assert told(at(house.auditor).get(EDIT))[""] == third


@pytest.mark.parametrize(("to", "part"), [(PART, KEY), (HEADER, "header")])
@pytest.mark.parametrize("how", [{}, ASKS])
def test_who_has_a_form_open_is_told_of_at_its_part(house, edition, to, part, how):
    at(house.editor).get(to, headers=how)

    here = {"": f"{name_of(house.editor)} has this edition open", part: f"{name_of(house.editor)} is writing here"}
    assert told(at(house.editor2).get(EDIT)) == here
    opened = at(house.editor2).get(to, headers=ASKS)
    assert told(opened) == here
    assert 'id="here" data-here="" data-hx-swap-oob="true"' in opened.content.decode()
    both = f"{name_of(house.editor)} and {name_of(house.editor2)} are writing here"
    assert told(at(house.auditor).get(EDIT))[part] == both
    at(house.editor).get(f"{to}?closed=1", headers=ASKS)
    assert told(at(house.auditor).get(EDIT))[part] == f"{name_of(house.editor2)} is writing here"


@pytest.mark.parametrize("how", [{}, ASKS])
def test_who_saved_writes_there_no_more(house, edition, how):
    editor = at(house.editor)
    editor.get(PART, headers=how)

    answer = editor.post(PART, section(edition), headers=how, follow=True)

    assert answer.status_code == 200
    assert Presence.objects.get().part == ""


def test_the_answer_to_who_types_says_who_else_is_there(house, edition):
    """The first line is what is said of their words."""
    at(house.editor2).get(HEADER)
    typed = section(edition, text="Weekly.", scratch="t" * 22)

    words, *lines = at(house.editor).post(address("scratch", KEY), typed).content.decode().split("\n")

    assert words.startswith("Kept for you at ")
    name = name_of(house.editor2)
    assert lines == [f"\t{name} has this edition open", f"header\t{name} is writing here"]
    assert told(at(house.editor2).get(EDIT))[KEY] == f"{name_of(house.editor)} is writing here"


def test_a_look_at_the_preview_while_typing_notes_nothing(house, edition):
    sent = section(edition, preview="1", only="preview")

    assert at(house.editor).post(PART, sent, headers=ASKS).status_code == 200

    assert not Presence.objects.exists()


def test_who_may_not_write_is_not_told_of_and_who_may_not_read_is_told_nothing(house, edition):
    assert at(house.auditor).get(EDIT).status_code == 200
    at(house.editor).head(EDIT)
    assert not Presence.objects.exists()

    at(house.editor).get(PART)
    outside = at(house.nobody)
    for to in (EDIT, PART, address("workspace")):
        answer = outside.get(to, headers=ASKS)
        assert answer.status_code in (403, 404)
        assert "data-here" not in answer.content.decode()
        assert "writing here" not in answer.content.decode()
    kept = outside.post(address("scratch", KEY), section(edition, scratch="t" * 22))
    assert kept.status_code in (403, 404)
    assert name_of(house.editor) not in kept.content.decode()
    assert Presence.objects.get().person == house.editor


def test_no_page_but_that_of_the_editor_says_it(house, edition):
    at(house.editor).get(PART)

    for name in ("workspace", "preview", "history"):
        assert "writing here" not in at(house.editor2).get(address(name)).content.decode()


def test_the_page_costs_the_same_however_many_are_there(house, edition):
    auditor = at(house.auditor)
    auditor.get(EDIT)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            auditor.get(EDIT)
        return len(queries)

    none = cost()
    for person in (house.editor, house.editor2):
        at(person).get(PART)
    assert told(auditor.get(EDIT))
    assert cost() == none


# -- A page that is only read ------------------------------------------------------------------------------------------


def lines(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return answer.content.decode().split("\n")


def test_the_page_asks_where_it_is_told(house, edition):
    page = f'id="here" data-here="" data-stays="{HERE}"'

    assert page in at(house.editor).get(EDIT).content.decode()
    assert page in at(house.auditor).get(EDIT).content.decode()


def test_who_only_reads_stays_there_and_hears_of_the_others(house, edition):
    editor, other = at(house.editor), at(house.editor2)
    editor.get(PART)
    assert lines(editor.get(HERE)) == [""]
    for row in Presence.objects.all():  # fifty seconds later
        Presence.objects.filter(pk=row.pk).update(at=row.at - timedelta(seconds=50))
    before = Presence.objects.get().at

    told_now = lines(other.get(HERE))
    assert lines(editor.get(HERE)) == [f"\t{name_of(house.editor2)} has this edition open"]

    assert told_now == [
        f"\t{name_of(house.editor)} has this edition open",
        f"{KEY}\t{name_of(house.editor)} is writing here",
    ]
    assert Presence.objects.get(person=house.editor).part == KEY
    assert Presence.objects.get(person=house.editor).at > before + timedelta(seconds=40)
    assert Presence.objects.get(person=house.editor2).part == ""


def test_who_may_not_write_hears_and_is_not_told_of_and_who_may_not_read_hears_nothing(house, edition):
    at(house.editor).get(EDIT)

    assert lines(at(house.auditor).get(HERE)) == [f"\t{name_of(house.editor)} has this edition open"]
    assert at(house.nobody).get(HERE).status_code in (403, 404)
    assert Client().get(HERE).status_code == 302
    assert at(house.editor2).head(HERE).status_code == 200
    assert at(house.editor2).post(HERE).status_code == 405
    assert [row.person for row in Presence.objects.all()] == [house.editor]


def test_it_reads_no_word_of_the_edition_and_takes_no_write_lock(house, edition):
    editor = at(house.editor)
    editor.get(HERE)

    with CaptureQueriesContext(connection) as queries:
        editor.get(HERE)

    asked = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "PRAGMA", "SET "))]
    assert len(asked) == 7
    assert not [sql for sql in asked if "monographs_section" in sql or "monographs_pen" in sql]
    assert [sql.split()[:2] for sql in asked if not sql.startswith("SELECT")] == [["UPDATE", '"reviews_presence"']]


def test_nobody_waits_for_it(house, edition, monkeypatch):
    def busy(**_to):
        raise OperationalError

    monkeypatch.setattr(Presence.objects, "create", busy)

    assert lines(at(house.editor).get(HERE)) == [""]


def test_it_is_no_use_of_a_session(house, edition, monkeypatch):
    editor = at(house.editor)
    editor.get(EDIT)
    used = editor.session["used"]

    monkeypatch.setattr(middleware.time, "time", lambda: used + 3000)
    assert editor.get(HERE).status_code == 200
    assert editor.session["used"] == used
    monkeypatch.setattr(middleware.time, "time", lambda: used + 3700)
    assert editor.get(HERE).status_code == 302
    assert editor.get(EDIT).status_code == 302
