"""A DOI and a PMID, as people paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.citations.csl import format_reference
from monographs.document import Citation
from monographs.texts.identifiers import DOI, PMID, cut_doi, cut_pmid
from tests import factories as make
from tests.effort import within

LANCET = "10.1016/S0140-6736(12)61769-3"
WILEY = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2"


@pytest.mark.parametrize(
    "doi", [LANCET, WILEY, "10.1000/x", "10.1000/a.b,c;d", "10.1000/x_y-z", "10.1000/[a]", "10.1000/µ"]
)
def test_a_whole_doi_loses_nothing(doi):
    assert cut_doi(doi) == (doi, [])


@pytest.mark.parametrize("doi", [LANCET, WILEY, "10.1000/x"])
@pytest.mark.parametrize(
    ("end", "names"),
    [
        (".", ["full stop"]), (",", ["comma"]), (";", ["semicolon"]), (":", ["colon"]), (")", ["bracket"]), ("]", ["bracket"]),
        (").", ["full stop", "bracket"]), (".)", ["bracket", "full stop"]), ("...", ["full stop"]), ("”.", ["full stop", "quotation mark"]),
        (" .", ["full stop"]), (">", ["bracket"]), ("…", ["ellipsis"]),
    ],
)  # fmt: skip
def test_what_a_sentence_puts_behind_it_is_cut_and_said(doi, end, names):
    assert cut_doi(f"{doi}{end}") == (doi, [f"We left out the {name} at its end." for name in names])


@pytest.mark.parametrize("doi", [LANCET, WILEY, "10.1000/x"])
@pytest.mark.parametrize(
    "before",
    ["https://doi.org/", "http://dx.doi.org/", "https://www.doi.org/", "HTTPS://DOI.ORG/", "doi.org/", "doi:", "DOI: ", "doi ", "doi="],
)  # fmt: skip
def test_what_stands_before_it_is_cut_and_said(doi, before):
    assert cut_doi(f" {before}{doi} ") == (doi, [f"We left out “{before.strip()}” before it."])


def test_all_at_once():
    encoded = "https://doi.org/10.1016/S0140-6736%2812%2961769-3."

    assert cut_doi(f"(doi: {encoded})")[0] == LANCET
    assert cut_doi(encoded)[1] == ["We left out “https://doi.org/” before it.", "We left out the full stop at its end."]


@pytest.mark.parametrize(
    "typed", ["", ".", "11.1000/x.", "doi:", "https://example.org/10.1000/x", "10.1000", "doi: see below."]
)
def test_what_is_none_comes_back_as_it_was_typed(typed):
    assert cut_doi(typed) == (typed, [])


@pytest.mark.parametrize(
    ("typed", "pmid"),
    [
        ("PMID: 23122652", "23122652"), ("pmid:23122652.", "23122652"), ("23122652,", "23122652"), ("PMID 5", "5"),
        ("https://pubmed.ncbi.nlm.nih.gov/23122652/", "23122652"), ("https://www.ncbi.nlm.nih.gov/pubmed/23122652", "23122652"),
    ],
)  # fmt: skip
def test_a_pmid_likewise(typed, pmid):
    cut, said = cut_pmid(typed)

    assert cut == pmid
    assert said


@pytest.mark.parametrize("typed", ["PMC12", "0123", "PMID: 0", "123456789", "PMID", "12 34"])
def test_what_is_no_pmid_stays(typed):
    assert cut_pmid(typed) == (typed, [])


@given(st.from_regex(r"(doi:|https://doi\.org/)?10\.[0-9]{4,5}/[a-z().,;<>\[\]]{1,12}", fullmatch=True))
def test_cutting_is_done_once_and_leaves_a_doi(typed):
    cut, said = cut_doi(typed)

    assert cut_doi(cut) == (cut, [])
    assert not said or DOI.fullmatch(cut)
    assert cut in typed


@pytest.mark.parametrize(("csl", "kept"), [({"DOI": f"https://doi.org/{LANCET}."}, {"DOI": LANCET}), ({"PMID": "PMID: 12."}, {"PMID": "12"}), ({"PMID": 12}, {"PMID": 12}), ({"DOI": "rubbish."}, {"DOI": "rubbish."})])  # fmt: skip
def test_a_record_is_cut_when_it_is_typed_and_stands_when_it_is_read(csl, kept):
    """So an import and a form keep the same."""
    fields = {"key": make.key("c"), "label": "a", "csl": {"title": "x", **csl}}

    assert Citation(**fields).csl == {"title": "x", **kept}
    assert Citation.stored(fields).csl == {"title": "x", **csl}
    assert Citation.stored(fields).judged().csl == {"title": "x", **kept}


def test_what_was_stored_with_a_dot_is_shown_as_it_was():
    assert format_reference({"title": "x", "DOI": "10.1000/x."}).links == (
        ("doi:10.1000/x.", "https://doi.org/10.1000/x."),
    )
    assert PMID.fullmatch("12")


@pytest.mark.parametrize("sign", [")", "]", ".", "(", "doi:", "%29", "10.1/"])
@pytest.mark.parametrize("cut", [cut_doi, cut_pmid])
def test_a_hundred_kilobytes_come_back_at_once_as_they_were_typed(cut, sign):
    typed = (sign * 100_000)[:100_000]

    with within(1):
        assert cut(typed) == (typed, [])
