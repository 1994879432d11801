"""RxNorm's file: which code is found under which name (docs/clinical/rxnorm.md)."""

from pathlib import Path

import pytest

from monographs.rxnorm import BRAND_TYPES, DRUG_TYPES, Result, check, read_rows
from reviews.exchange.files import read_file

DEMONSTRATION = Path(__file__).parents[2] / "reviews" / "management" / "demonstration"
ROWS = list(read_rows((DEMONSTRATION / "RXNCONSO.sample.RRF").read_text("utf-8")))


def row(rxcui, source, term_type, name, suppress):
    return f"{rxcui}|ENG||||||1|{rxcui}|{rxcui}||{source}|{term_type}|{rxcui}|{name}||{suppress}||\n"


INVENTED = {"demotuzumab", "examplizumab"}


@pytest.mark.parametrize("path", sorted((DEMONSTRATION / "monographs").glob("*.json")), ids=lambda path: path.stem)
def test_every_drug_of_the_demonstration_that_exists_is_found(path):
    (one,) = read_file(path.read_bytes(), path.name)
    codes = [code.code for code in one.drug.codes if code.system == "RxNorm"]
    if path.stem in INVENTED:
        assert codes == []
        return
    (code,) = codes

    result = check(ROWS, code, [one.drug.name, *(name.name for name in one.drug.names)])

    assert (result.status, result.term_type in DRUG_TYPES) == ("found", True)


def test_paracetamol_is_found_by_its_other_name_and_not_by_its_own():
    assert check(ROWS, "161", ["Paracetamol", "Acetaminophen"]).matched_name == "acetaminophen"
    failed = check(ROWS, "161", ["Paracetamol"])
    assert (failed.status, failed.matched_name, failed.term_type) == ("failed", "acetaminophen", "IN")


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([("RXNORM", "IN", "testazumab", "N")], "found"),
        ([("RXNORM", "PIN", "Testazumab", "N")], "found"),
        ([("RXNORM", "MIN", "TESTAZUMAB", "N")], "found"),
        ([("RXNORM", "IN", "other", "N")], "failed"),
        ([("RXNORM", "SCD", "testazumab", "N")], "failed"),
        ([("RXNORM", "BN", "testazumab", "N")], "failed"),
        ([("RXNORM", "IN", "testazumab", "O")], "failed"),
        ([("RXNORM", "IN", "testazumab", "E")], "failed"),
        ([("MTHSPL", "IN", "testazumab", "N")], "failed"),
        ([("RXNORM", "IN", "other", "N"), ("MTHSPL", "SU", "testazumab", "N")], "found"),
        ([("RXNORM", "IN", "other", "N"), ("MTHSPL", "SU", "testazumab", "O")], "failed"),
        ([("RXNORM", "IN", "testazumab", "O"), ("MTHSPL", "SU", "testazumab", "N")], "failed"),
        ([], "failed"),
    ],
)
def test_what_makes_a_concept_found(rows, status):
    text = "".join(row("5", *one) for one in rows) + row("6", "RXNORM", "IN", "testazumab", "N")

    assert check(read_rows(text), "5", ["Testazumab"]).status == status


def test_a_brand_is_looked_for_among_brands():
    rows = list(read_rows(row("5", "RXNORM", "BN", "Brandex", "N")))

    assert check(rows, "5", ["Brandex"], BRAND_TYPES).status == "found"
    assert check(rows, "5", ["Brandex"]).status == "failed"


def test_an_empty_name_matches_nothing():
    rows = list(read_rows(row("5", "RXNORM", "IN", "", "N")))

    assert check(rows, "5", ["", " "]).status == "failed"


@pytest.mark.parametrize("bad", ["161|ENG\n", "|" * 17 + "\n", "|" * 18 + "x\n", "\n", "<html>\n"])
def test_a_row_of_another_shape_is_refused_with_its_line(bad):
    with pytest.raises(ValueError, match="line 2: a row of RXNCONSO has 18 columns"):
        list(read_rows(row("5", "RXNORM", "IN", "x", "N") + bad))


def test_line_ends_of_either_kind_and_odd_characters_inside_a_name():
    text = row("5", "RXNORM", "IN", "a\u2028b", "N").replace("\n", "\r\n")

    assert [one.name for one in read_rows(text)] == ["a\u2028b"]


def test_each_column_is_read_from_its_place():
    columns = [str(n) for n in range(18)]

    (one,) = read_rows("|".join(columns) + "|\n")

    assert (one.rxcui, one.source, one.term_type, one.name, one.suppress) == ("0", "11", "12", "14", "16")


@pytest.mark.parametrize(
    ("rows", "code", "names", "result"),
    [
        ([], "5", ["A"], Result("failed", "", "there is no active drug with this code", "")),
        ([("5", "RXNORM", "PIN", "a", "N")], "5", ["B", " A "], Result("found", "a", "", "PIN")),
        ([("5", "RXNORM", "PIN", "a", "N")], "5", ["B"], Result("failed", "a", "the name differs", "PIN")),
        ([("5", "RXNORM", "PIN", "a", "N"), ("5", "RXNORM", "IN", "b", "N")], "5", ["B"], Result("found", "a", "", "PIN")),
        ([("5", "RXNORM", "PIN", "a", "N"), ("5", "RXNORM", "IN", "b", "N")], "5", ["C"], Result("failed", "a", "the name differs", "PIN")),
        (
            [("5", "RXNORM", "IN", "a", "N"), ("5", "MTHSPL", "SU", "b", "N")],
            "5",
            ["B"],
            Result("found", "a", "", "IN"),
        ),
        ([("5", "RXNORM", "IN", "a", "N"), ("6", "MTHSPL", "SU", "b", "N")], "5", ["B"], Result("failed", "a", "the name differs", "IN")),
    ],
)  # fmt: skip
def test_the_whole_answer_of_a_check(rows, code, names, result):
    assert (
        check(read_rows("".join(row(*one) for one in rows) or row("9", "RXNORM", "IN", "z", "N")), code, names)
        == result
    )


def test_which_types_are_drugs_and_which_brands():
    assert (sorted(DRUG_TYPES), sorted(BRAND_TYPES)) == (["IN", "MIN", "PIN"], ["BN"])
