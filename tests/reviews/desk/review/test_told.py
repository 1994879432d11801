"""What the reviewer reads of an amendment: the dangerous first, nothing left out, and the references behind it."""

from datetime import date

import pytest

from monographs.difference.document_diff import compare
from monographs.digest import digest
from monographs.document import Citation, MonitoringItem, Section
from reviews.desk.review.read_ticks import ReadTick
from reviews.desk.review.told import Named, _told_of, told, told_of
from tests import factories as make
from tests import whole

WHOLE = whole.whole()
pytestmark = pytest.mark.any_database


def parts_of(old, new):
    return told(compare(old, new), old, new)


def words_of(blocks):
    return " ".join(line for block in blocks for line in block.lines)


@pytest.mark.parametrize(("path", "other"), [(path, other) for path, _was, _now, other in whole.changed()])
def test_whatever_differs_stands_on_the_page_once_at_least(path, other):
    comparison = compare(WHOLE, other)
    shown = {one.change.key: one for one in told(comparison, WHOLE, other)}

    for change in comparison.changes:
        part = shown[change.key]
        beside = {field.name for field in part.change.fields}
        for field in change.fields:
            assert field.name in beside or any(one.sides for one in part.said), path


def with_section(text, *, citations=WHOLE.citations, **more):
    section = Section(key=make.key("uses"), kind="cautions", text=text, text_rules=2)
    return WHOLE.replaced(sections=[section], citations=citations, notices=(), monitoring=(), **more)


def test_a_reference_has_its_number_on_the_page_in_the_words_and_below():
    old, new = with_section("Wait 5 days [@smpc]."), with_section("Wait 6 days [@smpc].")

    (part,) = parts_of(old, new)

    ((said),) = part.said
    (sides,) = said.sides
    assert "[@smpc]" not in words_of(sides.now)
    assert '<span class="cited">[<span class="vh">reference </span>2]</span>' in words_of(sides.now)
    (behind,) = part.behind
    assert (behind.number, behind.is_new, behind.text.title) == (2, False, "Wholera 10 mg")
    assert ("SmPC", "https://smpc.example/wholera") in behind.text.links or behind.text.links
    assert part.uncited == 0


def test_a_figure_without_a_reference_is_marked():
    (part,) = parts_of(with_section("Wait 5 days."), with_section("Wait 6 days."))

    assert part.uncited == 1
    assert part.behind == ()


def test_what_went_shows_what_it_cited_and_what_came_is_new():
    _record, smpc = WHOLE.citations
    third = Citation(key=make.key("third"), label="third", csl={"title": "A third"})
    old = with_section("Wait 5 days [@record].")
    new = with_section("Wait 6 days [@third].", citations=(smpc, third))

    found = {one.change.label: one for one in parts_of(old, new)}

    behind = found["Cautions"].behind
    assert [(one.text.title, one.is_new) for one in behind] == [("A third", True)]
    assert "Reference: record" in found
    (gone,) = parts_of(with_section("A.\n\nB [@record]."), with_section("A.", citations=WHOLE.citations))
    assert [one.text.title for one in gone.behind] == ["A record of everything"]


def test_two_labels_that_would_look_the_same_across_the_sides_are_named():
    record, smpc = WHOLE.citations
    other = record.replaced(label="renamed")
    old, new = with_section("See 5 [@record]."), with_section("See 5 [@renamed].", citations=(other, smpc))

    part = next(one for one in parts_of(old, new) if one.change.label == "Cautions")

    (field,) = part.change.fields
    assert "1 record]" in words_of(field.old)
    assert "1 renamed]" in words_of(field.new)


def test_of_loud_prose_only_the_dangerous_passages_are_large():
    old = with_section("Rashes come.\n\nWait 5 days [@smpc].")
    new = with_section("Rashes occur.\n\nWait 6 days [@smpc].")

    (part,) = parts_of(old, new)

    (said,) = part.said
    assert len(said.sides) == 1
    assert "Rashes occur" not in words_of(said.sides[0].now)
    assert "Rashes" in words_of(part.change.fields[0].new)


def test_the_part_with_the_greater_danger_comes_first_and_a_first_edition_keeps_the_order_of_its_page():
    item = MonitoringItem(key=make.key("thyroid"), test="Thyroid function", how_often="every 3 months")
    old = with_section("Rashes come.").replaced(monitoring=[item])
    new = with_section("Rashes occur.").replaced(monitoring=[item.replaced(how_often="every 6 months")])

    assert [one.change.label for one in parts_of(old, new)] == ["Monitoring: Thyroid function", "Cautions"]
    first = told(compare(None, WHOLE), None, WHOLE)
    assert [one.change.label for one in first][:2] == ["Header", "What it is for"]


def test_what_two_documents_say_of_each_other_is_kept_and_what_is_filled_in_is_not():
    _told_of.cache_clear()
    old, new = with_section("Wait 5 days."), with_section("Wait 6 days.")
    sides = Named(digest(old), "edition 1", old), Named(digest(new), "edition 2", new)

    first, (part,) = told_of(*sides, {})
    part.change.people.append(("Eve Editor", None))
    part.change.credited = "somebody"
    tick = ReadTick(part.change.key, "x")
    second, (again,) = told_of(*sides, {part.change.key: tick})

    assert second is first
    assert (again.change.people, again.change.credited, again.tick, part.tick) == ([], "", tick, None)
    assert "edition 1</h4>" in again.words
    assert ">6</" in again.words


@pytest.mark.parametrize("changed", ["old", "new", "called", "day"])
def test_what_is_kept_is_of_these_words_these_names_and_this_day(changed, monkeypatch):
    _told_of.cache_clear()
    old, new, other = with_section("Wait 5 days."), with_section("Wait 6 days."), with_section("Wait 7 days.")
    told_of(Named(digest(old), "one", old), Named(digest(new), "two", new), {})
    was = other if changed == "old" else old
    now = other if changed == "new" else new
    if changed == "day":
        monkeypatch.setattr("reviews.desk.review.told.today", lambda: date(2031, 1, 1))
    named = "three" if changed == "called" else "one"

    _comparison, (part,) = told_of(Named(digest(was), named, was), Named(digest(now), "two", now), {})

    assert _told_of.cache_info().hits == 0
    assert ("three" in part.words, ">7</" in part.words) == (changed == "called", changed in ("old", "new"))
