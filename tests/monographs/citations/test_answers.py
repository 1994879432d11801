"""Answers of registers and pages: whatever they hold, a record comes out that may be kept, or none."""

from hypothesis import given
from hypothesis import strategies as st

from monographs.citations.answers import from_crossref, from_medline, from_page, ids_from_pubmed
from monographs.document import Citation
from tests import factories as make

words = st.text(max_size=30)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=8,
)
FIELDS = (
    "title",
    "subtitle",
    "type",
    "author",
    "issued",
    "published-print",
    "container-title",
    "volume",
    "issue",
    "page",
    "publisher",
    "DOI",
    "updated-by",
)
TAGS = ("PMID", "TI", "FAU", "AU", "CN", "DP", "JT", "TA", "VI", "IP", "PG", "LID", "AID", "PT", "EIN")
author = st.fixed_dictionaries({}, optional=dict.fromkeys(("family", "given", "name"), values))
works = st.fixed_dictionaries(
    {"title": st.one_of(st.lists(words, max_size=2), values)},
    optional={name: values for name in FIELDS if name != "title"}
    | {"author": st.one_of(st.lists(author, max_size=3), values)},
)


def may_be_kept(found):
    for one in found:
        Citation(key=make.key("c"), label="x", csl=one.csl)
        assert one.csl["title"].strip()


@given(
    st.one_of(
        works.map(lambda work: {"message": work}),
        st.lists(works, max_size=3).map(lambda items: {"message": {"items": items}}),
        values,
    )
)
def test_whatever_crossref_answers(answer):
    may_be_kept(from_crossref(answer))
    assert ids_from_pubmed(answer) == []


@given(
    st.lists(
        st.one_of(
            words,
            st.tuples(st.sampled_from(TAGS), words).map(lambda line: f"{line[0]:<4}- {line[1]}"),
            words.map(lambda one: f"      {one}"),
        ),
        max_size=12,
    )
)
def test_whatever_pubmed_answers(lines):
    may_be_kept(from_medline("\n".join(lines)))


@given(
    st.lists(
        st.one_of(
            words,
            st.sampled_from(
                (
                    "<title>",
                    "</title>",
                    "<meta name=dc.date content='",
                    "<meta name='citation_title' content='",
                    "'>",
                    "<![x",
                    "&#0;",
                    "<!--",
                )
            ),
        ),
        max_size=12,
    )
)
def test_whatever_a_page_says(pieces):
    found = from_page("".join(pieces), "https://example.org/x")

    may_be_kept([found] if found else [])


def test_only_numbers_are_ids():
    assert ids_from_pubmed({"esearchresult": {"idlist": ["1", "0", "x", 3, "23122650"]}}) == ["1", "23122650"]
