"""What is kept of change sets is the same whether each act kept it or all of it is made anew."""

from io import StringIO

import pytest
from django.core.management import call_command

from monographs.models import Document
from reviews.derived import of_change_sets
from reviews.models import ChangedPart, ChangeSet, WrittenText
from tests import factories as make
from tests.tables import no_triggers

pytestmark = pytest.mark.django_db


def kept():
    return [
        sorted(table.model.objects.values_list("change_set", *table.columns), key=repr)
        for table in of_change_sets.TABLES
    ]


def remake():
    call_command("reindex", stdout=StringIO())


@pytest.fixture
def edition(house):
    """An edition of several change sets: more than are read at once."""
    edition = make.draft(house, "oneumab")
    for words in ("Tests go on for a month.", "Tests go on for a year.", "Tests go on for as long as it is given."):
        make.reword(edition, "monitoring", words, actor=house.editor)
    return edition


def test_what_is_made_anew_is_what_each_act_kept(edition, monkeypatch):
    before = kept()
    assert all(before)
    monkeypatch.setattr(of_change_sets, "FEW", 3)
    with no_triggers():
        ChangedPart.objects.all().delete()
        WrittenText.objects.update(digest="0" * 64)

    remake()

    assert kept() == before
    assert list(of_change_sets.broken(lambda pk: False)) == []


def test_each_change_set_is_read_once_for_all_tables(edition, monkeypatch):
    read, rows = [], of_change_sets._rows
    monkeypatch.setattr(of_change_sets, "_rows", lambda pk, *tables: read.append((pk, tables)) or rows(pk, *tables))

    remake()

    assert sorted(pk for pk, _tables in read) == sorted(ChangeSet.objects.values_list("pk", flat=True))
    assert {tables for _pk, tables in read} == {of_change_sets.TABLES}


def test_one_that_cannot_be_read_takes_nothing_from_those_beside_it(edition):
    *others, last = ChangeSet.objects.filter(edition=edition).order_by("at", "revision")
    with no_triggers():
        Document.objects.filter(pk=last.after_id).update(text="{")

    remake()

    left = {pk for rows in kept() for pk, *_row in rows}
    assert left >= {one.pk for one in others}
    assert last.pk not in left
    assert [pk for pk, _said in of_change_sets.broken(lambda pk: False)] == [last.pk]
