"""What was served, read as a tree: a word counts only in the element where it was looked for."""

import pytest

from reviews.desk.published import served
from reviews.desk.published.served import Served, Unequal, printed

HTML = """<!doctype html><html lang="en-GB" data-stamp="A · B"><head><title>Retired</title><meta name="robots" content="noindex">
</head><body><nav><a href="/drugs/x/">Retired</a></nav><main id="main"><ul>
<li>One<br><a href="/drugs/x/#status">X</a> <strong class="said">5&nbsp;mg &amp; more</strong>
<li><p>Two <a rel="next" href="?page=2&amp;letter=X">More</a></p></li></ul>
<div class="no-print"><section id="s"><p>on screen</p></section></div></main></body></html>"""


def page(body=HTML, status=200, **headers):
    return Served("/drugs/?letter=X", status, headers, body)


def test_links_of_the_frame_are_not_links_of_the_page():
    (link,) = page().leads_to("/drugs/x/")
    assert link.up("li").first("strong").words == printed("5 mg & more")
    assert "Retired" not in page().main.words


def test_what_is_not_printed_is_known():
    assert page().main.first("section", id="s").is_printed() is False
    assert page().main.first("strong").is_printed() is True


def test_elements_are_found_by_tag_class_and_attribute():
    assert page().tree.first("html").attributes["data-stamp"] == "A · B"
    assert page().main.first(class_="said").tag == "strong"
    assert page().tree.first("meta", name="robots", content="noindex") is not None


def test_the_next_page_of_a_list_is_beside_this_one():
    assert page().next == "/drugs/?page=2&letter=X"
    assert page("<main></main>").next == ""


def test_where_a_redirect_leads_and_what_is_no_data():
    assert page(location="https://clincalc.test/drugs/y/").target == "/drugs/y/"
    assert (page("no data").data, page("[1]").data, page('{"a": 1}').data) == ({}, {}, {"a": 1})


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_answer_that_is_none_is_not_read(status, settings, monkeypatch):
    monkeypatch.setattr(served, "import_string", lambda _name: lambda *given, **more: (status, {}, b""))
    with pytest.raises(RuntimeError, match=f"It answered {status}."):
        served.ask("/drugs/")


@pytest.mark.parametrize(
    ("zipped", "again", "words"), [(b"other", 304, "Compressed"), (b"page", 200, "sent it again"), (b"page", 304, "")]
)
def test_an_address_that_is_answered_in_two_ways_is_told(zipped, again, words, monkeypatch):
    def asked(address, accept_encoding="", if_none_match=""):
        if if_none_match:
            return again, {}, b""
        return 200, {"etag": '"1"'}, zipped if accept_encoding else b"page"

    monkeypatch.setattr(served, "import_string", lambda _name: asked)
    if words:
        with pytest.raises(Unequal, match=words):
            served.ask("/drugs/")
    else:
        assert served.ask("/drugs/").body == "page"
