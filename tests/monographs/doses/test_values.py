"""Numbers, exact from end to end."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monographs.doses
from monographs.doses.values import decimal_of, figure, joined, plain, read_number, rounded, written

pytestmark = pytest.mark.any_database


def test_no_module_of_the_engine_knows_a_binary_number():
    """No float, neither by name nor as a literal; and no division, but of fractions."""
    paths = sorted(Path(monographs.doses.__path__[0]).glob("*.py"))
    assert len(paths) > 8
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), path
            assert not (isinstance(node, ast.Name | ast.Attribute) and getattr(node, "id", getattr(node, "attr", "")) in ("float", "sqrt", "log")), path  # fmt: skip
            if isinstance(node, ast.Import):
                assert all(one.name not in ("math", "cmath", "statistics", "random") for one in node.names), path
            if isinstance(node, ast.ImportFrom) and node.module == "math":
                assert {one.name for one in node.names} <= {"ceil", "floor"}, path


@pytest.mark.parametrize("value", ["1", "0.5", "007", "1.500", "1000", 5, "9" * 24])
def test_a_number_is_read(value):
    assert read_number(value) == Decimal(value)


@pytest.mark.parametrize(
    "value",
    ["", "-1", "+1", "1.", ".5", "1,5", "1e3", "1.2345", "Infinity", "NaN", "٣", "１", "1 ", "1\n", "1_0", 1.5, True, None, -1, [], 10**24],
)  # fmt: skip
def test_what_is_no_number_is_not_guessed(value):
    assert read_number(value) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [("0", "0"), ("0.50", "0.5"), ("999", "999"), ("1000", "1,000"), ("1000000.001", "1,000,000.001"), ("100", "100"), ("10.0", "10")],
)  # fmt: skip
def test_a_number_is_written(value, words):
    assert written(Decimal(value)) == words


def test_ranges_join_with_to_and_neighbours_with_or():
    assert joined(Decimal(3), Decimal(4)) == "3 to 4"
    assert joined(Decimal(3), Decimal(4), neighbours=True) == "3 or 4"
    assert joined(Decimal("0.5"), Decimal("1.5"), neighbours=True) == "0.5 to 1.5"
    assert joined(Decimal(3), Decimal(5), neighbours=True) == "3 to 5"


def test_a_reckoned_number_is_exact_or_says_about():
    assert [figure(Fraction(one)) for one in ("1/3", "2/3", "1/8", "184.8", "400/3", "1050")] == [
        "about 0.3", "about 0.7", "0.125", "184.8", "about 133.3", "1,050",
    ]  # fmt: skip


@given(st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=3))
def test_what_is_written_is_what_was_typed(number):
    typed = plain(number)

    assert read_number(typed) == number
    assert written(number).replace(",", "") == typed
    assert decimal_of(Fraction(number)) == number


@given(st.fractions(0, 10**6), st.integers(0, 4))
def test_rounding_is_off_by_half_of_the_last_place_at_most(value, places):
    assert abs(Fraction(rounded(value, places)) - value) <= Fraction(1, 2 * 10**places)
