"""Which sections a kind of drug needs, and that each says what it must contain (tests/test_docs.py holds the words)."""

import pytest

from monographs.vocabulary import SECTION_KINDS, TRAITS, needed_kinds

ASKS = {"teratogen": "contraception", "biologic": "screening", "injectable": "administration"}


@pytest.mark.parametrize("trait", TRAITS)
def test_a_trait_asks_for_its_own_section_beside_what_every_page_needs(trait):
    every = [kind.slug for kind in SECTION_KINDS.values() if kind.needed == "required"]

    assert {kind.slug for kind in needed_kinds({trait})} == {*every, *filter(None, [ASKS.get(trait)])}
    assert [kind.slug for kind in needed_kinds(set())] == every


def test_each_kind_says_in_sentences_what_it_must_contain():
    for kind in SECTION_KINDS.values():
        assert kind.contains[0].isupper(), kind.slug
        assert kind.contains.endswith("."), kind.slug
