"""Words that were typed and not saved, on the page of their person: kept, offered with what differs, never put in
unasked, and nobody else's."""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from monographs.assemble import build
from monographs.digest import digest_of_part
from reviews.access import scratch as keeping
from reviews.access.grants import give
from reviews.desk.editor.scratch import GONE, everywhere
from reviews.editing import parts
from reviews.editing.library import make_class
from reviews.models import AuditEvent, KeptForm, Scratch
from reviews.urls import urlpatterns
from reviews.workflow import perform
from tests import factories as make
from tests.forms import forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
KEY = make.key("monitoring")
TAB = "t" * 22
WORDS = "Tests go on for a decade."


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


def address(name, *arguments):
    return reverse(name, args=["testazumab", *arguments])


EDIT, TO = address("part_edit", KEY), address("scratch", KEY)


def section(edition):
    return build(edition).by_key()[KEY]


def form(edition, **typed):
    shown = section(edition)
    return {"heading": shown.heading, "text": WORDS, "seen": digest_of_part(shown), "scratch": TAB, **typed}


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def main_form(html):
    (found,) = [one for one in forms_of(html) if "text" in one.fields]
    return found


def test_typing_is_kept_and_told_in_a_few_words(client, house, edition):
    client.force_login(house.editor)
    entries, whole = AuditEvent.objects.count(), make.seen(edition)

    response = client.post(TO, form(edition))

    row = Scratch.objects.get()
    assert (row.person, row.edition, row.part, row.tab) == (house.editor, edition, str(KEY), TAB)
    assert response.content.decode() == f"Kept for you at {localtime(row.at):%H:%M}, not saved yet"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert (AuditEvent.objects.count(), make.seen(edition)) == (entries, whole)
    without = client.post(TO, form(edition, text="Of 943 476 5919.")).content.decode()
    assert without.endswith(", without the patient’s number, not saved yet")


def test_the_form_says_where_it_is_kept_and_in_which_tab(client, house, edition):
    client.force_login(house.editor)

    html = client.get(EDIT).content.decode()

    assert f'data-scratch="{TO}"' in html
    assert "scratch.js" in html
    (tab,) = main_form(html).fields["scratch"]
    assert len(tab) == 22
    assert main_form(client.get(EDIT).content.decode()).fields["scratch"] != [tab]
    back = client.post(EDIT, form(edition, preview="1")).content.decode()
    assert main_form(back).fields["scratch"] == [TAB]  # so what is typed on keeps the place of what was typed


def test_it_is_offered_with_when_where_and_the_difference_and_not_put_in(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    at = localtime(Scratch.objects.get().at)

    html = " ".join(client.get(EDIT).content.decode().split())

    assert f"Your words in Monitoring, today at {at:%H:%M}, in another window</h3>" in html
    assert "Text, not saved yet</h4>" in html
    assert "decade" in html[html.index("Text, not saved yet") :]
    assert main_form(html).fields["text"][0].strip() == "Tests go on for years."
    elsewhere = signed_in(house.editor).get(EDIT).content.decode()
    assert "on another device, or before you signed in again</h3>" in elsewhere
    outline = client.get(address("edit")).content.decode()
    assert f'<a href="{EDIT}">Words in Monitoring</a>, today at {at:%H:%M}, in another window' in outline


def test_put_in_the_box_it_is_not_saved_and_once_saved_it_is_gone(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))

    response = signed_in(house.editor).get(f"{EDIT}?scratch={TAB}")

    filled = main_form(response.content.decode())
    assert response.status_code == 200
    assert (filled.fields["text"], filled.fields["scratch_of"]) == ([WORDS], [TAB])
    assert "Not saved yet" in response.content.decode()
    assert "Your words in Monitoring" not in response.content.decode()
    assert section(edition).text == "Tests go on for years."

    sent = {name: value for name, value in filled.fields.items() if name not in ("preview", "remove")}
    assert client.post(EDIT, sent).status_code == 302
    assert section(edition).text == WORDS
    assert not Scratch.objects.exists()


def test_what_says_what_stands_there_is_not_offered(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    make.reword(edition, "monitoring", WORDS, actor=house.editor2)

    assert "Your words in Monitoring" not in client.get(EDIT).content.decode()


def test_a_refused_form_keeps_its_scratch(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))

    assert client.post(EDIT, form(edition, seen="0" * 64)).status_code == 409
    assert Scratch.objects.count() == 1


def test_words_kept_over_a_conflict_meet_it_when_they_are_saved(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    make.reword(edition, "monitoring", "Theirs.", actor=house.editor2)

    filled = main_form(client.get(f"{EDIT}?scratch={TAB}").content.decode())
    sent = {name: value for name, value in filled.fields.items() if name not in ("preview", "remove")}

    assert client.post(EDIT, sent).status_code == 409
    assert section(edition).text == "Theirs."


def test_thrown_away_it_is_offered_no_more(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    (throw,) = [one for one in forms_of(client.get(EDIT).content.decode()) if "throw" in one.fields]
    assert throw.action == TO

    asked = client.post(TO, throw.fields)
    html = asked.content.decode()
    assert (asked.status_code, Scratch.objects.count()) == (200, 1)
    assert "Monitoring, Testazumab in multiple sclerosis. It was never saved." in html
    assert f"<dd>{WORDS}</dd>" in html
    (sure,) = [one for one in forms_of(html) if "sure" in one.fields]
    first, second = (client.post(TO, sure.fields, follow=True) for _ in range(2))

    assert first.redirect_chain == second.redirect_chain == [(EDIT, 302)]
    assert not Scratch.objects.exists()
    assert ("Thrown away." in first.content.decode(), GONE in first.content.decode()) == (True, False)
    assert ("Thrown away." in second.content.decode(), GONE in second.content.decode()) == (False, True)


@pytest.mark.parametrize("who", ["editor2", "clinician", "admin"])
def test_nobody_throws_away_or_reads_there_what_is_another_s(house, edition, who):
    mine, other = signed_in(house.editor), signed_in(house.people[who])
    mine.post(TO, form(edition))

    for more in ({}, {"sure": "1"}):
        answer = other.post(TO, {"throw": TAB, **more}, follow=True)
        assert WORDS not in answer.content.decode()

    assert Scratch.objects.count() == 1


def test_only_what_was_named_is_thrown_away(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    client.post(address("scratch", "header"), {"scratch": "u" * 22, "title": "Another title", "seen": "0" * 64})

    client.post(TO, {"throw": [TAB, "u" * 22], "sure": "1"})

    assert list(Scratch.objects.values_list("part", flat=True)) == ["header"]


def test_what_cannot_be_thrown_away_now_stays_and_says_so(client, house, edition, monkeypatch):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    monkeypatch.setattr(keeping, "throw_away", busy)

    answer = client.post(TO, {"throw": TAB, "sure": "1"})

    assert (answer.status_code, Scratch.objects.count()) == (503, 1)
    assert "nothing was thrown away" in answer.content.decode()
    assert WORDS in answer.content.decode()


def busy(*_arguments):
    raise OperationalError


@pytest.mark.parametrize("kind", ["section", "regimen", "monitoring", "notice", "citation", "related"])
def test_a_new_part_has_its_own(client, house, edition, kind):
    client.force_login(house.editor)
    to, new = address("scratch", f"new-{kind}"), address("part_new", kind)
    client.post(to, {"scratch": TAB, "key": str(uuid4()), "reason": "Words that stay."})

    html = client.get(new).content.decode()

    assert "Look at the words" in html
    assert "Words that stay." in html
    assert "Words that stay." in client.get(f"{new}?scratch={TAB}").content.decode()
    assert f'<a href="{new}">Words in a new ' in client.get(address("edit")).content.decode()


def test_put_in_the_boxes_again_it_is_the_same_new_part_whichever_window_adds_it(client, house, edition):
    client.force_login(house.editor)
    new, key = address("part_new", "section"), str(make.key("one"))
    typed = {"kind": "driving", "text": WORDS, "key": key, "scratch": TAB}
    client.post(address("scratch", "new-section"), typed)

    back = main_form(client.get(f"{new}?scratch={TAB}").content.decode())

    assert back.fields["key"] == [key]
    client.post(new, typed)
    again = client.post(new, {name: words[0] for name, words in back.fields.items()} | {"text": "Other words."})
    assert again.status_code == 409
    assert [one.text for one in build(edition).sections if one.kind == "driving"] == [WORDS]
    assert "Other words." in again.content.decode()


def test_so_has_the_header(client, house, edition):
    client.force_login(house.editor)
    client.post(address("scratch", "header"), {"scratch": TAB, "title": "Another title", "seen": "0" * 64})

    assert "Your words in the header, today" in client.get(address("edit_header")).content.decode()


def test_nobody_else_reads_it_at_any_address(house, edition):
    """At each address of the desk that takes no more than a monograph and a part, with the tab in it and without."""
    secret = "Unheardofword that nobody else may read."
    mine = signed_in(house.editor)
    mine.post(TO, form(edition, text=secret))
    given = {"slug": "testazumab", "key": KEY, "kind": "section", "part": str(KEY), "transition": "submit"}
    names = [one for one in urlpatterns if one.name and set(one.pattern.converters) <= set(given)]
    paths = [reverse(one.name, kwargs={name: given[name] for name in one.pattern.converters}) for one in names]
    assert EDIT in paths
    assert TO in paths
    assert secret in mine.get(f"{EDIT}?scratch={TAB}").content.decode()

    for who in ("editor2", "clinician", "publisher", "auditor", "admin", "nobody"):
        client = signed_in(house.people[who])
        for path in paths:
            for asked in (path, f"{path}?scratch={TAB}"):
                assert "Unheardofword" not in client.get(asked).content.decode(), (who, asked)
        client.post(TO, {**form(edition), "throw": TAB})
        client.post(TO, form(edition, text="Written over."))
    assert Scratch.objects.get(person=house.editor).typed["text"] == secret
    assert "Unheardofword" not in Client().get(f"{EDIT}?scratch={TAB}").content.decode()


@pytest.mark.parametrize("who", ["publisher", "auditor"])
def test_who_may_not_change_it_keeps_nothing(client, house, edition, who):
    client.force_login(house.people[who])

    response = client.post(TO, form(edition))

    assert (response.status_code, response.content.decode()) == (403, "Not kept: you may not change this.")
    assert not Scratch.objects.exists()


def test_a_draft_that_was_sent_for_review_meanwhile_loses_no_words(client, house, edition):
    make.submit(house, edition)
    client.force_login(house.editor)

    client.post(TO, form(edition))

    assert Scratch.objects.count() == 1
    assert "Words in Monitoring" in client.get(address("edit")).content.decode()
    page = client.get(EDIT).content.decode()
    assert "Your words in Monitoring" in page  # to be read, copied, thrown away: there is no box to put them in
    assert "decade" in page
    assert f"{EDIT}?scratch={TAB}" not in page
    assert "They can be put in the boxes while the edition is a draft." in page
    assert "data-edits" not in page
    assert "Your words in" not in signed_in(house.people["auditor"]).get(EDIT).content.decode()


@pytest.mark.parametrize("part", ["order", "new-", "new-x", "x", str(KEY).upper(), f"{KEY}x"])
def test_an_address_of_no_part_is_not_there(client, house, edition, part):
    client.force_login(house.editor)

    assert client.post(address("scratch", part), form(edition)).status_code == 404
    assert not Scratch.objects.exists()


@pytest.mark.parametrize("name", ["testazumab", "nowhere"])
def test_a_monograph_that_one_may_not_know_of_is_not_there(house, edition, name):
    path = reverse("scratch", args=[name, KEY])
    who = house.editor if name == "nowhere" else make.account("far")
    if name == "testazumab":
        root = make_class("Elsewhere", slug="elsewhere", actor=house.admin)
        give(who, "editor", on=root, actor=house.admin)

    assert signed_in(who).post(path, form(edition)).status_code == 404
    assert not Scratch.objects.exists()


def test_whoever_asks_for_the_address_is_led_to_the_form(client, house, edition):
    client.force_login(house.editor)

    for part, page in ((KEY, EDIT), ("header", address("edit_header")), ("new-notice", address("part_new", "notice"))):
        response = client.get(address("scratch", part))
        assert (response.status_code, response.url) == (302, page)


@pytest.mark.parametrize("typed", [{"scratch": ""}, {"scratch": "x"}])
def test_what_is_not_kept_is_not_said_to_be(client, house, edition, typed):
    client.force_login(house.editor)

    response = client.post(TO, form(edition, **typed))

    assert (response.status_code, response.content.decode()) == (200, "Not saved yet")
    assert not Scratch.objects.exists()


def test_while_the_database_takes_no_row_it_is_said_at_once(client, house, edition, monkeypatch):
    def busy(*_args):
        raise OperationalError("database is locked")

    client.force_login(house.editor)
    monkeypatch.setattr(keeping, "keep", busy)

    response = client.post(TO, form(edition))

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.content.decode() == "Not saved yet"
    monkeypatch.setattr(keeping, "throw_away", busy)
    assert client.post(EDIT, form(edition)).status_code == 302  # saved, whatever becomes of its scratch


def test_a_session_that_ended_is_told_and_keeps_no_form_of_the_scratch_itself(client, edition):
    response = client.post(TO, form(edition))

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")
    assert not KeptForm.objects.exists()


def test_words_of_earlier_days_say_their_day(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    row = Scratch.objects.get()
    at = localtime(row.at - timedelta(days=2))
    Scratch.objects.update(at=at)

    assert f"Your words in Monitoring, {at.day} {at:%B} at {at:%H:%M}" in client.get(EDIT).content.decode()


def test_the_pages_ask_as_little_with_many_kept_as_with_one(client, house, edition):
    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    client.force_login(house.editor)
    client.post(TO, form(edition))
    few = cost(EDIT), cost(address("edit"))
    for number in range(10):
        client.post(TO, form(edition, scratch=f"{number:022}", text=f"{WORDS} {number}"))
        client.post(address("scratch", make.key("prescribing")), form(edition, scratch=f"{number:022}"))
    assert (cost(EDIT), cost(address("edit"))) == few


# -- On the queue ------------------------------------------------------------------------------------------------------


def unsaved_on(queue):
    """[(what, address)] of the words that the queue lists."""
    html = queue.content.decode()
    at = html.find("Words that you did not save while you wrote.")
    listed = html[at : html.index("</section>", at)] if at >= 0 else ""
    return re.findall(r'<li><span><a href="([^"]+)">([^<]+)</a>', listed)


def test_the_queue_lists_it_for_its_person_alone_and_throws_it_away(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    client.post(TO, form(edition, scratch="u" * 22))
    client.post(address("scratch", "new-notice"), {"title": "Typed.", "scratch": "v" * 22})

    queue = client.get(reverse("queue"))

    parts = [
        (EDIT, "Monitoring, Testazumab in multiple sclerosis"),
        (address("part_new", "notice"), "A new safety notice, Testazumab in multiple sclerosis"),
    ]
    assert unsaved_on(queue) == parts[::-1]
    assert unsaved_on(signed_in(house.editor2).get(reverse("queue"))) == []
    (throws,) = [one for one in forms_of(queue.content.decode()) if one.action == TO]
    assert throws.fields["throw"] == ["u" * 22, TAB]
    (sure,) = [one for one in forms_of(client.post(TO, throws.filled()).content.decode()) if "sure" in one.fields]
    said = client.post(TO, sure.filled(), follow=True)
    assert said.redirect_chain == [(reverse("queue"), 302)]
    assert "Thrown away." in said.content.decode()
    assert unsaved_on(said) == parts[1:]


def test_the_queue_lists_none_of_a_monograph_that_one_may_not_read_any_more(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    Scratch.objects.update(person=house.nobody)

    assert scratch_of(house.nobody) == []
    Scratch.objects.update(person=house.editor)
    assert len(scratch_of(house.editor)) == 1


def scratch_of(person):
    request = RequestFactory().get("/")
    request.user, request.session = person, SessionStore()
    return everywhere(request)


def test_the_queue_leads_to_the_page_where_the_edition_is_closed(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    perform("discard", editions=[edition], actor=house.editor, reason="Not needed.", digest=make.seen(edition))

    assert unsaved_on(client.get(reverse("queue"))) == [
        (address("edit"), "Monitoring, Testazumab in multiple sclerosis")
    ]


def test_the_queue_asks_no_more_however_much_is_kept(client, house, edition):
    client.force_login(house.editor)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("queue"))
        return len(queries)

    client.post(address("scratch", str(KEY)), form(edition))
    cost()
    one = cost()
    for part in ("header", str(KEY), "new-section"):
        client.post(address("scratch", part), form(edition, scratch=part[-1] * 22))
    assert len(unsaved_on(client.get(reverse("queue")))) == 3
    assert cost() == one


def lines_of(client):
    return re.findall(r'<li data-kept="([^"]+)">', client.get(address("edit")).content.decode())


def test_put_in_the_boxes_of_two_windows_each_keeps_its_own_words(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    one, other = (forms_of(client.get(f"{EDIT}?scratch={TAB}").content.decode()) for _window in range(2))
    (one,), (other,) = ([each for each in some if "text" in each.fields] for some in (one, other))
    tabs = {each.fields["scratch"][0] for each in (one, other)}
    assert len(tabs | {TAB}) == 3

    client.post(TO, one.filled(text="Mine, here."))
    client.post(TO, other.filled(text="Mine, there."))

    kept = {row.tab: row.typed["text"] for row in Scratch.objects.filter(person=house.editor)}
    assert kept == {one.fields["scratch"][0]: "Mine, here.", other.fields["scratch"][0]: "Mine, there."}
    assert client.post(EDIT, one.filled(text="Mine, here.")).status_code == 302
    assert [row.typed["text"] for row in Scratch.objects.filter(person=house.editor)] == ["Mine, there."]


def test_saved_from_the_boxes_what_they_were_filled_from_is_gone(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    (filled,) = [one for one in forms_of(client.get(f"{EDIT}?scratch={TAB}").content.decode()) if "text" in one.fields]

    assert client.post(EDIT, filled.filled()).status_code == 302

    assert not Scratch.objects.exists()


def test_words_for_a_part_that_was_removed_are_offered_and_can_be_read_copied_and_thrown_away(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    parts.remove_part(edition, section(edition), seen=digest_of_part(section(edition)), actor=house.editor2)

    page = client.get(address("edit")).content.decode()
    assert "which was removed" in page
    shown = client.get(EDIT).content.decode()
    assert f"{EDIT}?scratch={TAB}" in shown
    assert "Restore, and keep my words" in client.get(f"{EDIT}?scratch={TAB}").content.decode()
    client.post(TO, {"throw": TAB, "to": "edit", "sure": "1"})
    assert lines_of(client) == []


def test_what_differs_from_nothing_is_no_line_of_the_page(client, house, edition):
    client.force_login(house.editor)
    client.post(TO, form(edition))
    assert lines_of(client) == [str(KEY)]

    said = client.post(TO, form(edition, text=section(edition).text))

    assert lines_of(client) == []
    assert said.content.decode() == "Nothing to keep: it says what stands there"
    assert unsaved_on(client.get(reverse("queue"))) == []
    assert not Scratch.objects.exists()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("section", {"kind": "cautions", "text": " ", "heading": ""}),
        ("monitoring", {"test": "", "kind": "laboratory", "citation": "trial2020"}),
        ("notice", {"type": "black-box", "title": ""}),
        ("citation", {"type": "book", "title": "", "q": "10.1000/new"}),
        ("related", {"target": "", "reason": ""}),
    ],
)
def test_a_new_part_in_which_nobody_wrote_a_word_is_not_kept_for_anybody(client, house, edition, kind, typed):
    client.force_login(house.editor)
    to = address("scratch", f"new-{kind}")
    name = "target" if kind == "related" else next(name for name in ("title", "text", "test") if name in typed)
    client.post(to, {**typed, "scratch": TAB, name: "Words"})
    assert Scratch.objects.count() == 1

    client.post(to, {**typed, "scratch": TAB})

    assert not Scratch.objects.exists()


def test_a_line_of_the_page_is_thrown_away_there(client, house, edition):
    client.force_login(house.editor)
    for tab in (TAB, "u" * 22):
        client.post(TO, form(edition, scratch=tab))
    client.post(address("scratch", "new-notice"), {"title": "Mind it", "scratch": "v" * 22})
    (thrown,) = [one for one in forms_of(client.get(address("edit")).content.decode()) if one.action == TO]

    answer = client.post(thrown.action, thrown.filled(sure="1"))

    assert (answer.status_code, answer["Location"]) == (302, address("edit"))
    assert lines_of(client) == ["new-notice"]


def test_too_much_is_told_and_so_is_what_made_room(client, house, edition, monkeypatch):
    client.force_login(house.editor)
    monkeypatch.setattr(keeping, "LARGEST", 500)
    assert client.post(TO, form(edition, text="x" * 600)).content.decode().startswith("Not kept: this is too long")
    monkeypatch.setattr(keeping, "MOST_OF_A_PERSON", 1)
    assert "went for it" not in client.post(TO, form(edition)).content.decode()
    assert "The oldest of all that was kept for you went for it" in (
        client.post(TO, form(edition, scratch="w" * 22)).content.decode()
    )


def test_a_form_that_somebody_else_opened_keeps_nothing_for_whoever_signed_in_since(client, house, edition):
    client.force_login(house.editor2)
    theirs = next(one for one in forms_of(client.get(EDIT).content.decode()) if "text" in one.fields)
    client.force_login(house.editor)

    answer = client.post(TO, theirs.filled(text="Not mine."))

    assert (answer.status_code, Scratch.objects.count()) == (403, 0)
    client.force_login(house.editor2)
    assert client.post(TO, theirs.filled(text="Mine.")).content.decode().startswith("Kept for you")
