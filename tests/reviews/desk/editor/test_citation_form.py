"""References in the editor: typed, found in the library, changed without losing what the form does not show."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from monographs.assemble import build
from monographs.digest import digest_of_part
from monographs.document import Citation
from monographs.models import Reference
from monographs.typed import to_plain
from reviews.desk.editor.citation_form import CitationForm
from reviews.desk.editor.find import search, typed_from
from tests import factories as make

pytestmark = pytest.mark.any_database

NEW = {
    "type": "report",
    "title": "A guideline",
    "authors": "Smith, A. B.\nA group",
    "issued": "2021",
    "doi": "10.1000/xyz",
}
RICH = {
    "type": "article-journal",
    "title": "T",
    "author": [{"family": "Müller", "given": "A.", "non-dropping-particle": "von"}, {"literal": "A group"}],
    "custom": {"authors_truncated": True},
    "issued": {"date-parts": [[2012, 11, 24]]},
    "volume": 380,
}


@pytest.fixture(scope="module")
def made(once_a_module):
    return SimpleNamespace(edition=make.draft(make.the_house()))


@pytest.fixture
def client(enter):
    return enter("editor")


def address(name, *arguments, slug="testazumab"):
    return reverse(name, args=[slug, *arguments])


def rich_one(house, csl=RICH):
    citation = Citation(key=make.key("trial"), label="trial2020", csl=csl)
    return citation, make.draft(house, "richumab", make.document(citations=(citation,)))


def test_a_typed_reference_goes_to_the_library_and_is_found_and_cited_elsewhere(client, house, edition):
    client.post(address("part_new", "citation"), NEW)
    record = Reference.objects.get(doi="10.1000/xyz")
    assert record.label == "smith2021"
    other = make.draft(house, "otherumab")

    page = client.get(address("part_new", "citation", slug="otherumab"), {"q": "smith guideline"})
    assert [found for found, _ in page.context["found"].hits] == [record]
    client.post(address("part_new", "citation", slug="otherumab"), {"reference": record.pk})

    copied = build(other).citations[-1]
    assert (copied.label, to_plain(copied.csl)) == ("smith2021", record.csl)
    assert Reference.objects.filter(title="A guideline").count() == 1


def test_a_record_that_is_cited_here_is_not_offered_again(client, edition):
    client.post(address("part_new", "citation"), NEW)

    page = client.get(address("part_new", "citation"), {"q": "10.1000/XYZ"})

    assert [label for _, label in page.context["found"].hits] == ["smith2021"]
    assert b"Cited here as" in page.content


def test_a_record_that_is_cited_under_another_label_makes_no_twin_in_the_library(client, house, edition):
    client.post(address("part_new", "citation"), {**NEW, "doi": ""})
    record = Reference.objects.get(label="smith2021")
    make.draft(house, "otherumab")

    client.post(address("part_new", "citation", slug="otherumab"), {"reference": record.pk, "label": "guide"})

    assert not Reference.objects.filter(label="guide").exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("guideline", 1), ("SMITH 2021", 1), ("smith nobody", 0), ("10.1000/xyz", 1), ("%", 0), ("_", 0), ("", 0),
        ("a\x00", 0), ("a\u202e", 0), ("x " * 5_000, 1),
    ],
)  # fmt: skip
def test_every_word_must_be_in_the_record(client, house, edition, words, found):
    client.post(address("part_new", "citation"), NEW)

    assert len(search(words, house.editor)) == found


def test_what_was_searched_in_vain_stands_in_the_form(client, edition):
    assert typed_from("10.1000/abc") == {"doi": "10.1000/abc"}
    assert typed_from("12345678") == {"pmid": "12345678"}
    assert typed_from("https://example.org/x") == {"address": "https://example.org/x"}
    assert typed_from("Some words") == {"title": "Some words"}

    page = client.get(address("part_new", "citation"), {"q": "10.1000/abc"})

    assert page.context["form"]["doi"].value() == "10.1000/abc"
    assert b"No record has all of these words." in page.content


def test_a_record_that_is_not_in_the_library_is_said_so(client, edition):
    page = client.post(address("part_new", "citation"), {"reference": "999999"})

    assert page.status_code == 422
    assert b"This record is not in the library. Search for it again." in page.content


def test_what_a_form_does_not_show_of_a_reference_is_kept(client, house):
    rich, other = rich_one(house)
    form = {**CitationForm.shows(rich), "title": "Better", "seen": digest_of_part(rich)}

    assert client.post(address("part_edit", rich.key, slug="richumab"), form).status_code == 302

    assert to_plain(build(other).citations[0].csl) == {**RICH, "title": "Better"}


def test_a_field_that_was_emptied_is_gone(client, house):
    rich, other = rich_one(house)
    form = {**CitationForm.shows(rich), "volume": "", "authors": "", "issued": "", "seen": digest_of_part(rich)}

    client.post(address("part_edit", rich.key, slug="richumab"), form)

    assert set(to_plain(build(other).citations[0].csl)) == {"type", "title", "custom"}


def test_an_author_beside_a_new_one_keeps_what_the_line_does_not_show(client, house):
    rich, other = rich_one(house)
    form = {**CitationForm.shows(rich), "authors": "New, N.\nMüller, A.", "seen": digest_of_part(rich)}

    client.post(address("part_edit", rich.key, slug="richumab"), form)

    csl = to_plain(build(other).citations[0].csl)
    assert csl["author"] == [{"family": "New", "given": "N."}, RICH["author"][0]]


@pytest.mark.parametrize(
    "csl",
    [
        RICH,
        {"title": "T", "author": "Smith"},
        {"title": "T", "author": [3, "x", {"family": None}]},
        {"title": "T", "issued": "2020", "author": {}},
        {"title": "T", "issued": {"date-parts": [[]]}, "type": "document"},
        {"type": "patent", "title": 7, "volume": [1]},
    ],
)
def test_a_form_that_was_only_opened_changes_nothing(client, house, csl):
    odd, other = rich_one(house, {"type": "report", **csl})
    path = address("part_edit", odd.key, slug="richumab")
    shown = client.get(path).context["form"]
    whole = make.seen(other)

    response = client.post(path, {name: str(shown[name].value() or "") for name in shown.fields})

    assert b"Nothing has changed, so nothing was saved." in response.content
    assert make.seen(other) == whole


@pytest.mark.parametrize("extra", [{}, {"preview": "1"}, {"seen": "0" * 64}])
def test_a_label_that_is_taken_is_said_at_its_field(client, house, extra):
    one, two = (
        Citation(key=make.key(name), label=name, csl={"type": "report", "title": name})
        for name in ("one2020", "two2020")
    )
    make.draft(house, "richumab", make.document(citations=(one, two), notices=(), sections=()))
    form = {**CitationForm.shows(one), "label": "two2020", "seen": digest_of_part(one), **extra}

    for path in (address("part_edit", one.key, slug="richumab"), address("part_new", "citation", slug="richumab")):
        response = client.post(path, form)
        assert response.status_code == 422
        assert response.context["form"].errors["label"] == [
            "Another reference of this edition has the label “two2020”. Choose another label."
        ]


def test_a_made_label_is_free(client, edition):
    client.post(address("part_new", "citation"), NEW)
    client.post(address("part_new", "citation"), {**NEW, "title": "Another", "doi": ""})

    assert [citation.label for citation in build(edition).citations] == ["trial2020", "smith2021", "smith2021b"]
