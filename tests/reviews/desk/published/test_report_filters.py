"""The list of reports shows less when it is asked to, and what makes no sense is not asked for."""

from types import SimpleNamespace

import pytest
from django.http import QueryDict

from monographs.models import Monograph
from reviews.desk.published.report_filters import Chosen
from reviews.models import ProblemReport
from reviews.reports import looking, service
from reviews.reports.service import ReportInput
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(once_a_module):
    house = make.the_house()
    make.published(house)
    make.published(house, "otherumab")
    page, other = (Monograph.objects.get(slug=slug) for slug in ("testazumab", "otherumab"))
    for sender, harm, about in (("a", True, page), ("b", False, page), ("c", False, other), ("d", False, None)):
        service.report(ReportInput(f"Something is wrong: {sender}.", harm=harm), sender=sender, monograph=about)
    for sender, who in (("b", house.editor), ("c", house.clinician)):
        looking.look(ProblemReport.objects.get(sender=sender), actor=who, seen=0)
    closed = ProblemReport.objects.get(sender="d")
    service.answer(closed, actor=house.editor, outcome="elsewhere", text="It is not ours.")
    return SimpleNamespace(house=house)


@pytest.mark.parametrize(
    ("asked", "shown", "counts"),
    [
        ("", "abc", [3, 1, 4]),
        ("show=all", "dcba", [3, 1, 4]),
        ("show=answered", "d", [3, 1, 4]),
        ("grade=harm", "a", [1, 0, 1]),
        ("grade=wording", "bc", [2, 1, 3]),
        ("of=testazumab", "ab", [2, 0, 2]),
        ("of=*&show=all", "d", [0, 1, 1]),
        ("of=nowhere", "", [0, 0, 0]),
        ("whose=me", "b", [1, 0, 1]),
        ("whose=others", "c", [1, 0, 1]),
        ("whose=nobody", "a", [1, 1, 2]),
        ("whose=me&grade=harm", "", [0, 0, 0]),
        ("show=x&grade=y&whose=z&page=w", "abc", [3, 1, 4]),
    ],
)
def test_the_list_shows_what_was_asked_for_and_counts_it(house, client, asked, shown, counts):
    client.force_login(house.editor)

    answer = client.get(f"/desk/reports/?{asked}")

    assert "".join(one.sender for one, *_ in answer.context["lines"]) == shown
    assert [count for _key, _word, count, _query in answer.context["filters"]] == counts
    html = answer.content.decode()
    assert ("No report is like that" in html) == (not shown)
    assert ("Show all of them" in html) == any(one in asked for one in ("grade=h", "grade=w", "of=", "=me", "=n", "=o"))


def test_links_keep_what_was_chosen_and_the_form_shows_it(house, client):
    client.force_login(house.editor)

    html = client.get("/desk/reports/?grade=wording&of=testazumab&whose=me").content.decode()

    assert 'href="?show=answered&amp;grade=wording&amp;of=testazumab&amp;whose=me"' in html
    for value in ("wording", "testazumab", "me"):
        assert f'<option value="{value}" selected>' in html
    assert f'<option value="otherumab">{Monograph.objects.get(slug="otherumab").called} (otherumab)</option>' in html


def test_what_makes_no_sense_was_not_asked_for():
    for asked in ("show=x&grade=%00&whose=", "of=%00", f"of={'x' * 5_000}"):
        assert Chosen.asked(QueryDict(asked)) == Chosen()
