"""The form of a dose: refused at its box; a slip of ten held up until explained."""

import json

import pytest
from django.http import QueryDict

from monographs.doses.slips import Slip
from reviews.desk.editor.dose_form import Around, DoseForm
from tests import factories as make
from tests.monographs.doses.examples import changed

pytestmark = pytest.mark.any_database
DAY = {"n": "1", "period": "1", "period_unit": "d", "over": "4", "over_unit": "h", "length_unit": "d"}
WHOLE = {
    "indication": "multiple sclerosis", "population": "Adult", "route": "iv_infusion", "licence": "licensed",
    "country": "gb", "citation": "trial2020", "source_type": "smpc", "section": "4.2", "accessed": "2026-07-04",
}  # fmt: skip
STEPS = [
    {"dose": "12", "unit": "mg", **DAY, "length": "5", "consecutive": "yes", "course": "1"},
    {"dose": "12", "unit": "mg", **DAY, "length": "3", "consecutive": "yes", "course": "2", "gap": "12", "gap_unit": "mo"},
]  # fmt: skip


def sent(*steps, **fields):
    """What a browser sends of a new dose: every box of the form."""
    form = DoseForm(document=make.document(), key=make.key("new"))
    data = {box.field.html_name: box.field.value() or "" for box in form.boxes if box.field is not None}
    for box in form.boxes:
        if box.rows is not None:
            count = len(steps) if box.rows.prefix == "steps" else 0
            data |= {f"{box.rows.prefix}-TOTAL_FORMS": str(count), f"{box.rows.prefix}-INITIAL_FORMS": "0"}
    for number, step in enumerate(steps):
        names = form.rows["steps"].forms[0].fields
        data |= {f"steps-{number}-{name}": step.get(name, "") for name in names}
    return {**data, **WHOLE, **fields}


def form_of(data, shown=None, document=None):
    query = QueryDict(mutable=True)
    query.update(data)
    return DoseForm(query, document=document or make.document(), shown=shown, key=make.key("new"))


def test_steps_keep_their_keys_when_one_comes_before_them():
    shown = make.dose(structure=changed(make.COURSES, steps__0__key="first", steps__1__key="second"))
    new = {"dose": "6", "unit": "mg", **DAY, "length": "1"}

    form = form_of(sent(new, STEPS[1], STEPS[0]), shown)

    assert form.is_valid(), form.errors
    keys = [step["key"] for step in json.loads(form.value.structure)["steps"]]
    assert keys[1:] == ["second", "first"]
    assert keys[0] not in ("first", "second")


@pytest.mark.parametrize(
    ("step", "box", "sentence"),
    [
        ({"dose": "1,5"}, "dose", "Enter a dose above zero, at most 3 decimals."),
        ({"dose": "0"}, "dose", "Enter a dose above zero, at most 3 decimals."),
        ({"n": "one"}, "n", "which must be a whole number from 1"),
        ({"period_unit": "", "period": "x"}, "period", "Enter a dose above zero, at most 3 decimals."),
        ({"gap": "12", "gap_unit": ""}, "gap_unit", "Choose a unit from the list."),
    ],
)
def test_what_the_engine_cannot_read_is_said_at_its_box(step, box, sentence):
    form = form_of(sent(STEPS[0], {**STEPS[1], **step}))

    assert not form.is_valid()
    (row,) = [row for row in form.rows["steps"].filled if row.errors]
    assert sentence in row.errors[box][0]


def test_a_step_ten_times_another_is_held_up_until_explained():
    """In the same dose, against what stood there, and against another dose of the drug."""
    slip = [STEPS[0], {**STEPS[1], "dose": "120"}]
    assert form_of(sent(*STEPS)).is_valid()
    assert form_of(sent({**STEPS[0], "dose": "12000", "unit": "ug"}, STEPS[1])).is_valid()
    for form in (
        form_of(sent(*slip)),
        form_of(sent(*({**step, "dose": "1.2"} for step in STEPS)), make.dose()),
        form_of(sent(*({**step, "dose": "0.12", "unit": "g"} for step in STEPS)), document=make.dosed()),
    ):
        assert not form.is_valid()
        assert form.errors["tenfold"] == ["Say why, or correct the amount."]

    explained = form_of(sent(*slip, tenfold="The source doubles it."))
    assert explained.is_valid()
    assert explained.cleaned_data["reason"] == "Step 2 is 10 times step 1. Because: The source doubles it."
    assert form_of(sent(*slip, tenfold="So.", reason="Mine.")).is_valid()


def test_what_boxes_cannot_hold_is_not_changed_here():
    shown = make.dose(structure={**make.COURSES, "prn": {"reason": "pain"}, "max_doses_24h": 4})

    form = form_of(sent(*STEPS), shown)

    assert not form.is_valid()
    assert "more than these boxes can hold" in str(form.errors)


def test_a_step_is_held_against_the_published_edition_and_other_pages_of_the_drug():
    sixty = [{**step, "dose": "60"} for step in STEPS]  # five times what the draft has
    shown = make.dose(structure=changed(make.COURSES, steps__0__dose="60", steps__1__dose="60"))
    high = [{**step, "dose": "240"} for step in STEPS]  # four times that, and twenty times what is published
    assert form_of(sent(*high), shown).is_valid()
    assert form_of(sent(*sixty), shown).is_valid()

    live = form_of(sent(*high), shown)
    live.around = lambda: Around({shown.key: make.dose()})
    elsewhere = form_of(sent(*high))
    elsewhere.around = lambda: Around({}, (make.dose(),))

    assert not live.is_valid()
    assert [one.words for one in live.held] == [
        "Step 1 is 20 times what the published edition has there.",
        "Step 2 is 20 times what the published edition has there.",
    ]
    assert not elsewhere.is_valid()
    assert elsewhere.held[0].words == "Step 1 is 20 times another dose of this drug."


def test_the_upper_end_of_a_range_is_held_against_the_lower_one():
    form = form_of(sent({**STEPS[0], "high": "120"}, STEPS[1]))

    assert not form.is_valid()
    assert form.held[0].words == "Step 1: its upper end is 10 times its lower one."
    assert form_of(sent({**STEPS[0], "high": "24"}, {**STEPS[1], "high": "24"})).is_valid()


def test_a_tenth_is_held_up_too_and_what_stood_there_is_not_asked_again():
    shown = make.dose(structure=changed(make.COURSES, steps__1__dose="120"))

    assert form_of(sent(STEPS[0], {**STEPS[1], "dose": "120"}, max_courses="2"), shown).is_valid()
    tenth = form_of(sent({**STEPS[0], "dose": "1.2"}, STEPS[1]), make.dose())
    assert not tenth.is_valid()
    assert tenth.held[0].words == "Step 1 is 1/10 of what stood there."


def test_its_reason_is_asked_for_only_where_a_step_is_held_up():
    def asks(form):
        return "tenfold" in [box.field.name for box in form.boxes if box.field is not None]

    fine, slip = form_of(sent(*STEPS)), form_of(sent(STEPS[0], {**STEPS[1], "dose": "120"}))
    assert (fine.is_valid(), slip.is_valid()) == (True, False)

    assert (asks(fine), asks(slip)) == (False, True)
    assert [words for _at, words in slip.faults] == [
        "Why is it ten times as much, or a tenth?: Say why, or correct the amount.",
        "Steps, row 2: Amount: Step 2 is 10 times step 1. Correct it, or say below why.",
    ]


def test_an_explanation_names_each_amount_and_has_room_in_a_reason():
    many = [
        {**STEPS[0], "course": str(n), "gap": "1", "gap_unit": "mo", "dose": "12" if n % 2 else "120"}
        for n in range(1, 9)
    ]
    explained = {"tenfold": "x" * 300, "reason": "y" * 500}

    form = form_of(sent(*many, **explained))
    full = form_of(sent(*STEPS, **explained))
    full.slips = lambda: [Slip("steps", 0, "dose", f"Step {n} is 10 times what stood there.") for n in range(1, 40)]

    assert form.is_valid(), form.errors
    assert len(form.held) == 7
    assert form.told == f"{' '.join(one.words for one in form.held)} Because: {'x' * 300}"
    assert full.is_valid(), full.errors
    assert 1_100 < len(full.told) < 1_300
    assert " more. Because: xxx" in full.told
    assert not form_of(sent(*many, tenfold="x" * 301)).is_valid()


def limited(value, **more):
    """What a browser sends of two steps and a limit in 24 hours."""
    limit = {"limits-0-value": value, "limits-0-unit": "g", "limits-0-per": "24h", "limits-0-window": "",
             "limits-0-window_unit": ""}  # fmt: skip
    return {**sent(*STEPS), "limits-TOTAL_FORMS": "1", **limit, **more}


def test_a_limit_ten_times_what_stood_there_is_held_at_its_box_and_explained_once():
    four = make.dose(structure=changed(make.COURSES, limits=[{"value": "4", "unit": "g", "per": "24h"}]))
    forty = make.dose(structure=changed(make.COURSES, limits=[{"value": "40", "unit": "g", "per": "24h"}]))

    held = form_of(limited("40"), four)
    why = form_of(limited("40", tenfold="Another use."), four)

    assert not held.is_valid()
    said = "Limit 1 is 10 times what stood there."
    assert held.rows["limits"].filled[0].errors == {"value": [f"{said} Correct it, or say below why."]}
    assert why.is_valid(), why.errors
    assert why.cleaned_data["reason"] == f"{said} Because: Another use."
    assert form_of(limited("40"), forty).is_valid()


def test_a_step_is_held_against_what_stood_there_earlier_in_the_edition():
    shown = make.dose(structure=changed(make.COURSES, steps__0__dose="60", steps__1__dose="60"))
    form = form_of(sent(*({**step, "dose": "120"} for step in STEPS)), shown)
    form.around = lambda: Around(earlier={shown.key: [make.dose().structure, shown.structure]})

    assert form.key == shown.key
    assert not form.is_valid()
    said = [f"Step {n} is 10 times what stood there earlier in this edition." for n in (1, 2)]
    assert [one.words for one in form.held] == said


def test_two_rows_of_one_band_are_refused_where_one_would_be_lost():
    """A structure has one band of age, one of body-weight and one of the kidney, however it is measured."""

    def banded(*kinds):
        rows = {"bands-TOTAL_FORMS": str(len(kinds))}
        for n, kind in enumerate(kinds):
            one = {"of": kind, "low": "40", "low_is": "from", "high": "", "high_is": "below"}
            rows |= {f"bands-{n}-{name}": value for name, value in (one | {"unit": "a" * (kind == "age")}).items()}
        return form_of({**sent(*STEPS), **rows})

    assert banded("age", "weight", "crcl").is_valid()
    for kinds in (("age", "weight", "age"), ("crcl", "weight", "egfr")):
        form = banded(*kinds)
        assert not form.is_valid()
        said = [row.errors.get("of") for row in form.rows["bands"].filled]
        assert said == [None, None, ["A dose has one band of this: row 1 says another."]]
