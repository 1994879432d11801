"""Words that may change what a sentence means, and words that do not."""

import pytest

from monographs.difference.sense import differing, is_figure, turns
from monographs.difference.word_diff import word_diff


def judged(was, now):
    gone, come = differing(word_diff(was, now))
    return any(map(is_figure, [*gone, *come])), turns(gone, come)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Give 12 mg.", "Give 1.2 mg."),
        ("Give 12 mg.", "Give 12 micrograms."),
        ("For two weeks.", "For three weeks."),
        ("If the count is < 5.", "If the count is > 5."),
        ("If it falls by 5%.", "If it falls by 5."),
        ("Wait 5 days.", "Wait 5 weeks."),
        ("Wait.", "Wait 5 days."),
        ("10 mg/m² a day", "10 mg/m2 a day"),
        ("Take ½ a tablet.", "Take ¼ a tablet."),
        ("Milligrams a day", "Micrograms a day"),
        ("After sixteen days.", "After fifteen days."),
        ("A + B", "A − B"),
    ],
)
def test_figures_and_units(was, now):
    assert judged(was, now)[0]
    assert judged(now, was)[0]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Give it.", "Do not give it."),
        ("It may be given.", "It must be given."),
        ("Causes hypotension.", "Causes hypertension."),
        ("Is licensed.", "Is unlicensed."),
        ("The dose is increased.", "The dose is decreased."),
        ("Take it before food.", "Take it after food."),
        ("Take it weekly.", "Take it daily."),
        ("at least ten", "at most ten"),
        ("A and B", "A or B"),
        ("the increasing dose", "the decreasing dose"),
        ("when stopping", "when starting"),
        ("give it", "withhold it"),
        ("in the morning", "in the evening"),
        ("heart failure of class II", "heart failure of class III"),
        ("in adults", "in neonates"),
        ("Do not take A; take B.", "Take A; do not take B."),
        ("Give intravenously, intrathecal use is fatal.", "Give intrathecally, intravenous use is fatal."),
    ],
)
def test_words_that_turn_a_sentence(was, now):
    assert judged(was, now)[1]
    assert judged(now, was)[1]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Tell the patient about rashes.", "Tell each person about rashes.".replace("each person", "people")),
        ("It is seen in many.", "It is seen in many, the old among them."),
        ("A trial showed this [@nice2017].", "A trial showed this [@nice2018]."),
        ("Rashes are common", "Rashes are common."),
    ],
)
def test_words_that_say_the_same(was, now):
    assert judged(was, now) == (False, False)
