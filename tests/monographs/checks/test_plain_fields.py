"""Fields that take no marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.checks.plain_fields import marked, marks_in, refusal
from monographs.checks.problems import problems
from monographs.checks.typed_words import written
from monographs.document import Citation, Document, Section
from monographs.texts.line_grammar import read_line
from tests import factories as make
from tests import whole

WHOLE = whole.whole()
MARKS = [
    "[@nowhere]", "[@a", "**bold**", "*with food*", "***stop***", "[words](https://example.org)",
    "[words](mailto:a@example.org)", "[words](javascript:x)", "](http://example.org", "<https://example.org>",
    "<mailto:a@example.org>", "[a](https://example.org/a_(b))", "[a](/drugs/x/)", "**7.5 mg once a week**",
    "***a***", "*a **b** c*", "*A*, *B*", "**p < 0.01**", "“*a*”",
]  # fmt: skip
SIGNS = [
    "HLA-B*15:02", "HLA-B*15:02 and HLA-A*31:01", "1.5*10^9/L", "CYP2C9*2, CYP2C9*3", "CYP2C9 *2/*3", "CYP2D6 (*4/*4)",
    "1**2", "p < 0.05**", "p < 0.05*", "* p < 0.05", "** p < 0.01", "+ + +", "a_b_c", "__init__", "[18F]FDG", "[3H](1,2)-x",
    "5 * 3 * 2", "< 5 and > 3", "a@b.org", "*1 and *2", "C:\\new", "# 1", "- 10 mg", "1. dose", "[sic] (see above)", "50%**",
    "**p < 0.01", "**", "***", "* * *", "(*) a (*)", "*A and *B alleles", "*A/*B", "a **bold", "so ** ", "**p < 0.01; *p < 0.05",
    "* a *", "** a **", "*5 mg*", "**5**", "****a****", "a*b*c", "(**) a (**)", "*a\nb*",
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("around", ["{}", "Take {} daily", "Blood ({}).", "x\n{}"])
def test_a_mark_is_refused_with_what_to_take_out(mark, around):
    said = refusal(around.format(mark))

    assert said.startswith("This box takes no marks: take out “")
    assert mark.split()[-1][:2] in said


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("around", ["{}", "{} daily", "x\n{}"])
def test_a_sign_that_is_no_mark_passes(sign, around):
    assert refusal(around.format(sign)) == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("**7.5 mg** once", ["**7.5 mg**"]),
        ("*a **b** c* d", ["*a **b** c*"]),
        ("Adults*, *off label* use", ["*off label*"]),
        ("x\ny *a* and **b** [@c]", ["*a*", "**b**", "[@c]"]),
        ("**[a](https://example.org)**", ["**[a](https://example.org)**"]),
        ("[*a*](https://example.org)", ["[*a*](https://example.org)"]),
    ],
)
def test_each_mark_is_named_once_from_its_first_sign_to_its_last(text, named):
    assert marks_in(text) == named


@given(st.text("ab 5*.,(/-\n", max_size=40))
def test_stars_are_marks_exactly_where_prose_reads_them_so(text):
    read = [read_line(line)[0] for line in text.split("\n")]

    assert bool(marks_in(text)) == any(piece.kind != "words" for line in read for piece in line)


@given(st.text("ab 5*_[](@:/<>.,-+\n", max_size=60))
def test_what_is_named_stands_in_the_text(text):
    assert all(mark in text for mark in marks_in(text))
    assert refusal(text).count("\n\n") == 0


@pytest.mark.parametrize("hostile", ["[@", "*", "*a", "[", "[a](", "](a:", "**a ", "<http://", "[a]((("])
def test_a_field_full_of_them_is_answered_at_once(hostile):
    assert len(refusal((hostile * 100_000)[:100_000])) < 1_000


def values_with(text):
    """Each value of the whole document, once for each plain field, holding the text there: {where: value}."""
    for value in (WHOLE.header, WHOLE.sections[0], WHOLE.monitoring[0], WHOLE.notices[0], WHOLE.related[0]):
        for one in written(value):
            form = value.model_dump()
            place = form
            for step in one.where[:-1]:
                place[step] = list(place[step]) if isinstance(place[step], tuple) else place[step]
                place = place[step]
            place[one.where[-1]] = text
            yield one, type(value).stored(form), value


@pytest.mark.parametrize("mark", ["[@nowhere]", "**x**", "[x](https://example.org)"])
def test_every_plain_field_is_judged_and_no_prose(mark):
    for one, value, before in values_with(f"a {mark}"):
        found = [where for where, _ in marked(value)]

        assert found == ([] if one.is_prose else [one.where]), one.where
        assert list(marked(value, before)) == list(marked(value))
        assert list(marked(value, value)) == []


def test_what_stood_there_stays_when_other_words_of_the_part_change():
    old = WHOLE.monitoring[0].replaced(note="Blood **count** [@nowhere]")

    assert list(marked(old.replaced(test="Another"), old)) == []
    assert [where for where, _ in marked(old.replaced(test="*Another*"), old)] == [("test",)]
    assert [where for where, _ in marked(old.replaced(note="Blood **count**"), old)] == [("note",)]


def test_lines_that_move_are_no_new_words():
    old = WHOLE.header.replaced(names=[{"kind": "other", "name": "**a**"}, {"kind": "other", "name": "b"}])

    assert list(marked(old.replaced(names=list(reversed(old.names))), old)) == []
    assert list(marked(old.replaced(names=old.names[:1]), old)) == []


@pytest.mark.parametrize(("name", "is_judged"), [("title", True), ("container-title", True), ("publisher", True), ("genre", True), ("abstract", False), ("URL", False)])  # fmt: skip
def test_the_words_of_a_record_that_its_form_shows(name, is_judged):
    one = Citation.stored({"key": make.key("c"), "label": "a", "csl": {"title": "x", name: "A **b** <https://x.org>"}})

    assert [where for where, _ in marked(one)] == [("csl", name)] * is_judged


def test_it_stands_in_nobody_s_way_at_submission():
    """What was typed by the rules of before is no fault of whoever sends the next edition for review."""
    old = WHOLE.monitoring[0].replaced(note="Blood **count**")

    assert problems(WHOLE.replaced(monitoring=(old, *WHOLE.monitoring[1:]))) == []
    assert Document.stored(WHOLE.model_dump()) == WHOLE
    assert Section(key=make.key("s"), kind="cautions", heading="**a**").heading == "**a**"
