"""From JSON to a regimen and back, and that nothing unknown passes."""

import dataclasses

import pytest

from monographs.doses import model
from monographs.doses.faults import RegimenRefused
from monographs.doses.reading import build, read, read_day, to_json
from tests.monographs.doses.examples import CLINICAL, DOSES, example, of

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("name", DOSES)
def test_an_example_comes_back_as_it_was_read(name):
    regimen = build(DOSES[name]["input"])

    assert build(to_json(regimen)) == regimen
    assert to_json(build(to_json(regimen))) == to_json(regimen)


def test_defaults_that_are_spelled_out_are_the_same_regimen():
    spelled = example(
        "E14", age__min_incl=True, age__max_incl=False, weekly_only=False, limits=[], steps__0__optional=False
    )

    assert build(spelled) == build(example("E14"))


@pytest.mark.parametrize(
    ("structure", "place"),
    [
        (of(r_colour=1), "colour"), (of(colour=1), "steps[0].colour"), (of(freq={"n": 1, "periods": 1}), "steps[0].freq.periods"),
        (of(r_limits=[{"value": "1", "unit": "mg", "per": "24h"}, {"value": "1", "unit": "mg"}]), "limits[1].per"),
        (of(r_limits=[{"value": "1", "unit": "mg", "per": {"value": 1, "units": "d"}}]), "limits[0].per.units"),
        (example("E14", adjustments__1__action="half"), "adjustments[1].action"), (of(at={"unit": "wk", "numbers": [1, -2]}), "steps[0].at.numbers[1]"),
        (of(r_instructions=["a", ""]), "instructions[1]"), ({"route": "oral", "steps": []}, "population"), (of(r_missing_siblings=[5]), "missing_siblings[0]"),
    ],
)  # fmt: skip
def test_what_is_unknown_or_missing_is_refused_with_its_place(structure, place):
    with pytest.raises(RegimenRefused) as refused:
        build(structure)

    assert ("V00", place) in [(one.rule, one.place) for one in refused.value.faults]


def test_text_is_of_one_line_with_plain_spaces():
    assert build(of(condition=" if  well,\n\u00a0then ")).steps[0].condition == "if well, then"


def test_a_day_is_year_month_day_and_nothing_else():
    assert read_day("2026-02-28") is not None
    for typed in ("2026-02-30", "2026-2-28", "20260228", "2026-W01-1", "28 February 2026", "", None, 20260228):
        assert read_day(typed) is None


def test_every_field_of_the_page_is_a_field_here_and_none_is_more():
    """docs/clinical/doses.md, its two tables."""
    page = (CLINICAL / "doses.md").read_text("utf-8")
    for field in dataclasses.fields(model.Regimen):
        assert f"`{field.name}`" in page, field.name
    for field in dataclasses.fields(model.Step):
        assert f"`{model.NAMED.get(field.name, field.name)}`" in page, field.name
    assert len(dataclasses.fields(model.Regimen)) == 31
    assert len(dataclasses.fields(model.Step)) == 27


def test_what_could_not_be_read_is_absent_and_not_half_there():
    regimen, found = read(
        of(
            cap=["0", "g"],
            freq={"n": 1, "period": 0, "unit": "d"},
            r_limits=[{"value": "x", "unit": "mg", "per": "24h"}],
        )
    )

    assert [one.rule for one in found] == ["V01", "V01", "V01"]
    assert regimen.limits == ()
    assert regimen.steps[0].cap is None
