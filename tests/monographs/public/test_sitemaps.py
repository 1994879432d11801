"""What machines ask for: whole answers, with their types."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from monographs.models import Monograph
from tests import factories as make

pytestmark = pytest.mark.django_db

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def addresses(client, number=1):
    """(path, day of its last change or "") of each line of a sitemap."""
    text = client.get(f"/sitemap-{number}.xml").content.decode()
    line = r"<url><loc>https://clincalc\.test(.*?)</loc>(?:<lastmod>(.*?)</lastmod>)?</url>"
    return [(path, at) for path, at in re.findall(line, text)]


def test_the_sitemap_names_each_page_once_with_its_last_change_by_edition_or_overlay(house, client, monkeypatch):
    for slug in ("b-two", "a-one", "gone"):
        make.published(house, slug)
    make.draft(house, "draft")
    make.withdraw(make.live("gone").edition, house.publisher, "take_down")
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    make.warn(house.clinician, Monograph.objects.get(slug="b-two"))
    first = make.live("a-one").published_at

    def stamp(at: datetime) -> str:
        return timezone.localtime(at).isoformat(timespec="seconds")

    at = later.replace(microsecond=later.microsecond)
    assert addresses(client) == [
        ("/", stamp(at)), ("/drugs/", stamp(at)), ("/classes/", stamp(at)), ("/updates/", stamp(at)),
        ("/drugs/a-one/", stamp(first)), ("/drugs/b-two/", stamp(at)),
        ("/classes/neurology/", ""), ("/classes/multiple-sclerosis/", ""), ("/corrections/", ""), ("/about/", ""),
    ]  # fmt: skip


def test_a_long_sitemap_is_cut_into_files_and_only_the_first_names_lists(house, client, monkeypatch):
    monkeypatch.setattr("monographs.public.sitemaps.A_FILE", 2)
    for slug in ("c", "a", "b"):
        make.published(house, slug)

    assert client.get("/sitemap.xml").content.decode() == (
        f'{HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        "<sitemap><loc>https://clincalc.test/sitemap-1.xml</loc></sitemap>\n"
        "<sitemap><loc>https://clincalc.test/sitemap-2.xml</loc></sitemap>\n</sitemapindex>\n"
    )
    assert [path for path, _ in addresses(client)][4:6] == ["/drugs/a/", "/drugs/b/"]
    assert [path for path, _ in addresses(client, 2)] == ["/drugs/c/"]
    for number in (0, 3):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_a_house_without_pages_has_a_sitemap_too(house, client):
    assert [(path, at) for path, at in addresses(client)] == [
        (path, "") for path in ("/", "/drugs/", "/classes/", "/updates/", "/corrections/", "/about/")
    ]


def test_robots_and_browsers_are_told_where_to_look(house, client):
    assert client.get("/robots.txt").content.decode() == (
        "User-agent: *\nDisallow: /desk/\nDisallow: /accounts/\nDisallow: /admin/\nDisallow: /report/\n"
        "Disallow: /search/\nSitemap: https://clincalc.test/sitemap.xml\n"
    )
    assert client.get("/opensearch.xml").content.decode() == (
        f'{HEAD}<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        "<ShortName>ClinCalc Pro</ShortName>\n"
        "<Description>Drug monographs that registered clinicians have reviewed and signed</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        '<Url type="text/html" template="https://clincalc.test/search/?q={searchTerms}"/>\n'
        "</OpenSearchDescription>\n"
    )
    types = {
        "/sitemap.xml": "application/xml", "/sitemap-1.xml": "application/xml", "/robots.txt": "text/plain",
        "/opensearch.xml": "application/opensearchdescription+xml", "/health/live": "text/plain",
        "/health/ready": "text/plain", "/.well-known/clincalc-keys.json": "application/json",
        "/": "text/html; charset=utf-8", "/search/": "text/html; charset=utf-8",
        "/updates/feed/": "application/atom+xml; charset=utf-8", "/nothing/": "text/html; charset=utf-8",
    }  # fmt: skip
    assert {path: client.get(path).headers["Content-Type"] for path in types} == types
