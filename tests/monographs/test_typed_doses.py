"""Boxes and structures are each other's inverse: nothing of a dose is lost in a form, and nothing is made up."""

import pytest

from monographs.dose_boxes import DoseBoxes, StepBoxes
from monographs.doses.reading import build, to_json
from monographs.typed_doses import boxes_of, structure_of
from tests import factories as make
from tests.monographs.doses.examples import DOSES
from tests.monographs.doses.generated import regimens

pytestmark = pytest.mark.any_database
ELSEWHERE = ("key", "withheld", "unchecked", "missing_siblings")


def stored(structure):
    """As a document holds it."""
    return to_json(build({name: held for name, held in structure.items() if name not in ELSEWHERE}))


def test_every_example_and_a_thousand_others_go_through_boxes_and_back():
    for structure in [*(one["input"] for one in DOSES.values()), *regimens(1000, seed=19)]:
        held = stored(structure)
        boxes = boxes_of(held)
        assert boxes is not None, held
        assert to_json(build(structure_of(boxes))) == held


def test_what_boxes_cannot_hold_has_none():
    assert boxes_of({**make.COURSES, "colour": "blue"}) is None
    both = {**make.COURSES, "prn": {"reason": "pain"}, "max_doses_24h": 4}
    assert boxes_of(stored(both)) is None
    assert boxes_of({"population": "Adult"}) is None


def test_figures_stay_as_they_were_typed():
    boxes = DoseBoxes(steps=[StepBoxes(dose="0.50", unit="mg", n="1", period="1", period_unit="d")], max_courses="two")

    assert structure_of(boxes) == {
        "population": "Adult", "route": "oral", "max_courses": "two",
        "steps": [{"dose": "0.50", "unit": "mg", "freq": {"n": "1", "period": "1", "unit": "d"}}],
    }  # fmt: skip
