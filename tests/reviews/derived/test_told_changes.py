"""What editions changed is kept in the act, remade by `reindex`, and compared by `verify_trail`."""

import pytest
from django.core.management import call_command
from django.db import models

from monographs.models import Document, Monograph, ToldChange
from reviews.audit.verify import verify
from reviews.derived.told_changes import rows_of
from tests import factories as make
from tests import tables
from tests.monographs.public.test_updates import again
from tests.reviews.audit.test_verify_derived import tampered

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]


@pytest.fixture
def monograph(house):
    doc = make.document()
    make.published(house, doc=doc)
    again(house, make.live().edition, doc.replaced(sections=(doc.sections[1].replaced(text="Other words."),)))
    return Monograph.objects.get()


def told():
    return [
        (number, words)
        for number, words in ToldChange.objects.order_by("publication", "place").values_list(
            "publication__number", "words"
        )
    ]


def test_each_act_that_changes_what_readers_see_writes_it(house, monograph):
    first, removed = (1, "First published."), (2, "Prescribing in practice removed.")
    assert sorted(told()) == [first, (2, "Monitoring changed."), removed]
    make.withhold(monograph, make.key("monitoring"), house.publisher)
    assert told() == [first, removed]
    make.withdraw(monograph.live.edition, house.publisher, "take_down")
    assert told() == []
    assert verify_says() == []
    make.reinstate(house, monograph.live.edition)
    assert len(told()) == 2
    assert verify_says() == []


def test_nothing_is_told_of_an_edition_that_cannot_be_read_or_of_what_it_became(house, monograph):
    """Not "First published.", and not the difference to another edition than the one before."""
    again(
        house,
        monograph.live.edition,
        make.document().replaced(sections=(make.document().sections[1].replaced(text="Third words."),)),
    )
    again(
        house,
        make.live().edition,
        make.document().replaced(sections=(make.document().sections[1].replaced(text="Fourth words."),)),
    )
    second = make.live().monograph.publications.get(number=2)
    with tables.no_triggers():
        models.QuerySet(Document).filter(pk=second.document_id).update(text="[]")

    found = {pk for pk, *_told in rows_of(monograph, ())}

    numbers = {one.number for one in monograph.publications.all() if one.pk in found}
    assert numbers == {1, 4}


def verify_says():
    return [one for one in verify() if "checkpoint" not in one[1]]


@pytest.mark.any_database
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM monographs_toldchange",
        "UPDATE monographs_toldchange SET words = 'x'",
        "UPDATE monographs_toldchange SET place = place + 5",
        "UPDATE monographs_toldchange SET is_loud = NOT is_loud",
        "UPDATE monographs_toldchange SET begins = '2028-06-20'",
        "UPDATE monographs_toldchange SET ends = '2028-06-20'",
        "INSERT INTO monographs_toldchange (publication_id, place, words, is_loud, begins, ends) SELECT publication_id, place + 9, words, is_loud, begins, ends FROM monographs_toldchange",
    ],
)
def test_sentences_that_its_editions_do_not_give_are_named_with_the_page_and_made_again(monograph, statement):
    whole = told()

    found = [one for one in tampered(statement) if "checkpoint" not in one[1]]

    assert found == [(None, f"monographs.monograph:{monograph.pk}: what its editions changed is not told as they say.")]
    call_command("reindex", verbosity=0)
    assert told() == whole
    assert verify_says() == []


def test_sentences_of_a_monograph_that_is_gone_are_told(monograph):
    with make.undone():
        found = tampered("DELETE FROM monographs_monograph")

    assert (None, "What editions changed is told of pages that are not there.") in found


def test_a_monograph_that_was_never_published_has_none(house):
    make.draft(house)

    assert rows_of(Monograph.objects.get(), ()) == []
