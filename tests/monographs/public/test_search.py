"""Search: by what a page is found, in which order, how much of it is told, and what is marked."""

import re

import pytest
from django.utils.html import strip_tags

from monographs.document import Brand, DrugName
from monographs.models import Monograph
from monographs.public import search
from monographs.public.search import find
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]
PATH = make.document().header.class_path[:1]


def publish(house, slug, **header):
    doc = make.document()
    given = {"name": slug.capitalize(), "title": slug.capitalize(), "covers": "", "class_path": PATH, **header}
    return make.published(house, slug, doc.replaced(header=doc.header.replaced(**given)))


def found(query):
    return [hit.line.publication.slug for hit in find(query)]


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
        assert page.count(written) == 3, query
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
    assert [(hit.kind, hit.words) for hit in find("zoxa")] == [
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
    assert [(hit.kind, hit.words) for hit in find("zoxa")] == [("name", "<mark>Zoxa</mark>")]
    assert [hit.kind for hit in find("zoxa f")] == ["brand"]


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
    for slug in ("zc", "zb", "za"):
        publish(house, slug)
    publish(house, "brand", brands=(Brand(name="Zd", country="GB"),))
    assert found("z") == ["za", "zb"]
    make.withdraw(make.live("za").edition, house.publisher)
    assert found("z") == ["zb", "zc"]


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
