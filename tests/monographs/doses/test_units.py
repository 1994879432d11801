"""The closed table of units."""

from decimal import Decimal

import pytest

from monographs.doses.units import UNITS

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
