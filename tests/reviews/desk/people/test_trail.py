"""The trail on the desk: for auditors alone, found by words, person and subject; and where somebody lands."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monographs.standing import today
from reviews.desk.people import trail
from reviews.desk.people.trail import Asked, Found, told
from reviews.editing.monographs import move
from reviews.models import AuditEvent
from tests import factories as make
from tests import tables
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "admin", "nobody"])
def test_the_trail_is_open_to_auditors_alone(house, enter, who):
    assert enter(who).get("/desk/trail/").status_code == 403
    assert "Trail</a>" not in enter(who).get("/desk/").content.decode()


def test_an_auditor_reads_every_entry_the_newest_first_page_by_page_and_back(house, enter, monkeypatch):
    make.published(house)
    monkeypatch.setattr(trail, "A_PAGE", 20)
    client = enter("auditor")
    assert 'href="/desk/trail/"' in client.get("/desk/").content.decode()
    everything = list(AuditEvent.objects.order_by("-seq").values_list("seq", flat=True))
    assert 20 < len(everything) <= 40

    page = client.get("/desk/trail/")
    seen, query = [one.event.seq for one in page.context["entries"]], f"before={page.context['older']}"
    hangs_together(page.content.decode(), "trail")
    assert page.context["checked"].entries == len(everything)
    older = client.get(f"/desk/trail/?{query}")
    seen += [one.event.seq for one in older.context["entries"]]

    assert seen == everything
    assert (page.context["newer"], older.context["older"]) == (None, None)
    back = client.get(f"/desk/trail/?after={older.context['newer']}")
    assert [one.event.seq for one in back.context["entries"]] == everything[:20]


def seen(client, query):
    answer = client.get(f"/desk/trail/?{query}")
    return {(one.event.verb, one.event.actor_name) for one in answer.context["entries"]}


def test_entries_are_found_by_person_monograph_act_and_day(house, enter):
    make.published(house)
    make.draft(house, "otherumab")
    client = enter("auditor")

    assert seen(client, "act=role_given&who=admin") == {("role_given", "admin")}
    assert seen(client, "act=published") == {("published", "publisher")}
    for who in ("Pharmacist", "pharmacist", "PHARMACIST"):
        assert seen(client, f"who={who}&about=testazumab") == {("signed", "pharmacist")}
    assert seen(client, "who=pharmacist&about=monograph:testazumab") == {("signed", "pharmacist")}
    assert {verb for verb, _who in seen(client, "about=otherumab")} == {"begun", "edited"}
    assert ("role_given", "admin") in seen(client, f"about=user:{house.editor.pk}")
    assert seen(client, "who=editor&act=published") == set()
    day = today().isoformat()
    assert seen(client, f"act=published&since={day}&until={day}") == {("published", "publisher")}
    assert seen(client, "act=published&since=2099-01-01") == seen(client, "act=published&until=2001-01-01") == set()


def test_a_monograph_that_moved_is_found_by_either_address(house, enter):
    make.published(house)
    move(make.Monograph.objects.get(), slug="second", actor=house.publisher, reason="A better one")
    client = enter("auditor")

    assert seen(client, "about=testazumab") == seen(client, "about=second") > {("published", "publisher")}


WRONG = {
    "who=zzz": "Nobody has this name.", "about=zzz": "No monograph has this address, or had it.",
    "act=zzz": "There is no such act.", "since=yesterday": "Write the day as 2026-11-30.",
    "until=0001-01-01": "Write the day as 2026-11-30.",
}  # fmt: skip


def test_what_nothing_can_match_is_said_at_its_box(house, enter):
    client = enter("auditor")
    for query, sentence in WRONG.items():
        answer = client.get(f"/desk/trail/?{query}")
        html = answer.content.decode()
        assert (answer.status_code, sentence in html, answer.context["entries"]) == (200, True, []), query
        hangs_together(html, "trail")
        out = client.get(f"/desk/trail/trail.csv?{query}")
        assert (out.status_code, out.content.decode()) == (422, sentence)
    for odd in (
        "before=x",
        "before=0",
        "after=-1",
        "before=9" + "9" * 30,
        "who=%00&about=%00",
        "about=user:9999999999999999999",
    ):
        assert client.get(f"/desk/trail/?{odd}").status_code == 200, odd


def test_it_says_whether_the_trail_is_whole_and_what_the_last_checkpoint_names(house, enter):
    client = enter("auditor")
    assert "Never" in client.get("/desk/trail/").content.decode()
    call_command("checkpoint", stdout=StringIO())
    call_command("verify_trail", stdout=StringIO())
    html = client.get("/desk/trail/").content.decode()
    assert "nothing was found." in html
    assert "That entry is as the line says." in html
    last = AuditEvent.objects.latest("seq")
    with tables.no_triggers():
        models.QuerySet(AuditEvent).filter(pk=last.pk).update(hash="0" * 64)
    assert "Not as signed" in client.get("/desk/trail/").content.decode()


def test_each_entry_leads_to_what_it_touched_and_that_to_all_about_it(house, enter):
    make.published(house)
    client = enter("auditor")
    html = client.get("/desk/trail/?about=testazumab&act=edited").content.decode()
    change = AuditEvent.objects.filter(verb="edited").first().data["change_set"]
    assert f'href="/desk/monographs/testazumab/history/?change={change}"' in html
    assert 'href="/desk/trail/?about=testazumab"' in html
    there = client.get(f"/desk/monographs/testazumab/history/?change={change}")
    assert 'href="/desk/trail/?about=testazumab"' in there.content.decode()
    assert "In the trail" not in enter("editor").get("/desk/monographs/testazumab/history/").content.decode()
    given = enter("auditor").get("/desk/trail/?act=role_given").content.decode()
    assert 'href="/desk/trail/?about=user%3A' in given
    assert 'href="/desk/people/' not in given  # which is closed to an auditor
    events = list(AuditEvent.objects.filter(verb="role_given", subject=f"user:{house.editor.pk}"))
    assert [place for one in told(events, house.admin) for _words, place, _all in one.about] == ["/desk/people/editor/"]


def test_a_refusal_says_what_was_tried_and_why_not_as_words(house, enter):
    enter("editor").post("/desk/monographs/new/", {"title": "<i>title", "drug_name": "<i>x"})
    client = enter("auditor")
    make.draft(house)
    client.post("/desk/monographs/testazumab/do/submit/", {"reason": "<i>why"})

    html = client.get("/desk/trail/").content.decode()

    assert "<i>" not in html
    assert "tried to" in html


def test_the_trail_asks_as_many_queries_for_fifty_entries_as_for_few_and_counts_none(house, enter, queries):
    make.published(house)
    client = enter("auditor")
    client.get("/desk/trail/")
    few = queries(client, "/desk/trail/")
    make.published(house, "otherumab")
    assert queries(client, "/desk/trail/") == few < 12
    with CaptureQueriesContext(connection) as asked:
        client.get("/desk/trail/?who=editor&about=testazumab&act=edited&since=2026-01-01&until=2026-12-31")
    of_it = [one["sql"] for one in asked if 'FROM "reviews_auditevent"' in one["sql"]]
    assert of_it
    assert not [sql for sql in of_it if "COUNT(" in sql or "OFFSET" in sql or "LIMIT" not in sql]


FILTERS = {"": "", "who": "editor", "about": "testazumab", "act": "edited", "since": "2026-01-01"}


def test_each_filter_is_answered_from_its_index(house):
    """Whatever the length of the trail: rows are looked up in the order in which they are shown."""
    make.draft(house)
    for name, value in [*FILTERS.items(), ("about", "class:neurology")]:
        rows = Found(Asked(**({name: value} if name else {})))
        found = rows._rows(rows._where).order_by(f"-{rows._seq}")[:51]
        assert len(found) > 0, name
        if connection.vendor == "sqlite":
            plan = found.explain()
            assert "TEMP B-TREE" not in plan, (name, plan)
            assert not name or "SCAN reviews_auditevent" not in plan, (name, plan)


@pytest.mark.parametrize(
    ("who", "more", "where"),
    [
        ("editor", None, "/desk/"), ("publisher", None, "/desk/"), ("auditor", None, "/desk/trail/"),
        ("admin", None, "/desk/people/"), ("auditor", "clinician", "/desk/"), ("nobody", "administrator", "/desk/people/"),
        ("nobody", None, "/desk/"),
    ],
)  # fmt: skip
def test_everybody_lands_where_their_role_works(house, who, more, where):
    if more:
        make.give_role(house.people[who], more, actor=house.admin)

    answer = Client().post("/accounts/login/", {"login": who, "password": make.PASSWORD})

    assert answer.headers["Location"] == where
    asked = Client().post("/accounts/login/", {"login": who, "password": make.PASSWORD, "next": "/desk/reports/"})
    assert asked.headers["Location"] == "/desk/reports/"
