"""What the entries say, read by their texts alone."""

import pytest
from django.db import models

from reviews.audit import seals
from reviews.audit.replay import Replay, first_of_sealed
from reviews.audit.verify import _chain
from reviews.models import AuditEvent
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def test_reading_by_texts_says_what_reading_with_all_columns_says(house):
    make.published(house)
    one, other = Replay(), Replay()

    one.read_all()

    assert list(_chain(other, seals.believed_keys())) == []
    assert len(one.hash_at) == AuditEvent.objects.count()
    assert one.disk.all() == other.disk.all()
    assert in_memory(one) == in_memory(other)


def in_memory(replay: Replay) -> dict:
    return {name: value for name, value in vars(replay).items() if name not in ("disk", "rows", "hash_at", "entries")}


def test_an_entry_that_cannot_be_read_stops_nothing(house):
    make.published(house)
    whole, told = Replay(), Replay()
    whole.read_all()
    with make.undone(), tables.no_triggers():
        models.QuerySet(AuditEvent).filter(seq=2).update(text="[]")
        told.read_all()

    assert (told.published, told.disk.all()[0]) == (whole.published, whole.disk.all()[0])


@pytest.mark.parametrize("seal", [None, ""])
def test_sealed_are_those_after_the_last_one_without_a_seal(house, seal):
    assert first_of_sealed() == 1
    with make.undone(), tables.no_triggers():
        models.QuerySet(AuditEvent).filter(seq__in=[1, 3]).update(seal=seal)
        assert first_of_sealed() == 4
