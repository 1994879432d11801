"""Words as readers see them: found across whatever the page makes of them, marked without a change to it."""

import random
import re
from html.parser import HTMLParser

import pytest

from monographs.texts.quotes import Mark, folded, found_in, marked, text_of
from monographs.texts.text import Renderer

CITE = '<sup class="cite"><a id="cite-1" href="#ref-1"><span class="vh">Reference </span>1</a></sup>'
LINK = '<a class="corrected" href="#erratum-7">see</a>'


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("Start slowly.", "Start slowly."),
        (f"<p>Start slowly{CITE}.</p>", "Start slowly."),
        (f"<p>Start{CITE} slowly{CITE}{CITE}, then wait.</p>", "Start slowly, then wait."),
        ("<p>One.</p>\n<p>Two.</p>", "One. Two."),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two"),
        ("<table><tr><td>One</td><td>Two</td></tr></table>", "One Two"),
        ("no <em>b</em>r<strong>ea</strong>k", "no break"),
        ('<span class="q">7.5&nbsp;mg</span> once', "7.5 mg once"),
        ("thin\u2009space, narrow\u202fspace\n\t and  more ", "thin space, narrow space and more"),
        ("&lt;5 &amp; &#x27;x&#39; &amp;amp; a < b", "<5 & 'x' &amp; a < b"),
        ('<a href="https://x.example/?a=1&amp;b=&quot;>">words</a>', "words"),
        ('<span class="vh">Reference <span>inner</span> </span>1', "1"),
        ("", ""),
        ("<br>a<br>b", "a b"),
    ],
)
def test_what_is_seen_of_html(html, words):
    text = text_of(html)

    assert text.words == words
    assert len(text.spans) == len(words)


def test_elements_may_be_left_out_by_name():
    assert text_of("<a><strong>Name <em>x</em></strong><span>why</span></a>", ("strong",)).words == "why"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("5 mg", ["2"]),
        ("2.5 mg", ["1"]),
        ("mg", ["1", "2"]),
        ("Give", ["1"]),
        ("give", []),
        ("iv", []),
        ("1,000", ["3"]),
        ("000 units", []),
        ("1", []),
        ("units.", ["3"]),
        ("", []),
    ],
)
def test_only_whole_words_and_figures_are_found(wanted, found):
    text = "Give 2.5 mg, or 5 mg, or 1,000 units."
    third = {"1": range(12), "2": range(12, 22), "3": range(22, 40)}

    assert [next(n for n, part in third.items() if start in part) for start, _end in found_in(text, wanted)] == found


def test_words_are_folded_before_they_are_looked_for():
    assert folded("  Caf\u0065\u0301\u00a0au\u2009lait\n") == "Caf\u00e9 au lait"


@pytest.mark.parametrize(
    ("html", "words", "expected"),
    [
        ("Start slowly.", "slowly", "Start [1:slowly] @."),
        (f"<p>Start slowly{CITE}.</p>", "Start slowly.", f"<p>[1:Start slowly]{CITE}[.] @</p>"),
        (f"<p>Start slowly{CITE}.</p>", "slowly", f"<p>Start [1:slowly]{CITE} @.</p>"),
        ("a <em>b c</em> d", "a b", "[1:a ]<em>[b] @ c</em> d"),
        ("a <em>b</em>, d", "b", "a <em>[1:b]</em> @, d"),
        ("a <a href='x'>b c</a> d", "b", "a <a href='x'>[1:b] c</a> @ d"),
        ('a <span class="q">5&nbsp;mg</span> d', "5", 'a <span class="q">[1:5]&nbsp;mg</span> @ d'),
        ('a <span class="q">5&nbsp;mg</span> d', "a 5 mg", '[1:a ]<span class="q">[5&nbsp;mg]</span> @ d'),
        (
            "<p>a.</p>\n<ul><li>b</li>\n<li>c</li></ul>",
            "a. b c",
            "<p>[1:a.]</p>\n<ul><li>[b]</li>\n<li>[c] @</li></ul>",
        ),
        ("x &lt;5 y", "<5", "x [1:&lt;5] @ y"),
        ("<h2><a href='#x'>Words</a></h2>", "Words", "<h2><a href='#x'>[1:Words]</a> @</h2>"),
        ("one one", "one", "[1:one] @ [2:one] @"),
    ],
)
def test_words_are_marked_where_they_stand(html, words, expected):
    spans = found_in(text_of(html).words, words)
    marks = [Mark(start, end, f"m{n}", "@") for n, (start, end) in enumerate(spans, start=1)]

    seen = re.sub(r'<mark class="wrong" id="m(\d)">', r"[\1:", marked(html, marks))
    assert seen.replace('<mark class="wrong">', "[").replace("</mark>", "]") == expected


def test_marks_may_overlap_and_begin_together():
    html = "one two three four"
    marks = [Mark(0, 7, "a", "@a"), Mark(4, 13, "b", "@b"), Mark(4, 18, "c", "@c")]

    assert marked(html, marks).replace(' class="wrong"', "") == (
        '<mark id="a">one </mark><mark id="b"><mark id="c">two</mark></mark> @a<mark> three</mark> @b<mark> four</mark> @c'
    )


class Nesting(HTMLParser):
    """Says what is wrong with the nesting of HTML, and the words of marks by id."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attrs):
        inside = self.open[-1] if self.open else ""
        if tag == "a" and "a" in self.open:
            self.wrong.append("a link in a link")
        if tag in ("mark", "a") and inside in ("ul", "ol", "table", "tr"):
            self.wrong.append(f"{tag} in {inside}")
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


TEXTS = [
    "Give **7.5 mg once a week** [@a], never *daily* [@b].\n\nThen look [at the label](https://x.example/?a=1&b=2) [@a].",
    "- Start slowly [@a]\n- Go on <5 mg & more\n- **Stop** *at once* [@b][@a]",
    "1. one\n2. two [the **label** of it](https://x.example/) there\n\nA last word [@nowhere] \"quoted\" 'too' – 10 to 20 mg.",
]


@pytest.mark.parametrize("seed", range(60))
def test_marks_leave_everything_as_it_was_but_for_themselves(seed):
    """Property: taken out again, they leave the page byte for byte; what they hold are the words; nothing is broken."""
    random.seed(seed)
    source = random.choice(TEXTS)
    html = str(Renderer(["a", "b"], [source]).html(source))
    text = text_of(html)
    edges = sorted({at for match in re.finditer(r"\S+", text.words) for at in match.span()})
    marks = []
    for n in range(random.randint(1, 5)):
        words = ""
        while not words:
            start, end = sorted(random.sample(edges, 2))
            words = text.words[start:end].strip()
        start = text.words.index(words)
        marks.append(Mark(start, start + len(words), f"m-{n}", LINK))

    made = marked(html, marks)

    assert re.sub(r"</?mark[^>]*>", "", made).replace(f" {LINK}", "") == html
    assert made.count(LINK) == len(marks)
    assert sorted(re.findall(r'id="(m-\d)"', made)) == sorted(one.anchor for one in marks)
    nesting = Nesting()
    nesting.feed(made)
    assert (nesting.wrong, nesting.open) == ([], [])
    only = "".join(re.findall(r"<mark[^>]*>(?:<mark[^>]*>)*([^<]*)</mark>", made))
    covered = {i for one in marks for i in range(one.start, one.end)}
    assert sorted(text_of(only).words.replace(" ", "")) == sorted(
        text.words[i] for i in covered if text.words[i] != " "
    )


def test_a_long_text_is_read_in_time():
    html = "<p>" + '<span class="q">5&nbsp;mg</span> <em>daily</em> &lt; ' * 3_000 + "</p>"
    spans = found_in(text_of(html).words, "5 mg daily")

    assert len(spans) == 3_000
    assert marked(html, [Mark(*span, f"m{n}", "@") for n, span in enumerate(spans[:50])]).count("@") == 50
