"""Classes of change: the examples, each row of the table, and what must hold of any two regimens."""

import copy
import random
from fractions import Fraction

import pytest

from monographs.doses.answers import classified
from monographs.doses.change import amount_line, class_of, ratio_text
from monographs.doses.changes import compare
from monographs.doses.reading import build, read
from monographs.doses.rules import problems
from tests.monographs.doses.examples import ASKED, CHANGES, CLINICAL, DOSES, example, freq, of
from tests.monographs.doses.generated import places, regimens
from tests.monographs.doses.test_lines import without

pytestmark = pytest.mark.any_database


def test_there_are_as_many_examples_as_there_were():
    assert len(CHANGES) == 13


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case["id"])
def test_an_example_is_classed_and_said_word_for_word(case):
    answer = classified(case)

    told = {name: case[name] for name in ("id", "class", "lines", "ratio", "per_week", "voids_checks") if name in case}
    assert {name: answer[name] for name in told} == told
    assert answer["ratio"] == case.get("ratio")


def changed(before, after):
    answer = classified({"id": "x", "before": before, "after": after})
    return answer["class"], answer["lines"]


def mg(dose, unit="mg", **more):
    return {"dose": dose, "unit": unit, **more}


def limit(value, unit="g", per="24h"):
    return {"limits": [{"value": value, "unit": unit, "per": per}]}


def hours(value, max_=None):
    return {"value": value, "unit": "h", **({"max": max_} if max_ else {})}


CRCL = {"measure": "crcl"}
CRITERIA = {"at_least": 2, "of": ["a", "b", "c"]}
DIALYSIS = {"when": "dialysis", "action": "no_change"}
UP = {"by": "50", "unit": "mg", "every": 7, "every_unit": "d"}


@pytest.mark.parametrize(
    ("before", "after", "cls", "line"),
    [
        # Amounts
        (mg("100"), mg("200"), "critical", "2 times more: 100 mg -> 200 mg"),
        (mg("200"), mg("100"), "critical", "2 times less: 200 mg -> 100 mg"),
        (mg("3"), mg("7"), "critical", "About 2.33 times more: 3 mg -> 7 mg"),
        (mg("100"), mg("125"), "major", "More: 100 mg -> 125 mg (1.25 times)"),
        (mg("100"), mg("80"), "major", "Less: 100 mg -> 80 mg (0.8 times)"),
        (mg("30"), mg("40"), "major", "More: 30 mg -> 40 mg (about 1.33 times)"),
        (mg("100"), mg("124"), "minor", "Slightly more: 100 mg -> 124 mg (1.24 times)"),
        (mg("100"), mg("81"), "minor", "Slightly less: 100 mg -> 81 mg (0.81 times)"),
        (mg("1000", "ug"), mg("1"), "minor", "Same amount, written differently: 1,000 micrograms -> 1 mg"),
        (mg("1"), mg("1", "g"), "critical", "1,000 times more: 1 mg -> 1 g"),
        (mg("1"), mg("9.95"), "critical", "9.95 times more: 1 mg -> 9.95 mg"),
        (mg("1", "ng"), mg("1", "g"), "critical", "1,000,000,000 times more: 1 nanogram -> 1 g"),
        (mg("10"), mg("10", high="20"), "critical", "2 times more: 10 mg -> 10 to 20 mg"),
        (mg("10", high="20"), mg("8", high="20"), "major", "Less: 10 to 20 mg -> 8 to 20 mg (0.8 times)"),
        (mg("10"), mg("10", "[iU]"), "critical", "Unit changed: 10 mg -> 10 units"),
        (mg("100"), mg("100", "mg/kg"), "critical", "Basis changed: 100 mg -> 100 mg/kg"),
        (mg("10", "mg/kg"), mg("10", "mg/m2"), "critical", "Basis changed: 10 mg/kg -> 10 mg/m²"),
        (mg("10", "mg/kg"), mg("10", "mg/kg", weight_basis="ideal"), "critical", "Basis changed: 10 mg/kg -> 10 mg/kg of ideal body-weight"),
        (mg("20"), mg("20", per="day", divided=2), "critical", "Basis changed: 20 mg per dose -> 20 mg daily"),
        (mg("5", "mg/h"), mg("5", "mg/min"), "critical", "60 times more: 5 mg/hour -> 5 mg/minute"),
        (mg("5", "mg/h"), mg("5"), "critical", "Basis changed: 5 mg/hour -> 5 mg"),
        (mg("20", up_to=True), mg("20"), "critical", "Dose changed: up to 20 mg -> 20 mg"),
        # Maxima
        (limit("4"), limit("3"), "major", "Maximum lowered: 4 g -> 3 g in 24 hours"),
        (limit("3"), limit("4"), "critical", "Maximum raised: 3 g -> 4 g in 24 hours"),
        (limit("3"), limit("3001", "mg"), "critical", "Maximum raised: 3 g -> 3,001 mg in 24 hours"),
        (limit("4"), limit("4000", "mg"), "minor", "Same amount, written differently: 4 g -> 4,000 mg in 24 hours"),
        ({}, limit("4"), "major", "Maximum added: 4 g in 24 hours"),
        (limit("4"), limit("4", "g/kg"), "critical", "Maximum changed: 4 g -> 4 g/kg in 24 hours"),
        (limit("4"), limit("4", "g", "7d"), "critical", "Maximum removed: was 4 g in 24 hours"),
        (limit("4", "g", {"value": 2, "unit": "a"}), {}, "critical", "Maximum removed: was 4 g in 2 years"),
        ({"cap": ["2", "g"]}, {"cap": ["3", "g"]}, "critical", "Maximum for one dose raised: 2 g -> 3 g"),
        ({"cap": ["2", "g"]}, {"cap": ["1", "g"]}, "major", "Maximum for one dose lowered: 2 g -> 1 g"),
        ({"max_doses_24h": 4}, {"max_doses_24h": 6}, "critical", "Maximum raised: 4 doses -> 6 doses in 24 hours"),
        ({"max_courses": 2}, {}, "critical", "Maximum removed: was 2 courses"),
        ({}, {"no_max_in_source": True}, "critical", "No maximum in the source added: the source states none"),
        # How often
        ({"freq": freq(1)}, {"freq": freq(1, 1, "wk")}, "critical", "Less often: once daily -> once a week"),
        ({"freq": freq(2)}, {"freq": freq(3)}, "major", "More often: twice daily -> 3 times a day"),
        ({"freq": freq(10, 1, "wk")}, {"freq": freq(11, 1, "wk")}, "major", "More often: 10 times a week -> 11 times a week"),
        ({"freq": freq(2)}, {"freq": freq(1, 12, "h")}, "major", "Frequency changed: twice daily -> every 12 hours"),
        ({"freq": freq(1, 8, "h", period_max=12)}, {"freq": freq(1, 4, "h", period_max=12)}, "critical", "More often: every 8 to 12 hours -> every 4 to 12 hours"),
        ({"freq": freq(2)}, {"freq": freq(2, n_max=4)}, "critical", "More often: twice daily -> 2 to 4 times a day"),
        ({"freq": freq(1, 1, "mo")}, {"freq": freq(1, 4, "wk")}, "major", "More often: once a month -> every 4 weeks"),
        ({"freq": {"once": True}}, {"freq": freq(1)}, "critical", "More often: as a single dose -> once daily"),
        ({"freq": freq(1)}, {"freq": {"continuous": True}}, "critical", "Frequency changed: once daily -> continuously"),
        ({"freq": freq(1)}, {}, "critical", "Frequency removed: was once daily"),
        ({"weekly_only": True}, {}, "critical", "Weekly flag removed: was once a week only"),
        # Route, product, when required
        ({"route": "oral"}, {"route": "iv_infusion"}, "critical", "Route changed: by mouth -> by intravenous infusion"),
        ({"prn": {"reason": "pain"}}, {}, "critical", "When required removed: was when required for pain"),
        ({}, {"prn": {}}, "critical", "When required added: when required"),
        ({"product": "X"}, {"product": "Y"}, "critical", "Product changed: X -> Y"),
        ({"formulation": "tablet"}, {}, "critical", "Formulation removed: was tablet"),
        ({}, {"dose_as": "the base"}, "critical", "Salt or base added: the base"),
        ({"strength": {"value": "40", "unit": "mg", "per_unit": "mL"}}, {"strength": {"value": "20", "unit": "mg", "per_unit": "mL"}}, "critical", "Strength changed: 40 mg/mL -> 20 mg/mL"),
        ({"volume": ["5", "mL"]}, {"volume": ["2.5", "mL"]}, "critical", "Volume changed: 5 mL -> 2.5 mL"),
        # Intervals and lengths
        ({"min_interval": [6, "h"]}, {"min_interval": [4, "h"]}, "critical", "Interval shorter: 6 hours -> 4 hours"),
        ({"min_interval": [4, "h"]}, {"min_interval": [6, "h"]}, "major", "Interval longer: 4 hours -> 6 hours"),
        ({"min_interval": [4, "h"]}, {}, "critical", "Interval removed: was 4 hours"),
        ({}, {"min_interval": [4, "h"]}, "major", "Interval added: 4 hours"),
        ({"prn": {"min_interval": [1, "d"]}}, {"prn": {"min_interval": [24, "h"]}}, "minor", "Same amount, written differently: 1 day -> 24 hours"),
        ({"over": hours(4)}, {"over": hours(2)}, "critical", "Infusion time shorter: 4 hours -> 2 hours"),
        ({"over": hours(2)}, {"over": hours(4)}, "major", "Infusion time longer: 2 hours -> 4 hours"),
        ({"over": hours(2, 4)}, {"over": hours(1, 4)}, "critical", "Infusion time shorter: 2 to 4 hours -> 1 to 4 hours"),
        ({"over": hours(2)}, {}, "critical", "Infusion time removed: was 2 hours"),
        ({"over": hours(2) | {"approx": True}}, {"over": hours(2)}, "major", "Infusion time changed: about 2 hours -> 2 hours"),
        ({"rate": {"unit": "mg/h", "max": "5"}}, {"rate": {"unit": "mg/h", "max": "10"}}, "critical", "Rate raised: no more than 5 mg/hour -> no more than 10 mg/hour"),
        ({"rate": {"unit": "mg/h", "value": "10"}}, {"rate": {"unit": "mg/h", "value": "5"}}, "major", "Rate lowered: 10 mg/hour -> 5 mg/hour"),
        ({"rate": {"unit": "mg/h", "value": "10"}}, {"rate": {"unit": "mg/min", "value": "5"}}, "critical", "Rate raised: 10 mg/hour -> 5 mg/minute"),
        ({"rate": {"unit": "mg/h", "value": "10"}}, {"rate": {"unit": "mL/h", "value": "10"}}, "critical", "Rate changed: 10 mg/hour -> 10 mL/hour"),
        ({"for": {"value": 7, "unit": "d"}}, {"for": {"value": 10, "unit": "d"}}, "major", "Duration longer: 7 days -> 10 days"),
        ({"for": {"value": 7, "unit": "d"}}, {"for": {"value": 1, "unit": "wk"}}, "minor", "Same amount, written differently: 7 days -> 1 week"),
        ({"for": {"value": 7, "unit": "d"}}, {"for": {"max": 7, "unit": "d"}}, "major", "Duration shorter: 7 days -> up to 7 days"),
        # For whom
        ({"renal": CRCL | {"min": 30}}, {"renal": CRCL | {"min": 15}}, "critical", "Wider: creatinine clearance from 30 -> from 15 mL/min"),
        ({"renal": {"min": "30"}}, {"renal": {"min": "15"}}, "critical", "Wider: creatinine clearance from 30 -> from 15 mL/min"),
        ({"renal": CRCL | {"min": 15}}, {"renal": CRCL | {"min": 30}}, "major", "Narrower: creatinine clearance from 15 -> from 30 mL/min"),
        ({"renal": CRCL | {"min": 15, "max": 50}}, {"renal": CRCL | {"min": 30, "max": 60}}, "critical", "Wider: creatinine clearance from 15 and below 50 -> from 30 and below 60 mL/min"),
        ({"weight": {"min": 33, "min_incl": False}}, {"weight": {"min": 33}}, "critical", "Wider: body-weight over 33 -> from 33 kg"),
        ({"weight": {"min": 33}}, {}, "critical", "Wider: body-weight from 33 kg -> any"),
        ({}, {"weight": {"max": 33}}, "major", "Narrower: body-weight any -> below 33 kg"),
        ({"weight": {"max": 33}}, {"weight": {"max": 33, "max_incl": True}}, "critical", "Wider: body-weight below 33 -> up to 33 kg"),
        ({"age": {"min": 6, "unit": "a"}}, {"age": {"min": 2, "unit": "a"}}, "critical", "Wider: age from 6 -> from 2 years"),
        ({"age": {"min": 24, "unit": "mo"}}, {"age": {"min": 2, "unit": "a"}}, "minor", "Same band, written differently: 24 months or more -> 2 years or more"),
        ({"age": {"min": 2, "unit": "a"}}, {"age": {"min": 2, "unit": "mo"}}, "critical", "Wider: age from 2 years -> from 2 months"),
        ({"renal": CRCL | {"min": 30}}, {"renal": {"measure": "egfr", "min": 30}}, "critical", "Wider: creatinine clearance 30 mL/min or more -> eGFR 30 mL/min/1.73 m² or more"),
        ({"population": "Adult"}, {"population": "Any"}, "critical", "Wider: Adult -> Adult or child"),
        ({"population": "Any"}, {"population": "Child"}, "major", "Narrower: Adult or child -> Child"),
        ({"population": "Adult"}, {"population": "Child"}, "critical", "Population changed: Adult -> Child"),
        ({"hepatic": ["A"]}, {"hepatic": ["A", "B"]}, "critical", "Wider: Child-Pugh class A -> Child-Pugh class A or B"),
        ({"hepatic": ["A", "B"]}, {"hepatic": ["A"]}, "major", "Narrower: Child-Pugh class A or B -> Child-Pugh class A"),
        ({"criteria": CRITERIA}, {"criteria": CRITERIA | {"at_least": 3}}, "major", "Narrower: at least 2 -> at least 3 criteria"),
        ({"criteria": CRITERIA | {"at_least": 3}}, {"criteria": CRITERIA}, "critical", "Wider: at least 3 -> at least 2 criteria"),
        ({"criteria": CRITERIA}, {"criteria": CRITERIA | {"of": ["a", "b"]}}, "critical", "Criteria changed: at least 2 of: a; b; c -> at least 2 of: a; b"),
        ({"indication": "pain"}, {"indication": "fever"}, "critical", "Indication changed: pain -> fever"),
        # Courses, steps
        ({"course": {"no": 3}}, {"course": {"no": 3, "to": 4}}, "major", "Course changed: course 3 -> courses 3 and 4"),
        ({"course": {"no": 2, "gap": {"value": 12, "unit": "mo"}}}, {"course": {"no": 2, "gap": {"value": 6, "unit": "mo"}}}, "critical", "Gap shorter: 12 months -> 6 months"),
        ({"course": {"no": 2, "gap": {"value": 12, "unit": "mo"}}}, {"course": {"no": 2}}, "critical", "Gap removed: was 12 months"),
        ({"course": {"no": 2, "gap": {"value": 12, "unit": "mo", "at_least": True}}}, {"course": {"no": 2, "gap": {"value": 12, "unit": "mo"}}}, "critical", "Gap changed: at least 12 months -> 12 months"),
        ({"steps": [mg("1"), mg("2")]}, {"steps": [mg("1")]}, "critical", "Step removed: 2 steps -> 1 step"),
        ({"steps": [mg("1")]}, {"steps": [mg("1"), mg("2")]}, "major", "Step added: 1 step -> 2 steps"),
        ({"steps": [mg("1", key="a"), mg("2", key="b")]}, {"steps": [mg("2", key="b"), mg("1", key="a")]}, "critical", "Step order changed: 1, 2 -> 2, 1"),
        ({"increase": UP}, {"increase": UP | {"by": "100"}}, "critical", "Increase changed: 50 mg every 7 days -> 100 mg every 7 days"),
        ({"increase": UP}, {"increase": UP | {"every": 6}}, "major", "Increase changed: 50 mg every 7 days -> 50 mg every 6 days"),
        ({"decrease": UP, "until": "it stops"}, {"decrease": UP}, "critical", "Until removed: was it stops"),
        ({"at": {"unit": "wk", "numbers": [0, 1]}}, {"at": {"unit": "wk", "numbers": [0, 2]}}, "major", "Time changed: Weeks 0 and 1 -> Weeks 0 and 2"),
        # Words
        ({"adjustments": [DIALYSIS]}, {"adjustments": [DIALYSIS | {"action": "contra_indicated"}]}, "critical", "Adjustment changed: dialysis: no change -> dialysis: contra-indicated"),
        ({"adjustments": [DIALYSIS]}, {}, "critical", "Adjustment removed: was dialysis: no change"),
        ({}, {"adjustments": [DIALYSIS]}, "major", "Adjustment added: dialysis: no change"),
        ({"when": ["with food"]}, {"when": ["at night"]}, "major", "Instruction changed: with food -> at night"),
        ({"instructions": ["Shake."]}, {}, "major", "Instruction removed: was Shake."),
        ({"premedication": "x"}, {}, "critical", "Premedication removed: was x"),
        ({"licence": {"status": "licensed", "country": "GB"}}, {"licence": {"status": "off_label", "country": "GB"}}, "major", "Licence changed: licensed in GB -> off-label in GB"),
        ({"condition": "if well"}, {"condition": "if ill"}, "major", "Condition changed: if well -> if ill"),
        ({"source": {"section": "4.2"}}, {"source": {"section": "4.3"}}, "minor", "Section of the source changed: 4.2 -> 4.3"),
        ({"source": {"revised": "2026-01-01"}}, {"source": {"revised": "2026-02-01"}}, "minor", "Source revised: 1 January 2026 -> 1 February 2026"),
    ],
)  # fmt: skip
def test_a_change_is_classed_and_said(before, after, cls, line):
    found, lines = changed(before, after)

    assert (found, lines[0]) == (cls, line)


def test_every_change_is_told_critical_ones_first():
    before = mg("100", **limit("4"), freq=freq(1), condition="if well")
    after = mg("110", freq=freq(1), condition="if ill")

    assert changed(before, after) == (
        "critical",
        [
            "Maximum removed: was 4 g in 24 hours",
            "Condition changed: if well -> if ill",
            "Slightly more: 100 mg -> 110 mg (1.1 times)",
        ],
    )


def test_a_course_whose_total_doubles_is_critical_though_no_dose_changed():
    assert changed(DOSES["E01"]["input"], example("E01", steps__0__for__value=10)) == (
        "critical",
        ["Course total raised: 60 mg -> 120 mg", "Duration longer: 5 consecutive days -> 10 consecutive days"],
    )
    assert changed(DOSES["E01"]["input"], example("E01", steps__0__dose="24"))[1] == ["2 times more: 12 mg -> 24 mg"]


def test_a_change_of_two_steps_is_told_twice_and_of_which():
    before, after = example("E01"), example("E01", steps__0__dose="24", steps__2__dose="24")

    answer = classified({"before": before, "after": after})

    assert answer["lines"] == ["2 times more: 12 mg -> 24 mg"] * 2
    assert [one["where"] for one in answer["changes"]] == ["Course 1", "Courses 3 and 4, if needed"]
    assert changed(before | {"min_interval": [4, "h"]}, before | {"min_interval": [2, "h"]})[1] == [
        "Interval shorter: 4 hours -> 2 hours"
    ]


def test_old_and_new_stand_in_the_smaller_unit_beside_the_line():
    [change] = classified({"before": mg("500", "ug"), "after": mg("500")})["changes"]

    assert change["in_one_unit"] == ["500 micrograms", "500,000 micrograms"]


def test_what_cannot_be_read_is_critical_and_what_is_equal_is_nothing():
    assert changed(mg("10"), mg("10")) == ("none", [])
    assert changed({}, {}) == ("none", [])
    for after in (
        mg("10", "mcg"),
        mg("x"),
        mg(1.5),
        {"colour": 1},
        5,
        mg("10", freq={"n": 0}),
        mg("10", freq=freq(2, 4, "h")),
    ):
        cls, lines = changed(mg("10"), after)
        assert cls == "critical"
        assert all("cannot be compared" in line for line in lines)


def test_other_dates_of_the_source_alone_void_no_check_where_the_passage_is_equal():
    read_again = {"source": {"accessed": "2026-08-01"}}
    assert classified({"before": {}, "after": read_again})["voids_checks"] == "unless the passage is equal"
    assert classified({"before": {}, "after": read_again | {"when": ["x"]}})["voids_checks"] == "yes"
    assert (
        classified({"before": {"source": {"section": "1"}}, "after": {"source": {"section": "2"}}})["voids_checks"]
        == "yes"
    )
    assert classified({"before": {}, "after": {}})["voids_checks"] == "no"


def test_regimens_that_come_and_go_are_told_by_whom_they_were_for():
    one = build(of(r_indication="pain"))
    came, went = compare(None, one), compare(one, None)

    assert (came.cls, came.lines) == ("major", ["Regimen added: Pain. Adult. By mouth."])
    assert (went.cls, went.lines) == ("critical", ["Regimen removed: was Pain. Adult. By mouth."])


# -- What must hold of any two -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ratio", ["1/1000", "1/10", "1/3", "1/2", "51/100", "4/5", "81/100", "1", "6/5", "5/4", "199/100", "2", "7"]
)
def test_a_ratio_and_its_inverse_have_one_class(ratio):
    ratio = Fraction(ratio)

    assert class_of(ratio) == class_of(1 / ratio)
    assert ("more" in amount_line(ratio, "a", "b").lower()) is (ratio > 1)
    assert not ratio_text(ratio).count(",")


SAME_BACK = (
    "times more",
    "times less",
    "Unit",
    "Basis",
    "Route",
    "Product changed",
    "Population",
    "Frequency changed",
    "Strength",
)


def pairs(count, seed):
    chance = random.Random(seed)
    for structure in regimens(count, seed=seed):
        other = copy.deepcopy(structure)
        for step in other["steps"]:
            if "dose" in step and chance.random() < 0.5:
                step["dose"] = chance.choice(("1", "3", "10", "0.01", "999"))
                step.pop("high", None)
        other["route"] = chance.choice(("oral", "iv_infusion"))
        yield read(structure)[0], read(other)[0]


def test_ratios_and_kinds_of_change_are_the_same_back():
    told = 0
    for one, other in pairs(400, 11):
        there, back = compare(one, other), compare(other, one)
        assert compare(one, one).changes == ()
        assert bool(there.changes) == bool(back.changes)
        ratios = sorted(change.ratio for change in there.changes if change.ratio)
        assert ratios == sorted(1 / change.ratio for change in back.changes if change.ratio)
        for words in SAME_BACK:
            mirrored = words.replace("more", "LESS").replace("less", "more").replace("LESS", "less")
            here = sorted(change.cls for change in there.changes if words in change.line)
            assert here == sorted(change.cls for change in back.changes if mirrored in change.line)
            told += len(here)
    assert told > 300


SILENT = {"key", "missing_siblings", "withheld", "unchecked", "steps.key"}


def test_whatever_is_taken_out_of_a_regimen_is_told():
    count = 0
    for structure in regimens(60, seed=12):
        before, faults = problems(structure, ASKED)
        for way in places(structure):
            place = ".".join(str(part) for part in way if not isinstance(part, int))
            after, found = read(without(structure, way))
            if found or faults or place in SILENT or after == before or not after.steps:
                continue
            made = compare(before, after)
            assert made.changes, (structure, way)
            assert all(change.line and "None" not in change.line for change in made.changes)
            count += 1
    assert count > 300


def test_the_thresholds_are_those_of_the_table():
    page = (CLINICAL / "dose_changes.md").read_text("utf-8")

    assert "| critical | ratio 2 or more, 0.5 or less |" in page
    assert "| major | ratio 1.25 or more, 0.8 or less;" in page
    assert [class_of(Fraction(one)) for one in ("2", "1.999", "1.25", "1.249", "0.5", "0.501", "0.8", "0.801")] == [
        "critical", "major", "major", "minor", "critical", "major", "major", "minor",
    ]  # fmt: skip
