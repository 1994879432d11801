"""V00 to V24, rule by rule: what each refuses, alone, and what lies just beside and passes."""

import re

import pytest

from monographs.doses.faults import RULES
from monographs.doses.rules import problems
from tests.effort import within
from tests.monographs.doses.examples import ASKED, CLINICAL, DOSES, REMOVED, example, freq, of, rules

pytestmark = pytest.mark.any_database

DAYS = {"value": 5, "unit": "d"}
MONTH = {"min": 0, "max": 1, "unit": "mo"}
LICENCE = {"status": "licensed", "country": "GB"}
SOURCE = {"citation": "X SmPC", "type": "smpc", "section": "4.2", "revised": "2026-01-01", "accessed": "2026-02-01"}
WHOLE = {"r_key": "k", "r_indication": "pain", "r_licence": LICENCE, "r_source": SOURCE}
PRN = {"min_interval": [4, "h"], "max_doses_24h": 4}
KG = {"value": "20", "unit": "mg/kg", "per": "24h"}
BAND = {"min": "40", "max": "80"}


def limit(value, unit="mg", per="24h"):
    return {"r_limits": [{"value": value, "unit": unit, "per": per}]}


def course(no, **more):
    return {"no": no, **more}


def steps(*given, **fields):
    return {"population": "Adult", "route": "oral", "steps": [of(**one)["steps"][0] for one in given], **fields}


UP = {
    "increase": {"by": "5", "unit": "mg", "every": 1, "every_unit": "wk"},
    "dose": REMOVED,
    "unit": REMOVED,
    "freq": REMOVED,
}


def rising(**fields):
    held = {"population": "Adult", "route": "oral", **fields}
    held["steps"] = [
        of(for_=DAYS)["steps"][0],
        {"increase": UP["increase"], **held.pop("also", {})},
        *held.pop("then", []),
    ]
    return held


TWICE_A_YEAR = {"value": 12, "unit": "mo"}

# Rule -> structures that it refuses, and no other rule does.
REFUSED = {
    "V01": [
        *(of(dose) for dose in ("0", "0.000", "-1", "+1", "1.2345", "1,5", "1e3", "abc", "", " 1", "1 ", ".5", "5.", "NaN", "Infinity")),
        of("١٠"), of("１０"), of("½"), of(1.5), of(True), of(None), of("9" * 25), of(REMOVED), of(high="0"), of(cap=["0", "mg"]),
        of(cap=[0.5, "g"]), of("10", "mg", **limit("0")), of(min_interval=["0", "h"]), of(for_={"value": 0, "unit": "d"}),
        of("10", "mg/kg", **limit("x")), example("E01", steps__1__course__gap__value=0), example("E24", steps__1__decrease__by="0"),
        of(r_weight={"max": 0}),
    ],
    "V02": [
        of(high="10"), of(high="9.5"), of(for_={"value": 5, "max": 5, "unit": "d"}), of(freq=freq(4, n_max=3)), of(freq=freq(3, n_max=3)),
        of(freq=freq(1, 6, "h", period_max=4)), of(r_age={"min": 8, "max": 6, "unit": "a"}), of(r_weight={"min": 50, "max": 50, "max_incl": True}),
        of(over={"value": 4, "max": 2, "unit": "h"}), of(rate={"unit": "mg/h", "value": "10", "value_max": "5"}),
        of(r_renal={"measure": "crcl", "min": 50, "max": 15}), of(per="day", freq=REMOVED, divided=3, divided_max=2),
        example("E24", steps__1__decrease__by_max="1"), example("E09", steps__0__rate__start="500"),
        example("E01", steps__2__course__to=3), example("E15", adjustments__0__renal__max="30"),
    ],
    "V03": [
        *(of(unit=unit) for unit in ("mcg", "MG", "Mg", "IU", "iu", "mg/day", "mg/m²", "mg/m2/kg", "", "ml", "cc", "mg/h", "mg/kg/min", "mg/min/kg", "%")),
        of(unit=REMOVED), of(unit=5), of("10", "mg", **limit("20", "mg/h")), of(cap=["1", "mg/min"]), of(for_={"value": 5, "unit": "days"}),
        of(r_age={"min": 5, "unit": "y"}), of(r_age={"min": 5}), of(r_weight={"min": 5, "unit": "lb"}), of(min_interval=[4, "hours"]), of(rate={"unit": "mg", "max": "5"}),
        of(rate={"unit": "mg/kg", "max": "5"}), of(r_strength={"value": "5", "unit": "mg/kg"}), of(volume=["5", "ml"]),
        example("E04", steps__1__increase__unit="mg/h"), of("10", "mg", **limit("9", "mg", {"value": 2, "unit": "y"})),
    ],
    "V04": [of(freq=REMOVED), of(freq={}), of(freq={"n": 1}), of(freq={"n": 1, "period": 1}), of(freq={"unit": "d", "period": 1})],
    "V05": [of(r_prn={"max_doses_24h": 4}), of(r_prn={"max_doses_24h": 1, "reason": "pain"})],
    "V06": [of(r_prn={"min_interval": [4, "h"]}), of(r_prn={"min_interval": [4, "h"]}, **limit("100", "mg", "7d"))],
    "V07": [of(unit="mg/kg"), of(unit="mg/m2"), of("1", "[iU]/kg", high="2"), of(unit="mg/kg", r_weight=BAND), example("E09", no_max_in_source=False)],
    "V08": [
        of("10.001", **limit("10")), of("5", high="11", **limit("10")), of("1", "g", freq=freq(None, n_max=4), **limit("999.999", "mg", "dose")),
        of("20.5", "mg/kg", **limit("20", "mg/kg", "dose")), of("1", "mg", freq={"once": True}, **limit("999", "ug", "lifetime")),
        of("10", "mg/kg", r_weight=BAND, freq=freq(None, n_max=2), **limit("399")), of("100", freq=freq(None, n_max=2), r_weight=BAND, **limit("1", "mg/kg")),
        of("40", per="day", freq=REMOVED, divided=1, divided_max=2, up_to=True, **limit("39")), of("11", freq=freq(None, n_max=2), **limit("10", "mg", "course")),
        of("11", freq=freq(None, n_max=2), **limit("10", "mg", {"value": 2, "unit": "a"})),
    ],
    "V09": [
        of("10", freq=freq(3), **limit("29")), of("10", freq=freq(1, 8, "h"), **limit("29")), of("10", high="20", freq=freq(3, n_max=4), **limit("29")),
        of("10", **limit("69", "mg", "7d")), of("10", for_={"value": 5, "unit": "d"}, **limit("49", "mg", "course")),
        of("10", for_={"value": 5, "unit": "d"}, **limit("49", "mg", "lifetime")), of("10", freq=freq(1, 1, "mo"), **limit("100", "mg", {"value": 1, "unit": "a"})),
        of("30", per="day", freq=REMOVED, divided=3, **limit("29")), of("10", "mg/kg", freq=freq(2), **limit("19", "mg/kg")),
        of("10", "mg/kg", freq=freq(2), r_weight=BAND, **limit("799")), of("50", freq=freq(2), r_weight=BAND, **limit("1", "mg/kg")),
        of("10", freq=freq(4), r_max_doses_24h=3), example("E01", max_courses=1), of("10", freq=freq(3, 1, "wk"), **limit("29", "mg", "7d")),
        example("E01", limits=[{"value": "59", "unit": "mg", "per": "course"}]), example("E01", limits=[{"value": "95", "unit": "mg", "per": "lifetime"}]),
        example("E01", limits=[{"value": "95", "unit": "mg", "per": {"value": 2, "unit": "a"}}]),
        example("E08", limits=[{"value": "4", "unit": "g", "per": "7d"}]),
        steps({"for_": DAYS}, {"for_": DAYS}, limits=[{"value": "69", "unit": "mg", "per": "7d"}]),
    ],
    "V10": [of(r_weekly_only=True), of(freq=freq(2, 1, "wk"), r_weekly_only=True), of(freq=freq(1, 2, "wk"), r_weekly_only=True),
            of(freq=freq(1, 7, "d"), r_weekly_only=True), of(per="day", freq=REMOVED, divided=2, r_weekly_only=True), example("E02", steps__0__freq__n_max=2, steps__0__same_day=False)],
    "V11": [of(r_route="iv_infusion"), example("E01", steps__0__over=REMOVED), example("E03", steps__0__rate=REMOVED)],
    "V12": [steps({}, {}), example("E08", steps__0__for=REMOVED), example("E01", steps__1__for=REMOVED)],
    "V13": [example("E01", steps__1__course__gap=REMOVED), of(course=course(2)), of(course=course(1, to=2))],
    "V14": [
        example("E01", steps__1__course__gap={"value": 4, "unit": "d"}), of(for_={"value": 29, "unit": "d"}, course=course(1, to=3, gap={"value": 1, "unit": "mo"})),
        of(for_={"value": 2, "max": 5, "unit": "wk"}, course=course(1, to=2, gap={"value": 1, "unit": "mo"})),
    ],
    "V16": [of(r_population="Child"), of(r_population="Any"), of(r_population="Child", r_renal={"measure": "egfr", "max": 30})],
    "V17": [
        {name: held for name, held in of(**WHOLE).items() if name != "source"},
        *(of(**{**WHOLE, "r_source": {**SOURCE, **change}}) for change in (
            {"type": "guideline"}, {"type": "formulary"}, {"type": "trial"}, {"type": "review"}, {"revised": "2021-11-29", "accessed": "2026-02-01"},
            {"type": "who", "citation": "WHO Model Formulary 2008"}, {"accessed": "last week"}, {"accessed": "2026-2-1"}, {"accessed": "2026-02-30"})),
        *(of(**{**WHOLE, "r_source": {name: held for name, held in SOURCE.items() if name != gone}}) for gone in ("citation", "type", "section", "accessed")),
    ],
    "V18": [of(**{**WHOLE, "r_source": {**SOURCE, **change}}) for change in ({"accessed": "2025-12-31"}, {"accessed": "2026-12-01"}, {"revised": "soon"})]
           + [of(r_source={"accessed": "2027-01-01"})],
    "V19": [rising(), rising(also={"for": {"value": 4, "unit": "wk"}}), example("E24", steps__1__until=REMOVED)],
    "V20": [
        of("10", **limit("20", "mL")), of("10", "[iU]", **limit("20", "mmol")), of("10", "mg/kg", **limit("100", "mg/m2")), of(cap=["1", "mL"], unit="mg/kg"),
        of(volume=["5", "mg"]), of("10", "[iU]", r_strength={"value": "5", "unit": "mg", "per_unit": "mL"}), of("10", "mL", **limit("20", "g")), example("E04", steps__1__increase__unit="mL", limits=[]) | {"limits": [{"value": "500", "unit": "mg", "per": "24h"}]},
    ],
    "V21": [
        {name: held for name, held in of(**WHOLE).items() if name != "licence"}, of(r_licence={"status": "licensed"}), of(r_licence={"country": "GB"}),
        of(r_licence={"status": "legal", "country": "GB"}),
    ],
    "V22": [example("E21", steps__0__volume=["2.4", "mL"]), example("E21", steps__0__volume=["25", "mL"]), example("E21", steps__0__volume=["2", "mL"]),
            of("100", volume=["3", "mL"], r_strength={"value": "300", "unit": "mg", "per_value": "10", "per_unit": "mL"}), of(volume=["1", "mL"], r_strength={"value": "10", "unit": "mg"})],
    "V23": [example("E16", product=REMOVED, formulation=REMOVED), of(r_not_interchangeable="other brands")],
    "V24": [example("E12", criteria__at_least=1), example("E12", criteria__at_least=4), of(r_criteria={"at_least": 2, "of": ["age 80 years or more"]})],
    "V00": [
        of(volume=["1", "mL"], high="20"), of(r_colour="blue"), of(colour="blue"), of(phase="next"), of(r_population="Adults"), of(r_route="nasal"),
        of(freq=freq(0)), of(freq=freq(1.5)), of(freq=freq("2.5")), of(freq=freq(None, n_max=1)), of(freq=freq(2, 2)), of(freq=freq(2, 1, "h")),
        of(freq=freq(1, 1, "d", once=True)), of(freq={"once": True, "each": True}), of(freq={"once": True}, for_=DAYS),
        of(up_to=True, high="20"), of(weight_basis="ideal"), of(per="week"), of(per="day", freq=REMOVED), of(per="day", freq=REMOVED, divided=1),
        of(per="day", divided=2), of(divided=2), of(divided_every=[8, "h"]), of(per="day", freq=REMOVED, divided_every=[24, "h"]), of(optional=True), of(optional="yes"),
        of(at={"unit": "wk", "numbers": [2, 1]}), of(at={"unit": "wk", "numbers": [1, 1]}), of(at={"unit": "wk", "numbers": []}), of(at={"unit": "wk", "numbers": [1, 2], "onwards": True}),
        of(at={"unit": "d", "numbers": [1, 15]}, freq={"once": True}), of(phase="loading", at={"unit": "d", "numbers": [1]}), of(same_day=True), of(min_interval=[4, "h"], r_min_interval=[4, "h"]),
        of(r_prn=PRN, r_min_interval=[4, "h"]), of(r_prn=PRN, r_max_doses_24h=4), of(freq=freq(1, 4, "h"), min_interval=[6, "h"]), of(condition=""), of(condition=5), of(condition="a\u200bb"),
        of(r_weight={}), of(r_weight={"min_incl": False, "max": 50}), of(r_weight={"min": 50, "max_incl": True}), of(r_hepatic=["D"]), of(r_hepatic=["A", "A"]), of(r_hepatic="A"),
        of(r_withheld={"on": "2026-11-23", "reason": "x"}, r_unchecked=True), of(r_withheld={"on": "yesterday", "reason": "x"}), of(r_withheld={"on": "2026-11-23"}),
        of(r_adjustments=[{"when": "dialysis"}]), of(r_adjustments=[{"action": "no_change"}]), of(r_adjustments=[{"when": "x", "hepatic": ["A"], "action": "no_change"}]),
        of(r_adjustments=[{"when": "x", "action": "text"}]), of(r_adjustments=[{"when": "x", "action": "no_change", "text": "y"}]), of(r_adjustments=[{"when": "x", "action": "same_dose_every"}]),
        of(r_licence={"status": "off_label", "country": "FR"}), of(r_strength={"value": "5", "unit": "mg", "per_value": "5"}), of(r_limits=[{"value": "5", "unit": "mg"}]),
        of(r_limits=[{"value": "20", "unit": "mg", "per": "48h"}]), of(rate={"unit": "mg/h"}), of(rate={"unit": "mg/h", "value": "5", "max": "6"}), of(rate={"unit": "mg/h", "value_max": "5", "max": "6"}),
        of(rate={"unit": "mg/h", "start": "5", "max": "6"}), of(course=course(1, gap=TWICE_A_YEAR)), of(r_criteria={"at_least": 2, "of": ["a", "a"]}), of(r_steps=[]), of(r_steps={}), [], None, "x",
        {}, of(r_prn=None), of(key=5), of(cap=["1"]), of(cap="1 g"), of(for_={"unit": "d"}), of(for_={"value": 5, "unit": "h", "consecutive": True}), rising(also={"until": "x", "dose": "5"}),
        rising(also={"until": "x", "decrease": UP["increase"]}), of(r_instructions=["x"] * 101), of(condition="x" * 2_001),
    ],
}  # fmt: skip


# One dose above a maximum is, given once, a schedule above it.
ALSO = {"V08": {"V09"}}


def cases(table):
    return [
        pytest.param(rule, one, id=f"{rule}-{number}")
        for rule, held in table.items()
        for number, one in enumerate(held)
    ]


@pytest.mark.parametrize(("rule", "structure"), cases(REFUSED))
def test_a_rule_refuses_its_kind_and_no_other_does(rule, structure):
    assert set(rules(structure)) - ALSO.get(rule, set()) == {rule}


def test_every_rule_that_a_regimen_alone_can_break_has_cases_here():
    assert set(REFUSED) == {"V00", *RULES} - {"V15"}


PASSES = [
    *(one["input"] for one in DOSES.values()),
    of("0.001"), of("1.500"), of("007"), of(12), of("9" * 24), of(high="10.001"), of("10", **limit("10")), of("10", freq=freq(3), **limit("30")),
    of("10", high="20", freq=freq(3), **limit("30")), of("10", up_to=True, freq=freq(3), **limit("15")), of("10", freq=freq(None, n_max=9), **limit("10")),
    of("10", freq=freq(6), r_prn=PRN | {"min_interval": [4, "h"]}, **limit("10")),
    of("10", "mg/kg", **limit("1")), of("10", "mg/kg", r_weight={"max": 50}, **limit("1")), of("100", r_weight={"min": 40}, **limit("1", "mg/kg", "dose")),
    of("20", "mg/kg", cap=["1", "g"], r_weight=BAND, freq=freq(1), **limit("1", "g")), of("1", **limit("1000", "ug")), of(r_route="iv_infusion", over={"value": 1, "unit": "h"}),
    of("5", "mg/h", freq={"continuous": True}, r_route="iv_infusion"), of(r_prn={"min_interval": [4, "h"]}, **limit("100")), of(r_prn=PRN), of(r_prn={"max_doses_24h": 4}, min_interval=[4, "h"]),
    of(unit="mg/kg", r_no_max_in_source=True), of(unit="mg/kg", cap=["1", "g"]), steps({"freq": {"once": True}}, {}), steps({"until": "better"}, {}), steps({"at": {"unit": "d", "numbers": [1]}}, {}),
    rising(also={"until": "it helps"}), rising(limits=[{"value": "50", "unit": "mg", "per": "24h"}]), rising(then=of()["steps"]), of(r_population="Neonate"),
    of(**WHOLE), of(**{**WHOLE, "r_licence": {"status": "off_label", "country": "GB"}, "r_source": {**SOURCE, "type": "trial"}}), of(**{**WHOLE, "r_source": {**SOURCE, "accessed": "2026-11-30"}}),
    of(**{**WHOLE, "r_source": {**SOURCE, "revised": "2021-11-30"}}), of(**{**WHOLE, "r_source": {name: held for name, held in SOURCE.items() if name != "revised"}}),
    example("E01", steps__1__course__gap={"value": 5, "unit": "d"}), of(for_={"value": 28, "unit": "d"}, course=course(1, to=3, gap={"value": 1, "unit": "mo"})),
    of("100", volume=["3.3", "mL"], r_strength={"value": "300", "unit": "mg", "per_value": "10", "per_unit": "mL"}), of("500", "ug", volume=["0.5", "mL"], r_strength={"value": "1", "unit": "mg", "per_unit": "mL"}),
    example("E01", limits=[{"value": "60", "unit": "mg", "per": "course"}, {"value": "96", "unit": "mg", "per": "lifetime"}, {"value": "60", "unit": "mg", "per": {"value": 1, "unit": "a"}}]),
    of("12", "mg/m2", freq=freq(1, 3, "mo"), **limit("72", "mg/m2", "lifetime")), of(weight_basis="ideal", unit="mg/kg", cap=["1", "g"]), of(r_hepatic=["A", "B"]),
    of(freq=freq(2, 1, "mo")), of(freq=freq(1, 1, "a")), of(freq=freq(1, 3, "d")), of(r_licence={"status": "unlicensed", "country": "GB"}), example("E02", steps__0__freq__n="1"),
    of(r_unchecked=True), {"population": "Adult", "route": "oral", "unchecked": True}, of(r_instructions=[]), of(optional=False), of(r_weight={"min": 0, "max": 5}), of(r_weight={"min": 5, "unit": "kg"}),
    of("5", "mL", r_strength={"value": "5", "unit": "mg", "per_unit": "mL"}),
]  # fmt: skip


@pytest.mark.parametrize("structure", PASSES)
def test_what_lies_just_beside_passes(structure):
    assert problems(structure, ASKED)[1] == []


def test_a_drug_whose_forms_differ_asks_for_its_product():
    assert rules(of(), forms_differ=True) == ["V23"]
    assert rules(of(r_formulation="modified-release tablet"), forms_differ=True) == []


def test_each_refusal_has_its_sentence_and_the_place_where_it_stands():
    found = problems(steps({"dose": "0"}, {"unit": "mcg", "freq": REMOVED}), ASKED)[1]

    assert [(one.rule, one.place) for one in found] == [
        ("V01", "steps[0].dose"),
        ("V03", "steps[1].unit"),
        ("V04", "steps[1].freq"),
        ("V12", "steps[0].for"),
    ]
    assert found[0].sentence == "Enter a dose above zero, at most 3 decimals."
    [unknown] = problems(of(high="20", volume=["1", "mL"]), ASKED)[1]
    assert (unknown.place, unknown.sentence) == (
        "steps[0].volume",
        "No rule knows this: steps[0].volume, of a range.",
    )


def test_the_rules_are_those_of_the_table_word_for_word():
    rows = re.findall(r"^\| (V\d\d) \| (.*?) \| (.*?) ?\|$", (CLINICAL / "doses.md").read_text("utf-8"), re.MULTILINE)

    assert len(rows) == 24
    assert {rule: (sentence, when) for rule, sentence, when in rows} == RULES


def test_as_many_rows_as_may_be_typed_are_judged_at_once():
    step = of(for_={"value": 1, "unit": "d"})["steps"][0]
    limits = [{"value": "999999", "unit": "mg", "per": {"value": 100 + one, "unit": "a"}} for one in range(40)]

    with within(5):
        regimen, found = problems(
            {"population": "Adult", "route": "oral", "steps": [step] * 40, "limits": limits}, ASKED
        )

    assert (len(regimen.steps), found) == (40, [])
