"""Texts that follow the second rules of text. Nothing sets them yet; what has them keeps them, and whatever shows,
compares or judges a text is told of them."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from pydantic import ValidationError

from monographs.difference.diff_html import changes_of
from monographs.difference.document_diff import compare
from monographs.difference.text_diff import item_changes
from monographs.digest import as_json, digest, from_text, to_text
from monographs.document import Document, Header, SafetyNotice, Section
from monographs.page import page
from monographs.standing import draft
from monographs.text import Renderer, plain, refusals, render, shows_as_typed
from tests import whole
from tests.monographs.test_text import words
from tests.strategies import prose

A, B = UUID(int=1), UUID(int=2)
WHOLE = whole.whole()


def section(text, rules=2):
    """As it will be stored once the second rules are written: today nothing else lets such a text in."""
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


# -- What may be stored before the second rules are written -----------------------------------------------------------

TYPED = [
    "", "One condition [@record].", "Two.\n\nParagraphs.", "5 < 7 & 8 > 3", "1.5 mg/m² (2 to 3 times)", "a [b] c",
    "µ, é, “quoted”; 5-10 mg", "-5 °C", "#hashtag"[1:], "1.5 mL", "R&amp;D", "~a~ `b`", "x+y - z",
]  # fmt: skip
OTHERWISE = [
    "1.5*10^9", "HLA-B*15:02", "a_b", r"a\b", "[x](https://a.example)", "<https://a.example>", "- item", "+ item",
    "* item", "1. item", "12) item", "One\ntwo", "One:\n- item", "One\n\n- item", "One\n\n\nTwo", " one", "One\n\n two",
    "a  b", "a\tb", "One\n\n\u00a0two", "# Heading", "> Quoted", "| a | b |", "-", "7.", "[@record] - item",
    "One\n\n[@record] 1. item",
]  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_what_shows_as_typed_by_the_first_rules_may_follow_the_second(text):
    assert shows_as_typed(text)
    assert refusals(text, 2) == []
    assert Section(key=A, kind="cautions", text=text, text_rules=2).text_rules == 2


@pytest.mark.parametrize("text", OTHERWISE)
def test_what_the_first_rules_would_show_otherwise_is_refused_at_its_text(text):
    sentence = (
        "This text was written by newer rules (version 2), and a page of today would not show it as it was typed. "
        "Take out marks, lists and single line breaks, or write it anew."
    )
    assert not shows_as_typed(text)
    assert refusals(text, 2) == [sentence]
    assert refusals(text) == []
    for build, field in (
        (lambda: Section(key=A, kind="cautions", text=f"x\n\n{text}", text_rules=2), "text"),
        (lambda: SafetyNotice(key=A, type="caution", severity="major", text=f"x\n\n{text}", text_rules=2), "text"),
        (lambda: Header(introduction=f"x\n\n{text}", text_rules=2), "introduction"),
    ):
        with pytest.raises(ValidationError) as error:
            build()
        assert [(one["loc"], one["msg"].removeprefix("Value error, ")) for one in error.value.errors()] == [((field,), sentence)]  # fmt: skip


@given(prose)
def test_what_is_said_to_show_as_typed_does_by_either_rules(text):
    text = Section(key=A, kind="cautions", text=text).text
    if not shows_as_typed(text):
        return
    typed = text.replace("\n\n", "\n").replace("\u00a0", " ")

    for rules in (None, 2):
        assert words(render(text, rules=rules)) == typed
        assert plain(text, rules).replace("\u00a0", " ") == typed


# -- Whatever shows or compares a text is told of its rules -----------------------------------------------------------


def test_rendering_and_plain_words_go_by_the_rules_that_they_are_given():
    text = "Take *one*.\n\n- Now"

    assert render(text) == "<p>Take <em>one</em>.</p>\n<ul><li>Now</li>\n</ul>"
    assert render(text, rules=2) == "<p>Take *one*.</p>\n<p>- Now</p>"
    assert Renderer([]).html(text, 2) == render(text, rules=2)
    assert (plain(text), plain(text, 2)) == ("Take one.\nNow", "Take *one*.\n- Now")


def test_a_page_shows_each_text_by_the_rules_of_its_part():
    sections = (section("Second *a*."), section("First *b*.", None).replaced(key=B))
    document = WHOLE.replaced(
        header=header("Second *c*."), sections=sections, notices=(notice("Second *d*."), *WHOLE.notices[1:])
    )

    seen = page(draft(document), set())

    assert seen.introduction == "<p>Second *c*.</p>"
    assert seen.summary == "Second *c*."
    (cautions,) = (block for block in seen.blocks if block.kind == "cautions")
    assert [one.html for one in cautions.passages] == ["<p>Second *a*.</p>", "<p>First <em>b</em>.</p>"]
    assert seen.critical.notices[0].body == "<p>Second *d*.</p>"
    assert page(draft(WHOLE.replaced(header=header("Third *c*.", None))), set()).summary == "Third c."


def test_items_of_lists_are_told_of_texts_that_have_lists():
    assert [one.kind for one in item_changes("- a\n- b", "- b\n- a")] == ["moved"]
    assert item_changes("- a\n- b", "- b\n- a", 2, 2) == ()
    assert [one.kind for one in item_changes("- a", "- a", 2)] == ["added"]
    assert [one.kind for one in item_changes("- a", "- a", None, 2)] == ["removed"]


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

    (change,) = changes_of(compare(holding(build("- one", old)), holding(build("- one\n- two", new))))
    texts = next(field for field in change.fields if field.label in ("Text", "Introduction"))

    assert (any(block.is_list for block in texts.old), any(block.is_list for block in texts.new)) == lists
    assert ("Rules of the text" in [field.label for field in change.fields]) is (old != new)


def test_the_same_words_by_other_rules_are_told_as_that():
    (change,) = compare(Document(sections=(section("a", None),)), Document(sections=(section("a"),))).changes
    (field,) = change.fields

    assert (field.label, [(one.op, one.text) for one in field.segments]) == ("Rules of the text", [("added", "Version 2")])  # fmt: skip
