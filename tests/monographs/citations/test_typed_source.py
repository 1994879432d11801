"""What somebody types or pastes to name a source, and what it is taken for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.citations.typed_source import (
    MOST_SIGNS,
    NO_ADDRESS,
    NO_DOI,
    NO_PMID,
    NO_WORD,
    TypedSource,
    read_citation,
    typed_source,
    whole_pages,
)  # fmt: skip
from monographs.texts.identifiers import DOI, PMID, unfit_doi
from tests.effort import within

LANCET = "10.1016/S0140-6736(12)61769-3"
OLD = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-#"
VANCOUVER = (
    "Cohen JA, Coles AJ, Arnold DL, et al. Alemtuzumab versus interferon beta 1a as first-line treatment: a trial. "
    "Lancet 2012 Nov 24;380(9856):1819-28."
)
YEAR_FIRST = "Coles, A. J., & Cohen, J. A. (2012). Alemtuzumab after relapse. Lancet, 380(9856), 1829–1839."


@pytest.mark.parametrize("doi", [LANCET, OLD, "10.1000/x"])
@pytest.mark.parametrize(
    "around",
    [
        "{}", " {} ", "{}.", "({})", "doi:{}", "DOI: {}", "doi {}", "https://doi.org/{}", "http://dx.doi.org/{}", "HTTPS://WWW.DOI.ORG/{}",
        "doi.org/{}", "doi: https://doi.org/{}", "info:doi/{}", "urn:doi:{}", "{} [doi]", "<https://doi.org/{}>", "“{}”",
    ],
)  # fmt: skip
def test_a_doi_in_any_form(doi, around):
    found = typed_source(around.format(doi))

    assert (found.kind, found.text, found.doi, found.refused) == ("doi", doi, doi, "")


def test_what_stands_behind_the_path_of_an_address_is_none_of_the_doi():
    found = typed_source("https://doi.org/10.1016/S0140-6736%2812%2961769-3?utm_source=x#abstract")

    assert found == TypedSource(
        "doi", LANCET, doi=LANCET, said=("We left out “https://doi.org/” before it.", "We left out “?utm_source=x#abstract” behind it."),
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "23122652",
        "PMID 23122652",
        "pmid:23122652.",
        "https://pubmed.ncbi.nlm.nih.gov/23122652/?term=x",
        "23122652 [pmid]",
    ],
)
def test_a_pmid_in_any_form(typed):
    found = typed_source(typed)

    assert (found.kind, found.text, found.pmid) == ("pmid", "23122652", "23122652")


@pytest.mark.parametrize(
    ("typed", "doi"),
    [
        ("https://www.nejm.org/doi/full/10.1056/NEJMoa1114287", "10.1056/NEJMoa1114287"),
        ("https://onlinelibrary.wiley.com/doi/pdf/10.1002/ana.22366?x=1", "10.1002/ana.22366"),
        ("https://link.springer.com/content/pdf/10.1007/s00415-020-1.pdf", "10.1007/s00415-020-1"),
        ("https://example.org/doi/10.1000/..%2f..%2fadmin", ""),
        ("https://www.nice.org.uk/guidance/ta312#history", ""),
    ],
)
def test_an_address_and_the_doi_in_its_path(typed, doi):
    assert typed_source(typed) == TypedSource("address", typed, doi=doi)


def test_an_address_that_begins_with_www_is_one():
    assert typed_source("www.nice.org.uk/guidance/ta312").text == "https://www.nice.org.uk/guidance/ta312"


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("10.1000/../works", "No DOI holds “/./” or “/../”. Copy it again from the source."),
        ("https://doi.org/10.1000/%2e%2e/works", "No DOI holds “/./” or “/../”. Copy it again from the source."),
        ("10.1000/x@evil.example", "No DOI holds “@”. Copy it again from the source."),
        ("10.1000/x#y", "No DOI holds “#”. Copy it again from the source."),
        ("10.1000/x;2-#y", "No DOI holds “#”. Copy it again from the source."),
        ("10.1000/x?query=*", "No DOI holds “?”. Copy it again from the source."),
        ("10.1000/x%23y", "No DOI holds “%23”. Copy it again from the source."),
        ("10.1000/x\\y", "No DOI holds “\\”. Copy it again from the source."),
        ("10.1000/" + "x" * 300, "A DOI has 300 characters at most."),
        ("10.1000/", NO_DOI), ("doi:11.1000/x", NO_DOI), ("https://doi.org/", NO_DOI), ("doi:", NO_DOI),
        ("1 OR 1=1", NO_WORD), ("23122652 OR 1", NO_WORD), ("PMID: 1 OR 1=1", NO_PMID), ("pmid 123456789", NO_PMID),
        ("https://pubmed.ncbi.nlm.nih.gov/?term=x", NO_PMID),
        ("../", NO_WORD), ("../../etc/passwd", NO_WORD), ("@evil.example", NO_WORD), ("#", NO_WORD), ("#x", NO_WORD), ("//evil.example", NO_WORD),
        ("javascript:alert(1)", NO_ADDRESS), ("file:///etc/passwd", NO_ADDRESS), ("gopher://example.org:70/x", NO_ADDRESS),
        ("https://api.crossref.org@evil.example/x", "“https://api.crossref.org@evil.example/x” names a user before its host, which hides where it leads. Take out all up to the @."),
        ("http://127.0.0.1/", "“http://127.0.0.1/” has no host that readers can read: give its name in the letters a to z, with dots."),
        ("a\u202eb", "After “a”: a direction mark (U+202E). Take it out."),
        ("x" * (MOST_SIGNS + 1), "Keep it to 2,000 characters."),
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_refused(typed, refused):
    found = typed_source(typed)

    assert (found.kind, found.text, found.doi, found.pmid) == ("nothing", "", "", "")
    assert found.refused == refused


@pytest.mark.parametrize(
    "typed",
    [
        "alemtuzumab multiple sclerosis",
        "Thyroid: events after infusion",
        "TA312",
        "doi: see below",
        "2020 trial",
        "10.1/x",
    ],
)
def test_words_are_words(typed):
    assert typed_source(typed) == TypedSource("words", typed)


@pytest.mark.parametrize("typed", ["", "  \n "])
def test_nothing_is_nothing(typed):
    assert typed_source(typed) == TypedSource("nothing")


def test_a_pasted_citation_and_the_identifiers_in_it():
    found = typed_source(f"{VANCOUVER} doi: {LANCET}. PMID: 23122652.")

    assert (found.kind, found.doi, found.pmid) == ("citation", LANCET, "23122652")
    assert typed_source(VANCOUVER) == TypedSource("citation", VANCOUVER)
    assert typed_source("Lancet 2012. doi:10.1000/../x").kind == "words"


def test_the_form_of_medical_journals_is_read():
    assert read_citation(VANCOUVER) == {
        "type": "article-journal",
        "title": "Alemtuzumab versus interferon beta 1a as first-line treatment: a trial",
        "author": [{"family": "Cohen", "given": "J. A."}, {"family": "Coles", "given": "A. J."}, {"family": "Arnold", "given": "D. L."}],
        "custom": {"authors_truncated": True},
        "container-title": "Lancet", "volume": "380", "issue": "9856", "page": "1819-1828",
        "issued": {"date-parts": [[2012, 11, 24]]},
    }  # fmt: skip


def test_the_form_with_the_year_behind_the_authors_is_read():
    assert read_citation(YEAR_FIRST) == {
        "type": "article-journal",
        "title": "Alemtuzumab after relapse",
        "author": [{"family": "Coles", "given": "A. J."}, {"family": "Cohen", "given": "J. A."}],
        "container-title": "Lancet", "volume": "380", "issue": "9856", "page": "1829-1839",
        "issued": {"date-parts": [[2012]]},
    }  # fmt: skip


@pytest.mark.parametrize(
    "words", ["", "A title in 2012", "NICE. Alemtuzumab. 2014.", "x" * 2_000, "Aa A, " * 300, "(2012). " * 200]
)
def test_what_has_no_place_in_a_journal_is_no_citation(words):
    with within(1):
        assert read_citation(words) == {}


@pytest.mark.parametrize(
    ("pages", "whole"),
    [("1819-28", "1819-1828"), ("317–327", "317-327"), ("e12-e15", "e12-e15"), ("7", "7"), ("98-101", "98-101")],
)
def test_pages_are_written_out(pages, whole):
    assert whole_pages(pages) == whole


signs = st.text(st.sampled_from("abX019./\\@#?%:;()[]<>&= -_~'\"doiOR"), max_size=40)


@given(
    st.one_of(
        st.text(max_size=60),
        signs,
        signs.map(lambda one: f"10.1000/{one}"),
        signs.map(lambda one: f"https://doi.org/10.1000/{one}"),
        signs.map(lambda one: f"PMID: {one}"),
        signs.map(lambda one: f"https://example.org/{one}"),
    )
)
def test_whatever_is_typed_an_identifier_has_its_whole_form_and_leads_nowhere_else(typed):
    found = typed_source(typed)

    assert not (found.refused and (found.text or found.doi or found.pmid))
    if found.doi:
        assert DOI.fullmatch(found.doi)
        assert not unfit_doi(found.doi)
        assert not re.search(r"[@?\\\s]|(^|/)\.\.?(/|$)", found.doi)
    if found.pmid:
        assert PMID.fullmatch(found.pmid)
    if found.kind in ("doi", "pmid"):
        assert typed_source(found.text) == TypedSource(found.kind, found.text, doi=found.doi, pmid=found.pmid)
    if found.kind == "address":
        assert re.fullmatch(r"https?://[^@\s]*([/?#].*)?", found.text, re.I)
