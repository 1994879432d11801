"""Amounts ten times others, or a tenth: which of a dose are held against which."""

import pytest

from monographs.doses.reading import build
from monographs.doses.slips import Beside, slips
from tests.monographs.doses.examples import REMOVED, changed, of

DAY = {"n": 1, "period": 1, "unit": "d"}


def limits(*each):
    return [{"value": value, "unit": unit, "per": per} for value, unit, per in each]


def dose(*keys_and_amounts):
    steps = [{"key": key, "dose": amount, "unit": "mg", "freq": DAY} for key, amount in keys_and_amounts]
    return of(r_steps=steps)


def found(now, was=None, *, past=(), others=()):
    """(list, row, box, words) of each slip."""
    beside = Beside(tuple(("what stood there earlier", build(one)) for one in past), tuple(map(build, others)))
    held = slips(build(now), build(was) if was else None, lambda: beside)
    return [(one.rows, one.number, one.box, one.words) for one in held]


FOUR = of("1", "g", r_limits=limits(("4", "g", "24h")))


def test_a_limit_ten_times_that_of_the_same_length_of_time_is_held_at_its_row():
    forty = of("1", "g", r_limits=limits(("2", "g", "dose"), ("40", "g", "24h")))
    said = [("limits", 1, "value", "Limit 2 is 10 times what stood there.")]

    assert found(forty, FOUR) == said
    assert found(changed(forty, limits__1__per={"value": 1, "unit": "d"}), FOUR) == said
    assert found(changed(forty, limits__1__value="40000", limits__1__unit="mg"), FOUR) == said
    assert found(changed(forty, limits__1__per="7d"), FOUR) == []
    assert found(changed(forty, limits__1__value="39"), FOUR) == []
    assert found(changed(forty, limits__1__unit="mL"), FOUR) == []
    assert found(forty, forty, past=[FOUR]) == [], "what was explained once is not asked again"


def test_steps_without_a_key_are_the_same_at_the_same_place():
    """What an import brings has none."""

    def keyless(*amounts):
        return of(r_steps=[{"dose": one, "unit": "mg", "freq": DAY} for one in amounts])

    assert found(keyless("12", "12"), keyless("12", "120")) == [
        ("steps", 1, "dose", "Step 2 is 1/10 of what stood there.")
    ]
    assert found(keyless("12", "120"), keyless("12", "120")) == []
    assert found(keyless("120"), keyless("12", "120")) == [], "a step that was taken out moves the others up"


def test_a_limit_is_held_against_earlier_ones_another_limit_and_another_dose():
    forty = of("1", "g", r_limits=limits(("40", "g", "24h")))
    without = of("1", "g")

    assert found(forty, without, past=[FOUR, without])[0][3] == "Limit 1 is 10 times what stood there earlier."
    assert found(forty, without, others=[FOUR])[0][3] == "Limit 1 is 10 times another dose of this drug."
    both = of("1", "g", r_limits=limits(("4", "g", "24h"), ("40", "g", "24h")))
    assert found(both)[0][3] == "Limit 2 is 10 times limit 1."


RATED = {"rate": {"unit": "mg/min", "start": "2", "by": "3", "every": [30, "min"], "max": "50"}}
STEADY = {"rate": {"unit": "mg/min", "value": "5", "value_max": "10"}}


@pytest.mark.parametrize(
    ("fields", "path", "amount", "box", "words"),
    [
        ({"cap": ["8", "mg"]}, "cap__0", "80", "cap", "the most for one dose is 10 times"),
        ({"cap": ["8", "mg"]}, "cap__1", "g", "cap", "the most for one dose is 1,000 times"),
        ({"volume": ["8", "mL"]}, "volume__0", "0.8", "volume", "its volume is 1/10 of"),
        (STEADY, "rate", {"unit": "mg/min", "value": "50"}, "rate", "its rate is 10 times"),
        (STEADY, "rate__unit", "mg/h", "rate", "its rate is 1/60 of"),
        (RATED, "rate__start", "20", "rate_start", "where its rate starts is 10 times"),
        (RATED, "rate__by", "30", "rate_by", "what its rate rises by is 10 times"),
        (RATED, "rate__max", "500", "rate_most", "the most of its rate is 10 times"),
    ],
)
def test_each_other_amount_of_a_step_is_held_against_that_of_the_same_step(fields, path, amount, box, words):
    was = of("5", **fields)
    now = changed(was, **{f"steps__0__{path}": amount})
    rows = {one[2]: one for one in found(now, was)}

    assert rows[box] == ("steps", 0, box, f"Step 1: {words} what stood there.")
    assert found(was, was) == []
    assert any(one[2] == box for one in found(now, of("5"), past=[was]))


@pytest.mark.parametrize("now", ["increase", "decrease"])
def test_what_a_step_goes_up_or_down_by_is_held_too(now):
    slope = {"by": "5", "unit": "mg", "every": 1, "every_unit": "wk"}
    was = of(r_steps=[{"increase": slope, "until": "it works"}])
    then = of(r_steps=[{now: {**slope, "by": "50"}, "until": "it works"}])

    said = "Step 1: what it goes up or down by is 10 times what stood there."
    assert found(then, was) == [("steps", 0, "by", said)]
    wide = changed(was, steps__0__increase__by_max="50")
    assert "the upper end of what it goes up or down by is 10 times its lower one" in found(wide)[0][3]


def test_small_steps_and_other_units_between_hide_no_slip():
    twelve, thirty_six, volume = of("12"), of("36"), of("12", "mL")
    now = of("120")

    assert found(now, thirty_six) == []
    said = [("steps", 0, "dose", "Step 1 is 10 times what stood there earlier.")]
    assert found(now, thirty_six, past=[twelve, thirty_six]) == said
    assert found(now, volume, past=[twelve, volume]) == said
    assert found(of("40"), thirty_six, past=[twelve, thirty_six]) == []


def test_a_step_that_comes_back_under_another_key_is_held_against_the_one_that_was_taken_out():
    was = dose(("a", "12"), ("b", "40"))
    gone = dose(("b", "40"))
    back = dose(("b", "40"), ("new", "120"))

    assert found(back, gone) == []
    earlier = [("steps", 1, "dose", "Step 2 is 10 times what stood there earlier.")]
    assert found(back, gone, past=[was, gone]) == earlier
    assert found(back, was)[0][3] == "Step 2 is 10 times what stood there.", "taken out and added in one save"
    assert found(dose(("b", "40"), ("new", "100")), gone, past=[was, gone]) == []


def test_an_amount_that_stood_in_another_step_is_not_as_it_was():
    was = dose(("a", "12"), ("b", "120"))

    assert found(was, was) == []
    assert [one[1] for one in found(dose(("a", "120"), ("b", "120")), was)] == [0]


def test_nothing_is_asked_for_where_no_amount_changed():
    def asked():
        raise AssertionError

    assert list(slips(build(FOUR), build(FOUR), asked)) == []
    assert list(slips(build(changed(FOUR, steps__0__freq=REMOVED)), build(FOUR), asked)) == []
