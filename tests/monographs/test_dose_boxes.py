"""The boxes of a dose: a box for each field of a regimen and of its steps."""

import pytest

from monographs.declared import declared_of
from monographs.dose_boxes import DoseBoxes, StepBoxes
from monographs.doses.units import UNITS

pytestmark = pytest.mark.any_database


def test_no_two_boxes_of_one_row_have_one_label():
    """Whoever hears the form has nothing else to tell them by."""
    for model in (DoseBoxes, StepBoxes):
        labels = [one.label for one in declared_of(model).values()]
        assert len(labels) == len(set(labels))


def test_every_unit_of_the_table_can_be_chosen():
    assert declared_of(StepBoxes)["unit"].choices.keys() - {""} == UNITS.keys()


def test_a_row_is_said_in_words_for_whoever_only_reads():
    row = StepBoxes(dose="12", unit="mg", n="1", period="1", period_unit="d", up_to="yes")

    assert row.in_words == "Amount 12, Unit mg, Times 1, every 1, Unit of every days, Up to this amount Yes"
