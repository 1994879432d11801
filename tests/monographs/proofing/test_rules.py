"""The table of docs/clinical/, row by row, and that no rule takes long."""

import re
from itertools import count
from pathlib import Path

import pytest

from monographs.proofing.proof import proof
from monographs.proofing.rules import RULES
from tests.effort import grows_with_its_length

TABLE = Path(__file__).resolve().parents[3] / "docs" / "clinical" / "proofing_rules.tsv"


def read(cell):
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), cell)


ROWS = [[read(cell) for cell in line.split("\t")] for line in TABLE.read_text("utf-8").splitlines()[1:]]


def test_the_table_and_the_code_have_the_same_rules():
    assert [row[0] for row in ROWS] == list(RULES)
    assert {row[0]: (row[1], row[3]) for row in ROWS} == {
        rule.id: (rule.severity, rule.sentence) for rule in RULES.values()
    }


@pytest.mark.parametrize("row", [row for row in ROWS if row[2] != "-"], ids=lambda row: row[0])
def test_a_rule_finds_its_bad_example_where_it_stands_and_nothing_in_the_good_one(row):
    name, _severity, _pattern, _message, bad, good, _source = row

    [span] = RULES[name].find(bad)
    assert list(RULES[name].find(good)) == []
    assert span == re.search(re.compile(ROWS_PATTERN[name]), bad).span()


# The patterns as they stand in the file: their escapes are those of `re`.
ROWS_PATTERN = {line.split("\t")[0]: line.split("\t")[2] for line in TABLE.read_text("utf-8").splitlines()[1:]}


@pytest.mark.parametrize("row", [row for row in ROWS if row[2] != "-"], ids=lambda row: row[0])
def test_good_examples_are_hit_by_no_rule_but_doses_in_prose(row):
    assert {one.rule for one in proof(row[5])} <= {"L31"}


UNITS = [
    "[", "*", "a!", "a", "1", "1,", "0,", "1.", ".", " ", "a ", "1-", "<1", "@", "a@", "1/", "_", "\n", "- a\n", "(",
    "take ", "methotrexate ", "methotrexate 1 mg ", "methotrexate aspirin 1 mg. ", "as required ", "use as directed ",
    "1 mg ", "1.0 mg ", "increase a a a a ", "[a](https://b.c) ", "**a** ", "10.1234/", "www.", "a@b.", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_four_times_as_long_costs_about_four_times_as_much(unit):
    # Not what is remembered: each call is of words of its own.
    fresh = count()
    assert grows_with_its_length(lambda text: proof(text, str(next(fresh))), unit)
