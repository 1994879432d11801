"""What is derived and is not what the trail and the live pages say: `verify_trail` names it, row by row."""

from io import StringIO

import pytest
from django.core.management import call_command

from monographs.models import FormerAddress, Monograph
from reviews.audit.verify import verify
from reviews.editing.monographs import move
from reviews.models import AuditEvent, ChangedPart, ChangeSet, EntrySubject, WrittenText
from tests import factories as make
from tests import tables
from tests.reviews.audit.test_verify import sql

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]


@pytest.fixture(scope="module")
def made(once_a_module):
    house = tables.fill()
    move(Monograph.objects.get(slug="otherumab"), slug="second", actor=house.publisher, reason="why")
    assert verify() == []


def tampered(statement):
    with tables.no_triggers():
        sql(statement)
    return verify()


def page(slug):
    return Monograph.objects.get(slug=slug)


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("DELETE FROM monographs_formeraddress", ["otherumab"]),
        ("UPDATE monographs_formeraddress SET slug = 'nowhere'", ["nowhere", "otherumab"]),
        ("UPDATE monographs_formeraddress SET monograph_id = {another}", ["otherumab"]),
        ("INSERT INTO monographs_formeraddress (slug, monograph_id) VALUES ('free', {another})", ["free"]),
    ],
)
def test_a_former_address_that_no_move_left_behind_or_that_is_lost_is_named(house, statement, wrong):
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["otherumab"]

    found = tampered(statement.format(another=page("testazumab").pk))

    assert found == [(None, f"The former address “{slug}” is not kept as the trail tells of it.") for slug in wrong]


def test_an_entry_whose_subject_is_lost_or_another_is_named(house):
    signed = AuditEvent.objects.filter(verb="signed", subject="monograph:otherumab").first().seq
    own, other = page("second").pk, page("testazumab").pk
    assert list(EntrySubject.objects.filter(entry=signed).values_list("monograph", flat=True)) == [own]
    lost = (signed, f"Entry {signed} is about monograph {own}, and its subjects do not say so.")
    wrong = (signed, f"Entry {signed} is not about monograph {other}, and its subjects say so.")

    with make.undone():
        assert tampered(f"DELETE FROM reviews_entrysubject WHERE entry_id = {signed}") == [lost]
    with make.undone():
        insert = "INSERT INTO reviews_entrysubject (entry_id, monograph_id, verb, is_long)"
        assert tampered(f"{insert} VALUES ({signed}, {other}, 'signed', false)") == [wrong]
    for other_word in ("verb = 'refused'", "is_long = true"):
        with make.undone():
            assert tampered(f"UPDATE reviews_entrysubject SET {other_word} WHERE entry_id = {signed}") == [lost]
    found = tampered(f"UPDATE reviews_entrysubject SET monograph_id = {other} WHERE entry_id = {signed}")
    assert sorted(found) == sorted([lost, wrong])


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM reviews_changedpart WHERE id = {row}",
        "UPDATE reviews_changedpart SET label = 'x' WHERE id = {row}",
        "UPDATE reviews_changedpart SET key = 'x' WHERE id = {row}",
        "UPDATE reviews_changedpart SET before = 'x' WHERE id = {row}",
        "UPDATE reviews_changedpart SET after = 'x' WHERE id = {row}",
        "INSERT INTO reviews_changedpart (change_set_id, key, label, before, after) SELECT change_set_id, 'x', '', '', '' FROM reviews_changedpart WHERE id = {row}",
    ],
)
def test_a_change_set_whose_parts_are_not_those_of_its_documents_is_named(house, statement):
    row = ChangedPart.objects.order_by("pk").last()

    found = tampered(statement.format(row=row.pk))

    sentence = f"reviews.changeset:{row.change_set_id}: what it touched is not labelled as its documents say."
    assert found == [(None, sentence)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM reviews_writtentext WHERE id = {row}",
        "UPDATE reviews_writtentext SET key = 'x' WHERE id = {row}",
        "UPDATE reviews_writtentext SET digest = 'x' WHERE id = {row}",
        "INSERT INTO reviews_writtentext (change_set_id, key, digest) SELECT change_set_id, 'x', digest FROM reviews_writtentext WHERE id = {row}",
    ],
)
def test_a_change_set_whose_long_texts_are_not_those_of_its_documents_is_named(house, statement):
    row = WrittenText.objects.latest("pk")

    found = tampered(statement.format(row=row.pk))

    sentence = f"reviews.changeset:{row.change_set_id}: the texts that it wrote are not kept as its documents say."
    assert found == [(None, sentence)]
    call_command("reindex", stdout=StringIO())
    assert verify() == []


def test_a_change_set_that_cannot_be_read_is_named_and_stops_nothing(house):
    first, *_between, last = ChangeSet.objects.order_by("at", "revision_id")
    with make.undone():
        found = tampered(f"DELETE FROM monographs_document WHERE digest = '{last.after_id}'")
        assert (None, f"reviews.changeset:{last.pk}: what it touched is not labelled as its documents say.") in found
    with make.undone():
        found = tampered("DELETE FROM reviews_changeset")
        assert (None, f"reviews.changeset:{first.pk}: it is not there, and what it touched is.") in found


def test_the_letter_of_a_page_is_part_of_its_index(house):
    found = tampered("UPDATE monographs_indexentry SET term = 'Z' WHERE kind = 'letter'")

    key = page("testazumab").pk
    assert found == [(None, f"monographs.monograph:{key}: the index does not say what its page says.")]
