"""Which words of a text are kept in another one."""

from uuid import uuid4

import pytest

from monographs.document import Section
from reviews.derived.word_runs import are_more, keeps_words


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("Tests go on for years.", "Tests go on for months.", True),
        ("Tests go on for years.", "For years, tests go on.", True),
        ("Tests go on for years.", "Nobody tests anything.", False),
        ("One.", "One, two, three.", True),
        ("", "", False),
    ],
)
def test_words_are_kept_where_three_in_a_row_are_left(before, after, kept):
    one, other = (Section(key=uuid4(), kind="cautions", heading="Cautions", text=text) for text in (before, after))

    assert keeps_words(one, other) is kept


def test_words_are_more_than_what_is_live_where_a_run_of_them_is_another():
    said = ("tests", "go", "on", "for", "years")

    assert are_more((*said, "more"), said)
    assert not are_more(said[1:], said)
    assert not are_more(("years",), said)
    assert not are_more((), said)
