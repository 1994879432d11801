"""Crossref, PubMed and the page itself: what is asked of whom, what is made of the answer, and what is said instead."""

import time
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from clincalc.settings import _register
from monographs.citations.answers import CORRECTED, RETRACTED
from monographs.citations.typed_source import typed_source
from reviews.access.door import PATIENT
from reviews.lookup import fetch as room
from reviews.lookup.registers import NO_PAGES, NO_PUBMED, OFF, look_up
from reviews.models import AuditEvent
from tests import factories as make
from tests import register as it

pytestmark = pytest.mark.any_database

DOI = "10.1016/S0140-6736(12)61768-1"
AT = "/works/10.1016%2FS0140-6736%2812%2961768-1"
WORK = {
    "type": "journal-article", "DOI": DOI.lower(), "title": ["Alemtuzumab <i>after</i> relapse &amp; more"],
    "author": [{"given": "Alasdair J", "family": "Coles", "sequence": "first"}, {"name": "CARE-MS II investigators"}],
    "issued": {"date-parts": [[2012, 11]]}, "container-title": ["The Lancet"], "volume": "380", "issue": "9856",
    "page": "1829-1839", "publisher": "Elsevier BV", "URL": "https://doi.org/x", "reference-count": 30,
}  # fmt: skip
CSL = {
    "type": "article-journal", "title": "Alemtuzumab after relapse & more",
    "author": [{"family": "Coles", "given": "Alasdair J"}, {"literal": "CARE-MS II investigators"}],
    "issued": {"date-parts": [[2012, 11]]}, "container-title": "The Lancet", "volume": "380", "issue": "9856",
    "page": "1829-1839", "DOI": DOI.lower(),
}  # fmt: skip
MEDLINE = f"""
PMID- 23122650
VI  - 380
IP  - 9856
DP  - 2012 Nov 24
TI  - Alemtuzumab for patients with relapsing multiple sclerosis after
      disease-modifying therapy.
PG  - 1829-39
LID - {DOI} [doi]
FAU - Coles, Alasdair J
AU  - Coles AJ
CN  - CARE-MS II investigators
PT  - Journal Article
TA  - Lancet
JT  - Lancet (London, England)
"""
OF_PUBMED = {
    "type": "article-journal", "title": "Alemtuzumab for patients with relapsing multiple sclerosis after disease-modifying therapy",
    "author": [{"family": "Coles", "given": "Alasdair J"}, {"literal": "CARE-MS II investigators"}],
    "issued": {"date-parts": [[2012, 11, 24]]}, "container-title": "Lancet (London, England)", "volume": "380",
    "issue": "9856", "page": "1829-1839", "DOI": DOI, "PMID": "23122650",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(house=make.the_house())


@pytest.fixture
def register():
    with it.serving() as register:
        yield register


@pytest.fixture(autouse=True)
def off(settings):
    settings.CROSSREF_URL = settings.PUBMED_URL = ""
    settings.READ_ADDRESSES = False


@pytest.fixture
def crossref(register, settings):
    settings.CROSSREF_URL = register.address
    return register


@pytest.fixture
def pubmed(register, settings):
    settings.PUBMED_URL = f"{register.address}/eutils/"
    register.says["/eutils/efetch.fcgi"] = it.body(MEDLINE.encode())
    return register


def asked(house, typed):
    return look_up(typed_source(typed), actor=house.editor)


def records(answer):
    return [one.csl for one in answer.found]


def said(house, typed):
    answer = asked(house, typed)
    assert answer.found == []
    return answer.said


def test_a_doi_is_asked_of_crossref_quoted_and_becomes_a_record(house, crossref):
    crossref.says[AT] = it.json_of({"status": "ok", "message": WORK})

    answer = asked(house, f"https://doi.org/{DOI}")

    assert (records(answer), answer.said, answer.found[0].told_by, answer.found[0].warning) == (
        [CSL],
        [],
        "Crossref",
        "",
    )
    assert crossref.asked == [AT]


def test_a_pmid_is_asked_of_pubmed(house, pubmed):
    answer = asked(house, "PMID 23122650")

    assert (records(answer), answer.found[0].told_by) == ([OF_PUBMED], "PubMed")
    assert pubmed.asked == ["/eutils/efetch.fcgi?db=pubmed&rettype=medline&retmode=text&id=23122650"]


def test_a_doi_that_crossref_does_not_know_is_asked_of_pubmed(house, crossref, pubmed):
    pubmed.says["/eutils/esearch.fcgi"] = it.json_of({"esearchresult": {"idlist": ["23122650"]}})

    answer = asked(house, DOI)

    assert (records(answer), answer.said) == ([OF_PUBMED], [])
    assert [path.partition("?")[0] for path in crossref.asked] == [AT, "/eutils/esearch.fcgi", "/eutils/efetch.fcgi"]


@pytest.mark.parametrize(
    "typed", ["alemtuzumab relapse", "Coles AJ. Alemtuzumab after relapse. Lancet 2012;380(9856):1829-39."]
)
def test_words_and_a_citation_are_searched_for(house, crossref, typed):
    crossref.says["/works"] = it.json_of({"message": {"items": [WORK] * 9}})

    assert records(asked(house, typed)) == [CSL] * 5
    assert crossref.asked[0].startswith("/works?query.bibliographic=")


def test_words_mean_nothing_else_to_pubmed(house, pubmed):
    pubmed.says["/eutils/esearch.fcgi"] = it.json_of({"esearchresult": {"idlist": ["23122650"]}})

    assert records(asked(house, 'relapse" OR 1[uid] AND &db=x')) == [OF_PUBMED]
    assert pubmed.asked[0].endswith("&term=relapse+or+1+uid+and+db+x")


def test_a_citation_that_names_a_doi_is_asked_for_by_it(house, crossref):
    crossref.says[AT] = it.json_of({"message": WORK})

    assert records(asked(house, f"Coles AJ. Alemtuzumab after relapse. doi:{DOI}")) == [CSL]
    assert crossref.asked == [AT]


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"updated-by": [{"type": "retraction"}]}, RETRACTED), ({"title": ["RETRACTED: x"]}, RETRACTED), ({"updated-by": [{"type": "correction"}]}, CORRECTED),
        ({"updated-by": "x"}, ""), ({}, ""),
    ],
)  # fmt: skip
def test_a_work_that_was_retracted_says_so(house, crossref, change, warning):
    crossref.says[AT] = it.json_of({"message": {**WORK, **change}})

    assert asked(house, DOI).found[0].warning == warning


def test_pubmed_tells_of_a_retraction_too(house, pubmed):
    pubmed.says["/eutils/efetch.fcgi"] = it.body((MEDLINE + "PT  - Retracted Publication\n").encode())

    assert asked(house, "23122650").found[0].warning == RETRACTED


# -- What is said instead ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [DOI, "PMID 1", "some words"])
def test_without_a_setting_nobody_is_asked_and_it_is_said(house, register, typed):
    assert said(house, typed) == [OFF]
    assert register.asked == []


def test_a_pmid_needs_pubmed_and_an_address_needs_its_own_setting(house, crossref):
    assert said(house, "PMID 1") == [NO_PUBMED]
    assert said(house, "https://example.org/x") == [NO_PAGES]
    assert crossref.asked == []


def test_another_record_than_the_one_asked_for_is_none(house, crossref, pubmed):
    crossref.says[AT] = it.json_of({"message": {**WORK, "DOI": "10.1000/other"}})

    assert said(house, "PMID 99") == [
        "PubMed answered with another record than the one asked for. Check what you typed."
    ]
    assert said(house, DOI)[0] == "Crossref answered with another record than the one asked for. Check what you typed."


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (it.status(500), "Crossref has a fault of its own just now (500)."),
        (it.status(404), "Crossref does not know it."),
        (it.body(b"<html>Sign in to the hotel"), "Crossref answered with nothing that can be read."),
        (it.body(b'{"message": {'), "Crossref answered with nothing that can be read."),
        (it.body(b"[" * 10_000), "Crossref answered with nothing that can be read."),
        (it.body(b"\xff\xfe"), "Crossref answered with nothing that can be read."),
        (it.json_of({}), "Crossref answered with nothing that can be read."),
        (it.json_of({"message": {"title": []}}), "Crossref answered with nothing that can be read."),
        (it.bomb, "Crossref answered in a form that we do not unpack."),
        (it.too_much, "Crossref answered with more than 256 KB, which we do not read."),
    ],
)  # fmt: skip
def test_junk_is_a_sentence(house, crossref, reply, sentence):
    crossref.says[AT] = reply

    assert said(house, DOI) == [sentence]


def test_a_slow_register_has_three_seconds_and_both_have_five(house, crossref, pubmed):
    crossref.says[AT] = pubmed.says["/eutils/esearch.fcgi"] = it.slow(10)
    start = time.monotonic()

    assert said(house, DOI) == ["Crossref did not answer in time.", "PubMed did not answer in time."]
    assert 4.5 < time.monotonic() - start < 5.8


def test_a_register_that_is_gone_is_a_sentence(house, settings):
    with it.serving() as gone:
        settings.CROSSREF_URL = gone.address

    assert said(house, DOI) == ["Crossref cannot be reached, or answered with something that is no answer."]


def test_a_patients_number_leaves_nobody(house, crossref, pubmed):
    assert said(house, "Seen with 999 000 0018 again") == [PATIENT]
    assert crossref.asked == []


@pytest.mark.parametrize(
    "odd",
    [
        {"author": [3, None, {}, {"family": None}, {"family": ["x"]}], "issued": {"date-parts": [[None]]}},
        {"author": "x", "issued": "2012", "container-title": {}, "volume": True, "page": ["1"], "type": 3},
        {"issued": {"date-parts": [["2012", {}]]}, "published-print": {"date-parts": []}, "volume": "9" * 9_000},
        {"title": ["a\u202eb\x00\u200b c"], "DOI": DOI, "subtitle": 4},
    ],
)
def test_what_is_odd_in_a_record_is_left_out(house, crossref, odd):
    from monographs.document import Citation

    crossref.says[AT] = it.json_of({"message": {**WORK, **odd}})

    (found,) = asked(house, DOI).found

    Citation(key=make.key("c"), label="x", csl=found.csl)
    assert all(isinstance(one, str | list | dict) and len(str(one)) < 1_000 for one in found.csl.values())


def test_a_hundred_authors_are_cut_and_said_so(house, crossref):
    crossref.says[AT] = it.json_of({"message": {**WORK, "author": [{"family": f"A{n}"} for n in range(100)]}})

    (found,) = asked(house, DOI).found

    assert (len(found.csl["author"]), found.csl["custom"]) == (50, {"authors_truncated": True})


# -- Pages ---------------------------------------------------------------------------------------------------------------

PAGE = b"""<!doctype html><html><head><title>ignored</title><meta name="citation_title" content="Alemtuzumab for treating &amp;c">
<meta name="citation_author" content="Coles, A. J."><meta property="og:site_name" content="NICE"><meta name="dc.date" content="2014-05-28T10:00">"""


@pytest.fixture
def site(register, settings, monkeypatch):
    """Every name leads to this machine, and counts as public."""
    settings.READ_ADDRESSES = True
    monkeypatch.setattr(room, "PORTS", {"http": register.port, "https": 443})
    monkeypatch.setattr(room, "_resolved", lambda *_a: [room.ipaddress.ip_address("127.0.0.1")])
    monkeypatch.setattr(room, "is_public", lambda _address: True)
    return register


def test_a_page_is_read_for_what_it_says_of_itself(house, site):
    site.says["/guidance"] = it.body(PAGE)

    (found,) = asked(house, "http://www.example.org/guidance").found

    assert found.csl == {
        "type": "webpage", "title": "Alemtuzumab for treating &c", "author": [{"family": "Coles", "given": "A. J."}],
        "issued": {"date-parts": [[2014, 5, 28]]}, "publisher": "NICE", "URL": "http://www.example.org/guidance",
    }  # fmt: skip


def test_a_page_that_says_nothing_is_a_sentence(house, site):
    site.says["/x"] = it.body(b"\x00" * 1_000)

    assert said(house, "http://www.example.org/x") == ["www.example.org does not say what it is."]


def test_an_address_that_leads_home_is_refused_and_stands_in_the_trail(house, register, settings, monkeypatch):
    settings.READ_ADDRESSES = True
    monkeypatch.setattr(room, "_resolved", lambda *_a: [room.ipaddress.ip_address("10.0.0.1")])
    before = AuditEvent.objects.count()

    assert said(house, "http://intranet.example.org/x") == ["This address leads to a place that we do not open."]

    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.subject, event.actor) == ("refused", "link:http://intranet.example.org/x", house.editor)
    assert event.data == {"action": "look_up", "codes": ["link_refused"], "why": "not_public"}
    assert AuditEvent.objects.count() == before + 1


@pytest.mark.parametrize("value", ["api.crossref.org", "ftp://x", "https://", "https://user@x/"])
def test_a_setting_that_names_no_register_stops_the_start(value):
    with pytest.raises(ImproperlyConfigured, match="CROSSREF_URL is no address of a register"):
        _register("CROSSREF_URL", value)
