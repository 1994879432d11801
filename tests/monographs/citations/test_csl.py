"""References as readers see them. An odd record never breaks a page."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monographs.citations.csl import format_reference, is_smpc, year
from monographs.document import Citation
from monographs.texts.line_grammar import safe_address
from tests import factories as make
from tests.strategies import csl as records

pytestmark = pytest.mark.any_database

FIRST = Path(__file__).parents[3] / "reviews" / "management" / "demonstration" / "monographs"
CITATIONS = json.loads((FIRST / "alemtuzumab.json").read_text("utf-8"))["document"]["citations"]
ALEMTUZUMAB = {one["label"]: one["csl"] for one in CITATIONS}


def test_an_article_has_its_journal_and_place():
    reference = format_reference(ALEMTUZUMAB["cohen2012"])

    assert reference.authors == "Cohen JA, Coles AJ, Arnold DL, Confavreux C, Fox EJ, Hartung HP et al."
    assert reference.title.startswith("Alemtuzumab versus interferon beta 1a")
    assert (reference.container, reference.details) == ("Lancet", "2012; 380(9856): 1819–1828")
    assert reference.links == (
        ("doi:10.1016/S0140-6736(12)61769-3", "https://doi.org/10.1016/S0140-6736(12)61769-3"),
        ("PMID 23122652", "https://pubmed.ncbi.nlm.nih.gov/23122652/"),
    )


def test_guidance_has_its_kind_number_and_year():
    reference = format_reference(ALEMTUZUMAB["nice-ta312"])

    assert reference.authors == "National Institute for Health and Care Excellence."
    assert (reference.container, reference.details) == ("", "Technology appraisal guidance, TA312. 2014")
    assert reference.links == (("www.nice.org.uk", "https://www.nice.org.uk/guidance/ta312"),)


@pytest.mark.parametrize(
    ("csl", "authors"),
    [
        ({"author": [{"family": "A", "given": "B. C."}]}, "A BC."),
        ({"author": [{"family": "A", "given": "Jean-Pierre"}]}, "A JP."),
        (
            {"author": [{"family": "Berg", "non-dropping-particle": "van den", "given": "B", "suffix": "Jr"}]},
            "van den Berg B Jr.",
        ),
        ({"author": [{"literal": "Study Group"}]}, "Study Group."),
        ({"author": [{"family": "A"}] * 6}, "A, A, A, A, A, A."),
        ({"author": [{"family": "A"}] * 7}, "A, A, A, A, A, A et al."),
        ({"author": [{"family": "A"}], "custom": {"authors_truncated": True}}, "A et al."),
        ({"author": []}, ""),
        ({}, ""),
    ],
)
def test_six_authors_then_others(csl, authors):
    assert format_reference(csl).authors == authors


@pytest.mark.parametrize(
    ("csl", "links"),
    [
        ({"DOI": "10.1/../x"}, 0),
        ({"DOI": "@evil.example"}, 0),
        ({"DOI": "10.1234/a and more"}, 0),
        ({"PMID": "1 OR 1=1"}, 0),
        ({"PMID": "١٢٣"}, 0),
        ({"URL": "javascript:alert(1)"}, 0),
        ({"URL": "//evil.example"}, 0),
        ({"DOI": '10.1234/a#b?c"><script>'}, 1),
    ],
)
def test_an_identifier_of_another_form_is_no_link(csl, links):
    found = format_reference(csl).links

    assert len(found) == links
    assert all(safe_address(address) and "#" not in address for _, address in found)


@pytest.mark.parametrize(
    "csl",
    [
        {"author": "A"},
        {"author": [None, 1, "x", {}, {"family": None}, {"family": ["x"]}]},
        {"issued": 2012},
        {"issued": {"date-parts": []}},
        {"issued": {"date-parts": [[]]}},
        {"issued": {"date-parts": [["soon"]]}},
        {"issued": {"date-parts": [[float("inf")]]}},
        {"issued": {"date-parts": {"a": 1}}},
        {"title": None, "volume": [], "page": {}, "custom": "x", "DOI": 10, "PMID": True, "URL": 5},
        {"DOI": "10.1234/\ud800"},
        {"URL": "http://["},
        {"URL": "mailto:a//"},
    ],
)
def test_an_odd_record_shows_what_it_has(csl):
    reference = format_reference({"title": "Still here", **csl})

    assert reference.title in ("Still here", "")
    assert all(words and address for words, address in reference.links)


@given(st.one_of(records, st.dictionaries(st.sampled_from(["author", "issued", "title", "custom", "volume"]), records)))
def test_no_record_raises(csl):
    format_reference(csl)
    year(csl)
    is_smpc(csl)


def test_a_frozen_record_is_read_like_a_plain_one():
    csl = ALEMTUZUMAB["cohen2012"]
    citation = Citation(key="00000000-0000-0000-0000-000000000001", label="cohen2012", csl=csl)

    assert format_reference(citation.csl) == format_reference(csl)


def test_which_record_is_an_smpc():
    assert is_smpc(ALEMTUZUMAB["smpc-lemtrada"])
    assert not is_smpc(ALEMTUZUMAB["nice-ta312"])
    assert not is_smpc({"genre": 5})


def reference(**csl):
    """(authors, title, container, details) of a record."""
    one = format_reference(csl)
    return one.authors, one.title, one.container, one.details


ISSUED = {"date-parts": [[2012, 11]]}


@pytest.mark.parametrize(
    ("csl", "said"),
    [
        ({"container-title": "J", "issued": ISSUED}, ("", "", "J", "2012")),
        ({"container-title": "J", "volume": "4"}, ("", "", "J", "4")),
        ({"container-title": "J", "issue": "5"}, ("", "", "J", "5")),
        ({"container-title": "J", "volume": "4", "issue": "5"}, ("", "", "J", "4(5)")),
        ({"container-title": "J", "page": "1-9"}, ("", "", "J", "1–9")),
        ({"container-title": "J", "volume": 4, "page": "e1"}, ("", "", "J", "4: e1")),
        ({"container-title": "J", "issued": ISSUED, "volume": "4", "issue": "5", "page": "1-9"}, ("", "", "J", "2012; 4(5): 1–9")),
        ({"container-title": "Journal", "container-title-short": "J"}, ("", "", "J", "")),
        ({"container-title": "J", "publisher": "P", "genre": "Report", "number": "7"}, ("", "", "J", "")),
        ({"publisher": "P"}, ("", "", "", "P")),
        ({"genre": "Report", "number": "7", "publisher": "P", "issued": ISSUED}, ("", "", "", "Report, 7. P. 2012")),
        ({"genre": "Report"}, ("", "", "", "Report")),
        ({"number": "7"}, ("", "", "", "7")),
        ({"publisher": "A body", "author": [{"literal": "A body"}]}, ("A body.", "", "", "")),
        ({"publisher": "A body.", "author": [{"literal": "A body"}]}, ("A body.", "", "", "")),
        ({"publisher": "Another", "author": [{"literal": "A body"}]}, ("A body.", "", "", "Another")),
        ({"title": " T "}, ("", "T", "", "")),
        ({"title": True, "volume": False}, ("", "", "", "")),
        ({"author": [{}, {"family": "A"}]}, ("A.", "", "", "")),
        ({"author": [{"family": "A", "literal": "The group"}]}, ("The group.", "", "", "")),
        ({"author": [{}] * 9 + [{"family": "A"}]}, ("A.", "", "", "")),
        ({"custom": {"authors_truncated": True}}, ("", "", "", "")),
        ({"author": [{"family": "A"}], "custom": {"authors_truncated": False}}, ("A.", "", "", "")),
    ],
)  # fmt: skip
def test_each_part_of_a_reference_stands_in_its_place(csl, said):
    assert reference(**csl) == said


@pytest.mark.parametrize(
    ("csl", "links"),
    [
        ({"DOI": "10.1234/a(b)c"}, [("doi:10.1234/a(b)c", "https://doi.org/10.1234/a(b)c")]),
        ({"DOI": "10.1234/a?b#c"}, [("doi:10.1234/a?b#c", "https://doi.org/10.1234/a%3Fb%23c")]),
        ({"PMID": 12345678}, [("PMID 12345678", "https://pubmed.ncbi.nlm.nih.gov/12345678/")]),
        ({"PMID": "123456789"}, []),
        ({"URL": "https://a.example/b/c"}, [("a.example", "https://a.example/b/c")]),
        ({"URL": "mailto:a@b.example"}, [("mailto:a@b.example", "mailto:a@b.example")]),
        (
            {"URL": "http://a.example", "PMID": "1", "DOI": "10.1234/x"},
            [
                ("doi:10.1234/x", "https://doi.org/10.1234/x"),
                ("PMID 1", "https://pubmed.ncbi.nlm.nih.gov/1/"),
                ("a.example", "http://a.example"),
            ],
        ),
    ],
)
def test_where_a_reference_leads(csl, links):
    assert list(format_reference(csl).links) == links


@pytest.mark.parametrize(
    ("issued", "said"),
    [(ISSUED, "2012"), ({"date-parts": [["2012"]]}, "2012"), ({"date-parts": [[]]}, ""), ({}, ""), (None, "")],
)
def test_the_year_of_a_record(issued, said):
    assert year({"issued": issued}) == said


@pytest.mark.parametrize(
    ("csl", "editors"),
    [
        ({"type": "chapter", "container-title": "Handbook", "editor": [{"family": "Stone", "given": "Kay"}]}, "In: Stone K, editor."),
        ({"type": "chapter", "container-title": "Handbook", "editor": [{"family": "Stone"}, {"literal": "A group"}]},
         "In: Stone, A group, editors."),
        ({"type": "book", "editor": [{"family": "Stone", "given": "K L"}]}, "Edited by Stone KL."),
        ({"type": "chapter", "container-title": "H", "editor": [{"family": f"E{n}"} for n in range(7)]},
         "In: E0, E1, E2, E3, E4, E5 et al, editors."),
        ({"type": "article-journal", "container-title": "Lancet", "editor": [{"family": "Stone"}]}, ""),
        ({"type": "chapter", "container-title": "Handbook", "editor": "Stone"}, ""),
        ({"type": "chapter", "container-title": "Handbook"}, ""),
    ],
)  # fmt: skip
def test_editors_of_a_book_are_named(csl, editors):
    assert format_reference({"title": "A chapter", **csl}).editors == editors


@pytest.mark.django_db
def test_the_page_prints_the_editors_before_their_book(client, house):
    csl = {
        "type": "chapter", "title": "A chapter", "container-title": "Handbook", "author": [{"family": "Moss"}],
        "editor": [{"family": "Stone", "given": "K"}], "issued": {"date-parts": [[2020]]},
    }  # fmt: skip
    citation = make.document().citations[0].replaced(csl=csl)
    make.published(house, doc=make.document(citations=(citation,)))

    html = client.get("/drugs/testazumab/").content.decode()

    assert "Moss. A chapter. In: Stone K, editor. <cite>Handbook</cite> 2020." in html


def test_a_record_is_kept_without_the_marks_of_a_web_page():
    csl = {
        "type": "article-journal", "title": "<i>In vivo</i> &amp;amp; 10<sup>9</sup>", "container-title": "A &amp; B",
        "author": [{"literal": "Smith &amp; Sons"}], "URL": "https://example.org/?a=1&amp;b=2", "DOI": "10.1000/a&lt;b",
    }  # fmt: skip

    kept = Citation(key="00000000-0000-0000-0000-000000000001", label="a", csl=csl).csl

    assert (kept["title"], kept["container-title"]) == ("In vivo & 10⁹", "A & B")
    assert kept["author"][0]["literal"] == "Smith & Sons"
    assert (kept["URL"], kept["DOI"]) == ("https://example.org/?a=1&amp;b=2", "10.1000/a&lt;b")
    with pytest.raises(ValidationError):  # an entity hides no character that may not be typed
        Citation(key="00000000-0000-0000-0000-000000000001", label="a", csl={"title": "a&#8238;b"})
