"""Texts that follow the second rules of text: whoever changes words writes by them, what has them keeps them, and whatever
shows, compares or judges a text is told of them. The rules themselves: test_grammar."""

import json
import re
from uuid import UUID

import pytest
from pydantic import ValidationError

from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from monographs.difference.text_diff import item_changes
from monographs.digest import as_json, digest, from_text, to_text
from monographs.document import Document, Header, SafetyNotice, Section
from monographs.pages.page import page
from monographs.standing import draft
from monographs.texts.text import Renderer, plain, refusals, render
from monographs.typed import rules_of
from tests import whole

A, B = UUID(int=1), UUID(int=2)
WHOLE = whole.whole()


def section(text, rules=2):
    """As it is stored, whatever may be typed."""
    return Section.model_construct(key=A, kind="cautions", heading="Cautions", text=text, text_rules=rules)


def notice(text, rules=2):
    fields = {name: getattr(WHOLE.notices[0], name) for name in SafetyNotice.model_fields}
    return SafetyNotice.model_construct(**{**fields, "text": text, "text_rules": rules})


def header(introduction, rules=2):
    fields = {name: getattr(WHOLE.header, name) for name in Header.model_fields}
    return Header.model_construct(**{**fields, "introduction": introduction, "text_rules": rules})


# -- The value --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part", [WHOLE.header, WHOLE.sections[0], WHOLE.notices[0]], ids=lambda one: type(one).__name__
)
def test_a_text_follows_the_first_rules_unless_it_says_otherwise(part):
    assert part.text_rules is None
    assert "text_rules" not in as_json(part)
    assert as_json(part.replaced(text_rules=2)) == {**as_json(part), "text_rules": 2}
    for unknown in (0, 1, 3, "2", True):
        with pytest.raises(ValidationError):
            part.replaced(text_rules=unknown)


def test_the_rules_are_part_of_what_is_signed_and_come_back_from_its_text():
    document = WHOLE.replaced(sections=(WHOLE.sections[0].replaced(text_rules=2), *WHOLE.sections[1:]))

    assert digest(document) != digest(WHOLE)
    assert from_text(to_text(document)) == document
    assert json.loads(to_text(document))["schema_version"] == 1


# -- Which rules a text follows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "before", "followed", "then"),
    [("a", "a", None, None), ("a", "a", 2, 2), ("b", "a", None, 2), ("b", "a", 2, 2), ("a", "", None, 2), ("", "a", 2, None),
     ("", "a", None, None), ("", "", None, None), ("a ", "a", None, 2),
     ("1.5*10^9 or 2*10^9", "1.5*10^9 or 2*10^9", None, 2), ("_a_", "_a_", None, 2), ("_a_", "_a_", 2, 2)],
)  # fmt: skip
def test_a_text_follows_the_rules_of_today_from_the_moment_its_words_are_changed(words, before, followed, then):
    assert rules_of(words, before, followed) == then


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda text: Section(key=A, kind="cautions", text=text, text_rules=2), "text"),
        (lambda text: SafetyNotice(key=A, type="caution", severity="major", text=text, text_rules=2), "text"),
        (lambda text: Header(introduction=text, text_rules=2), "introduction"),
    ],
    ids=["section", "notice", "header"],
)
def test_what_can_be_read_in_two_ways_is_refused_at_its_text(build, field):
    text = "One.\n\n*Two* three*\n\n- four\nfive"
    with pytest.raises(ValidationError) as error:
        build(text)

    ((loc, said),) = [(one["loc"], one["msg"].removeprefix("Value error, ")) for one in error.value.errors()]
    assert (loc, said) == ((field,), " ".join(refusals(text, 2)))
    assert [line in said for line in ("Line 3", "Line 6")] == [True, True]
    assert build("One *two*.")


# -- Whatever shows or compares a text is told of its rules -----------------------------------------------------------


def test_rendering_and_plain_words_go_by_the_rules_that_they_are_given():
    text = "Take _one_.\n- Now"

    assert render(text) == "<p>Take <em>one</em>.</p>\n<ul><li>Now</li>\n</ul>"
    assert render(text, rules=2) == "<p>Take _one_.<br>\n- Now</p>"
    assert Renderer([]).html(text, 2) == render(text, rules=2)
    assert (plain(text), plain(text, 2)) == ("Take one.\nNow", "Take _one_. - Now")


def test_a_page_shows_each_text_by_the_rules_of_its_part():
    sections = (section("Second _a_."), section("First _b_.", None).replaced(key=B))
    document = WHOLE.replaced(
        header=header("Second _c_."), sections=sections, notices=(notice("Second _d_."), *WHOLE.notices[1:])
    )

    seen = page(draft(document), set())

    assert seen.introduction == "<p>Second _c_.</p>"
    assert seen.summary == "Second _c_."
    (cautions,) = (block for block in seen.blocks if block.kind == "cautions")
    assert [one.html for one in cautions.passages] == ["<p>Second _a_.</p>", "<p>First <em>b</em>.</p>"]
    assert seen.critical.notices[0].body == "<p>Second _d_.</p>"
    assert page(draft(WHOLE.replaced(header=header("Third _c_.", None))), set()).summary == "Third c."


def test_items_of_lists_are_told_of_texts_that_have_lists():
    assert [one.kind for one in item_changes("- a\n- b", "- b\n- a")] == ["moved"]
    assert [one.kind for one in item_changes("- a\n- b", "- b\n- a", 2, 2)] == ["moved"]
    assert [one.kind for one in item_changes("* a", "* a", 2)] == ["added"]
    assert [one.kind for one in item_changes("x\n- a", "x\n- a", None, 2)] == ["removed"]


@pytest.mark.parametrize(
    ("old", "new", "lists"),
    [(None, None, (True, True)), (2, None, (False, True)), (None, 2, (True, False)), (2, 2, (False, False))],
)
@pytest.mark.parametrize("build", [section, notice, header], ids=["section", "notice", "header"])
def test_each_side_of_a_difference_is_shown_by_its_own_rules(build, old, new, lists):
    def holding(value):
        if isinstance(value, Header):
            return WHOLE.replaced(header=value)
        return Document(**{"sections" if isinstance(value, Section) else "notices": (value,)})

    (change,) = changes_of(compare(holding(build("+ one", old)), holding(build("+ one\n+ two", new))))
    texts = next(field for field in change.fields if field.label in ("Text", "Introduction"))

    assert (any(block.is_list for block in texts.old), any(block.is_list for block in texts.new)) == lists
    assert "Rules of the text" not in [
        field.label for field in change.fields
    ]  # whoever changes words writes by today's


def test_the_same_words_that_a_page_prints_otherwise_by_other_rules_are_shown_as_they_are_printed():
    words = "below 1.5*10^9/L or 100*10^9/L"
    (change,) = changes_of(compare(Document(sections=(section(words, None),)), Document(sections=(section(words),))))
    (field,) = change.fields

    assert field.label == "As a page prints it"
    old, new = (
        "".join(re.sub("<[^>]*>", "", line) for block in side for line in block.lines)
        for side in (field.old, field.new)
    )
    assert old.replace("Removed: ", "") == "below 1.510^9/L or 10010^9/L"
    assert new.replace("Added: ", "") == words


def test_the_same_words_by_other_rules_are_told_as_that():
    (change,) = compare(Document(sections=(section("a", None),)), Document(sections=(section("a"),))).changes
    (field,) = change.fields

    assert (field.label, [(one.op, one.text) for one in field.segments]) == ("Rules of the text", [("added", "Version 2")])  # fmt: skip
