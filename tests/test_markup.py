"""What the checker of pages finds, and what it lets pass. The Nu checker of the W3C judges the lines alike, but for
an entity without a name, and what aria and links name in vain: there it is milder."""

import pytest

from tests.markup import faults

RIGHT = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Right</title></head><body>
<nav aria-label="Main"><ul><li><a href="#part">Part</a></li></ul></nav>
<main><h1 id="part">Right <small>so far</small></h1><p>A <a href="/x/"><strong>link</strong></a>, <time datetime="2026-11-30">today</time>.
<dl><div><dt>One</dt><dd><p>Two</p></dd></div></dl>
<form method="post"><label for="one">One</label> <input id="one" name="one" aria-describedby="hint"><span id="hint">So.</span>
<label>Two <select name="two"><option selected>2</option></select></label><button data-hx-post="/x/">Send</button></form>
<details><summary><h2>More</h2></summary><table><tr><th scope="row">1</th><td>2</td></tr></table></details>
<svg viewBox="0 0 4 4"><path d="M0 0h4"/></svg><div role="region" aria-label="Named" tabindex="0">x</div></main></body></html>"""


def test_a_page_without_a_fault():
    assert faults(RIGHT) == []


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>One <div>two</div></p>", "unexpected-end-tag"),
        ("<center>x</center>", "<center> is no element that we use"),
        ("<p><b>One <i>two</b></i>", "adoption-agency"),
        ("<table><div>1</div></table>", "table"),
        ("<a href=/x/>one <a href=/y/>two</a></a>", "implies-end-tag"),
        ("<div>", "expectedName': 'div'"),
        ("<p id=a id=b>x</p>", "duplicate-attribute"),
        ("<p>&nosuch;</p>", "entity"),
        ("<p id=one>1</p><p id=one>2</p>", "more than once"),
        ("<p id='one two'>1</p>", "has a space in it"),
        ("<a href=/x/ hx-get=/x/>x</a>", "has no attribute hx-get"),
        ("<p align=center>x</p>", "has no attribute align"),
        ("<span><section>x</section></span>", "holds words only"),
        ("<button><p>x</p></button>", "holds words only"),
        ("<ul><p>x</p></ul>", "stands in <ul>"),
        ("<dl><dd>x</dd><li>y</li></dl>", "stands in <dl>"),
        ("<a href=/x/><button>x</button></a>", "one presses there"),
        ("<button><a href=/x/>x</a></button>", "one presses there"),
        ("<label>x <label>y</label></label>", "one presses there"),
        ("<time>yesterday</time>", "has no moment"),
        ("<time datetime='2026-11-30T10:00:00.123456Z'>x</time>", "has no moment"),
        ("<span aria-label=x>y</span>", "nothing that can have one"),
        ("<form action=''><p>x</p></form>", "leads nowhere"),
    ],
)
def test_a_fault_is_told(html, said):
    found = faults(html, whole=False)

    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('id="hint"', 'id="other"', "names “hint”, which is not there"),
        ('for="one"', 'for="three"', "names “three”, which is not there"),
        ('href="#part"', 'href="#whole"', "names “whole”, which is not there"),
        (' lang="en-GB"', "", "does not say its language"),
        ("<title>Right</title>", "", "not one title"),
        ("<!doctype html>", "", "expected-doctype"),
    ],
)
def test_a_fault_of_a_whole_page_is_told(was, now, said):
    found = faults(RIGHT.replace(was, now))

    assert any(said in one for one in found), found
