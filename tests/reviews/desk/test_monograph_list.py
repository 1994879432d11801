"""The list of monographs narrowed by what stands in its address, whatever stands there."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.monographs.doses.examples import changed

LIST = "/desk/monographs/"


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house, "livezumab")
    make.draft(house, "draftzumab")
    make.draft(house, "otherumab", make.document(header=make.document().header.replaced(name="Otherumab")))


def slugs(client, query):
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200
    return {row.slug for row in page.context["page"]}


ALL = {"livezumab", "draftzumab", "otherumab"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("q=other", {"otherumab"}),
        ("q=OTHER&state=draft", {"otherumab"}),
        ("q=other&state=published", set()),
        ("q=%00", ALL),
        ("q=other%00", {"otherumab"}),
        ("q=%25", set()),
        ("q=nothing+of+that", set()),
        ("tier=standard", ALL),
        ("tier=high", set()),
        ("tier=none&state=none&class=none&page=none", ALL),
        ("page=99", ALL),
    ],
)
def test_what_is_asked_for_is_found_and_what_makes_no_sense_asks_for_nothing(house, enter, query, found):
    assert slugs(enter("editor"), query) == found


def test_what_is_not_found_says_so_and_leads_back_to_all(house, enter):
    html = enter("editor").get(f"{LIST}?q=nothing").content.decode()

    assert "No monograph here" in html
    assert "Nothing matches" in html


def test_doses_that_are_not_shown_are_listed_with_what_each_lacks(house, enter, django_assert_num_queries):
    lacking = changed(make.COURSES, source__accessed="2039-01-01", indication="relapse")
    for number in range(3):
        make.draft(house, f"dosed-{number}", make.dosed(make.dose(f"a{number}"), make.dose(f"b{number}", lacking)))
    live = make.published(house, "doselive", doc=make.dosed(make.dose("c")))
    make.add_part(make.start(house, live), make.dose("d"), actor=house.editor)
    client = enter("auditor")

    assert slugs(client, "state=doses") == {"dosed-0", "dosed-1", "dosed-2", "doselive"}

    page = client.get(f"{LIST}?state=doses&q=dosed-1")
    words = " ".join(unescape(re.sub("<[^>]*>", " ", page.content.decode())).split())
    assert "Multiple sclerosis. Adult. By intravenous infusion. It lacks its checks alone." in words
    assert (
        "Relapse. Adult. By intravenous infusion. source.accessed: Check the date you read the source. (V18)" in words
    )
    overlapping = client.get(f"{LIST}?state=doses&q=doselive").content.decode()
    assert overlapping.count("This overlaps another regimen.") == 2
    assert "12&nbsp;mg" not in page.content.decode()
    with CaptureQueriesContext(connection) as one:
        client.get(f"{LIST}?state=doses&q=dosed-1")
    with django_assert_num_queries(len(one)):
        client.get(f"{LIST}?state=doses")
