"""The safety case: each hazard in every field, its risk by the scale of the page, and its control's tests are there."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "safety-case.md").read_text("utf-8")
FIELDS = ["id", "hazard", "cause", "effect", "initial", "control", "residual", "test", "owner"]
OWNERS = {"CSO", "deploying organisation"}
RISK = re.compile(r"(?P<severity>\w+), (?P<likelihood>[\w ]+): (?P<risk>[1-5])")
TEST = re.compile(r"(tests/(?:\w+/)*\w+\.py)(?:::(\w+))?")


def tables(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, its head first."""
    under = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in under.splitlines() if line[:1] == "|"]
    return [row for row in rows if set("".join(row)) != {"-"}]


def scale() -> dict[tuple[str, str], int]:
    head, *rows = tables("The scale")
    return {(name, row[0]): int(risk) for row in rows for name, risk in zip(head[1:], row[1:], strict=True)}


def is_there(path: str, name: str) -> bool:
    file = ROOT / path
    if not file.exists():
        return False
    return not name or name in {one.name for one in ast.walk(ast.parse(file.read_text())) if hasattr(one, "name")}


def missing(cell: str) -> list[str]:
    return [f"{path}::{name}" for path, name in TEST.findall(cell) if not is_there(path, name)]


def test_each_hazard_has_all_its_fields_and_a_control_that_is_tested():
    head, *rows = tables("Hazard log")
    hazards = [dict(zip(head, row, strict=True)) for row in rows]

    assert head == FIELDS
    assert len(hazards) >= 25
    assert [one["id"] for one in hazards] == [f"H{number}" for number in range(1, len(hazards) + 1)]
    assert [one["id"] for one in hazards if not all(one.values()) or one["owner"] not in OWNERS] == []
    assert [one["id"] for one in hazards if not TEST.search(one["test"]) or missing(one["test"])] == []


def test_risks_follow_from_the_scale_fall_and_end_acceptable():
    known, (head, *rows) = scale(), tables("Hazard log")

    assert len(known) == 25
    for row in rows:
        told = dict(zip(head, row, strict=True))
        before, after = (RISK.fullmatch(told[name]) for name in ("initial", "residual"))
        assert None not in (before, after), told["id"]
        for one in (before, after):
            assert int(one["risk"]) == known[one["severity"], one["likelihood"]], told["id"]
        assert before["severity"] == after["severity"], f"{told['id']}: a control makes harm rarer, not smaller"
        assert int(after["risk"]) <= min(3, int(before["risk"])), told["id"]


def test_hazards_that_are_named_elsewhere_on_the_page_are_in_the_log():
    there = {row[0] for row in tables("Hazard log")[1:]}

    assert set(re.findall(r"\bH\d+\b", PAGE)) == there


def test_each_clause_has_a_test_or_is_handed_over():
    head, *rows = tables("21 CFR part 11 and EU GMP Annex 11")

    assert head == ["clause", "what it asks", "test"]
    assert len({row[0] for row in rows}) == len(rows) > 25
    assert [row[0] for row in rows if missing(row[2])] == []
    assert [row[0] for row in rows if not (TEST.search(row[2]) or row[2] == "the deploying organisation")] == []
