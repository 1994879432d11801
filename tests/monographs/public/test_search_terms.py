"""Under which words a page is found: each way to it is one entry, and what was taken down has its names alone."""

import pytest

from monographs.document import Brand, Document, DrugName, Header
from monographs.models import Overlay
from monographs.public.search_terms import LONGEST, entries, fold, joined
from monographs.standing import Gone, Standing, draft
from tests import whole


def test_every_way_to_the_whole_page_with_the_words_that_are_shown_beside_it():
    boxed = whole.whole().notices[0]

    header = whole.whole().header.replaced(title="Title of it")

    assert sorted(entries(draft(whole.whole()), header, "wholumab-drug")) == [
        ("brand", "=totalis", "Totalis", "", "", ""),
        ("brand", "=wholera", "Wholera", "", "", ""),
        ("brand", "totalis", "Totalis", "", "", ""),
        ("brand", "wholera", "Wholera", "", "", ""),
        ("class", "=multiple-sclerosis", "Multiple sclerosis", "", "", "wholumab"),
        ("class", "=neurology", "Neurology", "", "", "wholumab"),
        ("class", "multiple sclerosis", "Multiple sclerosis", "", "", ""),
        ("class", "neurology", "Neurology", "", "", ""),
        ("class", "sclerosis", "Multiple sclerosis", "", "", ""),
        ("code", "117055", "RxNorm 117055", "", "", ""),
        ("code", "l04ag06", "ATC L04AG06", "", "", ""),
        ("critical", str(boxed.key), "Stop after 6 days", "2020-03-01", "2033-12-31", ""),
        ("drug", "=wholumab-drug", "Wholumab", "", "", ""),
        ("letter", "W", "Wholumab", "", "", "wholumab"),
        ("name", "7", "WH-7", "", "", ""),
        ("name", "it", "Title of it", "", "", ""),
        ("name", "of it", "Title of it", "", "", ""),
        ("name", "title of it", "Title of it", "", "", ""),
        ("name", "wh 7", "WH-7", "", "", ""),
        ("name", "wh7", "WH-7", "", "", ""),
        ("name", "wholumab", "Wholumab", "", "", ""),
        ("name", "wholumabe", "Wholumabe", "", "", ""),
        ("name", "wholumabum", "Wholumabum", "", "", ""),
        ("name", "wholuzumab", "Wholuzumab", "", "", ""),
        ("title", "", "Wholumab: Title of it", "", "", "wholumab"),
        ("use", "condition", "one condition", "", "", ""),
        ("use", "one condition", "one condition", "", "", ""),
    ]


def test_a_critical_notice_is_kept_before_it_begins_and_after_it_ended_and_no_other_is():
    doc = whole.whole()
    boxed = doc.notices[0]
    document = doc.replaced(
        notices=[
            boxed.replaced(effective="2099-01-01", expires="2099-01-03"),
            *doc.notices[1:],
        ]
    )

    found = [one for one in entries(draft(document), document.header, "d") if one[0] == "critical"]

    assert found == [("critical", str(boxed.key), "Stop after 6 days", "2099-01-01", "2099-01-03", "")]


def test_the_first_words_for_a_term_are_kept_and_words_and_terms_have_their_longest():
    header = whole.whole().header.replaced(
        name="Same",
        title="same",
        names=[DrugName(kind="other", name="SAME")],
        brands=[Brand(name="b" * 500, country="GB")],
    )
    found = {
        (kind, term): words
        for kind, term, words, *_ in entries(draft(whole.whole().replaced(header=header)), header, "d")
    }

    assert found["name", "same"] == "Same"
    assert found["brand", "b" * LONGEST] == "b" * 500
    assert found["brand", "=" + "b" * LONGEST] == "b" * 500
    assert [term for kind, term in found if kind == "brand"] == ["b" * LONGEST, "=" + "b" * LONGEST]


def test_a_page_that_was_taken_down_is_found_under_its_names_and_brands_alone():
    gone = Gone(Standing(today=None), Overlay(kind="take_down"))
    header = whole.whole().header.replaced(title="Title of it")

    found = list(entries(gone, header, "wholumab-drug"))

    here = [one for one in entries(draft(whole.whole()), header, "wholumab-drug") if one[0] in ("name", "brand")]
    assert found == [one for one in here if not one[1].startswith("=")]
    assert {("brand", "totalis", "Totalis", "", "", ""), ("name", "wholumab", "Wholumab", "", "", "")} < set(found)


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("Interferon  beta-1a", "interferon beta 1a"),
        ("Ménière", "meniere"),
        ("STRASSE straße", "strasse strasse"),
        ("a_b/c.d", "a b c d"),
        ("  ,; ", ""),
        ("ﬁ", "fi"),
        ("x" * 201, "x" * 200),
        ("interferon β-1a", "interferon beta 1a"),
        ("IFNΒ", "ifn beta"),
        ("λ ς ά", "lambda sigma alpha"),
        ("apix\u200baban \u202eapixaban", "apixaban apixaban"),
        ("№ ℃", "no c"),
        ("Bell’s Bell's Brand® ØÆŁ", "bells bells brand oael"),
    ],
)
def test_words_are_compared_without_case_accents_and_punctuation(words, folded):
    assert fold(words) == folded


def test_hyphenated_words_are_found_apart_and_as_one():
    header = Header(name="Interferon beta-1a", names=[DrugName(kind="other", name="BG–12")])
    found = {term for kind, term, *_ in entries(draft(Document(header=header)), header, "d") if kind == "name"}

    assert found == {"interferon beta 1a", "beta 1a", "1a", "interferon beta1a", "beta1a", "bg 12", "12", "bg12"}
    assert joined("non-steroidal - BG‐12") == "nonsteroidal bg12"


def test_plain_letters_are_folded_as_among_others():
    """They take a shorter way."""
    for sign in map(chr, range(128)):
        assert fold(f"A{sign}B é") == f"{fold(f'A{sign}B')} e", repr(sign)
