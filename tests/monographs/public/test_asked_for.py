"""What readers type, and what must come first: tests/data/search_queries.json on the monographs of the demonstration.

Spelling is not looked at yet, nor the text of a page: what needs them misses, and is counted as that.
"""

import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from monographs.document import PathStep
from monographs.proofing.short_names import short_names
from monographs.public.search import find
from reviews.exchange.files import read_file
from reviews.management import demonstration
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FILES = Path(demonstration.__file__).parent
QUERIES = json.loads((Path(settings.BASE_DIR) / "tests/data/search_queries.json").read_text("utf-8"))["queries"]
# kind -> how many there are that something must come first of, and how many of them do.
COUNTED = {
    "exact": (18, 18),
    "brand": (25, 25),
    "prefix": (22, 22),
    "misspelt": (58, 4),
    "class": (20, 15),
    "symptom or topic words": (26, 1),
    "must not be confused": (6, 6),
    "form of the name": (13, 12),
}


def steps(nodes, above=()):
    for node in nodes:
        path = (*above, PathStep(slug=node["slug"], name=node["name"]))
        yield node["slug"], path
        yield from steps(node["children"], path)


@pytest.fixture(scope="module")
def made(once_a_module):
    """The nineteen monographs, published: what the search looks at of them, above parts that are invented."""
    house, other = make.the_house(), make.document()
    paths = dict(steps(json.loads((FILES / "classes.json").read_text("utf-8"))["tree"]))
    for path in sorted((FILES / "monographs").glob("*.json")):
        (one,) = read_file(path.read_bytes(), path.name)
        header = one.document.header.replaced(
            class_path=paths[one.therapeutic_class], introduction=other.header.introduction,
            dosing=other.header.dosing,
        )  # fmt: skip
        make.published(house, one.slug, other.replaced(header=header))
    return house


def first(query):
    """The page that comes first, or nothing."""
    hits = find(query).hits
    return hits[0].line.publication.slug if hits else None


def wanted(one):
    return one["expect_first_any_of"] or [slug for slug in [one["expect_first"]] if slug]


def test_as_many_as_are_counted_come_first(world):
    asked = Counter(one["kind"] for one in QUERIES if wanted(one))
    came = Counter(one["kind"] for one in QUERIES if first(one["q"]) in wanted(one))
    assert {kind: (number, came[kind]) for kind, number in asked.items()} == COUNTED


def test_nothing_comes_first_that_must_not_and_whatever_else_does_says_what_it_lacks(world):
    others = {one["q"]: first(one["q"]) for one in QUERIES if wanted(one) and first(one["q"]) not in wanted(one)}
    assert {query: slug for query, slug in others.items() if slug} == {
        "flushing capsules multiple sclerosis": "alemtuzumab"
    }
    found = find("flushing capsules multiple sclerosis")
    assert (found.by, found.aside, found.is_doubtful) == (("multiple sclerosis",), ("flushing capsules",), True)
    assert len(found.hits) == 10  # all of that use, none before the others
    forbidden = [one for one in QUERIES if one["must_not_be_first"]]
    assert len(forbidden) == 5
    assert [one["q"] for one in forbidden if first(one["q"]) in one["must_not_be_first"]] == []


def test_another_medicine_is_answered_with_none_or_with_the_word_that_is_lacking(world):
    """The nearest page to "interferon beta-1b" is told with the word that it lacks, and a warning."""
    none = [one["q"] for one in QUERIES if one["expect_no_confident_hit"]]
    assert len(none) == 19
    answered = {query: find(query) for query in none}
    assert {
        query: (found.is_doubtful, found.aside, [hit.line.publication.slug for hit in found.hits])
        for query, found in answered.items()
        if found.hits
    } == {"interferon beta-1b": (True, ("beta-1b",), ["interferon-beta-1a"])}


def test_nothing_of_one_or_two_letters_or_figures_leads_to_a_page_that_is_not_called_so(world):
    """Each of them: 36 signs and 36 × 36 pairs."""
    signs = "abcdefghijklmnopqrstuvwxyz0123456789"
    queries = [*signs, *(one + other for one in signs for other in signs)]
    assert len(queries) == 36 + 36 * 36
    assert [query for query in queries if find(query).hits] == []
    others = ("5 mg", "500", "161", "10 mg/5 mL", "12 h", "1a", "b 12", "by", "in", "tablets", "oral", "b b")
    assert [query for query in others if find(query).hits] == []
    header = make.document().header.replaced(name="Vi Xoxa", title="D3")
    make.published(world, "vitaminum", make.document(header=header))
    assert [hit.line.publication.slug for query in ("vi", "VI", "d3") for hit in find(query).hits] == ["vitaminum"] * 3
    assert [query for query in ("v", "xo", "d", "3", "vi xo d") if find(query).hits] == []


STANDS_FOR = {
    "MS": ["morphine sulfate: morphine", "magnesium sulfate: "],
    "ms 10 mg": ["morphine sulfate: morphine", "magnesium sulfate: "],
    "M.S.": ["morphine sulfate: morphine", "magnesium sulfate: "],
    "MSO4": ["morphine sulfate: morphine", "magnesium sulfate: "],
    "MgSO₄": ["magnesium sulfate: ", "morphine sulfate: morphine"],
    "mtx": ["methotrexate: methotrexate-weekly-oral", "mitoxantrone: "],
    "APAP": ["paracetamol: paracetamol"],
    "5FU": ["fluorouracil: "],
    "5 FU": ["fluorouracil: "],
}


@pytest.mark.parametrize("query", STANDS_FOR)
def test_an_unsafe_abbreviation_leads_to_every_drug_that_it_may_stand_for_and_to_no_page(world, query):
    found = find(query)
    assert found.hits == ()
    (one,) = found.explained
    assert [
        f"{drug.name}: {', '.join(line.publication.slug for line in drug.lines)}" for drug in (*one.meant, *one.misread)
    ] == STANDS_FOR[query]


def test_every_abbreviation_of_the_table_is_explained_and_answered_with_no_page(world):
    for short in short_names():
        for query in (short.short, short.short.lower(), f"{short.short} 10 mg", f"{short.short} tablets"):
            found = find(query)
            assert [one.short for one in found.explained] == [short], query
            assert found.hits == (), query


def test_words_that_nothing_has_are_set_aside_and_said(world):
    told = {
        "apixaban 5 mg": ("apixaban", ("5 mg",), False),
        "amoxicillin 500mg": ("amoxicillin", ("500mg",), False),
        "methotrexate weekly": ("methotrexate-weekly-oral", ("weekly",), False),
        "interferon β": ("interferon-beta-1a", (), False),
        "Interférón BETA‑1a": ("interferon-beta-1a", (), False),
        "interferon beta1a": ("interferon-beta-1a", (), False),
        "BG12": ("dimethyl-fumarate", (), False),
        "alemtuzumab ms": ("alemtuzumab", ("ms",), True),
        "tablets of 5 mg of apixaban, oral": ("apixaban", ("tablets 5 mg", "oral"), False),
    }
    for query, (slug, aside, is_doubtful) in told.items():
        found = find(query)
        assert ([hit.line.publication.slug for hit in found.hits], found.aside) == ([slug], aside), query
        assert found.is_doubtful == is_doubtful, query
