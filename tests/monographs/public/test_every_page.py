"""Every kind of public page, through the front door: a title and a description of its own, one canonical address, one
heading of the first order, and HTML in which a checker finds no fault; pages for what went wrong the same."""

import gzip
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import RequestFactory
from django.urls import get_resolver, resolve
from django.utils import timezone

from clincalc import errors
from clincalc.front import Front
from monographs.models import Drug, Monograph
from monographs.public import caching, classes, updates, views
from reviews.audit.trail import audited_write
from reviews.editing.monographs import begin
from reviews.reports.service import ReportInput, report
from tests import factories as make
from tests.markup import faults
from tests.reviews.test_moves import again
from tests.test_front import get

pytestmark = pytest.mark.django_db(transaction=True)

# Each page with its canonical address, where it is not its own; None: no page that is there for good.
PAGES = {
    "/": "", "/drugs/": "", "/drugs/?letter=t": "/drugs/?letter=T", "/drugs/?letter=T&page=2": "/drugs/?letter=T&amp;page=2",
    "/drugs/?page=2": "/drugs/?page=2", "/drugs/?x=1&page=1": "/drugs/",
    "/drugs/testazumab/": "", "/drugs/testazumab/?x=1": "/drugs/testazumab/", "/drugs/twicezumab/": "", "/drugs/goneumab/": None,
    "/drugs/retirumab/": "", "/drugs/heldumab/": "", "/drugs/testazumab-drug/": "", "/drugs/testazumab/editions/": "",
    "/drugs/testazumab/editions/1/": "/drugs/testazumab/", "/drugs/testazumab/editions/1...2/": "",
    "/classes/": "", "/classes/neurology/": "", "/classes/multiple-sclerosis/": "",
    "/classes/multiple-sclerosis/?page=2": "/classes/multiple-sclerosis/?page=2",
    "/search/": "", "/search/?q=testa": "/search/", "/search/?q=nothing": "/search/", "/search/?q=twicezumab+nothing": "/search/", "/search/?q=goneumab": "/search/",
    "/updates/": "", "/updates/?page=2": "/updates/?page=2", "/corrections/": "", "/corrections/?page=2": "/corrections/?page=2",
    "/about/": "", "/report/": "", "/report/?page=/drugs/testazumab/": "/report/",
}  # fmt: skip
# Two addresses of one page say the same.
SAME = {"/drugs/?x=1&page=1": "/drugs/", "/drugs/testazumab/?x=1": "/drugs/testazumab/"}
# Public views that make no page of HTML, or one that only its reader has, or lead elsewhere.
NO_PAGES = {
    "monograph_json", "certificate", "compare_chosen", "feed", "sitemap", "sitemap_file", "robots", "opensearch",
}  # fmt: skip


class Page(HTMLParser):
    """What a page says of itself."""

    def __init__(self, html):
        super().__init__()
        self.title, self.inside = "", ""
        self.descriptions, self.canonical, self.times, self.headings = [], [], 0, 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.inside = tag if tag in ("title",) else ""
        self.headings += tag == "h1"
        if tag == "meta" and given.get("name") == "description":
            self.descriptions.append(given["content"])
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical.append(given["href"])
        self.times += tag == "time"

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data


@pytest.fixture
def door(house, monkeypatch):
    for module in (views, classes):
        monkeypatch.setattr(module, "A_PAGE", 1)
    monkeypatch.setattr(updates, "A_PAGE", 1)
    make.published(house)
    again(house, "testazumab")
    page = Monograph.objects.get(slug="testazumab")
    header = make.document().header.replaced(title="Testazumab in something else", covers="something else")
    with audited_write(actor=house.editor) as trail:
        edition = begin(
            trail, slug="twicezumab", drug=Drug.objects.get(), therapeutic_class=house.leaf,
            document=make.document(header=header), reason="Written for a test",
        )  # fmt: skip
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))
    for slug, kind in (("goneumab", "take_down"), ("retirumab", "retire")):
        make.withdraw(make.published(house, slug, make.document(header=named(slug))), house.clinician, kind)
    make.withhold(
        make.published(house, "heldumab", make.document(header=named("heldumab"))).monograph,
        make.key("fbc"),
        house.clinician,
    )
    make.warn(house.clinician, page)
    for wrong, right in (("monthly", "weekly"), ("It can slow", "It can race")):
        make.correct(house.pharmacist, page, wrong, right)
    door = Front(get_wsgi_application())
    yield door
    connection.close()


def named(name):
    return make.document().header.replaced(name=name, title=f"{name} in multiple sclerosis")


def asked(door, address, **headers):
    path, _, query = address.partition("?")
    return get(door, path, query=query, **headers)


def test_every_kind_of_page_says_what_it_is(door):
    seen = {}
    for address, canonical in PAGES.items():
        status, _headers, body = asked(door, address)
        assert status == (410 if canonical is None else 200), address
        page = seen[address] = Page(body.decode())
        wanted = [] if canonical is None else [f"{settings.SITE_URL}{(canonical or address).replace('&amp;', '&')}"]
        assert (page.canonical, page.headings, len(page.descriptions)) == (wanted, 1, 1), address
        assert page.title.endswith(" – ClinCalc Pro"), address
        assert all(page.descriptions), address
        assert faults(body.decode()) == [], address
    for said in (lambda page: page.title, lambda page: page.descriptions[0]):
        counted = Counter(said(page) for address, page in seen.items() if address not in SAME)
        assert [words for words, count in counted.items() if count > 1] == []
    for address, other in SAME.items():
        assert seen[address].descriptions == seen[other].descriptions
    assert sum(page.times for page in seen.values()) > 40


def test_no_kind_of_public_page_is_left_out():
    public = {
        one.name
        for one in [*get_resolver().url_patterns[0].url_patterns, *get_resolver().url_patterns]
        if hasattr(one, "callback") and caching.is_addressed(one.callback)
    }

    looked_at = {resolve(address.partition("?")[0]).url_name for address in PAGES}
    assert public == looked_at | NO_PAGES
    assert not looked_at & NO_PAGES


def test_what_is_no_page_of_readers_names_no_canonical_address(door, client, house):
    client.force_login(house.editor)
    for path in ("/nothing/", "/accounts/login/", "/desk/", "/desk/monographs/testazumab/preview/"):
        assert "canonical" not in client.get(path, follow=True).content.decode(), path


def test_the_receipt_of_a_report_names_no_canonical_address(client, house):
    token = report(ReportInput(text="It is wrong.", harm=False), sender="x").token

    html = client.get(f"/report/{token}/").content.decode()
    page = Page(html)

    assert (page.canonical, page.descriptions) == ([], ["What became of a reader’s report."])
    assert faults(html) == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/forgotten/"])
def test_the_ways_to_the_desk_say_what_they_are(client, db, path):
    html = client.get(path).content.decode()
    page = Page(html)

    assert (len(page.descriptions), page.headings, faults(html)) == (1, 1, [])
    assert page.descriptions[0]


def test_a_page_that_is_overdue_is_as_whole_as_before(house, client, monkeypatch):
    make.published(house)
    later = timezone.now() + timedelta(days=800)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    html = client.get("/drugs/testazumab/").content.decode()

    assert "Review overdue" in html
    assert faults(html) == []


WENT_WRONG = {
    "400": errors.bad_request, "403": errors.forbidden, "403, a form": errors.csrf_failure, "404": errors.not_found,
    "500": errors.failed, "503": errors.unavailable, "415": lambda _request: errors.refused(415, "We read UTF-8."),
}  # fmt: skip


@pytest.mark.parametrize("what", WENT_WRONG)
def test_pages_for_what_went_wrong_say_what_they_are(what):
    html = WENT_WRONG[what](RequestFactory().get("/anything/")).content.decode()
    page = Page(html)

    assert (page.canonical, page.headings, len(page.descriptions)) == ([], 1, 1)
    assert all(page.descriptions)
    assert faults(html) == []


def test_each_template_of_a_public_page_has_a_title_and_a_description_of_its_own():
    templates = Path(settings.BASE_DIR) / "templates"
    frames = ('extends "base.html"', 'default:"base.html"', 'extends "monographs/')
    public = {path: path.read_text() for path in templates.rglob("*.html")}
    public = {path: text for path, text in public.items() if any(one in text for one in frames)}

    assert len(public) >= 20
    for block in ("title", "description"):
        assert [path.name for path, text in public.items() if f"{{% block {block} %}}" not in text] == []


@pytest.mark.parametrize(
    "address", ["/drugs/?letter=T", "/search/?q=testa", "/report/?page=/drugs/testazumab/", "/report/"]
)
def test_an_answer_to_a_query_is_compressed_for_whoever_takes_that(door, address):
    _, headers, body = asked(door, address)
    status, zipped, small = asked(door, address, accept_encoding="gzip")

    assert "Content-Encoding" not in headers
    assert (status, zipped["Content-Encoding"], zipped["Vary"]) == (200, "gzip", "Accept-Encoding")
    assert int(zipped["Content-Length"]) == len(small) < len(body) / 2
    if "ETag" in headers:
        assert gzip.decompress(small) == body
        assert asked(door, address, accept_encoding="gzip", if_none_match=zipped["ETag"])[::2] == (304, b"")
