"""The table of abbreviations, row by row: one list for the rule that warns of them and the search that explains them."""

import pytest

from monographs.proofing.rules import RULES
from monographs.proofing.short_names import pattern_of, short_names


def hits(words):
    return [words[start:end] for start, end in RULES["L23"].find(words)]


def test_each_row_says_what_it_stands_for_and_where_that_stands():
    assert len({one.short.lower() for one in short_names()}) == len(short_names()) == 24
    for one in short_names():
        assert one.meant, one
        assert not set(one.meant) & set(one.misread), one
        assert set(one.source.split("; ")) <= {"ISMP", "usage"}, one
        assert one.rule in ("L23", ""), one


@pytest.mark.parametrize("one", short_names(), ids=lambda one: one.short)
def test_the_rule_warns_of_what_the_table_says_and_of_nothing_else(one):
    expected = [one.short] if one.rule else []
    assert hits(f"Give {one.short} once.") == expected
    assert hits(f"Give {one.short.lower()} once.") == ([one.short.lower()] if one.in_any_case else [])
    assert hits(f"Give x{one.short} or {one.short}x once.") == []


def test_multiple_sclerosis_may_be_written_short_and_a_hyphen_may_be_missing():
    assert [one.short for one in short_names() if not one.rule] == ["MS"]
    assert hits("5FU and 5-FU in MS") == ["5FU", "5-FU"]
    assert pattern_of("L23").startswith(r"\b(?:(?i:MTX)|")
