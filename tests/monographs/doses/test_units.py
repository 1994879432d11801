"""The closed table of units."""

import re
from decimal import Decimal

import pytest

from monographs.doses.model import ROUTES
from monographs.doses.units import BASES, TIMES, UNITS
from tests.monographs.doses.examples import CLINICAL

pytestmark = pytest.mark.any_database


def test_the_table_is_closed():
    assert len(UNITS) == 8 * 3 * 3
    assert {"g", "mg", "ug", "ng", "mL", "L", "mmol", "[iU]", "mg/kg", "mg/m2", "ug/kg/min", "mL/h"} < set(UNITS)
    assert not {"mcg", "IU", "ml", "kg", "mg/day", "%"} & set(UNITS)


@pytest.mark.parametrize(
    ("code", "one", "many"),
    [
        ("g", "g", "g"), ("ug", "microgram", "micrograms"), ("ng", "nanogram", "nanograms"), ("[iU]", "unit", "units"),
        ("ug/kg/min", "microgram/kg/minute", "micrograms/kg/minute"), ("mg/m2", "mg/m²", "mg/m²"), ("mL/h", "mL/hour", "mL/hour"),
    ],
)  # fmt: skip
def test_a_unit_is_singular_at_exactly_one(code, one, many):
    unit = UNITS[code]

    assert (unit.words(Decimal(1)), unit.words(Decimal("1.0")), unit.words(Decimal("0.5")), unit.words(Decimal(2))) == (
        one, one, many, many,
    )  # fmt: skip


def test_each_unit_of_a_kind_is_a_thousand_of_the_next():
    assert [UNITS[one].factor for one in ("g", "mg", "ug", "ng")] == [10**9, 10**6, 10**3, 1]
    assert UNITS["L"].factor == 1000 * UNITS["mL"].factor
    assert {unit.kind for unit in UNITS.values()} == {"mass", "volume", "amount", "units"}


def test_the_units_are_those_of_the_page():
    """docs/clinical/doses.md, the table of dose units."""
    page = (CLINICAL / "doses.md").read_text("utf-8")
    rows = re.search(r"\| dose unit \| shown \|.*?\n\n", page, re.DOTALL)[0].splitlines()[2:]
    cells = [cell.strip() for row in rows for cell in row.strip("|").split("|")]
    told = {
        code.strip(): words for codes, words in zip(cells[0::5], cells[1::5], strict=False) for code in codes.split(",")
    }
    told |= {
        code.strip(): words for codes, words in zip(cells[3::5], cells[4::5], strict=False) for code in codes.split(",")
    }

    assert len(told) == 12
    assert set(told) == set(BASES) | {"/kg", "/m2", "/min", "/h"}
    for code, words in told.items():
        if words not in ("as is", "microgram(s), nanogram(s)", "unit(s)"):
            continue
        one, many = BASES[code].one, BASES[code].many
        assert (one == many == code) is (words == "as is")
        assert words == "as is" or f"{one}(s)" in words


def test_lengths_of_time_are_those_of_the_page():
    page = (CLINICAL / "doses.md").read_text("utf-8")

    assert ", ".join(f"`{code}` {time.one}" for code, time in TIMES.items()) in page


def test_routes_read_as_on_the_page():
    page = (CLINICAL / "doses.md").read_text("utf-8")

    assert ", ".join(f"{route} ({words})" for route, words in ROUTES.items()) in page
