"""Who moved parts: by all pairs, in a time that 5,000 references do not stretch."""

import time
import tracemalloc
from itertools import combinations
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from monographs.assemble import build
from monographs.document import Citation
from reviews.editing import parts
from reviews.editing.authorship import earlier_authors, is_moved
from reviews.models import ChangeSet
from tests import factories as make

orders = st.lists(st.sampled_from("abcdefgh"), unique=True)


def by_all_pairs(before, after, wanted):
    made = set(combinations(after, 2)) - set(combinations(before, 2))
    return bool(made & set(combinations(wanted, 2)))


@given(orders, orders, orders)
def test_a_move_is_found_as_all_pairs_tell_it(before, after, wanted):
    assert is_moved(before, after, wanted) == by_all_pairs(before, after, wanted)


@given(st.permutations("abcdef"), st.permutations("abcdef"), st.permutations("abcdef"))
def test_so_it_is_where_all_parts_stay(before, after, wanted):
    assert is_moved(before, after, wanted) == by_all_pairs(before, after, wanted)


@pytest.mark.parametrize("how", ["one moved", "shuffled", "turned round", "all new", "none moved"])
def test_five_thousand_parts_take_no_time(how):
    before = [f"{number:036}" for number in range(5_000)]
    after = list(before)
    if how == "one moved":
        after.append(after.pop(17))
    elif how == "shuffled":
        Random(1).shuffle(after)
    elif how == "turned round":
        after.reverse()
    for wanted in (after, before, sorted(after, reverse=True)):
        began = time.perf_counter()
        is_moved([] if how == "all new" else before, after, wanted)
        assert time.perf_counter() - began < 0.5


@pytest.fixture
def long_list(house):
    """A draft with many references, that was put in another order."""
    references = tuple(
        Citation(key=make.key(f"r{n}"), label=f"r{n}", csl={"type": "book", "title": f"Book {n}"}) for n in range(1_500)
    )
    edition = make.draft(house, "longumab", make.document().replaced(citations=references, sections=()))
    keys = [one.key for one in references]
    parts.save_order(edition, "citation", [*keys[1:], keys[0]], seen=keys, actor=house.editor2)
    return edition


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_long_list_of_references_is_compared_in_little_time_and_memory(house, long_list):
    then = ChangeSet.objects.filter(edition=long_list).earliest("at", "revision_id").after.value
    tracemalloc.start()
    began = time.perf_counter()

    found = earlier_authors(long_list.monograph, then, ["order"])
    now = earlier_authors(long_list.monograph, build(long_list), ["order"])

    took, (_size, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found, now) == ({}, {"order": [house.editor2.pk]})
    assert took < 12  # all pairs took 34 s, on the same machine
    assert peak < 40_000_000


@pytest.mark.any_database
@pytest.mark.django_db
def test_no_document_is_read_where_the_order_is_not_asked(house, long_list):
    document = build(long_list)
    key = str(document.citations[3].key)
    with CaptureQueriesContext(connection) as queries:
        found = earlier_authors(long_list.monograph, document, ["header", key])

    assert found == {"header": [house.editor.pk], key: [house.editor.pk]}
    assert [one["sql"] for one in queries if "monographs_document" in one["sql"]] == []
