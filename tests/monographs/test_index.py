"""Under which words a page is found: each way to it once, none to what is gone."""

from datetime import date

import pytest

from monographs.document import Brand, DrugName, PathStep, SafetyNotice
from monographs.index import LONGEST, entries, fold
from monographs.models import Overlay
from monographs.standing import Standing, shown
from tests import factories as make

ON = Standing(today=date(2026, 11, 28))


def document(**header):
    doc = make.document()
    notices = (
        SafetyNotice(key=make.key("now"), type="alert", severity="critical", title="Now", effective="2026-01-02",
                     expires="2026-01-03"),
        SafetyNotice(key=make.key("mild"), type="caution", severity="major", title="Mild"),
    )  # fmt: skip
    plain = {"name": "Drug", "title": "Drug", "class_path": (), "covers": "", **header}
    return doc.replaced(header=doc.header.replaced(**plain), notices=notices)


def found(doc, title="Drug", drug="drug-slug"):
    return list(entries(shown(doc, ON), title, drug))


def test_a_page_is_found_by_every_name_brand_class_and_use_and_by_each_later_word():
    doc = document(
        names=(DrugName(kind="british", name="Other name"),), brands=(Brand(name="Bränd-X", country="GB"),),
        class_path=(PathStep(slug="root", name="Root"), PathStep(slug="leaf", name="Leaf class")), covers="a use",
    )  # fmt: skip

    assert found(doc, "Drug in use") == [
        ("name", "drug", "Drug", "", ""), ("name", "drug in use", "Drug in use", "", ""),
        ("name", "in use", "Drug in use", "", ""), ("name", "use", "Drug in use", "", ""),
        ("name", "other name", "Other name", "", ""), ("name", "name", "Other name", "", ""),
        ("brand", "brand x", "Bränd-X", "", ""), ("brand", "x", "Bränd-X", "", ""),
        ("class", "root", "Root", "", ""), ("class", "leaf class", "Leaf class", "", ""),
        ("class", "class", "Leaf class", "", ""), ("use", "a use", "a use", "", ""), ("use", "use", "a use", "", ""),
        ("class", "=root", "Root", "", ""), ("class", "=leaf", "Leaf class", "", ""),
        ("brand", "=brand-x", "Bränd-X", "", ""), ("drug", "=drug-slug", "Drug", "", ""),
        ("critical", str(make.key("now")), "Now", "2026-01-02", "2026-01-03"),
    ]  # fmt: skip


def test_of_two_words_with_one_beginning_the_first_is_kept():
    assert found(document(names=(DrugName(kind="other", name="DRUG"),)))[0] == ("name", "drug", "Drug", "", "")
    assert len(found(document())) == 3


def test_there_is_no_way_to_a_page_that_was_taken_down():
    gone = Standing(today=ON.today, overlays=(Overlay(kind="take_down"),))

    assert list(entries(shown(document(), gone), "Drug", "drug")) == []


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("  A  b ", "a b"), ("Réb_if®", "reb if"), ("Straße", "strasse"), ("ＡＢ", "ab"), ("β-1a", "β 1a"), ("-", ""),
        ("İ", "i"), ("x" * (LONGEST + 1), "x" * LONGEST),
    ],
)  # fmt: skip
def test_words_are_compared_without_case_accents_and_punctuation(words, folded):
    assert fold(words) == folded
