"""Who moved parts: by all pairs, in a time that 5,000 references do not stretch."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.difference import moved
from monographs.difference.moved import is_moved, is_moved_from, out_of_place
from tests.effort import within

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
        with within(0.5):
            is_moved([] if how == "all new" else before, after, wanted)


@given(orders, orders, orders, orders)
def test_so_it_is_of_parts_that_the_live_page_has_otherwise(live, before, after, wanted):
    new = set(combinations(after, 2)) - set(combinations(before, 2)) - set(combinations(live, 2))
    assert is_moved_from(live, before, after, wanted) == bool(new & set(combinations(wanted, 2)))


@given(orders, orders, orders, orders)
def test_where_nearly_all_moved_any_two_count(live, before, after, wanted):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moved, "FEW", 0)
        if out_of_place(live, wanted):
            assert is_moved_from(live, before, after, wanted) == is_moved(before, after, wanted)
        else:
            assert not is_moved_from(live, before, after, wanted)


@given(orders, orders)
def test_the_fewest_are_out_of_place(live, now):
    found = out_of_place(live, now)
    stay = [key for key in now if key not in found]
    assert stay == [key for key in live if key in stay]
    common = [key for key in now if key in live]
    rising = (one for size in range(len(common), -1, -1) for one in combinations(common, size))
    assert len(stay) == len(next(one for one in rising if list(one) == [key for key in live if key in one]))
