"""The second rules of text: docs/text.md, example by example, and what no example of a page can show."""

import re
from pathlib import Path

import pytest

from monographs.texts.grammar import List, faults, items, parse
from monographs.texts.text import Renderer, plain, refusals, render, seen, shows_as_typed

DOCS = Path(__file__).parents[3] / "docs" / "text.md"
EXAMPLES = re.findall(r"```typed\n(.*?)\n```\n```(html|refused)\n(.*?)\n```", DOCS.read_text(), re.DOTALL)


def test_the_page_has_examples_of_both_kinds():
    assert {kind for _typed, kind, _said in EXAMPLES} == {"html", "refused"}
    assert len(EXAMPLES) == DOCS.read_text().count("```typed") > 15


@pytest.mark.parametrize(("typed", "kind", "said"), EXAMPLES)
def test_the_page_tells_what_is_so(typed, kind, said):
    if kind == "html":
        assert render(typed, ["trial"], rules=2) == said
        assert refusals(typed, 2) == []
    else:
        assert refusals(typed, 2) == [said]


# -- Emphasis ---------------------------------------------------------------------------------------------------------

MARKED = [
    ("*a*", "<em>a</em>"), ("**a b**", "<strong>a b</strong>"), ("***a***", "<em><strong>a</strong></em>"),
    ("(*a*)", "(<em>a</em>)"), ("“**a**”", "“<strong>a</strong>”"), ("x – *a* – y", "x – <em>a</em> – y"),
    ("x—*a*—y", "x—<em>a</em>—y"), ("*a*, *b*; *c*: *d*.", "<em>a</em>, <em>b</em>; <em>c</em>: <em>d</em>."),
    ("*a*! *b*? **c**…", "<em>a</em>! <em>b</em>? <strong>c</strong>…"), ("a/**b**/c", "a/<strong>b</strong>/c"), ("*in vitro*/*in vivo*", "<em>in vitro</em>/<em>in vivo</em>"),
    ("**a *b* c**", "<strong>a <em>b</em> c</strong>"), ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
    ("*HLA-B*15:02*", "<em>HLA-B*15:02</em>"), ("**Stop.**", "<strong>Stop.</strong>"),
    ("**≥ 5 mg**", '<strong>≥ <span class="q">5 mg</span></strong>'), ("*(a)*", "<em>(a)</em>"),
    ("**“a”**", "<strong>“a”</strong>"), ("**−5 °C**", "<strong>−5 °C</strong>"),
    ("*β*", "<em>β</em>"), ("**дом**", "<strong>дом</strong>"), ("*[a](http://b)*", '<em><a href="http://b">a</a></em>'),
    ("[*a*](http://b)", '<a href="http://b"><em>a</em></a>'), ("*a*\t*b*", "<em>a</em>\t<em>b</em>"),
    ("*a*\u00a0*b*", "<em>a</em>&nbsp;<em>b</em>"),
]  # fmt: skip
TYPED = [
    "a*b*c", "2*3*4", "5 * 3 * 2", "a * b", "*a", "a*", "**a", "a**", "* a *", "** a **", "*", "**", "***", "****a****",
    "a*b* c", "a *b*c", "5*a*", "*a*5", "*5*", "**10–20**", "(*)", "(*) a (*)", "(**), (*)", "*, **, ***", "a (*b)",
    "CYP2C9*2/*3", "CYP2D6 *4/*4", "*1/*1, *1/*2 and *2/*2", "HLA-B*57:01-positive", "(x+y)*a*(x+y)", "f(x)*(a)*(b)",
    "p*, q** and r***", "*p < 0.05; **p < 0.01", "a.*b*.c*", "x*\u0301y*", "%*a*", "a* *", "* *a", "5%*b*", "^*a*",
    "CYP2C9*3/*3 a*", "CYP2D6 *4 a*", "*3 a*", "*2,*3 a*", "HLA-A:*b c*", "*5 mg once*",
    "2 *x* 3", "10*3/uL", "10*9/L to 10*12/L", "m*s-1", "*.csv and *.txt", "5*10^-3*x", "*[@x]*",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "shown"), MARKED)
def test_stars_at_the_outer_edge_of_words_are_marks(typed, shown):
    assert render(typed, rules=2) == f"<p>{shown}</p>"
    assert refusals(typed, 2) == []


@pytest.mark.parametrize("typed", TYPED)
def test_any_other_star_is_a_sign(typed):
    bare = re.sub("<[^>]*>", "", render(typed, rules=2)).replace("&lt;", "<")
    assert bare == typed


# Both kinds beside each other.
@pytest.mark.parametrize(
    "typed",
    ["*a* b*", "b* *a*", "*a* *b", "*p < 0.05 for A* and B*", "**a** b**", "**a** **b", "Adults* *or* children",
     "*a*\nb*", "[*a* b*](http://x)", "*a\nb*", "***a\nb***", "- *a\n  b*"],
)  # fmt: skip
def test_stars_that_can_be_read_in_two_ways_are_refused(typed):
    (sentence,) = refusals(typed, 2)
    assert re.match(r"Line [12], at “.+”: (It cannot be told|Emphasis \()", sentence)


@pytest.mark.parametrize(
    "typed", ["*a* 5*3", "*a* b**", "*HLA-B*15:02* and HLA-B*57:01", "5* (*note)", "a* (*b)", "a*\n*b"]
)
def test_stars_that_cannot_be_marks_disturb_nobody(typed):
    assert refusals(typed, 2) == []


# -- What could be a minus --------------------------------------------------------------------------------------------

MINUS = [
    "- Give 5\n  - 10 mg once daily", "1. Give 5\n  - 10 mg", "- Give 5\n- 10 mg once daily", "- 20 °C\n- 80 °C", "- 20\n- 80",
    "- 20 °C\n\n- 80 °C", "- ½\n- ¼", "- 5 %\n- 10 %", "- (20) °C\n- 5 °C", "- a range of 5 to\n- 10 mg", "- a\n  - 5 °C", "- 5\n  - a",
    "- 5 kg\n- 2 kg", "- less than <\n- 5 mg",
]  # fmt: skip
NO_MINUS = [
    "- 10 mg once daily\n- 20 mg twice daily", "- Adults: 5\n- children: 10", "- 5 tablets\n- 3 tablets", "1. 5\n2. 10", "- a\n- 5 °C",
    "- 2 weeks\n- 3 months", "- a\n  - 5 mg\n  - 10 mg", "1. Give 5\n2. 10 mg", "- 5-10 mg once\n- 10 to 20 mg twice", "- 5/10 mg a\n- 10–20 mg b",
]  # fmt: skip
ALONE = ["- 20 °C", "- 20 °C\n  to - 10 °C", "- ½ tablet", "- (20) °C", "- £20", "- **20 °C**", "- < 5"]


@pytest.mark.parametrize("typed", MINUS)
def test_a_mark_before_a_figure_that_could_be_a_minus_is_refused(typed):
    (sentence,) = refusals(typed, 2)
    assert "It cannot be told whether “-” here is a minus or begins an item." in sentence


@pytest.mark.parametrize("typed", NO_MINUS)
def test_nobody_takes_minus_five_tablets(typed):
    assert refusals(typed, 2) == []
    assert render(typed, rules=2).count("<li>") >= 2


@pytest.mark.parametrize("typed", ALONE)
def test_a_figure_alone_keeps_its_sign(typed):
    assert refusals(f"Store at\n\n{typed}", 2) == []
    assert "<li>" not in render(typed, rules=2)
    assert "- " in re.sub("<[^>]*>", "", render(typed, rules=2))


# -- Tables, blank lines, citations between figures -------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["a\tb\nc\td", "a\tb\n\nc\td", "a\tb\nc\nd\te", "≥\t5\n‹\t6", "|a|b|\n\n|1|2|", "Age | Dose\n---|---\n5 | 10", "| a |\n|---|---|"],
)  # fmt: skip
def test_rows_of_a_table_are_refused_wherever_they_stand(typed):
    assert [one.sentence[:16] for one in faults(typed)] == ["This was a table"]


@pytest.mark.parametrize("typed", ["a\tb", "•\ta\n•\tb", "1.\ta\n2.\tb", "|x| < 5", "a | b\nc | d", "---", "--|"])
def test_what_is_no_table_is_none(typed):
    assert faults(typed) == ()


@pytest.mark.parametrize("typed", ["- a:\n\n  - b\n\n- c:\n\n  - d", "- a\n\n  second", "1. a\n\n  b"])
def test_a_list_holds_no_blank_line_inside(typed):
    assert "A list holds no blank line inside." in refusals(typed, 2)[0]


@pytest.mark.parametrize(("typed", "is_taken"), [("10[@a]20", False), ("2[@a].5 mg", False), ("2[@a],5", False), ("10[@a] 20", True),
                                                  ("10 [@a], 20", True), ("10[@a].", True), ("a[@b]5", True), ("5[@a]a", True)])  # fmt: skip
def test_two_figures_are_not_joined_by_a_citation(typed, is_taken):
    assert (refusals(typed, 2) == []) is is_taken


# -- Links ------------------------------------------------------------------------------------------------------------

NO_LINKS = [
    "[x](y)", "[x] (http://y)", "a [1](2) b", "[x](<http://y>)", "[x][y]", "[x]: http://y", "http://y", "<http://y z>",
    "<javascript:x>", "[x]", "](", "[](", "[x]()", "<a@b.example>", "[@a b]", "[@]",
]  # fmt: skip


@pytest.mark.parametrize("typed", NO_LINKS)
def test_what_is_no_link_is_printed(typed):
    assert render(typed, rules=2) == f"<p>{typed.replace('<', '&lt;').replace('>', '&gt;')}</p>"


@pytest.mark.parametrize(
    "typed",
    ["[](http://y)", "[x](http://y z)", '[x](http://y "z")', "[x [@a]](http://y)", "[[x]](http://y)", "[x]( http://y )",
     "[x](javascript:y)", "[x](java\tscript:y)", "[x](JAVASCRIPT:y)", "[x](data:y)", "[x](ftp://y)", "[x](http://y'z)", "[x](https://nice.org.uk:99999/x)",
     "[x](http://[bad)", "[x](https://a%zz/)", "[ ](http://x.y)", "[\u00a0](http://x.y)", "[*](http://x.y)", "[x](http://y/[@a])"],
)  # fmt: skip
def test_what_was_meant_as_a_link_and_is_none_is_refused(typed):
    (sentence,) = refusals(typed, 2)
    assert "A link" in sentence
    assert "<a" not in render(typed, rules=2)


def test_a_link_holds_no_link_and_words_need_no_address_to_be_read():
    assert render("[a <http://b>](http://c)", rules=2) == '<p><a href="http://c">a &lt;http://b&gt;</a></p>'
    assert plain("[a *b*](http://c) <http://d>", 2) == "a b http://d"


# -- Citation marks ---------------------------------------------------------------------------------------------------


def test_a_mark_stands_close_to_its_words_and_one_that_leads_nowhere_is_printed():
    html = Renderer(["a"], ["x [@a]"]).html("Give 5 [@a] mg [@b] *c* [@a]", 2)
    words = re.sub("<[^>]*>", "", html)
    assert words == "Give 5Reference 1 mg [@b] cReference 1"
    assert plain("Give 5 [@a] mg [@b] *c* [@a]", 2) == "Give 5 mg c"


# -- Lists ------------------------------------------------------------------------------------------------------------


def numbers(text):
    return [item.number for block in parse(text) if isinstance(block, List) for item in block.items]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("1. a\n2. b", [1, 2]), ("1. a\n3. b", [1, 3]), ("1. a\n1. b", [1, 1]), ("0. a\n1. b", [0, 1]), ("7. a", [7]),
     ("3. a\n2. b", [3, 2]), ("1. a\n\n2. b", [1, 2]), ("999. a", [999]), ("2020. a", []), ("1２. a", []), ("1٣. a", []), ("01. a", []), ("1) a\n2) b", []),
     ("1.a", []), ("a\n1. b", []), ("a. b\nb. c", [])],
)  # fmt: skip
def test_the_numbers_of_a_list_are_those_that_were_typed(typed, found):
    assert numbers(typed) == found
    html = render(typed, rules=2)
    printed, next_ = [], None
    for tag, value in re.findall(r'<(ol|li)(?: (?:start|value)="(\d+)")?>', html):
        if tag == "ol":
            next_ = int(value or 1)
        else:
            printed.append(int(value) if value else next_)
            next_ = printed[-1] + 1
    assert printed == found


def test_a_list_that_goes_on_after_a_blank_line_is_one_and_another_is_another():
    kinds = [[item.number for item in block.items] for block in parse("- a\n\n- b\n\n1. c\n\n2. d\n\n4. e\n\n- f")]
    assert kinds == [[None, None], [1, 2], [4], [None]]


def test_items_are_told_with_their_marks_those_of_inner_lists_too():
    assert [one.typed for one in items("x\n\n- *a*\n  b\n  1. [@c] d\n- e\n\n- 5 mg")] == [
        "*a* b",
        "[@c] d",
        "e",
        "5 mg",
    ]


def test_plain_words_and_what_is_seen():
    text = "A\n*b*\n\n- c [@d]\n- e\n\n1. f\n3. g"
    assert plain(text, 2) == "A b\nc\ne\n1. f\n3. g"
    assert seen(text, 2) == "A b\n• c\n• e\n1. f\n3. g"
    assert seen("- c\n- e\n\n1. f\n3. g") == "• c\n• e\n1. f\n2. g"


# -- Old texts --------------------------------------------------------------------------------------------------------

OTHERWISE = [
    "1.5*10^9/L or 100*10^9/L", "HLA-B*15:02 and HLA-A*31:01", "CYP2C9*2, CYP2C9*3", "1**2 and 3**4", "__init__", "+ + +",
    "* p < 0.05", "Give 5\n- 10 mg once daily", "Store at\n- 20 °C", "1. a\n3. b", '[a](http://b "c")', "- 20 °C", "1) a",
    r"5 \* 3", "_a_",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHERWISE)
def test_an_old_text_whose_page_shows_other_signs_is_known(text):
    assert not shows_as_typed(text)
    assert not shows_as_typed(f"Before.\n\n{text}\n\nAfter.")
    assert shows_as_typed(text, 2)


@pytest.mark.parametrize(
    "text",
    ["", "One condition [@record].", "Two.\n\nParagraphs.", "Two\nlines.", "- a\n- b", "1. a\n2. b", "**a** *b*", "5 < 7",
     "[a](http://b)", "- a\n  - b", "2*3", "a_b", "<b>", "&amp;", "- a\n\n- b", "3. a\n4. b", "<http://a>"],
)  # fmt: skip
def test_an_old_text_that_reads_the_same_is_left_alone(text):
    assert shows_as_typed(text)


# -- Much of it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["*a* ", "[a](http://b) "])
def test_thousands_of_marks_are_refused_and_printed(unit):
    text = unit * 2_001
    assert [one.sentence[:12] for one in faults(text)] == ["A text may h"]
    assert not any(tag in render(text, rules=2) for tag in ("<em>", "<a"))
    assert refusals(unit * 1_000, 2) == []


def test_faults_are_told_in_the_order_of_their_lines():
    found = faults("[x](ftp://y)\n\n- a\nb\n\n*a* b*")
    assert [one.line for one in found] == [1, 4, 6]
