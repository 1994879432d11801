"""A table says what the lines say: each segment once, in its place."""

import json

import pytest

from monographs.doses.lines import joined, lines
from monographs.doses.reading import build
from monographs.pages.dose_table import COLUMNS, dose_table
from tests.monographs.doses.examples import DOSES
from tests.monographs.doses.generated import regimens
from tests.monographs.test_typed_doses import stored

pytestmark = pytest.mark.any_database


def plain(html):
    return (
        str(html)
        .replace('<span class="q">', "")
        .replace("</span>", "")
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
    )


def test_every_segment_of_every_line_stands_in_the_table_once():
    for structure in [*(one["input"] for one in DOSES.values()), *regimens(300, seed=7)]:
        _header, *below = lines(build(stored(structure)))
        table = dose_table(below)
        assert len(table) == len(below)
        for line, row in zip(below, table, strict=True):
            if not row.cells:
                assert plain(row.words) == joined(line), json.dumps(structure)
                continue
            said = [plain(row.words), *(plain(words) for _name, words in row.cells)]
            for slot, words in line:
                assert not slot or sum(words.removesuffix(".") in cell for cell in said) >= 1, (slot, words, said)
            letters = sorted(one for one in joined(line) if one.isalnum())
            assert sorted(one for cell in said for one in cell if one.isalnum()) == letters


def test_a_course_is_a_row_and_a_limit_is_one_too():
    structure = {
        "population": "Adult", "route": "iv_infusion", "limits": [{"value": "36", "unit": "mg", "per": "course"}],
        "steps": [{"dose": "12", "unit": "mg", "freq": {"n": 1, "period": 1, "unit": "d"}, "over": {"value": 4, "unit": "h"},
                   "for": {"value": 3, "unit": "d"}, "course": {"no": 2, "gap": {"value": 12, "unit": "mo"}}}],
    }  # fmt: skip

    step, limit = dose_table(lines(build(structure))[1:])

    assert plain(step.words) == "Course 2"
    assert [(name, plain(words)) for name, words in step.cells] == [
        ("Dose", "12 mg"), ("How often", "once daily"), ("Over, rate", "over 4 hours"),
        ("For how long", "for 3 days (total 36 mg)"), ("And", "12 months after course 1"),
    ]  # fmt: skip
    assert tuple(name for name, _words in step.cells) == COLUMNS
    assert (plain(limit.words), limit.cells) == ("Maximum 36 mg per course.", ())
