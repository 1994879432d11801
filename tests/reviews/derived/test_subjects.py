"""Which monographs an entry is about: by whatever address it names them, and however many they are."""

import pytest

from monographs.models import Monograph
from reviews.access.refusals import Refused
from reviews.derived.subjects import LONGEST, addresses, fitted
from reviews.editing import monographs
from reviews.models import AuditEvent, EntrySubject
from tests import factories as make


def told_of(slug):
    """(verb, what the entry was recorded on) of all entries about the monograph that stands there now."""
    events = AuditEvent.objects.about(Monograph.objects.get(slug=slug)).order_by("seq")
    return [(one.verb, one.subject.removeprefix("monograph:")) for one in events]


def move(old, new, house):
    return monographs.move(Monograph.objects.get(slug=old), slug=new, actor=house.publisher, reason="why")


def begin_in_vain(house, slug):
    with pytest.raises(Refused):
        monographs.new(
            actor=house.auditor, slug=slug, title="A title", therapeutic_class=house.leaf, new_drug={"name": "x"}
        )


@pytest.mark.parametrize(
    ("subject", "data", "named"),
    [
        ("monograph:one", {}, ["one"]),
        ("monograph:one,monograph:other", {}, ["one", "other"]),
        ("monograph:cut off as it does not fi", {"about": ["one", "other"]}, ["one", "other"]),
        ("site", {}, []),
        ("drug:one", {}, []),
        ("file:odd,monograph:one", {}, []),  # the name of a file is no address
        (f"{'monograph:one,' * 20}"[:LONGEST], {}, ["one"] * 14),  # the last was cut off, and nobody knows what it was
    ],
)
def test_an_entry_names_addresses_in_its_subject_or_where_there_is_room(subject, data, named):
    assert addresses(subject, data) == named


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_what_does_not_fit_the_column_stands_whole_beside_it(length):
    subject = f"monograph:one,monograph:{'x' * (length - 24)}"
    assert len(subject) == length

    fits, beside = fitted(subject)

    assert (fits, bool(beside)) == (subject[:LONGEST], length >= LONGEST)
    assert addresses(fits, beside) == ["one", "x" * (length - 24)]


@pytest.mark.django_db
def test_entries_follow_their_monograph_from_address_to_address_and_leave_its_neighbour_alone(house):
    make.draft(house)
    make.draft(house, "neighbumab")
    move("testazumab", "second", house)
    move("second", "third", house)
    begin_in_vain(house, "testazumab")

    assert told_of("third") == [
        ("begun", "testazumab"), ("edited", "testazumab"), ("moved", "second"), ("moved", "third"),
        ("refused", "testazumab"),
    ]  # fmt: skip
    assert told_of("neighbumab") == [("begun", "neighbumab"), ("edited", "neighbumab")]


@pytest.mark.django_db
def test_what_was_tried_at_an_address_is_told_of_the_monograph_that_got_it(house):
    """By beginning there, and by moving there."""
    begin_in_vain(house, "testazumab")
    begin_in_vain(house, "second")
    assert not EntrySubject.objects.exists()

    make.draft(house)
    assert told_of("testazumab") == [("refused", "testazumab"), ("begun", "testazumab"), ("edited", "testazumab")]
    move("testazumab", "second", house)

    assert told_of("second")[:2] == [("refused", "testazumab"), ("refused", "second")]
    assert told_of("second")[-1] == ("moved", "second")


@pytest.mark.django_db
def test_an_entry_on_more_monographs_than_its_subject_has_room_for_is_about_each(house):
    slugs = [f"one-of-several-with-a-rather-long-address-{number}" for number in range(5)]
    pages = [make.draft(house, slug).monograph for slug in slugs]

    with pytest.raises(Refused):
        make.warn(house.editor, *pages)

    refused = AuditEvent.objects.get(verb="refused")
    assert len(refused.subject) == LONGEST
    assert refused.data["about"] == slugs
    for page in pages:
        assert refused in AuditEvent.objects.about(page)


@pytest.mark.django_db
def test_the_machine_and_the_house_are_about_no_monograph(house):
    assert AuditEvent.objects.exists()
    assert not EntrySubject.objects.exists()
