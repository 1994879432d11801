"""Quantities: found in words however they are written, so that no figure of a hidden dose stays in prose."""

from fractions import Fraction

import pytest

from monographs.doses.quantities import quantities, read_amounts, read_quantities, reckoned
from monographs.doses.reading import build
from monographs.proofing.proof import Doses, proof
from tests.monographs.doses.examples import DOSES, REMOVED, example, of

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    "words",
    ["500 micrograms", "0.5 mg", "500 mcg", "500 µg", "500mcg", "0.0005 g", "500,000 nanograms", "500 Micrograms", "0.5 milligrams"],
)  # fmt: skip
def test_one_amount_is_found_however_it_is_written(words):
    assert read_quantities(f"the usual {words} of it") == {(Fraction(500_000), "mass", "")}


@pytest.mark.parametrize(
    "words",
    [
        "２４ mg", "24 ｍｇ", "24 ㎎", "٢٤ mg", "24-mg", "24\u2011mg", "24 mgs", "24 000 micrograms",
        "24\u2009000 micrograms", "0·024 g", "24—30 mg", "24/30 mg", "24 and 30 mg", "day 1 024 mg",
    ],
)  # fmt: skip
def test_no_other_digit_width_or_gap_hides_an_amount(words):
    assert (Fraction(24_000_000), "mass", "") in read_quantities(f"the usual {words} of it")


def test_a_number_before_a_figure_does_not_hide_it():
    assert (Fraction(500_000_000), "mass", "") in read_quantities("On day 1 500 mg, in 2026 500 mg")


def test_units_litres_and_what_goes_by_somebody():
    assert read_quantities("5,000 units and 2 IU, 0.5 L, 3 mg/kg, 4 mg/m², 2 million units; 7 days, 5 gallons") == {
        (Fraction(5_000), "units", ""), (Fraction(2), "units", ""), (Fraction(500), "volume", ""),
        (Fraction(3_000_000), "mass", "kg"), (Fraction(4_000_000), "mass", "m2"), (Fraction(2_000_000), "units", ""),
    }  # fmt: skip


def test_a_regimen_has_the_quantities_of_its_lines_but_its_strength():
    assert quantities(build(DOSES["E03"]["input"])) == read_quantities("15 mg/kg, 20 mg/kg, 2 g, 10 mg/minute")
    assert quantities(build(DOSES["E04"]["input"])) == read_quantities("25 mg 50 mg 100 mg 200 mg 500 mg")
    assert quantities(build(DOSES["E21"]["input"])) == read_quantities("60 mg 2.5 mL")
    rate = {"unit": "mg/h", "start": "5", "by": "7", "every": ["1", "h"], "max": "9"}
    assert quantities(build(of("10", rate=rate))) == read_quantities("10 mg, 5 mg/hour, 7 mg/hour, 9 mg/hour")
    assert quantities(build(DOSES["E01"]["input"])) == read_quantities("12 mg 60 mg 36 mg")


MG = 10**6


def doses_in(words):
    """The quantities in words that read as doses by themselves."""
    return frozenset().union(*(one.quantities for one in read_amounts(words) if one.is_dose))


@pytest.mark.parametrize(
    "words",
    [
        "ten milligrams", "TEN MG", "ten-milligram", "10 milligrammes", "10 miligrams", "10 mgs", "0,01 g", ".01 g",
        "10\xa0000 micrograms", "10,000 mcg", "10 000 µg", "10 000 μg", "10.000 ug", "10\u202f000 micro-grams", "１０ｍｇ",
        "one hundredth of a gram", "5 to 10 mg", "5–10 mg", "between five and ten milligrams", "10 or 20 mg", "2 x 5 mg",
        "2 × 5 mg", "5 mg x 2", "5 mg twice daily", "5 mg two times a day", "two 5 mg tablets", "2 tablets of 5 mg",
        "two tablets (5 mg each)", "2 tablets (10 mg)", "half a 20 mg tablet", "half of a 20 mg tablet", "½ of a 20 mg tablet",
        "two doses of 5 mg", "2 vials of 5 mg", "half of 20 mg", "50% of 20 mg", "10 (ten) mg", "ten (10) mg", "10 mg/day",
        "10–mg", "half the 20 mg", "10 k micrograms", "10\nmg", "10 (mg)", "[10] mg", "10, mg", "10. mg", "10 **mg**", "half this 20 mg", "10\u2003mg", "ten  milligrams",
        "take a 10 mg tablet", "10 mg tablets once daily", "10\u00admg", "10 mg/20 mg",
    ],
)  # fmt: skip
def test_ten_milligrams_are_found_in_whatever_words(words):
    found = [
        one for one in read_amounts(f"the usual {words} of it") if (Fraction(10 * MG), "mass", "") in one.quantities
    ]

    assert [one.is_dose for one in found] == [True]
    (one,) = found
    assert words.strip()[:3].casefold() in f"the usual {words} of it"[one.start : one.end].casefold() or one.start > 9


@pytest.mark.parametrize(
    "words",
    [
        "Give two infusions, each of 10 mg, two weeks apart", "Three courses, each of 10 mg over 5 days", "Each contains 10 mg",
        "two doses each of 10 mg", "the vial of 10 mg over 4 hours", "bags of 10 mg over 4 hours", "Give a vial of 10 mg",
        "a syringe with 10 mg is given on day 1",
    ],
)  # fmt: skip
def test_what_is_done_with_a_thing_tells_the_dose_that_it_holds(words):
    assert doses_in(words) >= {(Fraction(10 * MG), "mass", "")}


@pytest.mark.parametrize(
    "words",
    [
        "two 5 mg doses", "two further doses of 5 mg", "two weekly doses of 5 mg", "two separate injections of 5 mg", "5 mg ×two",
        "5 mg x two", "5 mg BD", "5 mg b.d.", "5 mg bid", "2.5 mg qds", "5 mg tablets x 2", "10 percent of 100 mg", "2 5-mg infusions",
    ],
)  # fmt: skip
def test_how_often_an_amount_is_given_is_reckoned_in(words):
    assert doses_in(f"the usual {words} of it") >= {(Fraction(10 * MG), "mass", "")}


@pytest.mark.parametrize(
    "words",
    [
        "10 mg tablets are taken twice a day", "10 mg tablets (one a day)", "10 mg tablet: one a day", "apply a 10 mg patch",
        "start on 10 mg tablets", "inject the whole 10 mg syringe", "a single 10 mg tablet", "two white 5 mg tablets",
        "two of these 5 mg tablets", "a pair of 5 mg tablets", "prescribe 10 mg tablets", "5 mg tablets twice a day",
    ],
)  # fmt: skip
def test_what_to_do_with_a_thing_may_stand_a_few_words_off(words):
    assert doses_in(f"For them {words}, it says") >= {(Fraction(10 * MG), "mass", "")}


def test_a_strength_that_is_taken_often_is_a_dose_by_itself_too():
    assert doses_in("5 mg tablets twice a day") == read_quantities("5 mg, 10 mg")


@pytest.mark.parametrize(
    "words", ["two patients: 5 mg", "two further bouts of 5 mg", "5 mg xenon", "5 mg bids", "5 mg doses"]
)
def test_a_number_of_something_else_multiplies_nothing(words):
    assert read_quantities(words) == {(Fraction(5 * MG), "mass", "")}


@pytest.mark.parametrize(
    "words",
    [
        "Infuse 10 mg in a litre of glucose", "10 mg in one litre of saline over 4 hours", "Dilute 10 mg in every litre",
        "Infuse 10 mg/100 mL", "The dose is 10 mg/100 mL", "10 mg/100 mL over one hour", "Give no more than 10 mg/100 mL",
    ],
)  # fmt: skip
def test_an_amount_that_is_given_in_a_volume_is_no_level(words):
    assert doses_in(words) >= {(Fraction(10 * MG), "mass", "")}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("half a tablet", (Fraction(1, 2), "pieces", True)), ("1½ tablets", (Fraction(3, 2), "pieces", True)),
        ("one and a half capsules", (Fraction(3, 2), "pieces", True)), ("a half-tablet", (Fraction(1, 2), "pieces", True)),
        ("half each tablet", (Fraction(1, 2), "pieces", True)), ("half this tablet", (Fraction(1, 2), "pieces", True)),
        ("half your tablet", (Fraction(1, 2), "pieces", True)), ("half of these tablets", (Fraction(1, 2), "pieces", True)),
        ("half the tablet", (Fraction(1, 2), "pieces", True)), ("half of the tablet", (Fraction(1, 2), "pieces", True)),
        ("a tablet and a half", (Fraction(3, 2), "pieces", True)), ("two tablets and a half", (Fraction(5, 2), "pieces", True)),
        ("1–2 tablets", (2, "pieces", True)), ("one or two puffs", (1, "pieces", True)), ("dose: two tablets", (2, "pieces", True)),
        ("12 international  units", (12, "units", True)),
        ("take two tablets", (2, "pieces", True)), ("2 puffs twice daily", (2, "pieces", True)),
        ("two tablets", (2, "pieces", False)), ("two film-coated tablets", (2, "pieces", False)),
        ("500 microlitres", (Fraction(1, 2), "volume", True)), ("0.05 dL", (5, "volume", True)),
        ("one teaspoonful", (5, "volume", True)), ("5 cc", (5, "volume", True)), ("12 I.U.", (12, "units", True)),
        ("12 international units", (12, "units", True)), ("2 MU", (2_000_000, "units", True)), ("12u", (12, "units", True)),
        ("2 mega-units", (2_000_000, "units", True)), ("500 micromol", (Fraction(1, 2), "amount", True)),
        ("30 mL/min", (30, "flow", False)), ("30 mL per minute", (30, "flow", False)),
    ],
)  # fmt: skip
def test_other_units_and_what_is_counted(words, found):
    number, kind, is_dose = found

    amounts = list(read_amounts(words))

    assert any((Fraction(number), kind, "") in one.quantities for one in amounts)
    assert {one.is_dose for one in amounts} == {is_dose}


@pytest.mark.parametrize("words", ["12 mg/kg", "12 mg per kg", "12 mg kg⁻¹", "12 mg for each kilogram", "12 mg a kilo"])
def test_what_goes_by_the_kilogram_is_not_the_amount_alone(words):
    assert read_quantities(words) == {(Fraction(12 * MG), "mass", "kg")}


@pytest.mark.parametrize(
    "words",
    [
        "10 mg tablets", "10-mg tablets", "10 mg film-coated tablets", "10 mg modified-release capsules", "the 10 mg vial",
        "5 mg, 10 mg and 20 mg tablets", "5 mg and 10 mg tablets", "2.5 mg/10 mg tablets", "tablets of 10 mg", "tablets (10 mg)",
        "Each tablet contains 10 mg of it.", "Tablets containing 10 mg", "A vial holds 10 mg.", "Strengths: 5 mg, 10 mg and 20 mg",
        "the strength of 10 mg", "available as 5 mg or 10 mg", "10 mg per tablet", "10 mg/tablet", "10 mg/actuation", "10 mg/mL",
        "10 mg per mL", "10 mg/5 mL", "10 mg pre-filled syringe", "10 mg of protein", "10 mmol/L", "10 micromol/litre", "10 mg/dL",
        "10 mg per 100 mL", "10 units/L", "10 IU/mL", "10 ng/mL", "10 mg per litre", "30 mg/g", "30 mg/mmol", "10 years",
        "ten years", "aged 10", "in 2010", "10 patients", "10 days", "10 kg", "10 mm", "10%", "10 hours", "grade 10", "Take half.",
        "0.5 x 10^9/L", "0.5 × 10⁹/L", "200/mL", "10 per L", "5 gallons", "e.g. 10 of them", "a tablet", "each tablet",
        "tablets each containing 10 mg", "Vials of 10 mg are kept cold.", "It is drawn from a vial of 10 mg.", "CRP 10 mg/L",
        "10 mg in each tablet", "when CRP is above 10 mg/L every week", "> 10 mg/L twice",
        "Since 2018 US labels warn", "Two US trials", "phase 3 US trial", "the L3-L4 interspace", "T12-L1", "3 U2 probes",
        "over 50 moles on the skin", "10 mg tablets are white. Look every day.", "10 mg tablets cost three times as much",
        "150 µmol L⁻¹", "5 mmol L-1", "150 µmol·L⁻¹", "In 2010. Units of it", "since 2010, units", "grade 10 (G 3)", "day 10. L-dopa",
        "this tablet", "these tablets", "in packs of ten. Each tablet", "white 10 mg tablets", "these 10 mg tablets",
    ],
)  # fmt: skip
def test_true_words_that_are_no_dose_hold_none(words):
    assert list(read_amounts(words)) == []


@pytest.mark.parametrize("words", ["10 mg or 2 weekly pens", "10 mg and 4 hours implant", "10 mg or 1 white pill"])
def test_what_follows_an_amount_is_another_strength_only_in_a_unit(words):
    assert doses_in(words) >= {(Fraction(10 * MG), "mass", "")}


@pytest.mark.parametrize(
    ("words", "kind"), [("12 u", "units"), ("12 us", "units"), ("12 L", "volume"), ("12 mol", "amount")]
)
def test_units_of_one_letter_are_still_read(words, kind):
    assert {one[1] for one in doses_in(words)} == {kind}


def test_one_tablet_that_is_said_to_contain_something_is_no_dose():
    assert [one.is_dose for one in read_amounts("One tablet contains 10 mg of it.")] == [False]


def test_what_anybody_reckons_from_a_dose_is_hidden_with_it():
    three = read_quantities("8 mg, 24 mg")
    assert reckoned(build(of("8", freq={"n": 3, "period": 1, "unit": "d"}))) == three
    assert reckoned(build(of("24", freq=REMOVED, per="day", divided=3))) == three
    tablets = build({**of("10"), "formulation": "tablet", "strength": {"value": "20", "unit": "mg"}})
    assert reckoned(tablets) == read_quantities("10 mg, half a tablet")
    assert reckoned(build(DOSES["E21"]["input"])) >= read_quantities("60 mg, half a teaspoonful")
    hidden = Doses.of([build({**of("8", freq={"n": 3, "period": 1, "unit": "d"}), "unchecked": True})])
    assert [one.severity for one in proof("A total of 24 mg.", "cautions", hidden) if one.rule == "L36"] == ["block"]
    assert (Fraction(5), "flow", "") in quantities(build(of("10", rate={"unit": "mL/min", "value": "5"})))


def test_hostile_words_take_no_longer_than_long_ones():
    for words in (
        "5 mg, " * 2_000,
        "1," * 5_000 + " mg",
        "half of " * 2_000 + " mg",
        "9" * 9_000 + " mg",
        "tablets of " * 900 + "5 mg",
    ):
        assert list(read_amounts(words)) is not None


@pytest.mark.parametrize("change", [{"unchecked": True}, {"withheld": {"on": "2026-11-23", "reason": "x"}}])
def test_prose_may_not_tell_a_dose_that_is_not_shown(change):
    doses = Doses.of([build(example("E01", **change)), build(of("250"))])

    def found(words, place="cautions"):
        return {one.rule: one.severity for one in proof(words, place, doses) if one.rule in ("L31", "L36")}

    assert not doses.are_shown
    assert found("The usual 12 mg.") == {"L36": "block"}
    assert found("The usual 12,000 micrograms.") == {"L36": "block"}
    assert found("The usual 0.012 g.") == {"L36": "block"}
    assert found("The usual 12 000 micrograms.") == found("The 12-mg dose.") == {"L36": "block"}
    assert found("The 12\u2011mg dose.") == found("From 12—15 mg.") == found("In 2026 １２ mg.") == {"L36": "block"}
    assert found("A total of 60 mg was given.") == {"L36": "block"}
    assert found("The usual 12 to 15 mg.") == found("The usual 12–15 mg.") == {"L36": "block"}
    assert found("The usual 250 mg.") == {"L36": "warn"}
    assert found("Give 250 mg daily.") == {"L31": "block", "L36": "warn"}
    assert found("The usual twelve milligrams.") == found("3 × 4 mg were given.") == {"L36": "block"}
    assert found("Two tablets of 6 mg were given.") == found("Two 6 mg tablets.") == {"L36": "block"}
    assert found("12 mg tablets are white.") == found("A level of 12 mg/L.") == found("Two tablets.") == {}
    assert found("Two infusions, each of 12 mg.") == found("Two 6 mg doses.") == {"L36": "block"}
    assert found("A vial of 12 mg over 4 hours.")["L36"] == "block"
    assert found("At 12 mg/minute.")["L36"] == "block"
    assert found("Give 12 mg daily.", "dosing") == {}
    assert found("Relapse after 12 mg", "regimen") == {"L36": "block"}
    assert found("Take 250 mg daily", "regimen") == {}
    assert found("In the trial 12 mg was given.", "evidence") == {"L36": "block"}


def test_where_all_doses_are_shown_prose_may_name_a_quantity():
    doses = Doses.of([build(DOSES["E01"]["input"])])

    assert doses == Doses()
    assert [one.rule for one in proof("The usual 12 mg.", "cautions", doses)] == []
    assert Doses.of([]) == Doses()
