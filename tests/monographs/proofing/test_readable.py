"""What of a text is read, and where it was typed."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monographs.proofing.proof import proof
from monographs.proofing.readable import APART, END, readable
from monographs.texts.text import plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one [@a1] two", "one two"),
        ("one[@a][@b].", "one."),
        ("*five* **mg** and 2*3", "five mg and 2*3"),
        ("[*in* vitro](https://x.org/a_5mg) here", "in vitro here"),
        ("a\nb\n\nc", f"a\nb{END}c"),
        ("- a\n- b\n  c", f"a{END}b\n  c"),
        ("1. a\n2. b", f"a{END}b"),
        ("to a.b@c.org now", f"to {APART * 9} now"),
        ("HLA-B*15:02 and CYP2C9*2", "HLA-B*15:02 and CYP2C9*2"),
    ],
)
def test_marks_of_the_grammar_are_not_read(text, words):
    assert readable(text).words == words


def test_a_field_without_marks_is_read_as_it_stands():
    assert readable("- *a* [@b]", is_prose=False).words == "- *a* [@b]"


def test_a_hit_is_told_where_it_was_typed_though_marks_stand_inside():
    text = "See [@one] it: *5*[@two] mcg, then [2 mg](https://x.org) od.\n\n- 1.0 mg"

    assert {one.rule: text[one.start : one.end] for one in proof(text)} == {
        "L03": "mcg", "L07": "od", "L02": "1.0",
    }  # fmt: skip


def test_no_rule_reads_from_one_item_into_the_next():
    assert [one.rule for one in proof("- Methotrexate\n- Another 5 mg") if one.rule == "L25"] == []
    assert [one.rule for one in proof("Take 5 mg of\nmethotrexate.") if one.rule == "L25"] == ["L25"]


@given(st.text(st.sampled_from("ab1 .-*[]()@<>\n:/h\u200b"), max_size=80))
def test_each_sign_that_is_read_stands_where_it_is_said_to(text):
    read = readable(text)

    assert len(read.words) == len(read.places)
    assert read.places == sorted(read.places)
    for sign, place in zip(read.words, read.places, strict=True):
        assert sign in (APART, END) or text[place] == sign


@given(st.text(st.sampled_from("ab1 .*[]@\n"), max_size=60))
def test_what_is_read_are_the_words_that_a_page_shows(text):
    assume(not re.search(r"^\s*\*\s", text, re.MULTILINE))  # the first rules take it for the mark of an item

    def bare(words):
        return "".join(words.split())

    assert bare(readable(text).words.replace(END, "")) == bare(plain(text, 2))
