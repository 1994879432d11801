"""Which case of a test is wrong: said by its name, whether the test goes through its cases in a loop or is a whole table."""

import ast
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

TESTS = Path(__file__).parent
LONGEST = 80

Cell = Callable[..., AbstractContextManager[None]]


def shown(value: Any) -> str:
    try:
        said = repr(value)
    except Exception as error:
        said = f"<{type(value).__name__} whose repr fails: {error!r}>"
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


# -- A loop ------------------------------------------------------------------------------------------------------------


@cache
def loops(path: str) -> list[ast.For]:
    return [node for node in ast.walk(ast.parse(Path(path).read_text())) if isinstance(node, ast.For)]


def values_of_loops(frame: FrameType, line: int) -> dict[str, Any]:
    """The names that the loops around this line give, with what they stand for now; what begins with _ is left out."""
    around = [
        loop for loop in loops(frame.f_code.co_filename)
        if frame.f_code.co_firstlineno <= loop.lineno and loop.body[0].lineno <= line <= loop.body[-1].end_lineno
    ]  # fmt: skip
    named = [
        node.id for loop in sorted(around, key=lambda one: one.lineno)
        for node in ast.walk(loop.target) if isinstance(node, ast.Name) and not node.id.startswith("_")
    ]  # fmt: skip
    return {name: frame.f_locals[name] for name in named if name in frame.f_locals}


def case_of(error: BaseException) -> str:
    """The case in which a test failed: "state='draft', role='editor'"; empty, if it was in no loop of a test."""
    case = {}
    for frame, line in traceback.walk_tb(error.__traceback__):
        if TESTS in Path(frame.f_code.co_filename).parents:
            case.update(values_of_loops(frame, line))
    return ", ".join(f"{name}={shown(value)}" for name, value in case.items())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    if report.failed and call.excinfo and (case := case_of(call.excinfo.value)):
        report.sections.insert(0, ("The case", case))
        if crash := getattr(report.longrepr, "reprcrash", None):
            crash.message = f"{case}: {crash.message}"
    return report


# -- A table -----------------------------------------------------------------------------------------------------------


@contextmanager
def every_cell() -> Iterator[Cell]:
    """For a table whose cells are tried one by one in one test: each wrong one is named, not just the first.

    with every_cell() as cell:
        for state, role in …:
            with cell(state, role):
                assert …
    """
    tried, wrong = 0, []

    @contextmanager
    def cell(*name: object) -> Iterator[None]:
        nonlocal tried
        tried += 1
        try:
            yield
        except Exception as error:
            wrong.append((" · ".join(map(str, name)), error))

    yield cell
    if wrong:
        lines = [f"{name}: {(str(error).splitlines() or [''])[0] or type(error).__name__}" for name, error in wrong]
        raise AssertionError("\n  ".join([f"{len(wrong)} of {tried} cells are wrong", *lines])) from wrong[0][1]
