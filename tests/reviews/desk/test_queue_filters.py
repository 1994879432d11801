"""What the queue shows of all that waits, as its address says it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import QueryDict

from monographs.models import Monograph
from monographs.standing import today
from reviews.desk.base import class_tree
from reviews.desk.queue import SHOWS
from reviews.desk.queue_filters import AGES, Chosen
from reviews.editing.assignments import assign
from reviews.editing.library import make_class
from reviews.editing.monographs import set_tier
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def three(house):
    """A draft of an editor, one of another in review, and one in review of another class and tier."""
    make.draft(house, "draftumab")
    waits = make.draft(house, "waitumab")
    make.reword(waits, "monitoring", "Other words.", actor=house.editor2)
    make.submit(house, waits)
    oncology = make_class("Oncology", slug="oncology", actor=house.admin)
    for role in ("editor", "clinician"):
        make.grant(role, oncology, actor=house.admin)
    there = replace(make.the_house(), leaf=oncology)
    other = make.draft(there, "otherumab")
    set_tier(other.monograph, "high", actor=there.clinician2, reason="Dangerous.")
    make.submit(there, other)
    return make.the_house()


def listed(client, query, show="all"):
    return sorted(one.work.monograph.slug for one in client.get(f"/desk/?show={show}&{query}").context["tasks"])


EVERY = ["draftumab", "otherumab", "waitumab"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", EVERY),
        ("state=draft", ["draftumab"]),
        ("state=in_review", ["otherumab", "waitumab"]),
        ("state=clinician_reviewed", []),
        ("tier=high", ["otherumab"]),
        ("tier=standard", ["draftumab", "waitumab"]),
        ("of=neurology", ["draftumab", "waitumab"]),
        ("of=multiple-sclerosis", ["draftumab", "waitumab"]),
        ("of=oncology", ["otherumab"]),
        ("q=WAIT", ["waitumab"]),
        ("q=testazumab", EVERY),
        ("q=no+such+name", []),
        ("age=7", []),
        ("state=in_review&tier=standard&q=wait", ["waitumab"]),
        # What makes no sense was not asked for.
        ("state=published&tier=%00&of=none&age=8&person=x", EVERY),
    ],
)
def test_each_box_narrows_what_is_listed(three, enter, query, found):
    assert listed(enter("editor"), query) == found


def test_a_person_is_whoever_wrote_sent_signed_or_is_asked(three, enter):
    house, client = three, enter("editor")
    assert listed(client, f"person={house.editor2.pk}") == ["waitumab"]
    assert listed(client, f"person={house.clinician.pk}") == []

    waits = Monograph.objects.get(slug="waitumab").editions.get()
    draft = Monograph.objects.get(slug="draftumab").editions.get()
    make.sign(waits, house.clinician)
    assign(draft, person=house.clinician, due_on=today(), actor=house.editor)

    assert listed(client, f"person={house.clinician.pk}") == ["draftumab", "waitumab"]
    page = client.get("/desk/?show=all").content.decode()
    names = re.search(r'name="person".*?</select>', page, re.DOTALL)[0]
    assert "Test clinician</option>" in names
    assert "Test publisher" not in names


def test_age_counts_from_when_it_was_sent_or_else_begun(three, enter, monkeypatch):
    later = today() + timedelta(days=30)
    monkeypatch.setattr("reviews.desk.queue.today", lambda at=None: today(at) if at else later)

    assert listed(enter("editor"), "age=30") == EVERY
    assert listed(enter("editor"), "age=90") == []
    assert list(AGES) == ["7", "30", "90"]


def test_what_is_chosen_stands_in_the_form_in_each_tab_and_is_cleared_by_one_link(three, enter):
    html = enter("editor").get("/desk/?show=all&of=oncology&q=other").content.decode()

    assert '<option value="oncology" selected>' in html
    assert 'name="q" value="other"' in html
    assert 'href="?show=mine&amp;q=other&amp;of=oncology"' in html
    assert '<a href="?show=all">Show all of them</a>' in html
    assert "<span>Name: other; Class: Oncology.</span>" in html
    assert "Show all of them" not in enter("editor").get("/desk/?show=all").content.decode()


def test_tabs_count_what_fits(three, enter):
    def counts(query):
        return {key: count for key, _, count, _ in enter("editor").get(f"/desk/?{query}").context["tabs"]}

    assert counts("") == {"mine": 1, "others": 2, "due": 0, "withdrawn": 0, "all": 3}
    assert counts("q=wait") == {"mine": 0, "others": 1, "due": 0, "withdrawn": 0, "all": 1}


def test_nothing_that_fits_says_so_and_how_to_see_all(three, enter):
    """What waits is counted whatever is chosen."""
    html = enter("editor").get("/desk/?q=zzz").content.decode()

    assert "Nothing matches" in html
    assert "1 thing waits for you." in html
    assert '<a href="?show=mine">Show all of them</a>' in html


def test_what_has_a_clock_of_hours_is_never_narrowed_away(house, enter):
    make.published(house)
    make.warn(house.clinician, Monograph.objects.get())

    page = enter("pharmacist").get("/desk/?q=zzz&state=draft")

    assert [one.what for one in page.context["urgent"]] == ["Urgent warning unsigned"]
    assert "whatever is chosen above" in page.content.decode()


def test_an_address_keeps_what_was_asked_and_nothing_else(house):
    sent = QueryDict("show=due&q=+a++b&of=neurology&person=7&age=30&page=2&x=y")
    chosen = Chosen.asked(sent, SHOWS, class_tree())

    assert chosen.query() == "show=due&q=a+b&of=neurology&person=7&age=30"
    assert chosen.query(show="mine", q="") == "show=mine&of=neurology&person=7&age=30"
    assert chosen.is_narrow
    assert not Chosen("due").is_narrow
