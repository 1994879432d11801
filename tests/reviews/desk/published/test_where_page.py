"""The page of places: what each must show, for few queries; what it serves, at the press of a button."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clincalc import reader
from monographs.models import Monograph
from reviews.desk.published import look, served, subject, where, where_page
from reviews.models import AuditEvent
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADDRESS = "/desk/monographs/testazumab/withdraw/places/"


@pytest.fixture(scope="module")
def made(once_a_module):
    """A live monograph of two editions, and another page of its class."""
    house = make.the_house()
    make.published(house, "otherumab")
    another(house, make.published(house))


def another(house, edition, words="Tests go on for 3 months."):
    second = make.start(house, edition)
    make.reword(second, "monitoring", words, actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    return make.publish(house, make.sign(second, house.pharmacist))


def page():
    return Monograph.objects.select_related("live__edition", "drug").get(slug="testazumab")


def withdraw(house, kind):
    make.withdraw(page().live.edition, house.publisher, kind)


def words(answer):
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_nothing_is_asked_before_the_button_is_pressed_and_the_page_is_cheap(house, enter, monkeypatch):
    monkeypatch.setattr(look, "ask", None)
    publisher, taken = enter("publisher"), []
    publisher.get(ADDRESS)
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer = publisher.get(ADDRESS)
        taken.append(len(queries))
        for more in range(4 * (1 - number)):
            another(house, page().live.edition, f"Tests go on for {more} years.")
    assert taken[0] == taken[1]
    assert taken[0] <= 10
    assert "Not looked at yet" in words(answer)
    assert "Look at 30 places now" in words(answer)


@pytest.mark.parametrize("kind", ["", "retire", "take_down"])
def test_each_place_is_looked_at_and_told_with_the_time(house, enter, kind):
    if kind:
        withdraw(house, kind)

    answer = enter("publisher").get(ADDRESS, {"look": "now"})

    known = subject.subject_of(page())
    rows = where.all_of(known)
    assert [one.spot for one in answer.context["places"]] == [spot for _place, spot in rows]
    assert {one.state for one in answer.context["places"]} == {look.AS_IT_SHOULD_BE}
    assert re.search(
        rf"Looked at \d\d:\d\d on \d+ \w+ 20\d\d {len(rows)} of {len(rows)} places are as they should be", words(answer)
    )
    assert words(answer).count("As it should be. Answered") == len(rows)
    assert "Look again" in words(answer)
    # What others keep is read from the header that was sent.
    assert "Cache-Control: public, max-age=0, s-maxage=60, must-revalidate" in words(answer)
    assert "At most 60 seconds, if they keep to the header" in words(answer)
    assert "They ask each time." in words(answer)
    assert "https://clincalc.test/drugs/testazumab/editions/1/" in words(answer)


def test_a_place_that_is_as_it_was_is_told_with_what_is_missing_and_what_to_do(house, enter, monkeypatch):
    """The front door serves what it kept, whatever happened since."""
    known = subject.subject_of(page())
    for _place, spot in where.all_of(known):
        reader.ask(spot.address)
    from clincalc.wsgi import front

    moment = front.pages[("/drugs/testazumab/", True, "")].moment
    monkeypatch.setattr("clincalc.front.now", lambda: moment)
    withdraw(house, "retire")

    answer = enter("publisher").get(ADDRESS, {"look": "now"})

    bad = {one.spot.name for one in answer.context["places"] if one.state == look.NOT_YET}
    assert bad >= {"Page", "Print of the page", "The page as data", "Edition 1", "A to Z", "Class Neurology", "Updates"}
    assert f"Not yet: {len(bad)}" in words(answer)
    assert (
        "Not found: the banner “Retired on …” with the reason, the chip “Retired”, no dose. Look again in a minute."
        in (words(answer))
    )


def test_a_place_that_fails_is_not_said_to_be_well(house, enter, monkeypatch):
    withdraw(house, "take_down")

    def ask(address):
        if address == "/drugs/":
            raise RuntimeError("It answered 503.")
        return served.ask(address)

    monkeypatch.setattr(look, "ask", ask)
    answer = enter("publisher").get(ADDRESS, {"look": "now"})

    assert [one.spot.name for one in answer.context["places"] if one.state == look.NOT_SEEN] == ["A to Z"]
    assert "Could not be looked at: 1" in words(answer)
    assert "Could not be looked at. It answered 503. Open the address in a private window" in words(answer)


def test_places_are_paged_and_a_page_looks_at_its_own(house, enter, monkeypatch):
    monkeypatch.setattr(where_page, "A_PAGE", 4)

    answer = enter("publisher").get(ADDRESS, {"look": "now", "page": "2"})

    assert len(answer.context["places"]) == 4
    assert "places 5 to 8 of" in words(answer)
    assert enter("publisher").get(ADDRESS, {"page": "x"}).status_code == 200


def test_it_writes_nothing(house, enter):
    before = AuditEvent.objects.count()
    enter("publisher").get(ADDRESS, {"look": "now"})
    assert AuditEvent.objects.count() == before
    assert enter("publisher").post(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    ("person", "status"), [("editor", 200), ("auditor", 200), ("publisher", 200), ("nobody", 403), ("", 302)]
)
def test_who_may_ask(house, enter, person, status):
    assert enter(person).get(ADDRESS).status_code == status


@pytest.mark.parametrize(
    ("header", "shared", "own"),
    [
        ("public, max-age=0, s-maxage=60", 60, 0), ("max-age=30", 30, 30), ("public", None, None),
        ("s-maxage=0, max-age=9", 0, 9),
    ],
)  # fmt: skip
def test_how_long_others_keep_it_is_read_from_the_header(header, shared, own):
    answer = served.Served("/", 200, {"cache-control": header}, "")
    keeps = where_page.kept_by([look.Found(where.PLACES[0], where.Spot("Page", "/"), [], served=answer)])
    assert (keeps.header, keeps.shared, keeps.own) == (header, shared, own)
    assert where_page.kept_by([]) is None
