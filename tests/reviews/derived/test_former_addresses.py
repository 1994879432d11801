"""Addresses that monographs had: kept in the act that moves one, and read again from the trail."""

import pytest

from monographs.models import FormerAddress, Monograph
from reviews.derived.former_addresses import left_behind
from reviews.editing import monographs
from tests import factories as make


@pytest.mark.parametrize(
    ("moves", "now", "former"),
    [
        ([], {"a": 1}, {}),
        ([("a", "b")], {"b": 1}, {"a": 1}),
        ([("a", "b"), ("b", "c")], {"c": 1}, {"a": 1, "b": 1}),
        ([("a", "b"), ("x", "y"), ("b", "c")], {"c": 1, "y": 2}, {"a": 1, "b": 1, "x": 2}),
        ([("a", "b"), ("b", "a")], {"a": 1}, {"b": 1}),
        ([("a", "b"), ("b", "a"), ("a", "b")], {"b": 1}, {"a": 1}),
        ([("a", "b")], {"x": 1}, {}),  # a monograph that is gone: verify_trail tells of its row
    ],
)
def test_every_address_on_the_way_is_left_behind(moves, now, former):
    assert left_behind(moves, now) == former


@pytest.mark.django_db
def test_a_move_keeps_the_old_address_and_a_refused_one_keeps_none(house):
    page = make.draft(house).monograph
    for slug in ("second", "third"):
        monographs.move(Monograph.objects.get(), slug=slug, actor=house.publisher, reason="why")
    with pytest.raises(monographs.Refused):
        monographs.move(Monograph.objects.get(), slug="third", actor=house.publisher, reason="Where it is")

    kept = FormerAddress.objects.order_by("slug").values_list("slug", "monograph")
    assert list(kept) == [("second", page.pk), ("testazumab", page.pk)]
