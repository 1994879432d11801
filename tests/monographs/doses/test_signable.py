"""What is signed of a regimen, and that nothing of a figure leaves one that is not shown."""

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest

from monographs.doses.fhir import dosages, knowledge, to_text
from monographs.doses.figures import figures
from monographs.doses.lines import text
from monographs.doses.model import Regimen
from monographs.doses.reading import build
from monographs.doses.rules import problems
from monographs.doses.signable import KEPT, NotChecked, signable, with_neighbours
from tests.monographs.doses.examples import ASKED, DOSES, example, of
from tests.monographs.doses.generated import regimens

pytestmark = pytest.mark.any_database
HIDDEN = {"is_set_shown": False, "checks_stand": True, "since": "2026-07-04", "reason": "not yet read"}


@pytest.mark.parametrize("name", [name for name in DOSES if name not in ("E26", "E27")])
def test_a_shown_regimen_is_signed_with_its_structure_and_its_lines(name):
    regimen = build(DOSES[name]["input"])

    form = signable(regimen, is_set_shown=True, checks_stand=True)

    assert form["status"] == "shown"
    assert build(form["structure"]) == regimen
    assert "\n".join("".join(words for _slot, words in line) for line in form["lines"]) == DOSES[name]["text"]


def test_system_lines_are_not_signed():
    form = signable(build(DOSES["E27"]["input"]), is_set_shown=True, checks_stand=True)

    assert "Not shown" not in json.dumps(form)
    assert form == signable(build(example("E27", missing_siblings=[])), is_set_shown=True, checks_stand=True)


def test_a_regimen_that_is_set_to_be_shown_without_its_checks_is_refused():
    with pytest.raises(NotChecked, match=r"Pain\. Adult\. By mouth\."):
        signable(build(of(r_indication="pain")), is_set_shown=True, checks_stand=False)


def test_of_a_regimen_that_is_not_shown_stands_whom_it_is_for_since_when_and_why():
    form = signable(build(example("E22", key="k", indication="pain")), **HIDDEN)

    assert {name: held for name, held in form.items() if name != "lines"} == {
        "status": "unpublished", "key": "k", "indication": "pain", "population": "Any", "route": "iv_infusion",
        "weight": {"min": "33", "min_incl": False, "max": "50", "max_incl": True}, "since": "2026-07-04", "reason": "not yet read",
    }  # fmt: skip
    assert len(form["lines"]) == 1


# -- Nothing leaks -------------------------------------------------------------------------------------------------

MARK, NUMBER, COUNT = "MARKERMARKER", Decimal("98765.4"), 9876


def marked(value: Any, kept: bool = False) -> Any:
    """A value with a marker in each of its fields but those that readers may see."""
    if dataclasses.is_dataclass(value):
        return type(value)(**{
            one.name: marked(getattr(value, one.name), (isinstance(value, Regimen) and one.name in KEPT) or kept)
            for one in dataclasses.fields(value)
        })  # fmt: skip
    if isinstance(value, tuple):
        return tuple(marked(one, kept) for one in value)
    if kept or value is None or isinstance(value, bool):
        return value
    return NUMBER if isinstance(value, Decimal) else COUNT if isinstance(value, int) else MARK + value


def page(held):
    return "\n".join(map(text, with_neighbours(held)))


def test_a_marker_in_any_field_of_a_hidden_regimen_reaches_nothing_that_readers_see():
    markers, count = ("MARKER", "98765", "98,765", "9876", "9,876"), 0
    for structure in [*(one["input"] for one in DOSES.values()), *regimens(300, seed=31)]:
        regimen, found = problems(structure, ASKED)
        if found:
            continue
        hidden = dataclasses.replace(marked(regimen), unchecked=True, withheld=None, missing_siblings=())
        assert any(marker in repr(hidden) for marker in markers)
        shown = build(of(r_indication=regimen.indication) if regimen.indication else of())
        seen = [
            json.dumps(signable(hidden, **HIDDEN)), page([hidden, shown]), json.dumps(figures(hidden)),
            *(to_text(dosages(hidden, version)) + to_text(knowledge([hidden], version)) for version in ("R4B", "R5")),
        ]  # fmt: skip
        for words in seen:
            assert not any(marker in words for marker in markers), words
        count += 1
    assert count > 300


def test_neighbours_say_which_dose_is_not_shown_and_why():
    withheld = build(example("E26"))
    neighbour = build(example("E27", indication="prevention of stroke", missing_siblings=[]))
    other = build(of(r_indication="pain", r_unchecked=True))

    first, second, third = with_neighbours([withheld, neighbour, other])

    assert [one.missing_siblings for one in (first, third)] == [(), ()]
    [missing] = second.missing_siblings
    assert (missing.header, missing.because) == (
        "Prevention of stroke. Adult, creatinine clearance less than 50 mL/min. By mouth.",
        "withheld",
    )
    assert "Dose not published yet" in page([other])
