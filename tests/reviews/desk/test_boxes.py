"""Boxes are made from the declaration of a field, and only for what a box can hold."""

from typing import Annotated, Literal

import pytest

from monographs.declared import Declared
from monographs.document import MonitoringItem, SafetyNotice
from reviews.desk.boxes import boxes_of
from reviews.desk.editor.forms import MonitoringForm
from tests import factories as make


class Chosen(MonitoringItem):
    fasting: Annotated[
        Literal["yes", "no", ""], Declared("Fasting", choices={"": "Not said", "yes": "Fasting", "no": "Not fasting"})
    ] = "no"


class ChosenForm(MonitoringForm):
    model = Chosen


class Texts(MonitoringItem):
    odd: Annotated[tuple[str, ...], Declared("Odd")] = ()


class Number(MonitoringItem):
    odd: Annotated[int, Declared("Odd")] = 0


def test_a_choice_begins_with_its_default_and_is_told_in_its_words():
    box = ChosenForm(document=make.document())["fasting"]

    assert box.value() == "no"
    assert box.field.choices == [("yes", "Fasting"), ("no", "Not fasting"), ("", "Not said")]
    assert '<option value="no" selected>Not fasting</option>' in str(box)


def test_a_row_begins_with_nothing_chosen():
    box = boxes_of(Chosen, is_blank=True)["fasting"]

    assert (box.initial, box.choices) == (None, [("", "Not said"), ("yes", "Fasting"), ("no", "Not fasting")])
    assert boxes_of(SafetyNotice, is_blank=True)["type"].choices[0] == ("", "Choose")


@pytest.mark.parametrize("fasting", ["yes", "no", ""])
def test_a_form_in_which_nothing_is_written_is_no_test_whatever_is_chosen(fasting):
    form = ChosenForm({"fasting": fasting}, document=make.document(), key=make.key("new"))

    assert not form.is_valid()
    assert form.errors["test"] == ["Name the test."]


@pytest.mark.parametrize("model", [Texts, Number])
def test_a_field_that_no_box_could_hold_is_refused_by_its_name(model):
    with pytest.raises(TypeError, match=rf"^{model.__name__}\.odd cannot be shown to people"):
        boxes_of(model)
