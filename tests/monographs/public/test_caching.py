"""What every public answer shares: who may ask how, what it is known by, and where a former address leads."""

import hashlib
import re

import pytest
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.test import Client

from monographs.models import Monograph, Publication
from monographs.public.caching import CACHE_CONTROL
from reviews.editing import monographs
from tests import factories as make
from tests.reviews.test_moves import again

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PAGES = [
    "/", "/drugs/", "/drugs/testazumab/", "/drugs/testazumab/monograph.json", "/drugs/testazumab/editions/",
    "/classes/", "/classes/neurology/", "/search/", "/updates/", "/updates/feed/", "/corrections/", "/sitemap.xml",
    "/sitemap-1.xml", "/robots.txt", "/opensearch.xml", "/about/",
]  # fmt: skip


@pytest.fixture
def page(house):
    make.published(house)
    return house


def test_a_page_is_known_by_its_bytes_and_read_only(page, client):
    assert CACHE_CONTROL == "public, max-age=0, s-maxage=60, must-revalidate"
    for path in PAGES:
        answer = client.get(path)
        tag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        assert (answer.status_code, answer.headers["ETag"]) == (200, tag), path
        assert "Vary" not in answer.headers, path
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), path
        assert again.headers["Cache-Control"] == answer.headers["Cache-Control"] == CACHE_CONTROL, path
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200, path
        head = client.head(path)
        assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", tag), path
    for path in [*PAGES, "/health/live", "/health/ready", "/.well-known/clincalc-keys.json"]:
        for method in ("post", "put", "delete", "patch", "options"):
            refused = getattr(client, method)(path)
            assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD"), (path, method)
        assert client.head(path).status_code == 200, path
    assert [client.put("/report/").status_code, client.put("/report/").headers["Allow"]] == [405, "GET, HEAD, POST"]
    assert client.post("/report/nothing/").headers["Allow"] == "GET, HEAD"


def test_an_address_without_its_slash_leads_to_the_one_with_it(page, client):
    for path in ("/drugs", "/drugs/testazumab", "/search", "/desk", "/report", "/about"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{path}/")


def test_a_former_address_leads_on_for_ever_and_a_drugs_or_brands_for_now(page, client):
    monographs.move(Monograph.objects.get(), slug="second", actor=page.publisher, reason="It has another name.")
    again(page, "second")
    leads = {
        "/drugs/testazumab/": (301, "/drugs/second/"),
        "/drugs/testazumab/editions/": (301, "/drugs/second/editions/"),
        "/drugs/testazumab/editions/compare/": (301, "/drugs/second/editions/compare/"),
        "/drugs/testazumab-drug/": (302, "/drugs/second/"),
    }
    for path, expected in leads.items():
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == expected, path
        # Browsers keep a 301 for ever unless they are told not to.
        assert (answer.headers["Cache-Control"], "ETag" in answer.headers) == (CACHE_CONTROL, False), path
    # A class of the name of a former address is no page that has moved.
    assert client.get("/classes/testazumab/").status_code == 404
    assert Publication.objects.now_of_former("testazumab").slug == "second"
    assert Publication.objects.now_of_former("second") is None
    assert Publication.objects.now_of_former("nothing") is None
    make.withdraw(make.live("second").edition, page.publisher, "take_down")
    assert client.get("/drugs/testazumab/").status_code == 301
    assert client.get("/drugs/testazumab-drug/").status_code == 404
    assert client.get("/drugs/second/").status_code == 410


def test_every_page_leads_to_the_same_places(page, client):
    links = [
        "/", "/", "/drugs/", "/classes/", "/search/", "/updates/", "/about/", "/corrections/", "/report/",
        "https://yellowcard.mhra.gov.uk/", "/desk/",
    ]  # fmt: skip
    for path in ("/about/", "/nothing/", "/drugs/testazumab/", "/search/"):
        html = client.get(path).content.decode()
        bar, foot = html[html.index('<header class="bar">') : html.index("</header>")], html[html.index("<footer") :]
        assert re.findall(r'href="([^"]+)"', bar + foot) == links, path
        assert '<a class="skip" href="#main">Skip to content</a>' in html
        assert html.count('<main id="main" tabindex="-1">') == 1
        assert 'type="application/opensearchdescription+xml" title="ClinCalc Pro" href="/opensearch.xml"' in html
        assert "ClinCalc Pro supports clinical judgement and does not replace it." in html


@pytest.mark.each_case
def test_pages_that_are_no_entrance_are_in_no_index_and_all_others_may_be(page, client):
    hidden = {path: "noindex" in client.get(path).content.decode() for path in [*PAGES, "/report/"]}

    assert {path for path, is_hidden in hidden.items() if is_hidden} == {"/search/", "/report/"}


def test_a_page_leads_to_live_pages_of_its_class_and_drug_and_never_to_itself(page, client):
    doc = make.document()
    for slug, name in (("c-alpha", "alpha"), ("b-beta", "Beta"), ("gone", "Gone"), ("retired", "Retired")):
        make.published(page, slug, doc.replaced(header=doc.header.replaced(name=name)))
    root_only = doc.header.replaced(name="Root only", class_path=doc.header.class_path[:1])
    make.published(page, "root-only", doc.replaced(header=root_only))
    make.draft(page, "draft")
    make.withdraw(make.live("gone").edition, page.publisher, "take_down")
    make.withdraw(make.live("retired").edition, page.publisher)

    html = client.get("/drugs/testazumab/").content.decode()

    same = html.partition("Other monographs in this class")[2].partition("</section>")[0]
    assert re.findall(r'href="/drugs/([a-z-]+)/"', same) == ["c-alpha", "b-beta", "retired"]
    assert "Another use of the drug" not in html


class Gone(BaseCache):
    """A cache whose server is away."""

    def __init__(self, *_given):
        super().__init__({})

    def _away(self, *_args, **_given):
        raise ConnectionError("no cache")

    get = set = add = delete = incr = touch = clear = _away


def test_without_a_cache_pages_are_served(house, settings):
    make.published(house)
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Gone"}}
    with pytest.raises(ConnectionError):
        cache.get("x")

    for path in ("/", "/drugs/", "/drugs/testazumab/", "/updates/", "/search/?q=test", "/report/", "/health/live"):
        assert Client().get(path).status_code == 200, path


def test_an_address_with_capital_letters_leads_to_that_of_small_ones(page, client, house):
    make.published(house, "goneumab")
    make.withdraw(make.live("goneumab").edition, house.publisher, "take_down")
    leads = {
        "/drugs/Testazumab/": "/drugs/testazumab/",
        "/drugs/TESTAZUMAB/editions/?q=A%20b&x=%2F%2Fevil.example": "/drugs/testazumab/editions/?q=A%20b&x=%2F%2Fevil.example",
        "/drugs/TestAzumab/monograph.json": "/drugs/testazumab/monograph.json",
        "/drugs/Goneumab/": "/drugs/goneumab/",
        "/classes/Multiple-Sclerosis/?page=1": "/classes/multiple-sclerosis/?page=1",
    }  # fmt: skip
    for path, expected in leads.items():
        for ask in (client.get, client.head):
            answer = ask(path)
            assert (answer.status_code, answer.headers["Location"]) == (301, expected), path
            assert (answer.headers["Cache-Control"], "ETag" in answer.headers) == (CACHE_CONTROL, False), path
    assert client.get("/drugs/Testazumab-Drug/").headers["Location"] == "/drugs/testazumab/"
    assert client.get("/drugs/Testazumab/editions/1/").headers["Location"] == "/drugs/testazumab/"


def test_a_former_address_with_capital_letters_leads_to_the_page_at_once(page, client):
    monographs.move(Monograph.objects.get(), slug="second", actor=page.publisher, reason="It has another name.")
    again(page, "second")

    for path in ("/drugs/Testazumab/editions/?q=1", "/drugs/testazumab/editions/?q=1"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, "/drugs/second/editions/?q=1")


def test_capital_letters_tell_nothing_of_what_is_not_there(house, client):
    make.draft(house)

    never = client.get("/drugs/nothing/").content
    for path in ("/drugs/Testazumab/", "/drugs/NOTHING/", "/drugs/Testazumab/editions/", "/classes/Nothing/"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, never), path
