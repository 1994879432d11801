"""Lines: the examples word for word, what they leave open, and that every element is said."""

import re
from itertools import product

import pytest

from monographs.doses.faults import RegimenRefused
from monographs.doses.lines import header, joined, lines, system_lines, text
from monographs.doses.reading import build
from monographs.doses.rules import problems
from monographs.doses.units import TIMES
from tests.monographs.doses.examples import ASKED, DOSES, REMOVED, changed, example, freq, of

pytestmark = pytest.mark.any_database


def said(structure):
    regimen, found = problems(structure, ASKED)
    assert found == []
    return text(regimen)


def step(**fields):
    """The words of the only step."""
    first, line, *_more = said(of(**fields)).split("\n")
    assert first.startswith(("Adult", "Child"))
    return line


def test_there_are_as_many_examples_as_there_were():
    assert len(DOSES) == 27


@pytest.mark.parametrize("name", DOSES)
def test_an_example_reads_word_for_word(name):
    assert said(DOSES[name]["input"]) == DOSES[name]["text"]


KG = {"r_no_max_in_source": True}
HOURLY = {"unit": "mg/h", "max": "5"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        # Amounts
        ({"dose": "1000"}, "1,000 mg once daily."),
        ({"dose": "1234567.500"}, "1,234,567.5 mg once daily."),
        ({"dose": "0.50"}, "0.5 mg once daily."),
        ({"dose": "100", "high": "1000"}, "100 to 1,000 mg once daily."),
        ({"dose": "1", "unit": "ug"}, "1 microgram once daily."),
        ({"dose": "0.5", "unit": "ug"}, "0.5 micrograms once daily."),
        ({"dose": "0.5", "high": "1", "unit": "[iU]"}, "0.5 to 1 unit once daily."),
        ({"dose": "1", "high": "2", "unit": "[iU]"}, "1 to 2 units once daily."),
        ({"dose": "1.0", "unit": "ng"}, "1 nanogram once daily."),
        ({"dose": "1", "unit": "[iU]/kg", **KG}, "1 unit/kg once daily."),
        ({"dose": "1.5", "unit": "ug/m2", **KG}, "1.5 micrograms/m² once daily."),
        ({"dose": "2", "unit": "mmol"}, "2 mmol once daily."),
        ({"dose": "20", "up_to": True}, "Up to 20 mg once daily."),
        ({"unit": "mg/kg", "weight_basis": "ideal", **KG}, "10 mg/kg of ideal body-weight once daily."),
        ({"unit": "mg/kg", "weight_basis": "actual", "cap": ["1000", "mg"]}, "10 mg/kg of actual body-weight (maximum 1,000 mg per dose) once daily."),
        ({"volume": ["5", "mL"], "cap": ["20", "mg"]}, "10 mg (5 mL) (maximum 20 mg per dose) once daily."),
        # Frequencies
        ({"freq": freq(2)}, "10 mg twice daily."),
        ({"freq": freq(3)}, "10 mg 3 times a day."),
        ({"freq": freq(3, n_max=5)}, "10 mg 3 to 5 times a day."),
        ({"freq": freq(1, n_max=2)}, "10 mg 1 or 2 times a day."),
        ({"freq": freq(None, n_max=2)}, "10 mg up to 2 times a day."),
        ({"freq": freq(2, 1, "wk")}, "10 mg twice a week."),
        ({"freq": freq(3, 1, "wk", n_max=4)}, "10 mg 3 or 4 times a week."),
        ({"freq": freq(1, 2)}, "10 mg on alternate days."),
        ({"freq": freq(1, 3)}, "10 mg every 3 days."),
        ({"freq": freq(1, 2, period_max=3)}, "10 mg every 2 to 3 days."),
        ({"freq": freq(1, 1, "h")}, "10 mg every hour."),
        ({"freq": freq(1, 2, "wk")}, "10 mg every 2 weeks."),
        ({"freq": freq(1, 4, "wk")}, "10 mg every 4 weeks."),
        ({"freq": freq(1, 3, "mo")}, "10 mg every 3 months."),
        ({"freq": freq(1, 1, "mo")}, "10 mg once a month."),
        ({"freq": freq(1, 1, "a")}, "10 mg once a year."),
        ({"freq": {"once": True}}, "10 mg as a single dose."),
        ({"dose": "5", "unit": "mg/h", "freq": {"continuous": True}}, "5 mg/hour continuously."),
        ({"dose": "0.1", "unit": "ug/kg/min", "freq": {"continuous": True}, **KG}, "0.1 micrograms/kg/minute continuously."),
        ({"per": "day", "freq": REMOVED, "divided": 4}, "10 mg daily in 4 divided doses."),
        ({"per": "day", "freq": REMOVED, "divided": 1, "divided_max": 2}, "10 mg daily in 1 or 2 divided doses."),
        ({"per": "day", "freq": REMOVED, "divided": 2, "divided_max": 4}, "10 mg daily in 2 to 4 divided doses."),
        ({"per": "day", "freq": REMOVED, "divided_every": [1, "h"]}, "10 mg daily in divided doses every hour."),
        # Times
        ({"for_": {"value": 1, "unit": "wk"}}, "10 mg once daily for 1 week."),
        ({"for_": {"value": 2, "max": 3, "unit": "wk"}}, "10 mg once daily for 2 or 3 weeks."),
        ({"for_": {"max": 1, "unit": "d"}}, "10 mg once daily for up to 1 day."),
        ({"for_": {"value": 3, "max": 5, "unit": "d", "consecutive": True}}, "10 mg once daily for 3 to 5 consecutive days."),
        ({"for_": {"value": "1.5", "max": "2.5", "unit": "wk"}}, "10 mg once daily for 1.5 to 2.5 weeks."),
        ({"over": {"value": 1, "max": 2, "unit": "h", "approx": True}}, "10 mg once daily over about 1 or 2 hours."),
        ({"over": {"value": 15, "max": 30, "unit": "min"}, "freq": freq(2)}, "10 mg twice daily, each over 15 to 30 minutes."),
        ({"over": {"value": 1, "unit": "h"}, "freq": freq(1, 4, "h", period_max=6)}, "10 mg every 4 to 6 hours over 1 hour."),
        ({"over": {"value": 1, "unit": "h"}, "per": "day", "freq": REMOVED, "divided": 2}, "10 mg daily in 2 divided doses, each over 1 hour."),
        ({"rate": {"unit": "mg/min", "value": "5", "value_max": "10"}}, "10 mg once daily, at 5 to 10 mg/minute."),
        ({"rate": {"unit": "mL/h", "value": "1"}}, "10 mg once daily, at 1 mL/hour."),
        ({"rate": HOURLY, "over": {"value": 1, "unit": "h"}}, "10 mg once daily over 1 hour, at no more than 5 mg/hour."),
        ({"min_interval": [1, "h"]}, "10 mg once daily, with at least 1 hour between doses."),
        # After commas, in their order
        (
            {"until": "it stops", "condition": "if well", "when": ["with food", "at night"], "same_day": True, "freq": freq(1, 1, "wk"), "rate": HOURLY, "min_interval": [5, "d"]},
            "10 mg once a week, at no more than 5 mg/hour, with at least 5 days between doses, on the same day each week, with food, at night, if well, until it stops.",
        ),
        # Labels
        ({"phase": "loading"}, "Loading: 10 mg once daily."),
        ({"phase": "initial", "up_to": True, "optional": True}, "Initially, if needed: up to 10 mg once daily."),
        ({"at": {"unit": "d", "numbers": [1]}}, "Day 1: 10 mg once daily."),
        ({"at": {"unit": "mo", "numbers": [1, 2]}}, "Months 1 and 2: 10 mg once daily."),
        ({"at": {"unit": "d", "numbers": [3], "onwards": True}}, "From day 3: 10 mg once daily."),
        ({"course": {"no": 1}, "at": {"unit": "d", "numbers": [3], "onwards": True}}, "Course 1, from day 3: 10 mg once daily."),
        ({"course": {"no": 2, "gap": {"value": 1, "unit": "a"}}}, "Course 2: 10 mg once daily, 1 year after course 1."),
        ({"course": {"no": 2, "to": 3, "gap": {"value": 6, "unit": "mo"}}}, "Courses 2 and 3: 10 mg once daily, 6 months after the previous course."),
        ({"course": {"no": 2, "to": 5, "gap": {"value": 6, "unit": "mo"}}}, "Courses 2 to 5: 10 mg once daily, 6 months after the previous course."),
        # Totals
        ({"course": {"no": 1}, "for_": {"value": 5, "unit": "d"}, "dose": "250"}, "Course 1: 250 mg once daily for 5 days (total 1,250 mg)."),
        ({"course": {"no": 1}, "for_": {"value": 5, "unit": "d"}, "unit": "mg/kg", **KG}, "Course 1: 10 mg/kg once daily for 5 days (total 50 mg/kg)."),
        ({"course": {"no": 1}, "for_": {"value": 5, "unit": "d"}, "unit": "mg/kg", "cap": ["1", "g"]}, "Course 1: 10 mg/kg (maximum 1 g per dose) once daily for 5 days."),
        ({"course": {"no": 1}, "for_": {"value": 5, "unit": "d"}, "freq": freq(2)}, "Course 1: 10 mg twice daily for 5 days."),
        ({"course": {"no": 1}, "for_": {"value": 5, "unit": "d"}, "high": "20"}, "Course 1: 10 to 20 mg once daily for 5 days."),
        ({"course": {"no": 1}, "for_": {"value": 4, "max": 5, "unit": "d"}}, "Course 1: 10 mg once daily for 4 or 5 days."),
        ({"course": {"no": 1}, "for_": {"value": 1, "unit": "wk"}}, "Course 1: 10 mg once daily for 1 week."),
        ({"for_": {"value": 5, "unit": "d"}}, "10 mg once daily for 5 days."),
    ],
)  # fmt: skip
def test_a_step_reads(fields, words):
    assert step(**fields) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"r_indication": "prevention of stroke."}, "Prevention of stroke. Adult. By mouth."),
        ({"r_indication": "eGFR loss"}, "eGFR loss. Adult. By mouth."),
        ({"r_age": {"min": 1, "unit": "a"}}, "Adult 1 year or more. By mouth."),
        ({"r_age": {"min": "0.5", "max": 1, "max_incl": True, "unit": "a"}}, "Adult 0.5 years or more and up to 1 year. By mouth."),
        ({"r_age": {"min": 28, "min_incl": False, "unit": "d"}}, "Adult over 28 days. By mouth."),
        ({"r_weight": {"max": "1000.5"}}, "Adult, body-weight less than 1,000.5 kg. By mouth."),
        ({"r_renal": {"measure": "egfr", "min": 15, "max": 30}}, "Adult, eGFR 15 mL/min/1.73 m² or more and less than 30 mL/min/1.73 m². By mouth."),
        ({"r_hepatic": ["A", "B"]}, "Adult, Child-Pugh class A or B. By mouth."),
        ({"r_hepatic": ["A", "B", "C"], "r_route": "inhaled"}, "Adult, Child-Pugh class A, B or C. By inhalation."),
        ({"r_route": "rectal"}, "Adult. By rectum."),
        ({"r_route": "im"}, "Adult. By intramuscular injection."),
        ({"r_population": "Neonate"}, "Neonate. By mouth."),
    ],
)  # fmt: skip
def test_a_header_reads(fields, words):
    assert header(build(of(**fields))) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"r_product": "X", "r_strength": {"value": "5", "unit": "mg"}}, "Preparation: X, 5 mg."),
        ({"r_product": "X", "r_formulation": "tablet"}, "Preparation: X, tablet."),
        ({"unit": "[iU]", "r_strength": {"value": "1000", "unit": "[iU]", "per_unit": "mL"}}, "Preparation: 1,000 units/mL."),
        ({"r_strength": {"value": "1", "unit": "ug", "per_value": "0.5", "per_unit": "mL"}}, "Preparation: 1 microgram/0.5 mL."),
        ({"r_max_doses_24h": 1}, "No more than 1 dose in 24 hours."),
        ({"r_max_courses": 1}, "No more than 1 course."),
        ({"r_limits": [{"value": "1000", "unit": "ug", "per": {"value": 1, "unit": "wk"}}], "dose": "1", "unit": "ug"}, "Maximum 1,000 micrograms in 1 week."),
        ({"r_limits": [{"value": "99", "unit": "g", "per": "lifetime"}]}, "Maximum 99 g in a lifetime."),
        ({"r_adjustments": [{"renal": {"measure": "egfr", "max": 30}, "action": "contra_indicated"}]}, "eGFR less than 30 mL/min/1.73 m²: contra-indicated."),
        ({"r_adjustments": [{"hepatic": ["A", "B"], "action": "text", "text": "Halve it."}]}, "Child-Pugh class A or B: Halve it."),
        ({"r_adjustments": [{"when": "dialysis", "action": "same_dose_every", "every": [1, "wk"]}]}, "Dialysis: give the same single dose every week."),
        ({"r_dose_as": "the base."}, "Dose expressed as the base."),
        ({"condition": "if well."}, "10 mg once daily, if well."),
        ({"r_product": "X Inc."}, "Preparation: X Inc."),
        ({"r_premedication": "paracetamol."}, "Before each dose: paracetamol."),
        ({"r_instructions": ["shake well"]}, "Shake well."),
        ({"r_licence": {"status": "unlicensed", "country": "GB"}}, "Unlicensed medicine in the United Kingdom."),
    ],
)  # fmt: skip
def test_a_line_below_the_header_reads(fields, words):
    assert words in said(of(**fields)).split("\n")[1:]


def test_when_required_stands_in_the_first_step_and_the_least_interval_in_every_step_with_a_dose():
    prn = {"reason": "pain", "min_interval": [4, "h"], "max_doses_24h": 4}
    found = said(example("E08", prn=prn)).split("\n")

    assert found[1:3] == [
        "Loading: 200 mg 3 times a day when required for pain for 7 days, with at least 4 hours between doses.",
        "Maintenance: 200 mg once daily, with at least 4 hours between doses.",
    ]


def test_the_lines_of_what_is_not_shown_hold_no_figure_of_it():
    for change in ({"unchecked": True}, {"withheld": {"on": "2026-11-23", "reason": "the source has changed."}}):
        regimen = build(example("E22", **change))
        shown = text(regimen)

        assert shown.startswith(
            "Adult or child, body-weight over 33 kg and up to 50 kg. By intravenous infusion.\nDose "
        )
        assert not re.search(r"15|60|\b3\b|4 times", shown)
        assert len(lines(regimen)) == len(system_lines(regimen)) == 1
    assert text(build(example("E22", unchecked=True))).endswith(
        "\nDose not published yet: it has not had its checks against the source. Use the product SmPC."
    )


def test_each_neighbour_that_is_not_shown_has_a_line_that_says_why():
    missing = ["Adult. By mouth.", {"header": "Child. By rectum", "because": "not yet checked"}]

    assert [joined(line) for line in system_lines(build(example("E27", missing_siblings=missing)))] == [
        "Not shown for this indication, because withheld: Adult. By mouth.",
        "Not shown for this indication, because not yet checked: Child. By rectum.",
    ]


@pytest.mark.parametrize("name", DOSES)
def test_segments_join_to_their_line_and_name_what_they_hold(name):
    regimen = build(DOSES[name]["input"])

    assert "\n".join(joined(line) for line in (*lines(regimen), *system_lines(regimen))) == DOSES[name]["text"]
    for line in lines(regimen):
        assert any(slot for slot, _words in line)
        assert all(words for _slot, words in line)
        assert "\n" not in joined(line)


# -- Nothing is left out -------------------------------------------------------------------------------------------

# What prints nothing, by doc: its place, with the numbers of rows left out.
SILENT = {"key", "source", "no_max_in_source", "steps.key", "limits.per.at_least"}


def elements(structure, way=()):
    """The place of each element of a structure."""
    for name, held in structure.items() if isinstance(structure, dict) else enumerate(structure):
        yield (*way, name)
        if isinstance(held, dict | list):
            yield from elements(held, (*way, name))


def without(structure, way):
    gone = changed(structure)
    held = gone
    for part in way[:-1]:
        held = held[part]
    del held[way[-1]]
    return gone


@pytest.mark.parametrize("name", DOSES)
def test_without_any_element_an_example_reads_differently_or_is_refused(name):
    structure = DOSES[name]["input"]
    count = 0
    for way in elements(structure):
        place = ".".join(str(part) for part in way if not isinstance(part, int))
        if place in SILENT or (name == "E26" and place.startswith("steps")):
            continue
        regimen, found = problems(without(structure, way), ASKED)
        is_default = place == "strength.per_value" and structure["strength"]["per_value"] == "1"
        assert found or text(regimen) != DOSES[name]["text"] or is_default, place
        count += 1
    assert count >= 4


def test_a_frequency_that_no_rule_can_say_is_refused_with_its_place_and_never_half_said():
    """Whatever was asked before: a draft holds what `problems` refuses. All counts, periods and units, one by one."""
    refused = 0
    for n, n_max, period, period_max, unit in product((None, 1, 2), (None, 1, 3), (1, 4), (None, 6), TIMES):
        fields = {"n": n, "n_max": n_max, "period": period, "period_max": period_max, "unit": unit}
        structure = of(freq={name: value for name, value in fields.items() if value is not None})
        faults = [one for one in problems(structure, ASKED)[1] if one.rule in ("V00", "V04")]
        if faults:
            with pytest.raises(RegimenRefused, match=r"V00 steps\[0\]\.freq"):
                lines(build(structure))
            refused += 1
        else:
            assert re.search(rf"{n or n_max}|once|twice|every|alternate", text(build(structure))), fields
    assert refused > 100
