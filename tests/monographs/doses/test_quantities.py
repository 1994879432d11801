"""Quantities: found in words however they are written, so that no figure of a hidden dose stays in prose."""

from fractions import Fraction

import pytest

from monographs.doses.quantities import quantities, read_quantities
from monographs.doses.reading import build
from monographs.proofing.proof import Doses, proof
from tests.monographs.doses.examples import DOSES, example, of

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
    assert found("Give 12 mg daily.", "dosing") == {}
    assert found("Relapse after 12 mg", "regimen") == {"L36": "block"}
    assert found("Take 250 mg daily", "regimen") == {}
    assert found("In the trial 12 mg was given.", "evidence") == {"L36": "block"}


def test_where_all_doses_are_shown_prose_may_name_a_quantity():
    doses = Doses.of([build(DOSES["E01"]["input"])])

    assert doses == Doses()
    assert [one.rule for one in proof("The usual 12 mg.", "cautions", doses)] == []
    assert Doses.of([]) == Doses()
