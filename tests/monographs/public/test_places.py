"""Every place where a published word can live, under every overlay that may stand over its page.

The table is walked with a marker: a figure that stands in one part of every edition. A cell says what must be there and
what must not.
"""

import json

import pytest

from monographs.models import Monograph
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MARKER = "77.25 mg"
WRONG = "Tests go on for 77.25 mg and 3 weeks."
OVERLAYS = ("none", "withhold", "warning", "erratum", "retire", "take_down")
PLACES = {
    "page": "/drugs/testazumab/",
    "old edition with the part": "/drugs/testazumab/editions/1/",
    "another old edition": "/drugs/testazumab/editions/2/",
    "comparison of old and live": "/drugs/testazumab/editions/1...3/",
    "comparison of old ones": "/drugs/testazumab/editions/1...2/",
    "editions": "/drugs/testazumab/editions/",
    "data": "/drugs/testazumab/monograph.json",
    "class": "/classes/multiple-sclerosis/",
    "classes": "/classes/",
    "search by name": "/search/?q=markazumab",
    "search by figure": "/search/?q=77.25+mg",
    "home": "/",
    "list": "/drugs/",
    "updates": "/updates/",
    "feed": "/updates/feed/",
    "corrections": "/corrections/",
    "sitemap": "/sitemap-1.xml",
    "related of another page": "/drugs/otherumab/",
    "drug's address": "/drugs/testazumab-drug/",
}
OF_PAGE = {name for name, path in PLACES.items() if path.startswith("/drugs/testazumab/")}
LISTS = {"class", "search by name", "home", "list"}
# Where the marker stands while nothing is over the page: so that its absence means something.
WITH_MARKER = {
    "page", "old edition with the part", "another old edition", "comparison of old and live", "comparison of old ones",
    "data",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(once_a_module):
    """Three editions: the first has the wrong sentence and a marker, the others the marker alone."""
    house = make.the_house()
    make.published(house, "otherumab")
    doc = make.document()
    doc = doc.replaced(header=doc.header.replaced(name="Markazumab", title="Markazumab"))
    monitoring = doc.by_key()[make.key("monitoring")].replaced(text=WRONG)
    first = make.published(
        house, doc=doc.replaced(sections=(doc.sections[0].replaced(text=f"It was {MARKER}."), monitoring))
    )
    for text in (f"Now {MARKER} it is, and the rest is new.", f"Still {MARKER} it is, and all is new."):
        first = make.start(house, first)
        make.reword(first, "monitoring", text, actor=house.editor)
        make.submit(house, first)
        make.sign(first, house.clinician)
        first = make.publish(house, make.sign(first, house.pharmacist))
    return house, Monograph.objects.get(slug="testazumab")


def put(overlay, house, monograph):
    edition = monograph.live.edition
    if overlay == "withhold":
        for part in ("monitoring", "prescribing"):
            make.withhold(monograph, make.key(part), house.publisher)
    elif overlay == "warning":
        make.warn(house.clinician, monograph)
    elif overlay == "erratum":
        make.correct(house.pharmacist, monograph, WRONG, "Tests go on for 3 weeks.")
    elif overlay != "none":
        make.withdraw(edition, house.publisher, overlay, "its source is in doubt")


def words_of(response):
    """The answer as it is read: without the marks that keep a figure together."""
    text = response.content.decode()
    for mark in ('<span class="q">', "</span>", "<mark>", "</mark>"):
        text = text.replace(mark, "")
    return (
        text.replace("&nbsp;", " ").replace('value="77.25 mg"', "").replace("“77.25 mg”", "").replace("Search: 77", "")
    )


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_place_under_each_overlay(overlay, world, client):
    put(overlay, *world)

    for place, path in PLACES.items():
        answer = client.get(path)
        cell(overlay, place, answer, words_of(answer))


def test_the_table_is_whole():
    assert len(OVERLAYS) * len(PLACES) == 114


def cell(overlay, place, answer, words):
    at = (overlay, place)
    has_marker = place in WITH_MARKER and overlay not in ("withhold", "take_down")
    if overlay == "erratum" and place in ("updates", "feed", "corrections"):
        has_marker = True  # the wrong figure, beside the right one
    assert (MARKER in words) == has_marker, at
    assert answer.status_code == status(overlay, place), at
    assert "Set-Cookie" not in answer.headers, at
    if overlay == "withhold" and place in WITH_MARKER:
        assert "withheld" in words, at
        assert "the source has changed" in words or "comparison" in place, at
    if overlay == "warning":
        told = place in {"page", "data", "updates", "feed", "editions", *LISTS}
        told = told or "old edition" in place or "comparison" in place
        assert ("There is a new severe reaction" in words) == told, at
    if overlay == "erratum":
        said = {"page", "old edition with the part", "data", "updates", "feed", "corrections"}
        assert ("Tests go on for 3 weeks." in words) == (place in said), at
        if place in said:
            assert WRONG in words, at
    if overlay == "retire":
        told = {"page", "old edition with the part", "another old edition", "updates", "feed", "data", "search by name"}
        assert ("its source is in doubt" in words) == (place in told), at
        if place in LISTS | {"editions", "related of another page"} or "comparison" in place:
            assert "Retired" in words, at
        if place == "page":
            assert "Doses are not shown" in words, at
    if overlay == "take_down":
        if place in OF_PAGE:
            assert "its source is in doubt" in words, at
        elif place == "search by name":  # whoever looks for it is told why it is not there
            assert "This page was removed" in words, at
            assert "its source is in doubt" in words, at
        elif place not in ("updates", "feed"):
            assert "testazumab/" not in words, at
            assert "Markazumab" not in words, at


def status(overlay, place):
    if overlay == "take_down":
        if place in OF_PAGE:
            return 410
        if place == "drug's address":
            return 404
    return 302 if place == "drug's address" else 200


def test_a_retired_page_is_last_in_search(world, client):
    house, _monograph = world
    other = Monograph.objects.get(slug="otherumab")
    make.withdraw(other.live.edition, house.publisher)

    page = client.get("/search/?q=multiple").content.decode()

    assert page.index("/drugs/testazumab/") < page.index("/drugs/otherumab/")


def test_what_is_taken_down_is_410_to_whoever_has_it_already(world, client):
    house, monograph = world
    etag = client.get(PLACES["page"]).headers["ETag"]
    assert client.get(PLACES["page"], headers={"If-None-Match": etag}).status_code == 304

    put("take_down", house, monograph)

    # Browsers keep a 410 for ever unless they are told not to.
    assert "must-revalidate" in client.get(PLACES["page"]).headers["Cache-Control"]
    for headers in ({"If-None-Match": etag}, {"If-None-Match": "*"}, {"Range": "bytes=0-99"}):
        assert client.get(PLACES["page"], headers=headers).status_code == 410


def test_the_page_as_data_is_the_document_less_what_is_withheld(world, client):
    house, monograph = world
    make.withhold(monograph, make.key("monitoring"), house.publisher)

    form = json.loads(client.get(PLACES["data"]).content)

    assert [one["key"] for one in form["document"]["sections"]] == [str(make.key("prescribing"))]
    assert [(one["key"], one["reason"]) for one in form["withheld"]] == [
        (str(make.key("monitoring")), "the source has changed")
    ]
    assert form["digest"] == monograph.live.document_id


def test_whoever_withdraws_is_led_to_what_each_place_shows(world, client):
    house, monograph = world
    client.force_login(house.publisher)
    digest = make.seen(monograph.live.edition)

    answer = client.post(
        "/desk/monographs/testazumab/do/withdraw/", {"digest": digest, "kind": "take_down", "reason": "in doubt"}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/monographs/testazumab/withdraw/places/")
    looked = client.get(answer.headers["Location"], {"look": "now"})
    assert {one.state for one in looked.context["places"]} == {"good"}
