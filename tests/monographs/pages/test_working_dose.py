"""Doses as the desk reads them, each with what it lacks, and what stands against one beside another."""

from datetime import date

import pytest

from monographs.pages.working_dose import NO_FIRST_CHOICE, working_dose, working_doses
from tests import factories as make
from tests.monographs.doses.examples import changed

pytestmark = pytest.mark.any_database
DAY = date(2026, 11, 30)
OVERLAPS = "This overlaps another regimen. That is dose {}."
GAP = "Nobody between these bands has a regimen. The other one is dose {}."


def weighing(name, **band):
    return make.dose(name, {**make.COURSES, "weight": band})


def told(*doses):
    return working_doses(doses, DAY)


def test_a_dose_alone_says_what_it_is_and_lacks():
    (one,) = told(make.dose())
    assert one == working_dose(make.dose(), DAY)
    assert (one.lacks, one.warned, one.has_figures) == ((), (), True)
    assert ("course 1", "60 mg") in one.derived
    (lacking,) = told(make.dose(structure=changed(make.COURSES, source__accessed="2027-01-01")))
    assert (lacking.derived, [rule for rule, _words in lacking.lacks]) == ((), ["V18"])


def test_doses_that_overlap_say_so_on_both_sides_and_which_the_other_is():
    other_use = make.dose("use", {**make.COURSES, "indication": "relapse"})

    first, other, second = told(make.dose("a"), other_use, make.dose("b"))

    assert first.lacks == (("V15", OVERLAPS.format(3)),)
    assert (other.lacks, second.lacks) == ((), (("V15", OVERLAPS.format(1)),))


def test_bands_side_by_side_do_not_overlap_and_a_gap_between_them_only_warns():
    light, heavy = weighing("light", max="40"), weighing("heavy", min="40")
    assert [(one.lacks, one.warned) for one in told(light, heavy)] == [((), ())] * 2

    far = weighing("far", min="60")
    assert [(one.lacks, one.warned) for one in told(light, far)] == [((), (GAP.format(2),)), ((), (GAP.format(1),))]


def test_a_dose_that_no_rule_reads_stands_beside_others_and_is_counted():
    odd = make.dose("odd").model_copy(update={"structure": '{"colour":"blue"}'})

    _odd, first, second = told(odd, make.dose("a"), make.dose("b"))

    assert (first.lacks, second.lacks) == ((("V15", OVERLAPS.format(3)),), (("V15", OVERLAPS.format(2)),))


def test_an_alternative_says_when_its_first_choice_is_not_there():
    def to(name):
        return make.dose("other", {**make.COURSES, "alternative_to": str(make.key(name))})

    assert [one.lacks for one in told(make.dose("dose"), to("dose"))] == [(), ()]
    assert [one.lacks for one in told(to("dose"))] == [(("V15", NO_FIRST_CHOICE),)]
    assert told(make.dose("dose"), to("other"))[1].lacks == (("V15", NO_FIRST_CHOICE),)
