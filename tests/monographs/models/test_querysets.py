"""Questions about many rows: what each of them finds, and what it leaves out."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from monographs.assemble import build, header_columns, header_of, rows
from monographs.models import Edition, IndexEntry, Monograph, NameCheck, Overlay, Publication, Section
from reviews.editing.library import record_name_check
from tests import factories as make
from tests import whole

WHOLE = whole.whole()


@pytest.fixture(scope="module")
def made(once_a_module):
    """Four monographs: live with an open edition, retired, taken down, and a draft."""
    house = make.the_house()
    make.start(house, make.published(house, "wholumab", WHOLE))
    make.withdraw(make.published(house, "retirumab", WHOLE), house.publisher, "retire")
    make.withdraw(make.published(house, "goneumab", WHOLE), house.publisher, "take_down")
    make.draft(house, "draftumab", WHOLE)


def page(slug="wholumab"):
    return Monograph.objects.get(slug=slug)


def test_what_is_live_and_what_lists_name(house):
    assert {one.slug for one in Publication.objects.live()} == {"wholumab", "retirumab", "goneumab"}
    assert {one.slug for one in Publication.objects.listed()} == {"wholumab", "retirumab"}
    make.reinstate(house, page("goneumab").live.edition)
    assert {one.slug for one in Publication.objects.listed()} == {"wholumab", "retirumab", "goneumab"}


def test_which_editions_are_open(house):
    assert {(one.monograph.slug, one.number) for one in Edition.objects.open()} == {("wholumab", 2), ("draftumab", 1)}


def test_names_stand_in_the_order_of_the_alphabet_whatever_their_case(house):
    for slug, name in (("c", "beta"), ("b", "Alpha"), ("a", "alpha")):
        make.published(house, slug, WHOLE.replaced(header=WHOLE.header.replaced(name=name)))

    found = [one.slug for one in Publication.objects.live().filter(slug__in=["a", "b", "c"]).alphabetical()]
    assert found == ["a", "b", "c"]


def test_overlays_that_stand_and_those_that_wait_for_a_second_signature(house):
    (warning,) = make.warn(house.clinician, page())
    erratum = make.correct(house.pharmacist, page(), "Watching goes on.", "It ends.")
    held = make.withhold(page(), make.key("uses"), house.publisher)
    of_page = Overlay.objects.filter(monograph=page())

    assert set(of_page.unlifted()) == {warning, erratum, held}
    assert {one.kind for one in Overlay.objects.unconfirmed()} == {"warning", "retire", "take_down"}
    assert {one.kind for one in Overlay.objects.withdrawals()} == {"retire", "take_down"}
    assert [one.monograph.slug for one in Overlay.objects.taken_down()] == ["goneumab"]

    make.countersign(warning, house.clinician2)
    assert not of_page.unconfirmed().exists()
    assert set(of_page.confirmed_by_another()) == {warning}
    make.lift(warning, house.pharmacist)
    assert set(of_page.unlifted()) == {erratum, held}
    assert of_page.filter(kind="lift").get().lifts == warning


def test_a_correction_was_said_until_the_first_edition_without_it(house):
    second = Edition.objects.get(monograph=page(), number=2)
    erratum = make.correct(house.pharmacist, page(), "Watching goes on.", "It ends.")
    assert Overlay.objects.with_second().get(pk=erratum.pk).said_until is None

    for number in (2, 3):
        edition = second if number == 2 else make.start(house, page().live.edition)
        make.reword(edition, "watch", f"Nobody looks after {number} years.", actor=house.editor)
        make.submit(house, edition)
        make.sign(edition, house.clinician)
        make.publish(house, make.sign(edition, house.pharmacist))

    published = {one.number: one.published_at for one in page().publications.all()}
    assert Overlay.objects.with_second().get(pk=erratum.pk).said_until == published[2]


def test_the_newest_check_of_each_code_counts(house):
    check = {"actor": house.editor, "name": "x", "release": "r", "source": "s"}
    for system, code, status in (
        ("RxNorm", "1", "found"), ("RxNorm", "1", "failed"), ("RxNorm", "2", "found"), ("ATC", "1", "found"),
    ):  # fmt: skip
        record_name_check(**check, system=system, code=code, status=status, matched_name="")

    found = NameCheck.objects.latest_for([("RxNorm", "1"), ("ATC", "1"), ("RxNorm", "9")])

    assert {(one.system, one.code, one.status) for one in found} == {("RxNorm", "1", "failed"), ("ATC", "1", "found")}
    assert NameCheck.objects.latest_for([]) == []


def test_parts_are_never_written_in_bulk_and_what_was_taken_out_is_not_there(house):
    edition = Edition.objects.get(monograph=page(), number=2)
    taken = build(edition).sections[0]
    with (
        make.audited_write(actor=house.editor) as trail,
        make.change_set(trail, edition=edition, reason="Out") as change,
    ):
        change.load(WHOLE.replaced(sections=WHOLE.sections[1:]))

    parts = Section.objects.filter(edition=edition)
    assert [row.key for row in parts] == [WHOLE.sections[1].key]
    assert {row.key for row in Section.with_removed.filter(edition=edition)} == {one.key for one in WHOLE.sections}
    with pytest.raises(ObjectDoesNotExist):
        parts.get(key=taken.key)
    for act in (lambda: parts.update(text="x"), lambda: parts.delete(), lambda: parts.bulk_update([], ["text"])):
        with pytest.raises(TypeError, match="one by one, inside a change set"):
            act()
    with pytest.raises(TypeError):
        Section.with_removed.all().delete()


def test_entries_of_the_index_are_found_by_the_beginning_of_their_term(house):
    live = page().live

    def terms(start):
        return sorted(
            IndexEntry.objects.filter(publication=live, kind="name").starting_with(start).values_list("term", flat=True)
        )

    assert terms("wholumab") == ["wholumab", "wholumab in one condition", "wholumabe", "wholumabum"]
    assert terms("wholumabe") == ["wholumabe"]
    assert terms("holumab") == []


def test_rows_and_document_are_made_from_each_other_field_by_field(house):
    edition = Edition.objects.get(monograph=page("draftumab"))

    assert build(edition) == WHOLE
    assert header_of(edition) == WHOLE.header
    columns = header_columns(WHOLE.header)
    assert set(columns) == set(Edition.HEADER)
    assert columns == {name: getattr(edition, name) for name in Edition.HEADER}
    unsaved = rows(edition, WHOLE)
    assert [row.as_value() for row in unsaved] == list(WHOLE.parts())
    assert [row.position for row in unsaved] == [0, 1, 0, 0, 0, 1, 2, 0, 1, 0]
    assert {row.edition for row in unsaved} == {edition}
