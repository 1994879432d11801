"""Derived figures: those of the examples, and that totals are what somebody finds who gives each dose by the day."""

from decimal import Decimal
from fractions import Fraction

import pytest

from monographs.doses.figures import figures
from monographs.doses.reading import build
from monographs.doses.rules import problems
from monographs.doses.values import figure
from tests.monographs.doses.examples import ASKED, DOSES, REMOVED, example, freq, of
from tests.monographs.doses.generated import regimens

pytestmark = pytest.mark.any_database
DERIVED = {name: one for name, one in DOSES.items() if "derived" in one}


def at(one):
    return {name: Decimal(value) for name, value in one.get("at", {}).items()}


def test_there_are_as_many_figures_as_there_were():
    assert len(DERIVED) == 15
    assert sum(len(one["derived"]) for one in DERIVED.values()) == 21


@pytest.mark.parametrize("name", DERIVED)
def test_the_figures_of_an_example_are_these(name):
    one = DERIVED[name]

    found = figures(build(one["input"]), **at(one))

    assert {label: found.get(label) for label in one["derived"]} == one["derived"]


KG = {"unit": "mg/kg", "r_no_max_in_source": True}
DAYS = {"value": 5, "unit": "d"}


@pytest.mark.parametrize(
    ("structure", "where", "told"),
    [
        (of("500", freq=freq(3), for_={"value": 7, "unit": "d"}), {}, {"whole treatment": "10,500 mg", "24 hours, most": "1,500 mg"}),
        (of("500", freq=freq(1, 2), for_=DAYS), {}, {"whole treatment": "1,500 mg"}),
        (of("5", freq=freq(1, 8, "h"), for_={"value": 2, "unit": "d"}), {}, {"whole treatment": "30 mg"}),
        (of("5", freq=freq(1, 5, "h")), {}, {"24 hours, most": "20 mg"}),
        (of("5", freq=freq(1, 4, "h"), min_interval=[5, "h"]) | {"steps": [of("5", freq=freq(1, 4, "h", period_max=6), min_interval=[6, "h"])["steps"][0]]}, {}, {"24 hours, most": "20 mg"}),
        (of("5", freq=freq(2, 1, "wk"), for_={"value": 3, "unit": "wk"}), {}, {"whole treatment": "30 mg"}),
        (of("5", freq=freq(1, 1, "mo"), for_={"value": 6, "unit": "mo"}), {}, {"whole treatment": "30 mg"}),
        (of("5", for_={"value": 6, "unit": "mo"}), {}, {"24 hours, most": "5 mg"}),
        (of("30", per="day", freq=REMOVED, divided=2, divided_max=3, for_=DAYS), {}, {"one dose": "10 to 15 mg", "whole treatment": "150 mg", "24 hours, most": "30 mg"}),
        (of("5", "mg/h", freq={"continuous": True}, for_={"value": 2, "unit": "d"}), {}, {"24 hours, most": "120 mg", "whole treatment": "240 mg"}),
        (of("10", for_=DAYS, freq=freq(2), **KG), {"weight": "70"}, {"one dose at 70 kg": "700 mg", "24 hours at 70 kg": "1,400 mg", "whole treatment at 70 kg": "7,000 mg"}),
        (of("10", for_=DAYS, course={"no": 1}, **KG), {"weight": "62.5"}, {"course 1 at 62.5 kg": "3,125 mg"}),
        (of("10", r_weight={"min": 40, "max": 80}, cap=["600", "mg"], unit="mg/kg"), {}, {"one dose at 40 kg": "400 mg", "one dose at 80 kg": "600 mg", "cap binds from": "60 kg", "24 hours, most": "600 mg"}),
        (of("15", cap=["2", "g"], unit="mg/kg"), {}, {"cap binds from": "about 133.3 kg", "24 hours, most": "2 g"}),
        (of("15", freq=freq(4), r_limits=[{"value": "3", "unit": "g", "per": "24h"}], unit="mg/kg"), {"weight": "70"},
         {"24 hours at 70 kg": "3 g (the maximum binds)", "24 hours, most": "3 g (the maximum binds)", "limit binds from": "50 kg"}),
        (of("5", "mg/h", freq={"continuous": True}, for_={"value": 2, "unit": "h"}), {}, {"24 hours, most": "10 mg"}),
        (of("1", "ug", for_={"value": 1, "unit": "d"}), {}, {"whole treatment": "1 microgram"}),
        (of("0.5", "[iU]", for_={"value": 2, "unit": "d"}), {}, {"whole treatment": "1 unit"}),
        (of("10", up_to=True, r_max_doses_24h=2, freq=freq(None, n_max=4), for_={"max": 3, "unit": "d"}), {}, {"24 hours, most": "20 mg", "whole treatment, most": "60 mg"}),
        (example("E17", steps__0__at__numbers=[0, 1], steps__1__at__numbers=[2, 3]), {}, {"first 4 weeks": "184.8 micrograms"}),
        (of("100", "mg", freq=freq(1, 8, "h"), r_prn={"min_interval": [8, "h"], "max_doses_24h": 3}, for_=DAYS), {}, {"24 hours, most": "300 mg", "whole treatment, most": "1,500 mg"}),
    ],
)  # fmt: skip
def test_a_figure_is_told(structure, where, told):
    found = figures(build(structure), **{name: Decimal(value) for name, value in where.items()})

    assert {label: found.get(label) for label in told} == told


@pytest.mark.parametrize(
    ("structure", "label"),
    [
        (of(), "whole treatment"), (of(for_={"value": 1, "unit": "mo"}), "whole treatment"), (of(for_={"max": 3, "unit": "d"}), "whole treatment"),
        (of(unit="mg/kg", r_no_max_in_source=True), "24 hours, most"), (example("E04"), "24 hours, most"), (example("E26"), "24 hours, most"),
        (example("E01", unchecked=True), "course 1"), (example("E20"), "whole treatment"),
    ],
)  # fmt: skip
def test_what_the_structure_does_not_fix_has_no_figure(structure, label):
    assert label not in figures(build(structure))


# -- Day by day ----------------------------------------------------------------------------------------------------


def doses_on(day: int, days: int, step, at_most: int) -> tuple[int, int]:
    """How many doses are given on a day of a step, fewest and most; the first at its beginning."""
    fewest, most = all_doses_on(day, days, step)
    return min(fewest, at_most), min(most, at_most)


def all_doses_on(day: int, days: int, step) -> tuple[int, int]:
    freq = step["freq"]
    if freq.get("once"):
        return (1, 1) if day == 0 else (0, 0)
    least, most = freq.get("n", 0), freq.get("n_max") or freq.get("n", 0)
    hours = {"h": 1, "d": 24, "wk": 168}[freq["unit"]]
    if freq["unit"] == "d" and freq["period"] == 1:
        return least, most
    if freq["unit"] == "wk" and least > 1:
        # So many in each week: on its first days.
        return (1, 1) if day % 7 < least else (0, 0)
    counts = []
    for period in (freq.get("period_max", freq["period"]), freq["period"]):
        hour, given = 0, 0
        while hour < 24 * days:
            given += 24 * day <= hour < 24 * day + 24
            hour += int(period) * hours
        counts.append(given)
    return counts[0], counts[1]


def simulated(structure, step):
    """Least and most of a step, in its unit, dose after dose."""
    held, unit = step["for"], {"d": 1, "wk": 7}
    at_most = structure.get("max_doses_24h") or structure.get("prn", {}).get("max_doses_24h") or 24
    low, high = Fraction(step["dose"]), Fraction(step.get("high", step["dose"]))
    totals = []
    for days, amount, end in (
        (held.get("value", 0) * unit[held["unit"]], low, 0),
        (held.get("max", held.get("value", 0)) * unit[held["unit"]], high, 1),
    ):
        if step.get("per") == "day":
            totals.append(sum(amount for _day in range(days)))
        else:
            totals.append(sum(doses_on(day, days, step, at_most)[end] * amount for day in range(days)))
    is_open = "prn" in structure or ("freq" in step and "once" not in step["freq"] and "n" not in step["freq"])
    return (Fraction(0) if is_open else totals[0]), totals[1]


def test_totals_are_those_of_a_simulation_day_by_day_over_the_whole_course():
    count = 0
    for structure in regimens(4_000, seed=7):
        [step, *others] = structure["steps"]
        regimen, found = problems(structure, ASKED)
        is_timed = "for" in step and step.get("freq", {}).get("unit") != "mo" and "increase" not in step
        if found or others or not is_timed or "/" in step["unit"] or "cap" in step or "at" in step:
            continue
        if "per" in step and "prn" in structure:
            continue  # fewer doses than it is divided into: what is then given is open
        if "freq" in step and step["freq"]["unit"] == "wk" and step["for"]["unit"] == "d":
            continue  # a part of a week: on which days is open
        low, high = simulated(structure, step)
        told = figures(regimen)
        label = "course 1" if "course" in step else "whole treatment"
        words = told.get(f"{label}, most") if not low else told.get(label)
        expected = figure(high) if not low or low == high else f"{figure(low)} to {figure(high)}"
        assert words is not None, (structure, told)
        assert words.rpartition(" ")[0] == expected, (structure, told)
        count += 1
    assert count > 300
