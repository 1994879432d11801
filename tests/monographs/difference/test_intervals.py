"""Intervals and lengths in words: what is told as longer or shorter, and what is told without a direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.difference.intervals import direction, interval, ratio, span

UNITS = ["hour", "day", "week", "month", "year"]


@pytest.mark.parametrize(
    ("was", "now", "way", "times"),
    [
        ("every 3 months", "every 6 months", "longer", "2 times"),
        ("every 6 months", "every 3 months", "shorter", "2 times"),
        ("monthly", "every 3 months", "longer", "3 times"),
        ("every month", "monthly", "", ""),
        ("weekly", "once a month", "longer", "about 4.29 times"),
        ("twice a week", "once a week", "longer", "2 times"),
        ("three times a day", "twice daily for a week, then every month", "", ""),
        ("every 12 months", "yearly", "", ""),
        ("annually", "every 6 months", "shorter", "2 times"),
        ("6-monthly", "every 12 months", "longer", "2 times"),
        ("every other week", "weekly", "shorter", "2 times"),
        ("every 3 to 6 months", "every 6 to 12 months", "longer", "2 times"),
        ("every 3 to 6 months", "every 2 to 12 months", "", "2 times"),
        ("every three months", "Every 6 Months", "longer", "2 times"),
        ("every 10 weeks", "every 11 weeks", "longer", ""),
        ("regularly", "every 6 months", "", ""),
        ("every 0 months", "every 6 months", "", ""),
        ("every month, then every 3 months", "every month, then every 6 months", "", ""),
    ],
)
def test_intervals(was, now, way, times):
    assert (direction(was, now, interval), ratio(was, now, interval)) == (way, times)


@pytest.mark.parametrize(
    ("was", "now", "way"),
    [
        ("until 48 months after the last infusion", "until 12 months after the last infusion", "shorter"),
        ("for 3 years", "for at least 36 months", ""),
        ("for 3 years", "for 5 years", "longer"),
        ("for six weeks", "for 2 months", "longer"),
        ("for ever", "for 2 months", ""),
        ("for 2 weeks, then for 3 months", "for 2 weeks", ""),
    ],
)
def test_lengths(was, now, way):
    assert direction(was, now, span) == way


@given(st.integers(1, 99), st.sampled_from(UNITS), st.integers(1, 99), st.sampled_from(UNITS))
def test_what_is_longer_one_way_is_shorter_the_other(one, unit, other, other_unit):
    was, now = f"every {one} {unit}s", f"every {other} {other_unit}s"
    turned = {"longer": "shorter", "shorter": "longer", "": ""}
    assert direction(now, was, interval) == turned[direction(was, now, interval)]
    assert ratio(was, now, interval) == ratio(now, was, interval)
    assert bool(direction(was, now, interval)) == (interval(was) != interval(now))
