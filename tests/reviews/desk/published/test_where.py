"""Where a page is shown or named, and what each place shows: the table of places, walked through the front door.

Each cell says what must be seen there, and what must not, by marks that stand in one place alone: `SEEN` holds it a
second time, by hand. It is asked of the bytes, and of the look that the desk takes.
"""

import gzip
import re
from dataclasses import replace
from html import unescape

import pytest
from django.utils.html import strip_tags

from clincalc import reader
from monographs.document import Brand, RelatedLink, SafetyNotice
from monographs.models import Monograph
from reviews.desk.published import look, served, subject, where
from reviews.editing import monographs
from reviews.workflow import perform
from tests import factories as make
from tests.test_access import routes

pytestmark = pytest.mark.django_db

MARKER, OF_ALL = "seventy-seven drops a day for everybody", "Words that stand in every edition of it."
NOTICE, WRONG, RIGHT = "Once a week, never daily", "Tests go on for seven weeks.", "Tests go on for nine weeks."
QUOTE, REASON = make.WARNED.quote, "its source is in doubt"
WARNED, RETIRED, REMOVED, WITHHELD = (
    "Urgent warning: There is a new severe reaction", "Retired", f"Removed: {REASON}.", "the source has changed"
)  # fmt: skip
LATER = "This page was removed later."


def edition(house, slug, text):
    """The next edition, live, with other words about monitoring."""
    draft = make.start(house, Monograph.objects.get(slug=slug).live.edition)
    make.reword(draft, "monitoring", text, actor=house.editor)
    make.submit(house, draft)
    make.sign(draft, house.clinician)
    return make.publish(house, make.sign(draft, house.pharmacist))


@pytest.fixture(scope="module")
def made(once_a_module):
    """Three editions, the first at another address; another page of its class, whose editors lead to it."""
    house = make.the_house()
    doc = make.document()
    make.published(
        house,
        "otherumab",
        doc.replaced(related=(RelatedLink(key=make.key("to it"), target="testazumab", reason="comparator"),)),
    )
    notice = SafetyNotice(
        key=make.key("critical"), type="contraindication", severity="critical", title=NOTICE, text="Ask first.",
        source="trial2020",
    )  # fmt: skip
    header = doc.header.replaced(
        name="Markazumab", title="Markazumab in multiple sclerosis", brands=(Brand(name="Markabrand", country="GB"),),
        introduction=f"An invented one. {OF_ALL}",
    )  # fmt: skip
    sections = (doc.sections[0].replaced(text=f"- It was {MARKER}."), doc.sections[1].replaced(text=WRONG))
    first = make.draft(house, "oldazumab", doc.replaced(header=header, sections=sections, notices=(notice,)))
    make.submit(house, first)
    make.sign(first, house.clinician)
    make.publish(house, make.sign(first, house.pharmacist))
    page = Monograph.objects.get(slug="oldazumab")
    monographs.move(page, slug="testazumab", actor=house.publisher, reason="It has another name.")
    edition(house, "testazumab", "Now it is eleven weeks.")
    edition(house, "testazumab", "Since then it is twelve weeks.")


@pytest.fixture
def page(made, db):
    return Monograph.objects.select_related("live__edition", "drug").get(slug="testazumab")


def withdraw(house, page, kind, *, is_confirmed=False):
    make.withdraw(page.live.edition, house.publisher, kind, REASON)
    if is_confirmed:
        seen = make.seen(page.live.edition)
        perform("confirm-withdrawal", editions=[page.live.edition], actor=house.clinician2, digest=seen)


STATES = {
    "published": lambda house, page: None,
    "warning": lambda house, page: make.warn(house.clinician, page),
    "warning, countersigned": lambda house, page: make.countersign(make.warn(house.clinician, page)[0], house.clinician2),
    "warning, ended": lambda house, page: make.lift(make.warn(house.clinician, page)[0], house.pharmacist),
    "correction": lambda house, page: make.correct(house.pharmacist, page, WRONG, RIGHT),
    "part withheld": lambda house, page: make.withhold(page, make.key("prescribing"), house.publisher),
    "retired": lambda house, page: withdraw(house, page, "retire"),
    "retired, confirmed": lambda house, page: withdraw(house, page, "retire", is_confirmed=True),
    "removed": lambda house, page: withdraw(house, page, "take_down"),
    "removed, confirmed": lambda house, page: withdraw(house, page, "take_down", is_confirmed=True),
    "reinstated": lambda house, page: (withdraw(house, page, "retire", is_confirmed=True),
                                       make.reinstate(house, page.live.edition)),
    "all at once": lambda house, page: (
        make.warn(house.clinician, page), make.correct(house.pharmacist, page, WRONG, RIGHT),
        make.withhold(page, make.key("prescribing"), house.publisher), withdraw(house, page, "retire")),
    "all, then removed": lambda house, page: (
        make.warn(house.clinician, page), make.correct(house.pharmacist, page, WRONG, RIGHT),
        make.withhold(page, make.key("prescribing"), house.publisher), withdraw(house, page, "take_down")),
}  # fmt: skip

PAGE = "/drugs/testazumab/"
PAGES = {"Page", "Print of the page", "Edition 1", "Edition 2"}
COMPARED = {"Comparison of editions 1 and 2", "Comparison of editions 1 and 3", "Comparison of editions 2 and 3"}
OF_PAGE = PAGES | COMPARED | {"The page as data", "List of editions"}
LISTS = {
    "A to Z", "A to Z, its letter", "Class Neurology", "Class Multiple sclerosis", "Search for Markazumab",
    "Search for Markabrand", "Home",
}  # fmt: skip
SEARCHED = {"Search for Markazumab", "Search for Markabrand"}
LED = {"Address of its drug or brand, markabrand", "Address of its drug or brand, oldazumab-drug"}
NEWS = {"Updates", "Feed of updates"}
OTHERS = {
    "Form that compares editions", "Former address, oldazumab", "Page of Testazumab in multiple sclerosis, which may lead to it",
    "Corrections", "Sitemap", "Form to report a problem",
}  # fmt: skip
EVERYWHERE = OF_PAGE | LISTS | LED | NEWS | OTHERS

# state -> {what must be seen: where, and nowhere else}. What is in no row of a state is seen nowhere in it.
NORMAL = {
    OF_ALL: {*PAGES, "The page as data"},
    MARKER: {*PAGES, "The page as data"},
    NOTICE: {*PAGES, *LISTS, *COMPARED, "The page as data", "List of editions"},
    WRONG: {"Edition 1", "Comparison of editions 1 and 2", "Comparison of editions 1 and 3"},
}
WARNING = NORMAL | {QUOTE: {*PAGES, *NEWS, "The page as data"}, WARNED: {*LISTS, *COMPARED, *NEWS, "List of editions"}}
CORRECTION = NORMAL | {
    WRONG: NORMAL[WRONG] | {"Page", "Print of the page", "The page as data", "Corrections", *NEWS},
    RIGHT: {"Page", "Print of the page", "Edition 1", "The page as data", "Corrections", *NEWS},
}
PART = NORMAL | {MARKER: set(), WITHHELD: {*PAGES, "The page as data"}, "One part is withheld.": NEWS}
RETIREMENT = NORMAL | {
    REASON: {*PAGES, *NEWS, *SEARCHED, "The page as data"},
    RETIRED: {
        *PAGES,
        *LISTS,
        *COMPARED,
        *NEWS,
        "List of editions",
        "Page of Testazumab in multiple sclerosis, which may lead to it",
    },
    "RETIRED on": {"Page", "Print of the page"},
    "Doses are not shown": {*PAGES, *NEWS, *SEARCHED},
}
REMOVAL = {REASON: {*OF_PAGE, *NEWS, *SEARCHED}, REMOVED: NEWS, LATER: NEWS, 'status":"removed': {"The page as data"}}
SEEN = {
    "published": NORMAL,
    "warning": WARNING,
    "warning, countersigned": WARNING | {"Countersigned by": PAGES},
    "warning, ended": NORMAL | {"Urgent warning ended": NEWS, **dict.fromkeys((QUOTE, WARNED), NEWS)},
    "correction": CORRECTION,
    "part withheld": PART,
    "retired": RETIREMENT,
    "retired, confirmed": RETIREMENT,
    "removed": REMOVAL,
    "removed, confirmed": REMOVAL,
    "reinstated": NORMAL | {REASON: NEWS, RETIRED: NEWS, "Doses are not shown": NEWS, "Back on this page": NEWS},
    "all at once": WARNING | CORRECTION | RETIREMENT | PART | {WRONG: CORRECTION[WRONG]},
    "all, then removed": REMOVAL,
}
MARKS = {mark for seen in SEEN.values() for mark in seen}


def read(spot, **headers):
    """(status, words) of what a stranger is served, compressed, as it is read."""
    status, told, body = reader.ask(spot.address, accept_encoding="gzip", **headers)
    text = (gzip.decompress(body) if told.get("content-encoding") == "gzip" else body).decode()
    stamp = re.search(r'data-stamp="([^"]*)"', text)
    # The title of an entry of the feed is read, and says what its summary says no more; that of a page is no part of it.
    words = unescape(text) if "<feed" in text else re.sub(r"<head>.*?</head>", "", text, flags=re.DOTALL)
    words = unescape(strip_tags(words))
    return status, " ".join(f"{stamp[1] if stamp else ''} {words}".split()).replace('": "', '":"')


def spots_of(page):
    return [(place, spot) for place, spot in where.all_of(subject.subject_of(page))]


def status_of(state, spot):
    if spot.name == "Former address, oldazumab":
        return 301
    if "removed" in state:
        if spot.name in OF_PAGE | {"Form that compares editions"}:
            return 410 if spot.name in OF_PAGE else 302
        return 404 if spot.name in LED else 200
    return 302 if spot.name in LED | {"Form that compares editions"} else 200


@pytest.mark.parametrize("state", STATES)
def test_each_place_shows_what_it_must_and_nothing_else_of_it(house, page, state):
    before = {spot.address: reader.ask(spot.address) for _place, spot in spots_of(page)}
    STATES[state](house, page)

    wrong = []
    known = subject.subject_of(page)
    for place, spot in where.all_of(known):
        status, words = read(spot)
        if status != status_of(state, spot):
            wrong.append((spot.name, status))
        for mark in MARKS:
            if (mark in words) != (spot.name in SEEN[state].get(mark, ())):
                wrong.append((spot.name, "seen" if mark in words else "not seen", mark))
        # Whoever has the bytes of before is told that they stand, only where they do.
        _status, told, body = before[spot.address]
        again = reader.ask(spot.address, if_none_match=told.get("etag", '"none"'))[0]
        if again == 304 and reader.ask(spot.address)[2] != body:
            wrong.append((spot.name, "304"))
        (found,) = look.looked_at(known, [(place, spot)])
        if found.state != look.AS_IT_SHOULD_BE:
            wrong.append((spot.name, found.state, found.answered, found.lacks))
    assert wrong == []


def test_the_feed_must_say_each_sentence_in_title_or_summary_as_it_was_typed(house, page):
    """The title of an entry is text, its summary HTML: what looks like markup in either is words."""
    STATES["warning"](house, page)
    make.withdraw(page.live.edition, house.publisher, "retire", "more than <b>9</b> ml & <5 mg was printed")
    known = subject.subject_of(page)
    ((place, spot),) = ((place, spot) for place, spot in where.all_of(known) if place.route == "feed")
    whole = served.ask(spot.address)

    def lacks(left_out):
        one = replace(whole, body=whole.body.replace(left_out, ""))
        assert one.body != whole.body or not left_out
        return [claim.words for claim in place.must_show(known, spot) if not claim.holds(one)]

    assert lacks("") == []
    assert lacks(f": {WARNED}") == lacks(QUOTE) == [f"“{WARNED}.”, as long as it is among the newest"]
    for words in ("Retired: more than", "&lt;b&gt;", "&amp;"):
        (told,) = lacks(words)
        assert told.startswith("“Retired: more than <b>")


def test_the_table_is_whole(page):
    names = [spot.name for _place, spot in spots_of(page)]
    assert sorted(names) == sorted(EVERYWHERE)
    assert len(STATES) * len(names) == 13 * 26


def test_every_public_address_is_a_place_or_says_why_it_is_none():
    opened = {name for name, _pattern, entry in routes() if not getattr(entry.callback, "login_required", True)}
    rows = {place.route for place in where.PLACES}

    assert rows | set(where.NO_PLACES) == opened
    assert not rows & set(where.NO_PLACES)
