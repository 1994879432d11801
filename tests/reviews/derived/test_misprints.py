"""Texts that are printed otherwise than typed are kept in the act that publishes them, and can be made again."""

from io import StringIO

import pytest
from django.core.management import call_command

from monographs.models import Document, Publication
from reviews.audit.verify import verify
from reviews.derived.misprints import COLUMNS
from reviews.models import Misprint
from tests import factories as make
from tests import tables
from tests.reviews.audit.test_verify import sql

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]


def rows():
    return sorted(Misprint.objects.values_list(*COLUMNS))


def test_they_are_kept_of_what_is_published_and_not_of_a_draft(house):
    make.draft(house, "draftumab", make.misprinted())
    assert rows() == []

    make.published(house, doc=make.misprinted(minus=make.MISPRINTED["minus"]))

    (row,) = Misprint.objects.all()
    assert (row.publication, row.key, row.label) == (Publication.objects.get(), str(make.key("minus")), "Minus")
    assert (row.typed, row.shown) == ("Store at - 20 °C", "Store at • 20 °C")


def test_what_is_kept_of_an_edition_stays_when_the_next_one_is_published(house):
    first = make.published(house, doc=make.misprinted(minus=make.MISPRINTED["minus"], powers=make.MISPRINTED["powers"]))
    edition = make.start(house, first)
    make.reword(edition, "minus", "Store at −20 °C", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))

    kept = sorted(Misprint.objects.values_list("publication__number", "label"))

    assert kept == [(1, "Minus"), (1, "Powers"), (2, "Powers")]
    assert verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM reviews_misprint",
        "UPDATE reviews_misprint SET label = 'x'",
        "UPDATE reviews_misprint SET key = 'x'",
        "UPDATE reviews_misprint SET digest = 'x'",
        "UPDATE reviews_misprint SET typed = 'x'",
        "UPDATE reviews_misprint SET shown = 'x'",
        "INSERT INTO reviews_misprint (publication_id, key, label, digest, typed, shown) SELECT publication_id, 'x', '', '', '', '' FROM reviews_misprint",
    ],
)
def test_what_is_not_kept_as_the_document_says_is_named_and_made_again(house, statement):
    make.published(house, doc=make.misprinted(minus=make.MISPRINTED["minus"]))
    right = rows()
    with tables.no_triggers():
        sql(statement)

    pk = Publication.objects.get().pk
    assert verify() == [(None, f"monographs.publication:{pk}: what it prints otherwise than typed is not kept so.")]
    call_command("reindex", stdout=StringIO())
    assert (rows(), verify()) == (right, [])


def test_what_is_kept_of_a_publication_that_is_not_there_is_named(house):
    make.published(house, doc=make.misprinted(minus=make.MISPRINTED["minus"]))
    with make.undone():
        with tables.no_triggers():
            sql(
                "INSERT INTO reviews_misprint (publication_id, key, label, digest, typed, shown)"
                " SELECT 999999, key, label, digest, typed, shown FROM reviews_misprint"
            )
        found = verify()

        assert found == [(None, "What is printed otherwise than typed is kept of publications that are not there.")]
        with tables.no_triggers():
            sql("DELETE FROM reviews_misprint WHERE publication_id = 999999")


def test_a_document_that_cannot_be_read_holds_up_no_upgrade_and_is_named(house):
    edition = make.start(house, make.published(house, doc=make.misprinted(minus=make.MISPRINTED["minus"])))
    make.reword(edition, "monitoring", "Tests go on for ten years.", actor=house.editor)
    make.submit(house, edition)
    make.sign(edition, house.clinician)
    make.publish(house, make.sign(edition, house.pharmacist))
    broken = Publication.objects.get(number=1)
    with tables.no_triggers():
        Document.objects.filter(pk=broken.document_id).update(text="[]")

    call_command("reindex", stdout=StringIO())

    assert list(Misprint.objects.values_list("publication__number", flat=True)) == [2]
    sentence = f"monographs.publication:{broken.pk}: what it prints otherwise than typed is not kept so."
    assert (None, sentence) in verify()
