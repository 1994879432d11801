"""A look that is taken at pages which are as they were tells each of them, and none is taken for well."""

from datetime import timedelta

import pytest

from reviews.desk.published import look, served, subject, where
from reviews.desk.published.claims import Claim, Spot
from reviews.desk.published.served import Served
from tests.reviews.desk.published import test_where
from tests.reviews.desk.published.test_where import COMPARED, EVERYWHERE, LED, NORMAL, SEEN, STATES

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

made, page = test_where.made, test_where.page
# What else must not be as it was, though no mark of the table tells it apart.
ALSO = {state: set() for state in STATES} | {
    "removed": LED | {"Page of Testazumab in multiple sclerosis, which may lead to it", "Form to report a problem"},
    "part withheld": COMPARED,
}
STALE = ("warning", "correction", "part withheld", "retired", "removed")


def differs(state):
    """The places at which the table by hand says something else than before."""
    now, marks = SEEN[state], SEEN[state].keys() | NORMAL.keys()
    return {
        name for name in EVERYWHERE for mark in marks if (name in now.get(mark, ())) != (name in NORMAL.get(mark, ()))
    }


@pytest.mark.parametrize("state", STALE)
def test_whatever_is_as_it_was_is_told(house, page, state, monkeypatch):
    before = {spot.address: served.ask(spot.address) for _place, spot in where.all_of(subject.subject_of(page))}
    STATES[state](house, page)
    monkeypatch.setattr(look, "ask", lambda address: before.get(address) or Served(address, 404, {}, ""))
    known = subject.subject_of(page)

    found = look.looked_at(known, where.all_of(known))

    told = {one.spot.name for one in found if one.state == look.NOT_YET}
    assert told - {"Sitemap"} == differs(state) | ALSO[state]  # of its times, which are told by the second, below
    assert "Sitemap" in told or state != "removed"
    assert all(one.lacks for one in found if one.state == look.NOT_YET)


def test_a_sitemap_of_before_is_told(house, page):
    STATES["warning"](house, page)
    known = subject.subject_of(page)
    ((place, spot),) = ((place, spot) for place, spot in where.all_of(known) if spot.name == "Sitemap")
    (claim,) = place.must_show(known, spot)
    at = known.overlays[0].at.replace(microsecond=0)

    def told(changed):
        line = f"<url><loc>{known.address}</loc><lastmod>{changed.isoformat()}</lastmod></url>"
        return claim.holds(Served("/sitemap-1.xml", 200, {}, line))

    assert (told(at), told(at - timedelta(seconds=1))) == (True, False)


class OneList:
    """A list of many pages, with what must be seen on one of them."""

    def __init__(self, pages, word):
        self.pages, self.word, self.asked = pages, word, 0

    def ask(self, address):
        self.asked += 1
        number = int(address.partition("page=")[2] or 1)
        link = f'<a rel="next" href="?page={number + 1}">More</a>' if number < self.pages else ""
        return Served(address, 200, {}, f"<main><p>Words {number}.</p>{link}</main>")

    def look(self, monkeypatch, page, *, is_long=True, absent=False):
        monkeypatch.setattr(look, "ask", self.ask)
        known = subject.subject_of(page)
        claim = Claim("it", lambda one: (self.word in one.main.words) != absent)
        place = where.Place("drugs", lambda _subject: [], lambda *_given: claim, {}, lambda *_given: claim, is_long)
        (found,) = look.looked_at(known, [(place, Spot("A list", "/drugs/"))])
        return found


def test_a_long_list_is_read_until_what_must_be_there_was_seen(page, monkeypatch):
    several = OneList(9, "Words4.")
    found = several.look(monkeypatch, page)
    assert (found.state, found.answered, several.asked) == (look.AS_IT_SHOULD_BE, "Answered 200, 4 pages of it.", 4)
    assert OneList(9, "Words4.").look(monkeypatch, page, is_long=False).state == look.NOT_YET
    assert OneList(3, "Words4.").look(monkeypatch, page).state == look.NOT_YET


def test_of_a_list_that_is_longer_than_a_look_it_is_not_said_that_nothing_is_there(house, page, monkeypatch):
    STATES["removed"](house, page)
    most = look.MOST_PAGES

    whole = OneList(most, "nowhere").look(monkeypatch, page, absent=True)
    longer = OneList(most + 1, "nowhere").look(monkeypatch, page, absent=True)
    last = OneList(most, f"Words{most}.").look(monkeypatch, page, absent=True)

    assert (whole.state, last.state) == (look.AS_IT_SHOULD_BE, look.NOT_YET)
    assert (longer.state, longer.answered) == (
        look.NOT_SEEN,
        f"Answered 200, {most} pages of it. The first {most} pages were looked at, and no more.",
    )


def test_what_could_not_be_read_was_not_seen(page, monkeypatch):
    def fail(_address):
        raise ValueError("no page at all")

    monkeypatch.setattr(look, "ask", fail)
    known = subject.subject_of(page)
    found = look.looked_at(known, where.all_of(known)[:2])
    assert [(one.state, one.answered) for one in found] == [(look.NOT_SEEN, "no page at all")] * 2
