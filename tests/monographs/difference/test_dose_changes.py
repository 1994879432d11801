"""How figures that readers are not shown changed: in the classes of docs/clinical/dose_changes.md, critical ones first."""

import re

import pytest

from monographs.difference.dose_changes import dose_changes
from tests import factories as make
from tests.monographs.doses.examples import changed

pytestmark = pytest.mark.any_database


def plain(html):
    return re.sub("<[^>]*>", "", html).replace("&nbsp;", " ")


def lines(change):
    return [(one.cls, plain(one.words), one.where) for one in change.lines]


def test_critical_changes_come_first_in_one_unit_and_with_the_ratio():
    """Of the most dangerous regimen first, whichever stands first."""
    minor = changed(make.COURSES, source__accessed="2026-07-05")
    tenfold = changed(make.COURSES, steps__1__dose="120")
    fifty = changed(make.COURSES, steps__0__dose="50", steps__1__dose="50")
    before = make.dosed(make.dose("a"), make.dose("b"), make.dose("same"))
    after = make.dosed(make.dose("a", minor), make.dose("b", tenfold), make.dose("same"), make.dose("new", fifty))

    first, second, third = dose_changes(before, after)

    assert [first.cls, second.cls, third.cls] == ["critical", "major", "minor"]
    assert [one.key for one in (first, second, third)] == [str(make.key(name)) for name in ("b", "new", "a")]
    amount = next(one for one in first.lines if one.ratio)
    assert plain(amount.words) == "10 times more: 12 mg → 120 mg"
    assert (amount.cls, amount.where, amount.ratio) == ("critical", "Course 2", "10 times")
    assert (plain(amount.was), plain(amount.now)) == ("12 mg", "120 mg")
    assert "Regimen added" in second.lines[0].words
    assert "Source read again" in third.lines[0].words


def test_a_regimen_that_went_is_critical_and_words_around_it_are_no_change_of_a_dose():
    one, other = make.dosed(make.dose()), make.dosed(make.dose(reason="Other words."))

    assert dose_changes(one, other) == []
    (gone,) = dose_changes(one, make.document())
    assert gone.cls == "critical"
    assert "Regimen removed" in gone.lines[0].words
    assert [one.cls for one in dose_changes(None, one)] == ["major"]


def test_an_amount_ten_times_another_of_its_drug_is_critical_however_it_came_in():
    """Nobody typed what an import or an earlier state brings, so no form held it up."""
    slipped = changed(make.COURSES, steps__1__dose="120")
    beside = changed(make.COURSES, steps__0__dose="120", steps__1__dose="120")
    step, other = ("critical", "Step 2 is 10 times step 1", ""), "Step 1 is 10 times another dose of this drug"

    (alone,) = dose_changes(None, make.dosed(make.dose(structure=slipped)))
    assert lines(alone)[0] == step
    many = dose_changes(None, make.dosed(make.dose("a"), make.dose("b", beside)))
    assert (many[0].cls, lines(many[0])[0]) == (
        "critical",
        ("critical", "Step 1 is 1/10 of another dose of this drug", ""),
    )
    assert lines(many[1])[0] == ("critical", other, "")
    (grown,) = dose_changes(make.dosed(), make.dosed(make.dose(structure=slipped)))
    assert [words for _cls, words, _where in lines(grown) if "10 times" in words] == ["10 times more: 12 mg → 120 mg"]
    worded = make.dose(structure={**slipped, "instructions": ["Lie down."]})
    (same,) = dose_changes(make.dosed(make.dose(structure=slipped)), make.dosed(worded))
    assert step not in lines(same), "it stood there already"


def test_a_dose_that_comes_for_one_that_went_is_held_against_it():
    """Under another key it is a new dose, and ten times as much of it would stand there as one more addition."""
    beside = changed(make.COURSES, steps__0__dose="120", steps__1__dose="120")
    said = ("critical", "Step 1 is 10 times another dose of this drug", "")

    found = {one.key: one for one in dose_changes(make.dosed(), make.dosed(make.dose("other", beside)))}
    assert said in lines(found[str(make.key("other"))])
    found = {one.key: one for one in dose_changes(make.dosed(), make.dosed(make.dose("other")))}
    assert found[str(make.key("other"))].cls == "major"


def test_what_no_rule_reads_any_more_or_can_say_is_critical():
    part = make.dose()
    odd = part.model_copy(update={"structure": '{"colour":"blue"}'})
    often = make.dose(structure=changed(make.COURSES, steps__0__freq={"n": 2, "period": 4, "unit": "h"}))
    unread = [("critical", "It cannot be compared: no rule reads one of its two sides.", "")]

    for other in (odd, often):
        (change,) = dose_changes(make.dosed(part), make.document().model_copy(update={"regimens": (other,)}))
        assert lines(change) == unread


def test_a_dose_that_is_set_to_be_shown_changed_and_every_change_has_the_whole_dose_beside_it():
    before, after = make.dosed(make.dose()), make.dosed(make.dose(status="shown"))

    (change,) = dose_changes(before, after)

    assert lines(change) == [("major", "Shown to readers changed: Not published → To be shown", "")]
    assert change.whole_before == change.whole_after
    assert plain(change.whole_after[1]).startswith("Course 1: 12 mg once daily")
    (added,) = dose_changes(None, after)
    assert (added.whole_before, added.whole_after) == ((), change.whole_after)


def test_other_words_of_the_source_are_told_and_stand_beside_the_dose():
    before, after = make.dosed(make.dose(passage="Give 12 mg.")), make.dosed(make.dose(passage="Give 12 mg a day."))

    (change,) = dose_changes(before, after)

    assert lines(change) == [("minor", "Passage of the source changed.", "")]
    assert plain(change.whole_after[-1]) == "Passage of the source: Give 12 mg a day."
