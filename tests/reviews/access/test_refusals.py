"""How the house says no: which sort of no several reasons are together, and what is told of each."""

import pytest

from reviews.access.refusals import Conflict, Refusal, RefusalType, Refused, refuse


@pytest.mark.parametrize(
    ("kinds", "together"),
    [
        ("invalid", "invalid"),
        ("forbidden", "forbidden"),
        ("conflict", "conflict"),
        ("invalid forbidden", "forbidden"),
        ("forbidden conflict", "conflict"),
        ("invalid conflict", "conflict"),
        ("invalid forbidden conflict", "conflict"),
    ],
)
def test_a_conflict_goes_before_what_is_forbidden_and_that_before_what_is_invalid(kinds, together):
    assert Refused([Refusal(one, one, RefusalType(one)) for one in kinds.split()]).kind == together


def test_all_reasons_are_told_in_their_order():
    refused = Refused([Refusal("one", "First."), Refusal("two", "Second.", RefusalType.INVALID, part="p", field="f")])

    assert (str(refused), refused.codes, refused.recorded, refused.data) == ("First. Second.", ["one", "two"], True, {})


def test_a_refusal_forbids_and_is_recorded_unless_something_else_is_said():
    plain, other = refuse("a", "A."), refuse("b", "B.", RefusalType.INVALID, recorded=False, part="p", field="f")

    assert (plain.refusals, plain.recorded) == ([Refusal("a", "A.", RefusalType.FORBIDDEN, "", "")], True)
    assert (other.refusals, other.recorded) == ([Refusal("b", "B.", RefusalType.INVALID, "p", "f")], False)


def test_a_conflict_names_the_part_and_what_stands_there_now():
    conflict = Conflict("Somebody saved it.", "theirs", "header")

    assert (conflict.kind, conflict.codes, conflict.refusals[0].part) == ("conflict", ["changed_meanwhile"], "header")
    assert (conflict.current, conflict.recorded) == ("theirs", True)
