"""Two pages on one drug are told apart by their titles, wherever readers meet them: what lists, titles and links say."""

import re
from html import unescape

import pytest

from monographs.models import Drug, Publication
from reviews.audit.trail import audited_write
from reviews.editing.monographs import begin
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

OF_MS, OF_CROHN = "Testazumab in multiple sclerosis", "Testazumab: Crohn’s disease"
LISTS = (
    "/", "/drugs/", "/drugs/?letter=T", "/classes/multiple-sclerosis/", "/search/?q=testazumab", "/updates/",
    "/corrections/", "/drugs/testazumab-drug/",
)  # fmt: skip


@pytest.fixture
def two(house):
    """Two monographs on one drug and of one name, each with a correction. The title of the second names no drug."""
    make.published(house)
    doc = make.document()
    doc = doc.replaced(header=doc.header.replaced(title="Crohn’s disease", covers=""), related=())
    with audited_write(actor=house.editor) as trail:
        second = begin(
            trail, slug="testazumab-crohn", drug=Drug.objects.get(), therapeutic_class=house.leaf, document=doc,
            reason="Another use",
        )  # fmt: skip
    make.submit(house, second)
    make.sign(second, house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))
    for slug in ("testazumab", "testazumab-crohn"):
        make.correct(house.pharmacist, make.live(slug).monograph, "Tests go on", "Tests stop")
    return house


def links(client, path):
    """{address of a page: what its links say}"""
    html = client.get(path).content.decode()
    found = re.findall(r'<a (?:class="card" )?href="/drugs/([a-z-]+)/"[^>]*>(.*?)</a>', html, re.DOTALL)
    said = {}
    for slug, words in found:
        said.setdefault(slug, set()).add(unescape(re.sub("<.*?>", "", words)).strip())
    return said


@pytest.mark.parametrize("path", LISTS)
def test_every_list_calls_a_page_by_its_title_and_its_drug(two, client, path):
    assert links(client, path) == {"testazumab": {OF_MS}, "testazumab-crohn": {OF_CROHN}}


def test_a_page_leads_to_the_other_use_and_to_its_class_by_title(two, client):
    assert links(client, "/drugs/testazumab/")["testazumab-crohn"] == {OF_CROHN}
    assert links(client, "/drugs/testazumab-crohn/")["testazumab"] == {OF_MS}


@pytest.mark.parametrize("path", ["", "editions/", "editions/1/", "editions/1...2/"])
def test_no_two_pages_have_one_title(two, client, path):
    for slug in ("testazumab", "testazumab-crohn"):
        edition = make.start(two, make.live(slug).edition)
        make.reword(edition, "monitoring", "Other words.", actor=two.editor)
        make.submit(two, edition)
        make.sign(edition, two.clinician)
        make.publish(two, make.sign(edition, two.pharmacist))

    titles = [
        re.search("<title>(.*?)</title>", client.get(f"/drugs/{slug}/{path}").content.decode())[1]
        for slug in ("testazumab", "testazumab-crohn")
    ]

    assert len(set(titles)) == 2
    assert all("Testazumab" in one for one in titles)
    assert "Crohn" in titles[1]


def test_the_feed_and_the_form_for_reports_say_which_page(two, client):
    feed = client.get("/updates/feed/").content.decode()
    assert [feed.count(f"<title>{one}: ") for one in (OF_MS, OF_CROHN)] == [2, 2]

    for slug, called in (("testazumab", OF_MS), ("testazumab-crohn", OF_CROHN)):
        html = client.get(f"/report/?page=/drugs/{slug}/").content.decode()
        assert f"<title>Report a problem: {called} – " in html
        assert f"<dd>{called}, edition 1</dd>" in html


def test_a_list_asks_as_many_queries_for_two_pages_as_for_one(house, client, django_assert_num_queries):
    make.published(house)
    with django_assert_num_queries(1):
        assert [one.called for one in Publication.objects.listed().with_called()] == [OF_MS]
    make.published(house, "otherzumab")
    with django_assert_num_queries(1):
        assert [one.called for one in Publication.objects.listed().with_called()] == [OF_MS, OF_MS]
