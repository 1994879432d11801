"""Where a withdrawn page is gone: every place of ours is asked, and what cannot be confirmed says what to do."""

from types import SimpleNamespace

import pytest

from monographs.models import Monograph
from reviews.desk.published import withdrawal_check
from tests import factories as make

pytestmark = pytest.mark.any_database

ADDRESS = "/desk/monographs/testazumab/withdraw/places/"


@pytest.fixture(scope="module")
def made(once_a_module):
    """A live monograph of two editions."""
    house = make.the_house()
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Tests go on for 3 months.", actor=house.editor)
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))


def found():
    return withdrawal_check.places_of(Monograph.objects.get())


def withdraw(house, kind):
    make.withdraw(Monograph.objects.get().live.edition, house.publisher, kind)


PAGE = "/drugs/testazumab/"
OURS = [
    ("Page", PAGE),
    ("The page as data", f"{PAGE}monograph.json"),
    ("Edition 1", f"{PAGE}editions/1/"),
    ("Comparison of editions 1 and 2", f"{PAGE}editions/1...2/"),
    ("A to Z", "/drugs/"),
    ("Home", "/"),
    ("Sitemap", "/sitemap-1.xml"),
    ("Class neurology", "/classes/neurology/"),
    ("Class multiple-sclerosis", "/classes/multiple-sclerosis/"),
]
BEYOND = [("Shared caches and content networks", ""), ("Printed sheets, saved copies, screenshots", "")]


@pytest.mark.parametrize("kind", ["retire", "take_down"])
def test_every_place_of_ours_is_asked_and_gone_and_of_those_beyond_reach_it_is_said_what_to_do(house, enter, kind):
    withdraw(house, kind)

    answer = enter("publisher").get(ADDRESS)

    shown = answer.context["places"]
    assert [(one.name, one.address) for one in shown] == OURS + BEYOND
    assert [one.is_gone for one in shown] == [True] * len(OURS) + [None] * len(BEYOND)
    html = answer.content.decode()
    assert html.count("Gone at <time") == len(OURS)
    assert html.count("<strong>Not confirmed.</strong>") == len(BEYOND)
    assert "They may keep a page for 60 seconds." in html
    assert "Nobody can call them back." in html


@pytest.mark.parametrize(
    ("kind", "status", "content", "page", "listed"),
    [
        # Taken down: gone is what says so or is not there; a list may not name it.
        ("take_down", 200, b'<a href="/drugs/testazumab/">x</a>', False, False),
        ("take_down", 200, b"nothing of it", False, True),
        ("take_down", 410, b'<a href="/drugs/testazumab/">x</a>', True, True),
        ("take_down", 404, b"", True, True),
        ("take_down", 500, b"", False, True),
        ("take_down", None, b"", True, True),
        # Retired: the page stays, and has to say so.
        ("retire", 200, b"<h1>Retired</h1>", True, True),
        ("retire", 200, b"as it ever was", False, True),
        ("retire", 410, b"retired", False, True),
        ("retire", None, b"", False, False),
    ],
)
def test_a_place_that_does_not_say_so_is_not_confirmed(house, monkeypatch, kind, status, content, page, listed):
    withdraw(house, kind)
    answer = SimpleNamespace(status_code=status, content=content) if status else None
    monkeypatch.setattr(withdrawal_check, "_answer", lambda address: answer)

    asked = {one.name: one.is_gone for one in found() if one.address}

    pages = {name for name, _ in OURS[:4]}
    assert {asked[name] for name in pages} == {page}
    assert {is_gone for name, is_gone in asked.items() if name not in pages} == {listed}


def test_a_page_that_is_served_still_is_told_with_what_to_do(house, enter, monkeypatch):
    withdraw(house, "take_down")
    monkeypatch.setattr(withdrawal_check, "_answer", lambda address: SimpleNamespace(
        status_code=200, content=b'<a href="/drugs/testazumab/">x</a>'
    ))  # fmt: skip

    html = enter("publisher").get(ADDRESS).content.decode()

    assert html.count("It is still served. Tell your administrator at once.") == 4
    assert html.count("It still leads to the page, which says 410.") == 5
    assert "Gone at" not in html


@pytest.mark.parametrize(
    ("person", "status"), [("editor", 200), ("auditor", 200), ("publisher", 200), ("nobody", 403), ("", 302)]
)
def test_who_may_ask(house, enter, person, status):
    assert enter(person).get(ADDRESS).status_code == status
