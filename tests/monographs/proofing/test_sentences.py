"""Whole sentences: a weekly dose, intervals, doses in prose, "as directed"."""

import pytest

from monographs.doses.quantities import read_quantities
from monographs.proofing.proof import Doses, proof
from monographs.proofing.rules import RULES
from monographs.proofing.sentences import sentences

FOUND = {
    "L25": [
        "Methotrexate tablets: 15 mg daily",
        "methotrexate 7.5mg every day",
        "Take 10 mg of methotrexate each day",
        "methotrexate 15 mg weekly",
        "Methotrexate, by mouth, 2.5 mg",
        "methotrexate 10 mg, folic acid 5 mg once daily",
        "methotrexate 15 milligrams",
        "Oral METHOTREXATE is started at 7.5 mg and folic acid is added",
    ],
    "L26": [
        "Take 1 g as required",
        "paracetamol 1 g as required.",
        "take 2 tablets when needed",
        "Use two puffs as needed and give 2 tablets as needed",
    ],
    "L31": [
        "12 mg/day",
        "60 mg over 5 days",
        "halve to 6 mg",
        "5 mL three times a day",
        "10 units before meals",
        "500 mg twice daily",
        "1 g daily",
        "2.5 mg weekly",
        "increase by 25 mg",
        "12 mg a day",
        "give 5 mg",
        "20 mg, twice daily",
        "5 mg every 8 hours",
        "5 mg/kg/day",
        "titrate slowly up to 50 mg",
        "10 mg at night",
    ],
    "L37": [
        "Use as directed.",
        "Take it as advised by your doctor",
        "The dose is taken as instructed",
        "take as required by the doctor",
        "Take the tablets, with food, as prescribed",
        "As directed, take 2 tablets",
        "use as directed by your doctor",
        "Take as your doctor tells you",
        "1 tablet as directed",
    ],
}


@pytest.mark.parametrize(("rule", "words"), [(rule, words) for rule, found in FOUND.items() for words in found])
def test_a_rule_finds_its_kind_however_it_is_written(rule, words):
    assert rule in {one.rule for one in proof(words)}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("L25", "Once a week, give methotrexate 10 mg."),
        ("L25", "Methotrexate 10 mg once a week, never daily."),
        ("L25", "Methotrexate may be given. Prednisolone 5 mg daily may too."),
        ("L25", "Methotrexate was studied, e.g. with aspirin 75 mg."),
        ("L25", "Methotrexate 2.5 mg and 10 mg tablets look alike."),
        ("L26", "Take 1 g as required, 4 hours apart."),
        ("L26", "No more than 8 tablets a day, taken as required."),
        ("L31", "Amoxicillin 250 mg/5 mL in a bottle."),
        ("L31", "Above 30 mL/min."),
        ("L31", "A 75 mg tablet."),
        ("L37", "When you take this, drink as advised."),
        ("L37", "Take this. Wear sunscreen as advised."),
        ("L37", "Use contraception as advised."),
    ],
)
def test_a_sentence_that_says_it_is_not_hit(rule, words):
    assert rule not in {one.rule for one in proof(words)}


def test_methotrexate_daily_is_found_though_something_else_is_once_a_week():
    assert [words for _at, words in found("L25", "Folic acid once a week, methotrexate 10 mg daily.")] == [
        "methotrexate"
    ]


def test_each_methotrexate_of_a_sentence_is_judged_by_its_own_dose():
    words = "Methotrexate stays; give methotrexate 15 mg weekly."

    assert found("L25", words) == [(25, "methotrexate")]


def test_a_high_dose_by_surface_is_no_weekly_one():
    assert found("L25", "Methotrexate 500 mg/m² needs rescue.") == []
    assert found("L25", "Methotrexate 15 mg/m² is usual in children.") == [(0, "Methotrexate")]


def test_as_directed_is_told_from_the_beginning_of_its_sentence():
    assert found("L37", "Swallow it whole. Take it as directed. Rest.") == [(18, "Take it as directed")]


def test_a_stop_between_figures_or_in_eg_ends_no_sentence():
    assert [words for _at, words in sentences("Give 2.5 mg, e.g. now. Then stop.")] == [
        "Give 2.5 mg, e.g. now.",
        " Then stop.",
    ]


def found(rule, words):
    return [(start, words[start:end]) for start, end in RULES[rule].find(words)]


HIDDEN = Doses(are_shown=False, hidden=read_quantities("12 mg"))


@pytest.mark.parametrize(
    ("words", "place", "doses", "severities"),
    [
        ("Give 12 mg daily.", "prescribing", Doses(), {"L31": "warn"}),
        ("Give 12 mg daily.", "prescribing", HIDDEN, {"L31": "block", "L36": "block"}),
        ("Give 12 mg daily.", "evidence", HIDDEN, {"L36": "block"}),
        ("Give 12 mg daily.", "dosing", HIDDEN, {}),
        ("The usual 12 mg.", "cautions", HIDDEN, {"L36": "block"}),
        ("The usual 15 mg.", "cautions", HIDDEN, {"L36": "warn"}),
        ("The usual 15 mg.", "cautions", Doses(), {}),
        ("The usual 15 mg.", "introduction", Doses(), {"L36": "block"}),
        ("Take 200 mL of water with it.", "counselling", HIDDEN, {"L31": "warn", "L36": "warn"}),
        ("Dilute in 100 mL over 1 hour.", "administration", HIDDEN, {"L31": "warn", "L36": "warn"}),
        ("No more than 14 units of alcohol a week.", "cautions", HIDDEN, {"L36": "warn"}),
        ("10 mg/5 mL and 30 mL/min and 75 mg tablets.", "cautions", HIDDEN, {}),
        ("Methotrexate 10 mg was lethal.", "overdose", Doses(), {"L25": "warn"}),
        ("Methotrexate 10 mg was lethal.", "cautions", Doses(), {"L25": "block"}),
    ],
)
def test_what_a_dose_in_prose_does_follows_from_its_place(words, place, doses, severities):
    assert {one.rule: one.severity for one in proof(words, place, doses)} == severities
