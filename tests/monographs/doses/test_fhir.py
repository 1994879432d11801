"""FHIR `Dosage`, R4B and R5: parsed by somebody else's reader, and back by ours."""

import json
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources import dosage as r5
from fhir.resources import medicationknowledge as knowledge_r5
from fhir.resources.R4B import dosage as r4b
from fhir.resources.R4B import medicationknowledge as knowledge_r4b

from monographs.doses.fhir import UCUM, dosages, knowledge, to_text
from monographs.doses.fhir_reading import from_text, structure
from monographs.doses.lines import joined, lines, text
from monographs.doses.reading import build, to_json
from monographs.doses.rules import problems
from monographs.doses.units import UNITS
from tests.monographs.doses.examples import ASKED, DOSES, example, freq, of
from tests.monographs.doses.generated import regimens

pytestmark = pytest.mark.any_database
VERSIONS = ("R4B", "R5")
PARSERS = {"R4B": r4b.Dosage, "R5": r5.Dosage}


def essence(regimen: Any, version: str) -> Any:
    """What of a regimen has an element in FHIR."""
    whole = to_json(regimen)
    kept: dict[str, Any] = {name: whole[name] for name in ("route", "premedication") if name in whole}
    if "instructions" in whole:
        kept["instructions"] = [one if one.endswith(".") else f"{one}." for one in whole["instructions"]]
    doses = [step for step in whole["steps"] if "dose" in step]
    if "prn" in whole:
        kept["prn"] = {"reason": whole["prn"]["reason"]} if "reason" in whole["prn"] else {}
    limits = [one for per in ("24h", "7d") for one in whole.get("limits", []) if one["per"] == per]
    limits = limits[:1] if version == "R4B" else limits
    of_one = [one for one in whole.get("limits", []) if one["per"] == "dose"]
    lifetime = [one for one in whole.get("limits", []) if one["per"] == "lifetime"]
    # A cap is told as the most for one administration, where no limit is that.
    caps = [step["cap"] for step in (doses[:1] if limits or lifetime else doses) if "cap" in step]
    if not of_one and caps:
        of_one = [{"value": caps[0][0], "unit": caps[0][1], "per": "dose"}]
    limits += of_one + lifetime
    if limits:
        kept["limits"] = limits
    kept["steps"] = [_essence(step) for step in whole["steps"]]
    return kept


def _essence(step: dict[str, Any]) -> dict[str, Any]:
    names = ["freq", "for", "over", "when"]
    if "dose" in step and "per" not in step:
        names += ["dose", "high", "unit", "up_to", "rate"]
    kept = {name: step[name] for name in names if name in step}
    if "start" in kept.get("rate", {}):
        del kept["rate"]
    for name, silent in (("for", "consecutive"), ("over", "approx")):
        if name in kept:
            kept[name] = {key: value for key, value in kept[name].items() if key != silent}
    return kept


def by_number(held: Any) -> Any:
    """Numbers as text, whole ones too."""
    if isinstance(held, dict):
        return {name: by_number(value) for name, value in held.items()}
    if isinstance(held, list):
        return [by_number(one) for one in held]
    return str(held) if isinstance(held, int) and not isinstance(held, bool) else held


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", DOSES)
def test_an_example_is_parsed_by_somebody_elses_reader_and_comes_back_by_ours(name, version):
    regimen = build(DOSES[name]["input"])
    made = dosages(regimen, version)

    parsed = [PARSERS[version].model_validate_json(to_text(one)) for one in made]

    assert [one.sequence for one in parsed] == list(range(1, len(made) + 1))
    assert parsed[0].text == DOSES[name]["text"]
    own = [joined(line) for line in lines(regimen) if any(slot == "frequency" for slot, _words in line)]
    assert [one.text for one in parsed[1:]] == own[1:]
    if regimen.is_shown:
        back = structure([from_text(to_text(one)) for one in made], version)
        assert by_number(back) == by_number(essence(regimen, version))


@pytest.mark.parametrize("version", VERSIONS)
def test_generated_regimens_come_back_and_are_parsed(version):
    count = 0
    for structure_ in regimens(400, seed=21):
        regimen, found = problems(structure_, ASKED)
        if found or not regimen.is_shown:
            continue
        made = dosages(regimen, version)
        back = structure([from_text(to_text(one)) for one in made], version)
        assert by_number(back) == by_number(essence(regimen, version)), structure_
        if count % 10 == 0:
            for one in made:
                PARSERS[version].model_validate_json(to_text(one))
        count += 1
    assert count > 300


def test_numbers_stand_as_they_were_typed_and_never_were_binary():
    [made] = dosages(
        build(of("0.1", high="0.3", r_limits=[{"value": "12345678901234567.125", "unit": "g", "per": "24h"}])), "R5"
    )
    told = to_text(made)

    assert '"value": 0.1,' in told
    assert '"value": 12345678901234567.125,' in told
    assert from_text(told)["doseAndRate"][0]["doseRange"]["high"]["value"] == Decimal("0.3")
    assert json.loads(told)["sequence"] == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_when_required_is_said_in_one_way_alone(version):
    reason, none = (
        dosages(build(example("E10", prn={"min_interval": [4, "h"], **more})), version)[0]
        for more in ({"reason": "pain"}, {})
    )

    def said(made):
        return {name: held for name, held in made.items() if name.startswith("asNeeded")}

    if version == "R4B":
        assert (said(reason), said(none)) == ({"asNeededCodeableConcept": {"text": "pain"}}, {"asNeededBoolean": True})
    else:
        assert (said(reason), said(none)) == ({"asNeeded": True, "asNeededFor": [{"text": "pain"}]}, {"asNeeded": True})


def test_each_step_of_a_dose_that_is_given_when_required_says_so():
    made = dosages(build(example("E08", prn={"min_interval": [4, "h"], "max_doses_24h": 4})), "R4B")

    assert [one.get("asNeededBoolean") for one in made] == [True, True]


def test_r4_sends_the_limit_of_24_hours_and_r5_all():
    limits = [
        {"value": "20", "unit": "mg", "per": "7d"},
        {"value": "10", "unit": "mg", "per": "24h"},
        {"value": "9", "unit": "g", "per": "course"},
    ]
    regimen = build(of(r_limits=limits))

    one, several = (dosages(regimen, version)[0]["maxDosePerPeriod"] for version in VERSIONS)

    assert (one["numerator"]["value"], one["denominator"]["value"]) == (10, 24)
    assert [held["denominator"]["code"] for held in several] == ["h", "d"]


def test_what_has_no_element_is_in_the_text_and_nowhere_else():
    made = dosages(build(DOSES["E15"]["input"]), "R4B")

    assert len(made) == 1
    assert set(made[0]) == {"sequence", "text", "route"}
    assert "daily in divided doses every 8 hours" in made[0]["text"]
    assert "give the same single dose every 12 hours" in made[0]["text"]


def test_units_are_those_of_ucum():
    for code in UNITS:
        made = dosages(build(of("2", code, freq={"continuous": True} if UNITS[code].is_rate else freq(1))), "R4B")
        quantity = made[0]["doseAndRate"][0]["rateQuantity" if UNITS[code].is_rate else "doseQuantity"]
        assert (quantity["system"], quantity["code"]) == (UCUM, code)


@pytest.mark.parametrize("version", VERSIONS)
def test_of_what_is_not_shown_no_figure_leaves(version):
    for change in ({"unchecked": True}, {"withheld": {"on": "2026-11-23", "reason": "x"}}):
        regimen = build(example("E01", **change))

        assert dosages(regimen, version) == [{"sequence": 1, "text": text(regimen)}]


@pytest.mark.parametrize("version", VERSIONS)
def test_whom_it_is_for_stands_in_medication_knowledge(version):
    one = build(example("E22", indication="pain", hepatic=["A"], renal={"measure": "crcl", "min": 30}))

    told = to_text(knowledge([one, build(DOSES["E01"]["input"])], version))

    whom = (
        "Adult or child",
        "over 33 kg and up to 50 kg",
        "creatinine clearance 30 mL/min or more",
        "Child-Pugh class A",
    )
    for words in ("pain", *whom):
        assert words in told
    if version == "R4B":
        assert len(knowledge_r4b.MedicationKnowledge.model_validate_json(told).administrationGuidelines) == 2
    else:
        [first, _second] = knowledge_r5.MedicationKnowledge.model_validate_json(told).indicationGuideline
        assert len(first.dosingGuideline) == 1
