"""What an earlier state would bring back: amounts ten times those of now, of readers' edition, of other doses."""

import pytest

from monographs.difference.tenfold import tenfold
from tests import factories as make
from tests.monographs.doses.examples import changed

pytestmark = pytest.mark.any_database

ONCE, SLIPPED = make.dosed(), make.dosed(make.dose(structure=changed(make.COURSES, steps__1__dose="120")))
BOTH = changed(make.COURSES, steps__0__dose="120", steps__1__dose="120")


def test_it_is_held_against_what_stands_there_now_in_both_directions():
    (up,), (down,) = tenfold(ONCE, SLIPPED), tenfold(SLIPPED, ONCE)

    assert up == "Dose: Multiple sclerosis. Adult. By intravenous infusion: Step 2 is 10 times what stood there."
    assert down.endswith(": Step 2 is 1/10 of what stood there.")


def test_a_dose_that_is_not_there_now_is_held_against_readers_edition_and_other_doses():
    gone = make.document()

    assert tenfold(gone, ONCE, ONCE) == []
    (one,) = tenfold(gone, SLIPPED, ONCE)
    assert one.endswith(": Step 2 is 10 times what the published edition has there.")
    beside = tenfold(ONCE, make.dosed(make.dose(), make.dose("other", BOTH)))
    assert [one.rpartition(": ")[2] for one in beside] == [
        f"Step {n} is 10 times another dose of this drug." for n in (1, 2)
    ]


def test_a_dose_that_went_is_held_against_the_one_that_comes_under_another_key():
    other = make.dosed(make.dose("other", BOTH))

    for now, live in ((ONCE, None), (make.document(), ONCE)):
        found = [one.rpartition(": ")[2] for one in tenfold(now, other, live)]
        assert found == [f"Step {n} is 10 times another dose of this drug." for n in (1, 2)]
    assert tenfold(ONCE, make.dosed(make.dose("other")), ONCE) == []
    assert tenfold(other, other, ONCE) == []


def test_what_stays_as_it_is_and_other_amounts_are_not_asked_about():
    assert tenfold(SLIPPED, SLIPPED, ONCE) == []
    assert tenfold(ONCE, make.dosed(make.dose(structure=changed(make.COURSES, steps__1__dose="60")))) == []
    assert tenfold(ONCE, make.document(), ONCE) == []
