"""Which lines of the checkpoint file hold still, once somebody accepted a loss."""

import pytest

from reviews.audit.losses import begin_of_now, sentences, standing, taken_back


def line(seq):
    return {"seq": seq}


def accepted(seq, **lost):
    return {"seq": seq, "at": "2026-11-30", "lost": {**lost, "reason": "The disk burned."}}


@pytest.mark.parametrize(
    ("lines", "back"),
    [
        ([], set()),
        ([line(1), line(5)], set()),
        ([line(1), line(5), accepted(5), line(6)], set()),
        ([line(1), line(6), line(5), accepted(5), line(6)], {1}),
        # The backup was of a trail that was given up before: entries from 4 on are lost, and 5 is its own.
        ([line(3), line(4), line(5), accepted(5, **{"from": 4, "to": 9}), line(6)], {1, 2}),
        ([line(3), line(9), accepted(5), line(7), accepted(2), line(3)], {0, 1, 2, 3}),
        ([line(1), {}, line(6), {"seq": "6"}, accepted(5)], {2}),
        ([line(6), {"seq": 5, "lost": "all"}], set()),
    ],
)
def test_a_line_is_taken_back_by_a_later_one_that_accepts_its_loss(lines, back):
    assert taken_back(lines) == back
    assert standing(lines) == [one for place, one in enumerate(lines) if place not in back]


def test_the_trail_of_now_begins_behind_the_last_loss():
    assert begin_of_now([line(1)]) == 0
    assert begin_of_now([line(1), accepted(1), line(2), accepted(1), line(2)]) == 4


def test_what_was_accepted_is_told_in_a_sentence():
    assert sentences([accepted(5, **{"from": 6, "to": 9, "reports": 1}), accepted(5, reports=2)]) == [
        f"Accepted on 2026-11-30: {what} were lost when a backup was restored. The disk burned."
        for what in ("entries 6 to 9 and reports of harm that waited (1)", "reports of harm that waited (2)")
    ]
    assert sentences([line(1), accepted(5, **{"from": 6, "to": 9}), accepted(5)]) == [
        "Accepted on 2026-11-30: entries 6 to 9 were lost when a backup was restored. The disk burned.",
        "Accepted on 2026-11-30: what was accepted before was taken back when a backup was restored. The disk burned.",
    ]
