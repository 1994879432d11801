"""Differences as pages show them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.diff import compare
from monographs.sides import changes_of, side
from monographs.words import word_diff
from tests import factories as make

HIDDEN = re.compile(r'<span class="vh">[^<]*</span>')
TAG = re.compile(r"<[^>]*>")


def shown(old, new):
    """(old side, new side) as HTML, lines joined."""
    segments = word_diff(old, new)
    return tuple(
        "\n".join(line for block in side(segments, mark) for line in block.lines) for mark in ("removed", "added")
    )


def test_marks_are_told_by_hidden_words_and_each_side_has_its_own():
    old, new = shown("Check monthly.", "Check weekly.")

    assert old == 'Check <del><span class="vh">Removed: </span>monthly</del>.'
    assert new == 'Check <ins><span class="vh">Added: </span>weekly</ins>.'


def test_no_figure_is_struck_through():
    old, _ = shown("Repeat after 1,000.5 days & 3 weeks", "Never repeat")

    struck = re.search(r"<del>(.*)</del>", old)[1]
    assert '<span class="q">1,000.5</span>' in struck
    assert '<span class="q">3</span>' in struck
    assert not re.search(r"\d", re.sub(r'<span class="q">[^<]*</span>', "", struck))


def test_what_is_typed_is_no_markup():
    old, new = shown("<script>1</script>", "<img src=x onerror=1>")

    assert set(TAG.findall(HIDDEN.sub("", old + new))) <= {
        "<del>",
        "</del>",
        "<ins>",
        "</ins>",
        '<span class="q">',
        "</span>",
    }


def test_lists_stay_lists_and_paragraphs_paragraphs():
    blocks = side(word_diff("", "Before:\n\n- one\n- two\n\nAfter."), "added")

    assert [(block.is_list, len(block.lines)) for block in blocks] == [(False, 1), (True, 2), (False, 1)]
    assert "- one" not in blocks[1].lines[0]


def test_an_item_that_came_is_an_item_although_its_last_word_is_shared():
    (block,) = side(word_diff("- one.", "- one.\n- two."), "added")

    assert (block.is_list, len(block.lines)) == (True, 2)


@pytest.mark.parametrize(("old", "new"), [("one\ntwo", "one two"), ("one two", "one\n\ntwo"), ("- one", "one")])
def test_a_change_of_white_space_or_marker_alone_is_seen(old, new):
    before, after = shown(old, new)

    assert "<del>" in before or "<ins>" in after


texts = st.text(st.sampled_from("ab 1.,\n-<&é"), max_size=40).map(str.strip)


@given(texts, texts)
def test_words_are_lost_on_neither_side(old, new):
    def words(html):
        plain = TAG.sub("", HIDDEN.sub("", html)).replace("&lt;", "<").replace("&amp;", "&").replace("&nbsp;", " ")
        return re.sub(r"[\s¶␣-]", "", plain)

    before, after = shown(old, new)

    assert (words(before), words(after)) == (re.sub(r"[\s-]", "", old), re.sub(r"[\s-]", "", new))


@given(texts, texts)
def test_texts_that_differ_never_look_alike(old, new):
    before, after = shown(old, new)

    assert old == new or "<del>" in before or "<ins>" in after


def test_a_moved_part_is_a_change_of_the_order():
    one, two = make.document().sections
    (change,) = changes_of(compare(make.document(), make.document(sections=(two, one))))

    assert (change.key, change.title) == ("order", "Order of parts: changed")
    assert change.moves == ("Prescribing in practice: from place 1 to place 2",) or len(change.moves) == 1


def test_a_moved_item_of_a_list_is_told():
    section = make.document().sections[0]
    old = make.document(sections=(section.replaced(text="- one thing\n- two things\n- three things"),))
    new = make.document(sections=(section.replaced(text="- three things\n- one thing\n- two things"),))

    (change,) = changes_of(compare(old, new))

    assert change.fields[0].notes == ("This item moved from place 3 to place 1 of the list: three things",)
