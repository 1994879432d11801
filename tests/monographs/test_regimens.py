"""What a document holds of a regimen: what may be typed, what is stored, and which lines are made of it."""

import json
from datetime import date

import pytest
from pydantic import ValidationError

from monographs.digest import as_json, digest, from_text, to_text
from monographs.document import Document, DoseRegimen
from monographs.regimens import faults, has_figures, words_of_lines, working_lines
from tests import factories as make
from tests.monographs.doses.examples import DOSES

pytestmark = pytest.mark.any_database
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("structure", "sentence"),
    [
        ({**make.COURSES, "steps": [{"dose": 0.5, "unit": "mg"}]}, "steps[0].dose: Enter a dose above zero"),
        ({**make.COURSES, "steps": [{"dose": "5", "unit": "spoon"}]}, "steps[0].unit: Choose a unit from the list."),
        ({"population": "Adult"}, "No rule knows this: route"),
        ({**make.COURSES, "colour": "blue"}, "No rule knows this: colour"),
        ({**make.COURSES, "unchecked": False}, "not said in the structure of a dose: unchecked"),
        ({**make.COURSES, "instructions": ["a\u202eb"]}, "instructions[0]"),
        (["12 mg"], "A dose is fields and their values."),
    ],
)  # fmt: skip
def test_what_the_engine_cannot_read_is_refused_in_its_words(structure, sentence):
    with pytest.raises(ValidationError) as refused:
        make.dose(structure=structure)

    assert sentence in str(refused.value)


def test_what_is_not_finished_is_kept_and_says_what_it_lacks():
    part = make.dose(structure={**make.COURSES, "source": {}, "steps": [{"dose": "12", "unit": "mg"}]})

    rules = [one.rule for one in faults(part.structure, part.key, TODAY)]
    assert {"V04", "V11", "V17"} <= set(rules)
    assert faults(make.dose().structure, make.key("dose"), TODAY) == []
    assert "V00" in [one.rule for one in faults('{"population":"Adult","route":"oral"}', "k", TODAY)]


def test_its_lines_are_made_of_it_whatever_was_sent():
    part = make.dose(lines=[[["", "Adult. 12 mg every hour."]]])

    assert json.loads(part.lines) == [[
        ["indication", "Multiple sclerosis"], ["", "."], ["", " "], ["population", "Adult"], ["", "."],
        ["", " "], ["route", "By intravenous infusion"], ["", "."],
    ]]  # fmt: skip
    assert part.label_for_people == "Dose: Multiple sclerosis. Adult. By intravenous infusion"
    assert "12 mg once daily" in words_of_lines(make.dose(status="shown").lines)[1]


def test_stored_text_is_taken_as_it_stands():
    """Also what no rule knows any more; it is cut, shown and compared all the same."""
    form = as_json(make.dosed())
    form["regimens"][0]["structure"]["colour"] = "blue"
    form["regimens"][0]["lines"] = [[["indication", "Words of before"]]]

    document = from_text(json.dumps(form))

    assert document.regimens[0].for_whom == "Words of before"
    assert '"colour":"blue"' in to_text(document)
    assert working_lines(document.regimens[0].structure) == []


@pytest.mark.parametrize("name", DOSES)
def test_every_example_goes_through_a_document_and_back(name):
    structure = {one: held for one, held in DOSES[name]["input"].items() if one not in ("key", "withheld", "unchecked", "missing_siblings")}  # fmt: skip
    document = Document(regimens=[make.dose(structure=structure)])

    again = from_text(to_text(document))

    assert again == document
    assert digest(again) == digest(document)
    assert has_figures(again.regimens[0].structure)
    assert hash(again.regimens[0]) == hash(document.regimens[0])
    assert again.regimens[0].judged() == document.regimens[0]


def test_without_a_regimen_a_document_is_what_it_was():
    assert "regimens" not in as_json(make.document())
    assert as_json(DoseRegimen(key=make.key("x"))) == {"key": str(make.key("x")), "status": "unpublished"}


def test_keys_are_no_words_that_somebody_typed():
    step = {**make.COURSES["steps"][0], "key": "943-476-5919"}

    said = make.dose(structure={**make.COURSES, "steps": [step], "alternative_to": "943-476-5919"}).said

    assert "5919" not in said
    assert "multiple sclerosis" in said
