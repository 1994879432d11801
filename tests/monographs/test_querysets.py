"""Questions about many rows: who is among the answers, and who is not."""

import pytest

from monographs.models import Edition, IndexEntry, Monograph, NameCheck, Overlay, Publication, Section
from reviews.library import record_name_check
from reviews.workflow import perform
from tests import factories as make
from tests.reviews.test_moves import again

pytestmark = pytest.mark.django_db


def test_live_is_the_last_edition_and_listed_what_is_not_taken_down(house):
    for slug in ("retired", "gone", "testazumab"):
        make.published(house, slug)
    make.draft(house, "draft")
    again(house, "testazumab")
    make.withdraw(make.live("retired").edition, house.publisher)
    make.withdraw(make.live("gone").edition, house.publisher, "take_down")

    def named(rows):
        return sorted((one.slug, one.number) for one in rows)

    assert named(Publication.objects.all()) == [("gone", 1), ("retired", 1), ("testazumab", 1), ("testazumab", 2)]
    assert named(Publication.objects.live()) == [("gone", 1), ("retired", 1), ("testazumab", 2)]
    assert named(Publication.objects.listed()) == [("retired", 1), ("testazumab", 2)]
    make.reinstate(house, make.live("gone").edition)
    assert named(Publication.objects.listed()) == named(Publication.objects.live())


def test_an_edition_is_open_until_it_is_published_superseded_or_discarded(house):
    make.draft(house, "draft")
    make.submit(house, make.draft(house, "in-review"))
    make.signed(house, "reviewed")
    make.published(house, "published")
    again(house, "published")
    gone = make.draft(house, "discarded")
    perform("discard", editions=[gone], actor=house.editor, digest=make.seen(gone), reason="why")

    assert sorted(one.monograph.slug for one in Edition.objects.open()) == ["draft", "in-review", "reviewed"]


def test_parts_are_never_written_in_bulk(house):
    make.draft(house)
    rows = Section.objects.all()

    for write in (lambda: rows.update(heading="x"), rows.delete, lambda: rows.bulk_update(rows, ["heading"])):
        with pytest.raises(TypeError, match="one by one, inside a change set"):
            write()
    assert {one.heading for one in rows} == {"Prescribing in practice", "Monitoring"}


def test_the_newest_check_of_each_code_counts(house):
    def check(system, code, status):
        return record_name_check(actor=house.editor, system=system, code=code, name="x", release="r", source="s",
                                 status=status, matched_name=status)  # fmt: skip

    check("RxNorm", "1", "found")
    check("RxNorm", "2", "failed")
    last = check("RxNorm", "1", "failed")
    other = check("ATC", "1", "found")
    wanted = [("RxNorm", "1"), ("ATC", "1")]

    assert NameCheck.objects.latest_for([]) == []
    assert {one.pk for one in NameCheck.objects.latest_for(wanted)} == {last.pk, other.pk}


def test_overlays_stand_until_something_ends_them_and_wait_until_somebody_confirms_them(house):
    make.published(house)
    monograph = Monograph.objects.get()
    (ended,) = make.warn(house.clinician, monograph)
    lift = make.lift(ended, house.pharmacist)
    (waiting,) = make.warn(house.clinician, monograph)
    (confirmed,) = make.warn(house.clinician, monograph, title="recall")
    make.countersign(confirmed, house.clinician2)
    held = make.withhold(monograph, make.key("prescribing"), house.publisher)
    make.withdraw(monograph.live.edition, house.publisher)
    retired = monograph.overlays.get(kind="retire")

    def keys(rows):
        return {one.pk for one in rows}

    assert keys(Overlay.objects.all()) == {one.pk for one in (ended, lift, waiting, confirmed, held, retired)}
    assert keys(Overlay.objects.unlifted()) == {one.pk for one in (waiting, confirmed, held, retired)}
    assert keys(Overlay.objects.unconfirmed()) == {waiting.pk, retired.pk}


def test_an_error_stood_until_the_first_edition_without_it(house):
    make.published(house, "otherumab")
    make.published(house)
    monograph = Monograph.objects.get(slug="testazumab")
    erratum = make.correct(house.pharmacist, monograph, "Tests go on for years.", "Other words.")

    def until():
        return Overlay.objects.with_second().get(pk=erratum.pk).said_until

    again(house, "otherumab")
    assert until() is None
    again(house, "testazumab")
    second = make.live().published_at
    assert until() == second
    edition = make.start(house, make.live().edition)
    make.reword(edition, "monitoring", "Third words.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))
    assert until() == second


def test_entries_that_begin_so_are_found_without_their_neighbours(house):
    make.published(house)
    terms = IndexEntry.objects.starting_with("test").values_list("term", flat=True)

    assert set(terms) == {"testazumab", "testazumab in multiple sclerosis"}
    assert IndexEntry.objects.starting_with("testb").count() == 0
    assert IndexEntry.objects.starting_with("TEST").count() == 0
