"""Lists pasted from elsewhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.texts.pasted import as_lists
from monographs.texts.text import refusals, render

MADE = [
    ("• a\n• b", "- a\n- b"),
    ("•\ta\n•\tb", "- a\n- b"),
    ("•a\n•b", "- a\n- b"),
    ("·\u00a0a\n·\u00a0b", "- a\n- b"),
    ("·a\n·b", "- a\n- b"),
    ("· 5 mg\n· 25 mg", "- 5 mg\n- 25 mg"),
    ("– a\n– b\n– c", "- a\n- b\n- c"),
    ("— a\n— b", "- a\n- b"),
    ("* a\n* b", "- a\n- b"),
    ("+ a\n+ b", "- a\n- b"),
    ("1) a\n2) b", "1. a\n2. b"),
    ("(1) a\n(2) b", "1. a\n2. b"),
    ("3) a\n4) b", "3. a\n4. b"),
    ("o a\no b", "- a\n- b"),
    ("Monitor:\n• a\n• b\nand so on", "Monitor:\n\n- a\n- b\n\nand so on"),
    ("Monitor:\n- a\n- b", "Monitor:\n\n- a\n- b"),
    ("Monitor:\n1. a\n2. b", "Monitor:\n\n1. a\n2. b"),
    ("• 5 mg once\n• 10 mg twice", "- 5 mg once\n- 10 mg twice"),
    ("1. 5 mg\n2) 10 mg", "1. 5 mg\n2. 10 mg"),
    ("•\ta\no\tb\no\tc\n•\td", "- a\n  - b\n  - c\n- d"),
    ("• a\n  • b\n• c", "- a\n  - b\n- c"),
    ("1) a\n• b\n• c\n2) d", "1. a\n  - b\n  - c\n2. d"),
    ("1) a\n   1) b\n   2) c\n2) d\n   1) e", "1. a\n  1. b\n  2. c\n2. d\n  1. e"),
    ("• a\r\n• b", "- a\n- b"),
    ("x\n\n• a\n• b\n\ny", "x\n\n- a\n- b\n\ny"),
    ("- a\n• b", "- a\n  - b"),
]
LEFT = [
    "", "a", "• a", "– a", "o a", "a\no b\nc", "• a\no b\n• c", "Give 5\n- 10 mg once daily", "Store at\n- 20 °C", "x\n– 5\n– 10",
    "- 5 mg\n- 10 mg", "x\n- 5 mg\n- 10 mg", "– < 5\n– > 10", "1) a\n3) b", "2) a\n1) b", "2020. a\n2021. b", "1.5 mg\n2.5 mg",
    "-a\n-b", "1)a\n2)b", "* p < 0.05", "a • b\nc • d", "- a\n- b", "1. a\n2. b", "- a\n  b\n- c", "1. a\n3. b", "one\ntwo",
    "• a\n  • b\n    • c\n      • d", "1. a\nb\n2. c\n3. d", "• under\n10 kg\n• b\n• c", "·5 mg once\n·25 mg twice", "✓ a\n✓ b",
    "1２) a\n1３) b", "ovary a\nova b", "+ 5\n+ 6",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "made"), MADE)
def test_neighbouring_lines_with_marks_become_a_list(typed, made):
    assert as_lists(typed) == made
    assert as_lists(made) == made
    assert refusals(made, 2) == []
    assert "<li>" in render(made, rules=2)


@pytest.mark.parametrize("typed", LEFT)
def test_what_is_no_list_or_could_be_a_figure_is_left_as_it_is(typed):
    assert as_lists(typed) == typed


lines = st.lists(
    st.builds(
        "{}{} {}".format,
        st.sampled_from(["", "  ", "\t"]),
        st.sampled_from(["•", "–", "-", "o", "1)", "2)", "3.", "*", "", "x"]),
        st.sampled_from(["a", "5 mg", "−5 °C", "HLA-B*15:02", "o", "- b", "• c", "1. d"]),
    ),
    max_size=8,
).map("\n".join)


@given(lines)
def test_every_word_stays_in_its_place(typed):
    made = as_lists(typed)

    def words(text):
        return re.sub(r"[\s•–*+o()-]|\d[.)](?=\s)", "", text)

    assert words(made) == words(typed)
    assert as_lists(made) == made
