"""What an edition changed, in sentences: none of the words, nothing that is withheld, no notice before its day."""

import re
from datetime import date
from types import SimpleNamespace

import pytest

from monographs.difference.told_changes import told_changes
from monographs.overlay_kinds import OVERLAY_KINDS
from tests import factories as make
from tests import whole
from tests.monographs.public.test_lists import notice

DAY = date(2026, 6, 1)
DOC = make.document()


def over(kind, part=None):
    """As much of an overlay as is asked here."""
    return SimpleNamespace(kind=kind, row=OVERLAY_KINDS[kind], part=part, editions=[], said_until=None, at=None)


def told(before, after, *overlays):
    return [tuple(one) for one in told_changes(before, after, overlays, DAY)]


def words(*given):
    return [one[1] for one in told(*given)]


def test_the_first_edition_is_told_once():
    assert told(None, DOC) == [(0, "First published.", False, "", "")]


def test_the_same_words_again_are_told_as_that():
    assert told(DOC, DOC) == [(0, "Signed again without a change.", False, "", "")]


@pytest.mark.parametrize(("path", "document"), [(path, document) for path, _, _, document in whole.changed()])
def test_any_field_that_is_another_is_one_sentence_that_holds_none_of_its_words(path, document):
    (sentence,) = words(whole.whole(), document)

    part = {"header": "Header", "monitoring": "Monitoring", "notices": "Safety notice", "citations": "Reference",
            "related": "Related"}.get(path.split(".")[0], "")  # fmt: skip
    assert sentence.startswith(part)
    assert sentence.endswith(" changed.")
    assert not re.search(r"10 ?mg|20 mg|30 mg", sentence)


@pytest.mark.parametrize("name", ["prescribing", "monitoring"])
@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_what_is_withheld_is_not_told_whatever_became_of_it(name, change):
    key = make.key(name)
    without = DOC.replaced(sections=[one for one in DOC.sections if one.key != key])
    other = DOC.replaced(
        sections=[one.replaced(text="Give 7.5 mg.") if one.key == key else one for one in DOC.sections]
    )
    before, after = {"changed": (DOC, other), "added": (without, DOC), "removed": (DOC, without)}[change]
    (label,) = (one.label_for_people for one in DOC.sections if one.key == key)

    assert words(before, after) == [f"{label} {change}."]
    assert words(before, after, over("withhold", key)) == ["Signed again without a change."]


def test_a_page_that_was_taken_down_is_told_nothing_of_and_a_retired_one_is():
    other = DOC.replaced(sections=DOC.sections[1:])

    assert told(DOC, other, over("take_down")) == told(None, DOC, over("take_down")) == []
    assert len(told(DOC, other, over("retire"))) == 1


def test_a_notice_is_told_from_its_first_day_on_and_loudly():
    later = notice("Of another year", effective="2027-03-01")
    other = DOC.replaced(notices=(*DOC.notices, later), sections=DOC.sections[1:])
    removed = f"{DOC.sections[0].label_for_people} removed."

    assert told(DOC, other) == [
        (0, removed, False, "", "2027-03-01"),
        (0, "Safety notice: Of another year added.", True, "2027-03-01", ""),
        (1, removed, False, "2027-03-01", ""),
    ]
    # One that had begun when the edition was published is no matter of days.
    begun = DOC.replaced(notices=(*DOC.notices, later.replaced(effective="2026-06-01")))
    assert told(DOC, begun) == [(0, "Safety notice: Of another year added.", True, "", "")]


def test_a_notice_that_begins_later_than_before_is_removed_until_then():
    early, late = (notice("Of another year", effective=day) for day in ("2027-03-01", "2027-09-01"))
    old, new = (DOC.replaced(notices=(one,)) for one in (early, late))

    assert told(old, new) == [
        (0, "Signed again without a change.", False, "", "2027-03-01"),
        (0, "Safety notice: Of another year removed.", True, "2027-03-01", "2027-09-01"),
        (0, "Safety notice: Of another year changed.", True, "2027-09-01", ""),
    ]
