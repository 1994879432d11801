"""A test that fails says in which of its cases."""

import pytest

from tests.cells import every_cell

pytest_plugins = ["pytester"]


@pytest.fixture
def said(pytester, monkeypatch):
    """What a run says of a test in this text, which counts as one of ours."""

    def run(text):
        pytester.makepyfile(test_loop=text)
        monkeypatch.setattr("tests.cells.TESTS", pytester.path)
        return pytester.runpytest_inprocess("-p", "tests.cells", "-p", "no:django", "-p", "no:cacheprovider").stdout

    return run


def test_a_case_of_a_loop_is_named_in_the_summary_and_beside_the_traceback(said):
    said(
        """
        def look(pair):
            for third in "xy":
                assert (*pair, third) != ("b", 2, "y")

        def test_it():
            for first, _unused in (("a", 0), ("b", 0)):
                for second in (1, 2):
                    look((first, second))
            for other in (3,):
                pass
        """
    ).fnmatch_lines(
        ["*The case*", "first='b', second=2, third='y'", "FAILED *::test_it - first='b', second=2, third=*"]
    )


def test_a_long_value_is_cut_and_one_that_cannot_be_shown_is_no_fault(said):
    said(
        """
        class Shy:
            def __repr__(self):
                raise ValueError("not me")

        def test_it():
            for one in ("x" * 1000,):
                for shy in (Shy(),):
                    assert not one
        """
    ).fnmatch_lines([f"one='{'x' * 78}…, shy=<Shy whose repr fails: ValueError('not me')>"])


def test_what_fails_in_no_loop_is_told_as_ever(said):
    said(
        """
        def test_it():
            for one in (1, 2):
                pass
            assert one == 3
        """
    ).no_fnmatch_line("*The case*")


def test_all_wrong_cells_of_a_table_are_named_and_the_first_is_shown_whole():
    with pytest.raises(AssertionError) as error, every_cell() as cell:
        for state in ("draft", "published"):
            for role in ("editor", "publisher"):
                with cell("sign", state, role):
                    assert (state, role) != ("draft", "publisher")
                    assert {}[role] if (state, role) == ("published", "editor") else True

    first, second, third = str(error.value).splitlines()
    assert first == "2 of 4 cells are wrong"
    assert second.startswith("  sign · draft · publisher: assert ('draft', 'publisher') != ")
    assert third == "  sign · published · editor: 'editor'"
    assert "('draft', 'publisher')" in str(error.value.__cause__)


def test_a_table_without_a_wrong_cell_is_silent():
    with every_cell() as cell:
        for one in range(3):
            with cell(one):
                assert one < 3
