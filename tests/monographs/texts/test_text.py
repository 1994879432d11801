"""The small Markdown: what it renders, what it refuses, and that hostile text costs nothing."""

import re
from functools import partial
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.document import Section
from monographs.texts.line_grammar import safe_address
from monographs.texts.pasted import as_lists
from monographs.texts.text import Html, Renderer, citation_labels, plain, quantities, refusals, render
from tests.effort import grows_with_its_length


def mark(number, letter=""):
    return (
        f'<sup class="cite"><a id="cite-{number}{letter}" href="#ref-{number}">'
        f'<span class="vh">Reference </span>{number}</a></sup>'
    )


def words(html):
    """What a reader reads."""
    return unescape(re.sub(r"<[^>]*>", "", html)).replace("\u00a0", " ")


# -- Markup ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\nline.", "<p>One line.</p>"),
        ("- a\n- b", "<ul><li>a</li>\n<li>b</li>\n</ul>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li>\n<li>d</li>\n</ol>'),
        ("*soft* and **loud**", "<p><em>soft</em> and <strong>loud</strong></p>"),
        ("[NICE](https://nice.org.uk/a?b=1&c=2)", '<p><a href="https://nice.org.uk/a?b=1&amp;c=2">NICE</a></p>'),
        ("<https://nice.org.uk>", '<p><a href="https://nice.org.uk">https://nice.org.uk</a></p>'),
        (r"5 \* 3", "<p>5 * 3</p>"),
    ],
)
def test_what_is_markup(text, html):
    assert render(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "# Heading",
        "`code`",
        "~~~",
        "> quote",
        "a | b",
        "***",
        "Title\n---",
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "<b>bold</b>",
        "<!-- comment -->",
        "&lt;script&gt;",
        "&#60;b&#62;",
    ],
)
def test_everything_else_stays_plain_text(text):
    html = render(text)

    assert words(html).strip() == " ".join(text.split())
    assert set(re.findall(r"</?(\w+)", html)) <= {"p"}


def test_an_image_is_no_image():
    assert "<img" not in render("![x](https://example.org/a.png)")


@given(st.text(max_size=60))
def test_only_our_own_tags_and_attributes_ever_leave(text):
    html = render(text, citation_labels(text))

    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(
            r"</?(?:p|ul|ol|li|em|strong|a|sup|span)>"
            r'|<ol start="\d+">|<sup class="cite">|<span class="(?:q|vh)">'
            r'|<a id="cite-\d+[a-z]*" href="#ref-\d+">|<a href="(?:https?://|mailto:)[^"<>]*">',
            tag,
            re.IGNORECASE,
        ), tag


def test_html_prints_itself_in_a_template():
    assert render("a").__html__() == "<p>a</p>"
    assert isinstance(quantities("a"), Html)


# -- Links ----------------------------------------------------------------------------------------------------------

BAD_LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](data:text/html,<b>)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/relative)",
    "[x](relative)",
    "[x](#here)",
    "[x](\\javascript:alert(1))",
    "[x](http:evil)",
    '[x](http://a"onclick="b)',
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "*[x](javascript:alert(1))*",
    "- [x](javascript:alert(1))",
    "![x](javascript:alert(1))",
]


@pytest.mark.parametrize("text", BAD_LINKS)
def test_a_link_to_a_dangerous_address_is_refused_and_never_rendered(text):
    (sentence,) = refusals(text)

    assert sentence.startswith("A link may lead only to an address that begins with http://, https:// or mailto:")
    addresses = re.findall(r'href="([^"]*)"', render(text))
    assert all(address.startswith("http://a%22") for address in addresses)
    with pytest.raises(ValueError, match="A link may lead only to"):
        Section(key="00000000-0000-0000-0000-000000000001", kind="cautions", text=text)


def test_the_sentence_names_the_address_shortened():
    (sentence,) = refusals(f"[x](javascript:{'a' * 500})")

    assert "“javascript:aaa" in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://example.org/a(b)c)",
        "[x](mailto:a@example.org)",
        "<https://example.org>",
        "See [NICE] (note: old) and x < y: z.",
        "[@smpc](section: 4.4)",
        "ratio [a] 1:2",
    ],
)
def test_what_is_no_dangerous_link_is_not_refused(text):
    assert refusals(text) == []


def test_a_list_so_deep_that_words_would_get_lost_is_refused():
    deep = "\n".join(f"{'  ' * n}- level {n}" for n in range(7))

    assert refusals(deep) == ["A list may be nested 6 levels deep, not deeper."]
    assert refusals(deep.rsplit("\n", 1)[0]) == []


@given(st.text(st.sampled_from("-1. )\n \tx<>[](:@a*"), max_size=60))
def test_a_text_that_is_not_worth_parsing_has_nothing_to_refuse(text):
    whole = refusals(f"{text}\n\n<x")  # an open angle bracket makes any text worth parsing

    assert refusals(text) == whole


def test_a_link_without_words_shows_its_address():
    assert render("[ ](https://x.org)") == '<p><a href="https://x.org"> https://x.org</a></p>'


@pytest.mark.parametrize(("unit", "most"), [("*a* ", 1000), ("[a](https://x.org) ", 2000), ("- a\n", 5000)])
def test_thousands_of_marks_or_lines_are_refused_and_stay_plain(unit, most):
    text = unit * (most + 1)

    assert [sentence[:12] for sentence in refusals(text)] == ["A text may h"]
    assert set(re.findall(r"<(\w+)", render(text))) == {"p"}
    assert refusals(text[len(unit) * 2 :]) == []


@pytest.mark.parametrize("address", ["http://x", "https://x/é", "HTTPS://x", "mailto:a@b"])
def test_safe_addresses(address):
    assert safe_address(address)


@pytest.mark.parametrize(
    "address", ["", "x", "//x", "javascript:x", "http://", "http://a b", "http://a\n", "http://a\u00a0b", "ftp://x"]
)
def test_unsafe_addresses(address):
    assert not safe_address(address)


# -- Citations ------------------------------------------------------------------------------------------------------


def test_references_are_numbered_by_first_use_and_marks_know_their_letter():
    texts = ["First [@b].", "Then [@a] [@b].", "[@b]"]
    page = Renderer(["a", "b", "c"], texts)

    assert page.html(texts[0]) == f"<p>First{mark(1, 'a')}.</p>"
    assert page.html(texts[1]) == f"<p>Then{mark(2)}{mark(1, 'b')}.</p>"
    assert page.mark("b") == mark(1, "c")
    numbered = page.numbered()
    assert [(one.number, one.label, [use.id for use in one.uses]) for one in numbered] == [
        (1, "b", ["cite-1a", "cite-1b", "cite-1c"]),
        (2, "a", ["cite-2"]),
        (3, "c", []),
    ]
    assert [(use.letter, use.ordinal) for use in numbered[0].uses] == [("a", "first"), ("b", "second"), ("c", "third")]
    assert numbered[1].uses[0].letter == ""


def test_after_z_comes_aa():
    page = Renderer(["a"], ["[@a]"] * 53)

    ids = [re.search('id="([^"]*)"', page.mark("a"))[1] for _ in range(53)]

    assert (ids[0], ids[25], ids[26], ids[27], ids[52]) == ("cite-1a", "cite-1z", "cite-1aa", "cite-1ab", "cite-1ba")
    assert ids == [use.id for use in page.numbered()[0].uses]


def test_a_mark_that_leads_nowhere_stays_as_it_was_typed():
    page = Renderer(["a"], ["x [@b] [@a]"])

    assert page.html("x [@b] [@a]") == f"<p>x [@b]{mark(1)}</p>"
    assert page.mark("b") == "[@b]"
    assert page.mark("") == ""
    assert [one.label for one in page.numbered()] == ["a"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold [@a]**", f"<p><strong>bold{mark(1)}</strong></p>"),
        ("*[@a]*", f"<p><em>{mark(1)}</em></p>"),
        ("[@a](see below)", f"<p>{mark(1)}(see below)</p>"),
        ("[see [@a] there](https://x.org)", f'<p><a href="https://x.org">see there</a>{mark(1)}</p>'),
        ("[[@a]](https://x.org)", f'<p><a href="https://x.org">https://x.org</a>{mark(1)}</p>'),
        ("- one [@a]\n- two", f"<ul><li>one{mark(1)}</li>\n<li>two</li>\n</ul>"),
    ],
)
def test_marks_inside_other_markup(text, html):
    assert render(text, ["a"]) == html


def test_nobody_can_type_the_place_of_a_mark():
    assert "cite" not in render("\x020\x03 and \x021\x03", ["a"])
    assert render("\x020\x03 [@a]", ["a"]).count("cite-1") == 1


CITING = st.lists(
    st.tuples(
        st.sampled_from(
            ["x [@a]", "[@b] y [@a] [@b]", "- [@a]\n- [@zz] 5 mg", "[see [@a]](https://x.org) [@b]", "*[@c]*"]
        ),
        st.sampled_from([None, 2]),
    ),
    max_size=9,
)


@given(CITING, CITING, st.lists(st.sampled_from(["a", "b", "c"]), unique=True))
def test_a_text_of_one_page_says_nothing_of_another(texts, others, labels):
    """What is kept of a text is what it would be if nothing had been kept, whatever page it was made for before."""
    for some in (others, texts):
        kept, anew = (Renderer(labels, [text for text, _rules in some]) for _ in range(2))
        for text, rules in some:
            assert kept.html(text, rules) == anew.made(text, rules)
            assert kept.mark("a") == anew.mark("a")
        assert kept.numbered() == anew.numbered()


@given(st.lists(st.sampled_from(["a", "b", "zz"]), max_size=8))
def test_every_id_is_there_once_and_leads_back(labels):
    text = " ".join(f"[@{label}]" for label in labels)
    page = Renderer(["a", "b"], [text])

    ids = re.findall(r'id="([^"]*)"', page.html(text))

    assert len(ids) == len(set(ids))
    assert sorted(ids) == sorted(use.id for one in page.numbered() for use in one.uses)


# -- Quantities -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("for 48 months after", "48&nbsp;months"),
        ("take 2.5 mg twice", "2.5&nbsp;mg"),
        ("about 10,000 units of", "10,000&nbsp;units"),
        ("of 5 to 10 mg/L.", "5&nbsp;to&nbsp;10&nbsp;mg/L"),
        ("below 30 mL/min.", "30&nbsp;mL/min"),
        ("below 0.5 x 10^9/L for", "0.5&nbsp;x&nbsp;10^9/L"),
        ("on 3 consecutive days", "3&nbsp;consecutive&nbsp;days"),
        ("in 5 per cent of", "5&nbsp;per cent"),
        ("133 micromol/L or more", "133&nbsp;micromol/L"),
        ("below 200 cells/microlitre", "200&nbsp;cells/microlitre"),
        ("every 6 hours", "6&nbsp;hours"),
    ],
)
def test_a_number_and_its_unit_never_break(text, quantity):
    quantity = quantity.replace("per cent", "per&nbsp;cent")

    assert f'<span class="q">{quantity}</span>' in quantities(text)


@pytest.mark.parametrize(
    "text", ["interferon beta-1a", "CYP3A4 and", "in 2019 after", "TA312", "m.1555A>G", "5 groups", "12 mgs"]
)
def test_what_is_no_quantity(text):
    assert "<span" not in quantities(text)


@given(st.text(st.sampled_from("0123456789., mgkhoursday%–-to/^x<&\"'"), max_size=40))
def test_quantities_change_no_letter_and_no_digit(text):
    assert words(quantities(text)) == text.replace("\u00a0", " ")


def test_quantities_across_a_line_end_and_in_a_list():
    assert render("- for 48\n  months") == '<ul><li>for <span class="q">48&nbsp;months</span></li>\n</ul>'


# -- Plain words ----------------------------------------------------------------------------------------------------


def test_plain_words_have_neither_marks_nor_markup():
    assert plain("It **slows** [@a].\n\n- one [x](https://x.org)\n- two") == "It slows.\none x\ntwo"


# -- Hostile text (docs/security.md, A39) ---------------------------------------------------------------------------

HOSTILE = [
    "[", "]", "*", "**", "_", "(", "a!", "![", "[@", "[@a]", "[a](", "[a](b", "](", "[](", "[[a](b)", "*a ", "**a",
    "_a*", "*a_", "a_", "*a**", "<", "<http:", "<a:", "[x](<", "[a](http://x.y)", "[a](b 'c", "](http:", "](a:", "](a ",
    "\\", "`", "&", '"', "- ", "- - ", "\n- ", "  - a\n", "1. ", "1. \n", "-\n", "\n\n", "> ", "1 ", "1,", "1,111",
    "1 to ", "1 mg ", " ", "\t", "a", "(**5*) ", "(*", "[x](http://a) ", "<http://a> ", "a\tb\n", "|a|\n", "• a\n",
    "o a\n", "1) a\n", "- 5 mg\n\n", "• a\n  • b\n", "1) a\n\n", "  ", "- a\n  b\n",
]  # fmt: skip


WORKS = {
    "html": render,
    "refusals": refusals,
    "plain": plain,
    "quantities": quantities,
    "labels": citation_labels,
    "lists": as_lists,
    "html 2": partial(render, rules=2),
    "refusals 2": partial(refusals, rules=2),
    "plain 2": partial(plain, rules=2),
}


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("name", WORKS)
def test_a_text_four_times_as_long_costs_about_four_times_as_much(name, unit):
    assert grows_with_its_length(WORKS[name], unit)


# -- Edges ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        ("*" * 2000, "*" * 2001),
        ("_" * 2000, "_" * 2001),
        ("*" * 1000 + "_" * 1000, "*" * 1000 + "_" * 1001),
        ("\n" * 4999, "\n" * 5000),
        ("[a](http://b.c)" * 2000, "[a](http://b.c)" * 2001),
    ],
)
def test_a_text_may_hold_so_many_marks_and_lines_and_not_one_more(taken, refused):
    assert refusals(taken) == []
    assert refusals(refused) == [
        "A text may hold 2,000 asterisks, underscores and links, and 5,000 lines, not more. Split it."
    ]


def test_what_holds_too_many_marks_has_no_markup_and_what_holds_just_enough_has():
    assert "<em>" in render("*a* " * 1000)
    assert "<em>" not in render("*a* " * 1001)
    assert "*a*" in render("*a* " * 1001)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("http://a.example", True),
        ("https://a.example/b?c=d#e", True),
        ("HTTPS://a.example", True),
        ("mailto:a@b.example", True),
        ("http:/a.example", False),
        ("https:", False),
        ("https://", False),
        ("mailto:", False),
        ("ftp://a.example", False),
        ("xhttp://a.example", False),
        ("http://a b", False),
        ("http://a\tb", False),
        ("http://a<b", False),
        ('http://a"b', False),
        ("http://a'b", False),
        ("http://a`b", False),
        ("http://a\\b", False),
        ("http://a\u200bb", False),
        (" http://a.example", False),
        ("http://a.example\n", False),
        ("", False),
    ],
)
def test_where_a_link_may_lead(address, safe):
    assert safe_address(address) is safe


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("[@a][@b] [@a]", ["a", "b", "a"]),
        (f"[@{'x' * 80}]", ["x" * 80]),
        (f"[@{'x' * 81}]", []),
        ("[@]", []),
        ("[@a b] [@é] @a [a]", []),
        ("[@A_z-9]", ["A_z-9"]),
    ],
)
def test_what_is_a_citation_mark(text, labels):
    assert citation_labels(text) == labels


@pytest.mark.parametrize(("more", "end"), [(56, "a"), (57, "a…")])
def test_a_refused_address_is_named_up_to_60_characters(more, end):
    (sentence,) = refusals(f"[x](ftp:{'a' * more})")

    assert sentence.endswith(f", https:// or mailto:, not to “ftp:{'a' * 55}{end}”.")


def test_each_address_is_refused_once_and_beside_a_deep_list():
    deep = "\n".join(f"{'  ' * n}- level" for n in range(7))

    assert len(refusals("[x](ftp://a) [y](ftp://a) [z](ftp://b)")) == 2
    assert [one[:6] for one in refusals(f"[x](ftp://a)\n\n{deep}")] == ["A link", "A list"]


def test_uses_are_counted_by_ordinals():
    page = Renderer(["a"], ["[@a]"] * 113)

    said = [one.ordinal for one in page.numbered()[0].uses]
    assert said[:10] == [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ]  # fmt: skip
    assert said[10:13] == ["11th", "12th", "13th"]
    assert [said[n - 1] for n in (14, 20, 21, 22, 23, 24, 30, 31)] == [
        "14th", "20th", "21st", "22nd", "23rd", "24th", "30th", "31st",
    ]  # fmt: skip
    assert [said[n - 1] for n in (101, 102, 103, 111, 112, 113)] == [
        "101st",
        "102nd",
        "103rd",
        "111th",
        "112th",
        "113th",
    ]


def test_the_number_of_a_reference_is_asked_for_by_its_label():
    page = Renderer(["a", "b", "b"], ["x [@b]"])

    assert [page.number(label) for label in ("b", "a", "nothing")] == [1, 2, None]


def test_a_mark_that_is_used_more_often_than_was_said_still_has_an_id_of_its_own():
    page = Renderer(["a"], ["[@a]"])

    assert [re.search('id="([^"]*)"', page.mark("a"))[1] for _ in range(3)] == ["cite-1", "cite-1b", "cite-1c"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("1. a\n2. b", "<ol><li>a</li>\n<li>b</li>\n</ol>"),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li>\n</ul>\n</li>\n</ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>"),
        ("a  \nb", "<p>a b</p>"),
        ('<b a="1">&', '<p>&lt;b a="1"&gt;&amp;</p>'),
        ("word [@a], then [@a]", f"<p>word{mark(1, 'a')}, then{mark(1, 'b')}</p>"),
    ],
)
def test_more_of_what_is_markup(text, html):
    assert render(text, ["a"]) == html


@pytest.mark.parametrize("text", ["x [@zz] y", "x  [@zz]", "[@zz]"])
def test_the_space_before_a_mark_that_leads_nowhere_stays(text):
    assert render(text, ["a"]) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("a 5mg tablet", "5mg"),
        ("a 5 mg/kg/day dose", "5&nbsp;mg/kg/day"),
        ("1,234.5 units", "1,234.5&nbsp;units"),
        ("2–3 weeks", "2–3&nbsp;weeks"),
        ("2 - 3 weeks", "2&nbsp;-&nbsp;3&nbsp;weeks"),
        ("50%", "50%"),
        ("5 mL", "5&nbsp;mL"),
        ("1.5 x 10^9/L", "1.5&nbsp;x&nbsp;10^9/L"),
        ("1 microgram", "1&nbsp;microgram"),
        ("1 consecutive day", "1&nbsp;consecutive&nbsp;day"),
    ],
)
def test_more_quantities_stay_in_one_piece(text, quantity):
    assert f'<span class="q">{quantity}</span>' in quantities(text)


def test_html_is_not_escaped_twice_and_words_are_once():
    assert quantities(quantities("5 mg & <b>")) == '<span class="q">5&nbsp;mg</span> &amp; &lt;b&gt;'
    assert quantities("\"'") == "&quot;&#x27;"
