"""Differences as pages show them."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.difference.diff_html import changes_of, side
from monographs.difference.document_diff import compare
from monographs.difference.word_diff import word_diff
from tests import factories as make
from tests import whole

HIDDEN = re.compile(r'<span class="(?:vh|called)">[^<]*</span>')
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


def test_a_side_is_shown_as_paragraphs_and_lists_and_nothing_typed_is_markup():
    segments = word_diff("", "Say <b>:\n- one\n- two & more\nThen stop.")

    html = re.sub("</?ins>|<span[^>]*>Added: </span>", "", side(segments, "added").html)
    assert html == "<p>Say &lt;b&gt;:</p><ul><li>one</li><li>two &amp; more</li></ul><p>Then stop.</p>"


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
    three = one.replaced(key=make.key("third"), heading="Third")
    old, new = (make.document(sections=order) for order in ((one, two, three), (three, one, two)))

    (change,) = changes_of(compare(old, new))

    assert (change.key, change.title) == ("order", "Order of parts: changed")
    assert change.moves == ("Third: from place 3 to place 1",)


def test_a_moved_item_of_a_list_is_told():
    section = make.document().sections[0]
    old = make.document(sections=(section.replaced(text="- one thing\n- two things\n- three things"),))
    new = make.document(sections=(section.replaced(text="- three things\n- one thing\n- two things"),))

    (change,) = changes_of(compare(old, new))

    assert change.fields[0].notes == ("This item moved from place 3 to place 1 of the list: three things",)


# -- Every field --------------------------------------------------------------------------------------------------------


def read(blocks):
    """What a side of a field reads, without the hidden words."""
    plain = "\n".join(TAG.sub("", HIDDEN.sub("", line)) for block in blocks for line in block.lines)
    return unescape(plain).replace("\u00a0", " ")


def right(document):
    """What each field of a document reads where all of it is new."""
    changes = changes_of(compare(None, document))
    return {(change.key, field.label): read(field.new) for change in changes for field in change.fields}


ALL = right(whole.whole())


@pytest.mark.parametrize(
    ("path", "document"),
    [(path, document) for path, _, _, document in whole.changed()],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_any_field_that_is_another_is_shown_old_on_the_left_and_new_on_the_right(path, document):
    (change,) = changes_of(compare(whole.whole(), document))
    (field,) = change.fields

    shown = right(document) | {(change.key, "Rules of the text"): "Version 2"}  # of a part that came, words say enough
    old, new = ALL.get((change.key, field.label), ""), shown[change.key, field.label]
    assert (read(field.old), read(field.new)) == (old, new)
    assert old != new
    assert change.kind == "changed"
    assert change.key == ("header" if path.startswith("header") else str(part_at(path).key))
    assert change.anchor == f"change-{change.key}"


def part_at(path):
    field, place, *_ = path.split(".")
    return getattr(whole.whole(), field)[int(place)]


def test_a_part_that_came_has_words_on_the_right_only_and_one_that_went_on_the_left():
    document = whole.whole()
    without = document.replaced(related=())

    (come,) = changes_of(compare(without, document))
    (gone,) = changes_of(compare(document, without))

    assert [(one.label, read(one.old), read(one.new)) for one in come.fields] == [
        ("Monograph", "", "otherumab"),
        ("Reason", "", "comparator of the trial"),
    ]
    assert [(one.label, read(one.old), read(one.new)) for one in gone.fields] == [
        ("Monograph", "otherumab", ""),
        ("Reason", "comparator of the trial", ""),
    ]
    assert (come.title, come.part_kind) == ("Related: otherumab: added", "related")
    assert (gone.title, gone.part_kind) == ("Related: otherumab: removed", "related")


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("one\n\ntwo", "one\ntwo", "one\n¶\ntwo", "one\ntwo"),
        ("one\n  two", "one\ntwo", "one\n␣␣two", "one\ntwo"),
        ("one\ntwo", "one\n two", "one\ntwo", "one\n␣two"),
        ("- one\n- two", "- one", "one\ntwo", "one"),
        ("a < b & c", "a > b & c", "a < b & c", "a > b & c"),
    ],
)
def test_both_sides_read_as_they_were_typed_with_signs_for_what_is_not_seen(old, new, before, after):
    segments = word_diff(old, new)

    assert tuple(read(side(segments, mark)) for mark in ("removed", "added")) == (before, after)


def test_words_that_were_added_or_removed_are_escaped_with_their_figures():
    old, new = shown("x <b>1</b>", "x <i>2</i>")

    assert "&lt;" in old
    assert "<b>" not in old
    assert "&lt;" in new
    assert "<i>" not in new


def test_all_changes_of_two_documents_come_in_the_order_of_the_page_and_the_order_last():
    document = whole.whole()
    other = document.replaced(
        header=document.header.replaced(title="x"),
        sections=[one.replaced(text="x") for one in document.sections[::-1]],
        related=(),
    )

    changes = changes_of(compare(document, other))

    assert [(one.label, one.kind, one.part_kind) for one in changes] == [
        ("Header", "changed", "header"),
        ("What it is for", "changed", "section"),
        ("What to watch", "changed", "section"),
        ("Related: otherumab", "removed", "related"),
        ("Order of parts", "changed", ""),
    ]
    assert changes[-1].moves == ("What to watch: from place 2 to place 1",)
    assert all(one.moves == () for one in changes[:-1])


def test_an_item_with_a_changed_word_inside_stays_an_item_without_its_marker():
    segments = word_diff("- one apple here", "- one pear here")

    for mark, word in (("removed", "apple"), ("added", "pear")):
        (block,) = side(segments, mark)
        assert (block.is_list, len(block.lines), read([block])) == (True, 1, f"one {word} here")
