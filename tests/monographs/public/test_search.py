"""Search: by what a page is found, in which order, how much of it is told, and what is marked."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from monographs.document import Brand, DrugName
from monographs.models import Monograph
from monographs.public import search
from monographs.public.search import Found, find
from reviews.editing.monographs import move
from tests import factories as make
from tests.effort import within

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]
PATH = make.document().header.class_path[:1]


def publish(house, slug, **header):
    doc = make.document()
    given = {"name": slug.capitalize(), "title": slug.capitalize(), "covers": "", "class_path": PATH, **header}
    return make.published(house, slug, doc.replaced(header=doc.header.replaced(**given)))


def found(query):
    return [hit.line.publication.slug for hit in find(query).hits]


def words(client, **asked):
    return " ".join(strip_tags(client.get("/search/", asked).content.decode()).split())


MARKED = {
    "boldumab": "&lt;b&gt;<mark>Boldumab</mark>&lt;/b&gt;",
    "BOLD": "&lt;b&gt;<mark>Bold</mark>umab&lt;/b&gt;",
    "quo": "<mark>Quo</mark>&quot;t&#x27;&amp;&lt;i&gt;um",
    "script": "&lt;/<mark>script</mark>&gt;alert",
    "alert": "&lt;/script&gt;<mark>alert</mark>",
    "b boldumab": "&lt;b&gt;Boldumab&lt;/b&gt;",  # found, but not letter for letter
    "cafe": "Café &lt;x&gt;",
    "strasse": "Straße &lt;x&gt;",
}


def test_what_is_found_is_marked_and_never_markup(house, client):
    """Before the mark, in it and after it."""
    brands = ("Quo\"t'&<i>um", "</script>alert", "Café <x>", "Straße <x>")
    name = "<b>Boldumab</b>"
    publish(house, "boldumab", name=name, title=name, brands=tuple(Brand(name=one, country="GB") for one in brands))

    for query, marked in MARKED.items():
        page = client.get("/search/", {"q": query}).content.decode()
        assert re.findall(r'<p class="small soft">(?:Name|Brand): (.*?)</p>', page) == [marked], query
        assert '<h2><a href="/drugs/boldumab/">&lt;b&gt;Boldumab&lt;/b&gt;</a></h2>' in page


def test_what_was_asked_is_told_as_text_wherever_it_stands(house, client):
    publish(house, "quotumab", name='Q "<i>', title='Q "<i>')
    for query in ("</script><i>\"&'", 'q "<i>'):  # nothing is found, and one page is
        page = client.get("/search/", {"q": query}).content.decode()
        written = query.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        written = written.replace("'", "&#x27;")
        assert f"<title>Search: {written} – ClinCalc Pro</title>" in page
        assert f' value="{written}" maxlength="200"' in page
        assert page.count(written) == 4, query
        assert "<i>" not in page


def test_names_come_before_brands_uses_and_classes_and_retired_pages_last(house, client):
    publish(house, "a-class", class_path=(PATH[0].replaced(name="Zoxa class"),))
    publish(house, "b-use", covers="a zoxa use")
    publish(house, "c-brand", brands=(Brand(name="Zoxa brand", country="GB"),))
    publish(house, "z-name", name="zoxa name")
    publish(house, "y-other", name="Alpha", names=(DrugName(kind="british", name="Zoxa other"),))
    publish(house, "x-title", name="Beta", title="Zoxa title")
    publish(house, "w-retired", name="Zoxa")
    make.withdraw(make.live("w-retired").edition, house.publisher)
    publish(house, "v-gone", name="Zoxa")
    make.withdraw(make.live("v-gone").edition, house.publisher, "take_down")
    make.draft(house, "u-draft", make.document(header=make.document().header.replaced(name="Zoxa")))

    assert found("zoxa") == ["y-other", "x-title", "z-name", "c-brand", "b-use", "a-class", "w-retired"]
    assert [(hit.kind, hit.words) for hit in find("zoxa").hits] == [
        ("name", "<mark>Zoxa</mark> other"), ("name", "<mark>Zoxa</mark> title"), ("name", "<mark>zoxa</mark> name"),
        ("brand", "<mark>Zoxa</mark> brand"), ("use", "a <mark>zoxa</mark> use"),
        ("class", "<mark>Zoxa</mark> class"), ("name", "<mark>Zoxa</mark>"),
    ]  # fmt: skip
    page = words(client, q="zoxa")
    assert "7 pages for zoxa." in page
    for said in ("Name: Zoxa other", "Brand: Zoxa brand", "Covers: a zoxa use", "Class: Zoxa class"):
        assert said in page
    assert "One page for zoxa brand." in words(client, q="zoxa brand")


def test_a_page_is_found_once_by_the_best_of_its_words(house):
    publish(house, "zoxa", brands=(Brand(name="Zoxa forte", country="GB"),), covers="zoxa")
    assert [(hit.kind, hit.words) for hit in find("zoxa").hits] == [("name", "<mark>Zoxa</mark>")]
    assert [hit.kind for hit in find("zoxa f").hits] == ["brand"]


def test_the_address_of_a_drug_or_brand_is_no_word_that_is_found(house):
    publish(house, "zoxa", name="Other", title="Other", brands=(Brand(name="Brand", country="GB"),))
    assert (found("zoxa"), found("=brand"), found("other")) == ([], ["zoxa"], ["zoxa"])


def test_words_of_several_entries_are_found_together_only_on_the_page_that_has_them_all(house):
    publish(house, "one", name="Zoxa", brands=(Brand(name="Rilla", country="GB"),))
    publish(house, "two", name="Zoxa", brands=(Brand(name="Other", country="GB"),))
    publish(house, "three", name="Else", brands=(Brand(name="Rilla", country="GB"),))

    assert found("rilla zoxa") == ["one"]
    assert found("zox ril") == ["one"]
    assert found("zoxa zoxa zoxa") == ["one", "two"]
    assert found("zoxa rilla other") == []
    assert find("zoxa rilla other").apart == ("zoxa", "rilla", "other")
    # The whole words first: where they are found, nothing else is looked for.
    publish(house, "four", name="Zoxa rilla")
    assert found("zoxa ril") == ["four"]


def test_two_hundred_characters_and_twelve_words_are_used(house, client):
    name = "ya" * 100
    publish(house, "letters", name=name, title="Letters")
    publish(house, "thirteen", name="a b c d e f g h i j k l", title="Thirteen")

    assert (found(name), found(name[:-1] + "z"), found(name + "z")) == (["letters"], [], ["letters"])
    assert found("a b c d e f g h i j k l") == ["thirteen"]
    assert found("a b c d e f g h i j k z") == []  # the twelfth counts
    assert found("a b c d e f g h i j k l z") == ["thirteen"]  # the thirteenth does not
    assert "of which the first 200 characters were used" not in words(client, q=name)
    assert "of which the first 200 characters were used" in words(client, q=name + "z")
    assert f' value="{name}" maxlength' in client.get("/search/", {"q": name + "z"}).content.decode()


def test_as_many_as_are_promised_are_told_best_first(house, monkeypatch):
    monkeypatch.setattr(search, "MOST_FOUND", 2)
    for slug in ("zoxc", "zoxb", "zoxa"):
        publish(house, slug)
    publish(house, "brand", brands=(Brand(name="Zoxd", country="GB"),))
    assert found("zox") == ["zoxa", "zoxb"]
    make.withdraw(make.live("zoxa").edition, house.publisher)
    assert found("zox") == ["zoxb", "zoxc"]


def test_nothing_asked_and_nothing_found_are_told_apart(house, client):
    publish(house, "testazumab")
    for query in ("", "  ", "\x00"):
        assert "Give the beginning of a drug’s name" in words(client, q=query)
        assert "No results" not in words(client, q=query)
    page = words(client, q=" zz\x00y ")
    assert "No results for “zz y”" in page
    assert "Give the beginning" not in page
    assert "Give the beginning" in " ".join(strip_tags(client.get("/search/").content.decode()).split())


def test_what_is_withheld_or_superseded_is_not_found(house):
    publish(house, "testazumab", brands=(Brand(name="Oldbrand", country="GB"),))
    monograph = Monograph.objects.get()
    edition = make.start(house, monograph.live.edition)
    with (
        make.audited_write(actor=house.editor) as trail,
        make.change_set(trail, edition=edition, reason="why") as change,
    ):
        change.load(make.document(header=make.document().header.replaced(name="Newname", title="Newname")))
    edition.refresh_from_db()
    assert found("oldbrand") == ["testazumab"]
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    assert (found("oldbrand"), found("newname")) == ([], ["testazumab"])


# -- what is not there -------------------------------------------------------------------------------------------------


def test_a_page_that_was_taken_down_is_named_by_its_names_and_brands_with_the_reason_and_no_content(house, client):
    kept = {"brands": (Brand(name="Marka", country="GB"),), "names": (DrugName(kind="other", name="Otherna"),)}
    publish(house, "goneumab", covers="a marked use", **kept)
    monograph = Monograph.objects.get()
    make.warn(house.clinician, monograph)
    make.withdraw(monograph.live.edition, house.publisher)
    assert "Retired on" in words(client, q="goneumab")
    make.withdraw(monograph.live.edition, house.publisher, "take_down", "its source is in doubt")
    at = monograph.overlays.get(kind="take_down").at

    for query in ("goneumab", "GONE", "Marka", "otherna", "goneumab 5 mg"):
        page = words(client, q=query)
        assert "Taken down Goneumab" in page, query
        assert f"This page was removed on {at:%-d %B %Y}: its source is in doubt" in page, query
        assert "Do not use printed or saved copies" in page, query
        assert find(query).hits == (), query
        html = client.get("/search/", {"q": query}).content.decode()
        assert 'href="/drugs/goneumab/"' in html
        for hidden in ("marked use", "severe reaction", "Retired", "edition 1", "No results", "Nothing published"):
            assert hidden not in page, (query, hidden)
    for query in ("marked use", "Neurology", "L04AG06"):
        assert find(query).gone == (), query

    make.reinstate(house, monograph.live.edition)
    assert (found("marka"), find("marka").gone) == (["goneumab"], ())


def test_a_page_that_is_gone_stands_below_those_that_are_there(house, client):
    publish(house, "zoxalive")
    publish(house, "zoxagone")
    make.withdraw(make.live("zoxagone").edition, house.publisher, "take_down")

    page = words(client, q="zoxa")

    assert page.index("One page for zoxa.") < page.index("Zoxalive") < page.index("Taken down") < page.index("Zoxagone")


def test_a_retired_page_says_since_when_why_and_what_is_left(house, client):
    publish(house, "testazumab")
    make.withdraw(make.live().edition, house.publisher, reason="it is sold no longer")
    at = Monograph.objects.get().overlays.get().at

    page = words(client, q="testa")

    assert f"Retired Retired on {at:%-d %B %Y}: it is sold no longer Doses are not shown." in page


def test_a_page_that_moved_is_found_by_its_former_address(house, client):
    publish(house, "oldaddress", name="Newname", title="Newname")
    move(Monograph.objects.get(), slug="newaddress", actor=house.publisher, reason="why")
    edition = make.start(house, make.live("newaddress").edition)
    make.reword(edition, "monitoring", "Other words.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    for query in ("oldaddress", "/drugs/oldaddress/", "https://clincalc.test/drugs/oldaddress/", "Old-Address"):
        assert (found(query) == ["newaddress"]) == (query != "Old-Address"), query
    assert "Its former address: /drugs/oldaddress/" in words(client, q="oldaddress")
    assert found("newname") == ["newaddress"]
    make.withdraw(make.live("newaddress").edition, house.publisher, "take_down")
    assert ([hit.line.publication.slug for hit in find("oldaddress").gone], found("oldaddress")) == (["newaddress"], [])
    make.draft(house, "draftaddress")
    assert find("draftaddress") == Found()


def test_words_that_are_apart_lead_to_each_of_them(house, client):
    publish(house, "one", name="Zoxa")
    publish(house, "two", name="Rilla")

    html = client.get("/search/", {"q": "zoxa & rilla"}).content.decode()

    assert "no page has them all" in html
    assert 'href="/search/?q=zoxa">zoxa</a>, <a href="/search/?q=rilla">rilla</a>' in html
    assert "That does not mean" not in html


def test_what_was_set_aside_is_said_and_warned_of_where_it_may_be_another_medicine(house, client):
    publish(house, "zoxa")
    page = words(client, q="zoxa 5 mg, forte")
    assert "One page for zoxa." in page
    assert "No name, brand, class or use of this page has “5 mg forte”." in page
    assert "Check that it is the medicine you mean." in page
    assert "Check that" not in words(client, q="zoxa 5 mg")
    publish(house, "zoxb", name="Zoxb")
    assert "of these pages has “forte”" in words(client, q="zox forte")
    html = client.get("/search/", {"q": "zoxa <b>'\""}).content.decode()
    assert "has “&lt;b&gt;&#x27;&quot;”. <strong>" in html
    assert "“b2b”" in words(client, q="zoxa b2b")


def test_an_abbreviation_is_explained_with_the_pages_of_each_drug_and_never_answered_with_one(house, client):
    publish(house, "mtx-tablets", name="Methotrexate")
    publish(house, "other", name="Mitoxantrone")
    publish(house, "mtxy", name="Mtxolol")
    make.draft(house, "azathioprine", make.document(header=make.document().header.replaced(name="Azathioprine")))

    page = words(client, q="MTX")
    assert "MTX is not a safe abbreviation It is written for: methotrexate: Methotrexate: Mtx-tablets" in page
    assert "It has been read as: mitoxantrone: Mitoxantrone: Other" in page
    assert "No page is called “MTX”" in page
    assert 'href="/drugs/mtx-tablets/">Methotrexate: Mtx-tablets</a>' in client.get("/search/?q=mtx").content.decode()
    assert "azathioprine (no page here)" in words(client, q="azt")
    make.withdraw(make.live("other").edition, house.publisher, "take_down")
    make.withdraw(make.live("mtx-tablets").edition, house.publisher)
    page = words(client, q="mtx 10 mg")
    assert "methotrexate: Methotrexate: Mtx-tablets (retired)" in page
    assert "mitoxantrone: Mitoxantrone (taken down)" in page
    assert found("mtxo") == ["mtxy"]
    assert (
        'href="/search/?q=multiple%20sclerosis">multiple sclerosis</a>' in client.get("/search/?q=MS").content.decode()
    )


ODD = {
    "a megabyte": "apix" * 262_144,
    "many words": " ".join(f"word{n}" for n in range(10_000)),
    "nothing but signs": "%_*'\"<>&;()[]{}|\\/?#!~`^=+-–—…" * 100,
    "what is not seen": "\u202e\u200f\u200b\u00ad\ufeff\u2066",
    "turned round": "\u202etestazumab\u202c",
    "control": "testa\x00\x01\x1b[31m\x7fzumab",
    "half a pair": "\ud800",
    "beyond the plane": "\U0010ffff\U000e0041😀",
    "accents": "e" + "\u0301" * 500,
    "one that becomes many": "ﷺ" * 200,
    "words of the database": "' OR 1=1; DROP TABLE monographs_indexentry; --",
    "twelve words that are there": "test multi scler neuro testa sclero multip neurol testaz sclerosis multiple neurology",
    "hyphens": "-".join("ab" for _ in range(100)),
    "a figure and a unit": "5-mg",
    "known, and in two pieces": "testazumab m-g",
    "an address, and in two pieces": "/drugs/testazumab/ x-1",
    "known, and a word of no entry": "testazumab multiple",
}


FINDS = {
    "turned round", "control", "twelve words that are there", "known, and in two pieces", "an address, and in two pieces",
    "known, and a word of no entry",
}  # fmt: skip


@pytest.mark.parametrize("asked", ODD)
def test_whatever_is_asked_is_answered_in_a_moment_and_with_few_queries(house, client, asked):
    publish(house, "testazumab")
    with within(1), CaptureQueriesContext(connection) as queries:
        try:
            answer = client.get("/search/", {"q": ODD[asked]})
        except UnicodeEncodeError:  # a client cannot even send it so
            answer = client.get("/search/?q=%ED%A0%80")
    assert answer.status_code == 200
    assert len(queries) <= MOST_QUERIES
    said = answer.content.decode()
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]", said)
    assert ("/drugs/testazumab/" in said) == (asked in FINDS)


# How it is found: queries. The whole in every kind, a former address, known words and unsafe abbreviations are one; what
# has several words another; then the pages. What must be said beside them is asked for where there is something.
COSTS = {
    "testazumab": 2,
    "nothing": 1,
    "neurology testazumab 5 mg": 3,
    "ms": 1,
    "": 0,
}
MOST_QUERIES = 5


def test_a_search_costs_as_many_queries_as_are_counted_whatever_is_found(house, client):
    def costs():
        found = {}
        for query in COSTS:
            with CaptureQueriesContext(connection) as queries:
                client.get("/search/", {"q": query})
            found[query] = len(queries)
        return found

    publish(house, "testazumab")
    first = costs()
    for slug in ("testazumab-b", "testazumab-c", "testazumab-d"):
        publish(house, slug)
    assert (first, costs()) == (COSTS, COSTS)
