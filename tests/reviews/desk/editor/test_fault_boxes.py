"""Every place that the engine can name in what a form says has a box there."""

import dataclasses
import re

import pytest

from monographs.doses.model import NAMED, Interval, Pair, Regimen
from monographs.doses.rules import problems
from reviews.desk.editor.dose_form import DoseForm
from reviews.desk.editor.fault_boxes import Place, place_of
from tests import factories as make
from tests.monographs.doses.examples import ASKED, DOSES, REMOVED, example
from tests.reviews.desk.editor.test_dose_form import STEPS, form_of, sent

# What no box says: keys that the form gives, and what the publishing house says of a dose.
UNTYPED = re.compile(r"key|steps\[0\]\.key|withheld.*|unchecked|missing_siblings.*")
BANDS = ["age", "weight", "crcl"]


def places(kind, at=""):
    """Each place that reading may name: of every field, of what is in it, and of each entry of a list."""
    for one in dataclasses.fields(kind):
        place = f"{at}.{NAMED.get(one.name, one.name)}".removeprefix(".")
        how, about = one.metadata["kind"], one.metadata["about"]
        yield place
        if how == "many":
            place, how, about = f"{place}[0]", about[0], about[1:]
            yield place
        if how in ("value", "pair", "missing"):
            yield from places(about[0], place)
        elif how == "period":
            yield from places(about[1], place)
        if how == "pair" and about[0] in (Pair, Interval):
            yield f"{place}[1]"


PLACES = sorted(one for one in set(places(Regimen)) if not UNTYPED.fullmatch(one))


def form():
    return DoseForm(document=make.document(), key=make.key("new"))


def fields_of(form, at):
    return form.rows[at.rows].forms[0].fields if at.rows else form.fields


@pytest.mark.any_database
def test_every_place_has_a_box_that_is_there():
    shown = form()
    lists = {"bands", "age", "weight", "renal", "steps", "limits", "adjustments"}
    missing = [one for one in PLACES if place_of(one, BANDS).box not in fields_of(shown, place_of(one, BANDS))]

    assert missing == []
    assert len(PLACES) > 150
    for one in PLACES:
        assert bool(place_of(one, BANDS).rows) == (re.split(r"[.\[]", one)[0] in lists), one


def ways(held, at=()):
    """The way to everything in a structure."""
    items = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    for name, inner in items:
        yield (*at, str(name))
        yield from ways(inner, (*at, str(name)))


@pytest.mark.any_database
def test_what_the_rules_name_of_broken_examples_has_a_box_that_is_there():
    """Each thing in each example is left out, is what nobody can read, and is far too much."""
    shown, named = form(), set()
    for name, one in DOSES.items():
        for way in ways(one["input"]):
            for broken in (REMOVED, "x", "900000"):
                named |= {fault.place for fault in problems(example(name, **{"__".join(way): broken}), ASKED)[1]}
    named = {one for one in named if not UNTYPED.fullmatch(re.sub(r"\d+", "0", one))}

    assert len(named) > 100
    lost = [one for one in named if place_of(one, BANDS).box not in fields_of(shown, place_of(one, BANDS))]
    assert sorted(lost) == []


@pytest.mark.parametrize(
    ("place", "at"),
    [
        ("age.max", Place("high", "bands", 0)),
        ("renal.min_incl", Place("low_is", "bands", 2)),
        ("weight", Place("low", "bands", 1)),
        ("adjustments[1].hepatic[0]", Place("hepatic", "adjustments", 1)),
        ("adjustments[1].every.unit", Place("every_unit", "adjustments", 1)),
        ("adjustments[0].renal.max", Place("high", "adjustments", 0)),
        ("steps[2].cap[1]", Place("cap_unit", "steps", 2)),
        ("steps[0].rate.every.value", Place("rate_every", "steps", 0)),
        ("steps[0].decrease.every_max", Place("change_every_max", "steps", 0)),
        ("steps[0].for", Place("length", "steps", 0)),
        ("steps[0].at.numbers[1]", Place("at_numbers", "steps", 0)),
        ("limits[1].per.value", Place("window", "limits", 1)),
        ("instructions[3]", Place("instructions")),
        ("prn.min_interval.unit", Place("least_interval_unit")),
        ("licence.country", Place("country")),
    ],
)
def test_a_place_stands_at_its_own_box(place, at):
    assert place_of(place, BANDS) == at


def test_an_age_that_is_asked_for_and_has_no_row_is_said_beside_whom_it_is_for():
    assert place_of("age", []) == Place("population")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("rows", "typed", "box", "sentence"),
    [
        ("bands", {"of": "age", "low": "1", "high": "x", "unit": "a"}, "high", "Enter a dose above zero"),
        ("bands", {"of": "age", "low": "1", "unit": ""}, "unit", "Choose a unit from the list."),
        ("adjustments", {"hepatic": "D", "action": "no_change"}, "hepatic", "which must be one of: A, B, C"),
        ("adjustments", {"when": "so", "action": "same_dose_every", "every": "x", "every_unit": "d"}, "every", "Enter a dose above zero"),
        ("adjustments", {"when": "so", "action": "same_dose_every", "every": "2"}, "every_unit", "Choose a unit"),
        ("limits", {"value": "4", "unit": "g", "per": "window", "window": "x", "window_unit": "d"}, "window", "Enter a"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_the_box_and_not_at_the_top(rows, typed, box, sentence):
    names = form().rows[rows].forms[0].fields
    data = sent(*STEPS) | {f"{rows}-TOTAL_FORMS": "2"}
    for number, one in enumerate(({}, typed)):  # behind a row that nobody filled
        usual = {"low_is": "from", "high_is": "below"} if one else {}
        data |= {f"{rows}-{number}-{name}": {**usual, **one}.get(name, "") for name in names}

    refused = form_of(data)

    assert not refused.is_valid()
    (row,) = refused.rows[rows].filled
    assert list(row.errors) == [box]
    assert sentence in row.errors[box][0]
    assert [words for at, words in refused.faults if not at] == []
