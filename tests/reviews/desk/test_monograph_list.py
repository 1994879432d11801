"""The list of monographs narrowed by what stands in its address, whatever stands there."""

import pytest

from tests import factories as make

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
