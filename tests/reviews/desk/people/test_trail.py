"""The trail on the desk: for auditors alone, found by words, person and subject; and where somebody lands."""

import pytest
from django.test import Client

from reviews.models import AuditEvent
from tests import factories as make
from tests.reviews.desk.test_pages import hangs_together

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("who", ["editor", "clinician", "publisher", "admin", "nobody"])
def test_the_trail_is_open_to_auditors_alone(house, enter, who):
    assert enter(who).get("/desk/trail/").status_code == 403
    assert "Trail</a>" not in enter(who).get("/desk/").content.decode()


def test_an_auditor_reads_every_entry_the_newest_first(house, enter):
    make.draft(house)
    client = enter("auditor")
    assert 'href="/desk/trail/"' in client.get("/desk/").content.decode()

    page = client.get("/desk/trail/?page=1")

    assert page.context["page"].paginator.count == AuditEvent.objects.count()
    newest = list(AuditEvent.objects.order_by("-seq").values_list("seq", flat=True)[:50])
    assert [entry.event.seq for entry in page.context["entries"]] == newest
    hangs_together(page.content.decode(), "trail")


def test_entries_are_found_by_words_person_and_subject(house, enter):
    make.published(house)
    client = enter("auditor")

    def seen(query):
        answer = client.get(f"/desk/trail/?{query}")
        return {(one.event.verb, one.event.actor_name) for one in answer.context["entries"]}

    assert seen("q=role+given&who=admin") == {("role_given", "admin")}
    assert seen("q=published") == {("published", "publisher")}
    assert seen("who=Pharmacist&about=monograph:testazumab") == {("signed", "pharmacist")}
    assert seen("q=zzz") == set()
    assert seen("q=a%00&who=%00&about=%00&page=x")


def test_a_refusal_says_what_was_tried_and_why_not_as_words(house, enter):
    enter("editor").post("/desk/monographs/new/", {"title": "<i>title", "drug_name": "<i>x"})
    client = enter("auditor")
    make.draft(house)
    client.post("/desk/monographs/testazumab/do/submit/", {"reason": "<i>why"})

    html = client.get("/desk/trail/").content.decode()

    assert "<i>" not in html
    assert "Tried to" in html


def test_the_trail_asks_as_many_queries_for_fifty_entries_as_for_few(house, enter, queries):
    client = enter("auditor")
    client.get("/desk/trail/")
    few = queries(client, "/desk/trail/?about=class:neurology&q=class")
    make.published(house)
    assert len(client.get("/desk/trail/").context["entries"]) > 20
    assert queries(client, "/desk/trail/") == few


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
