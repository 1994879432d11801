"""What is derived is noted with the version that made it. Another version serves nothing and writes nothing."""

from io import StringIO

import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection

from clincalc import start
from monographs.models import Epoch, FormerAddress, IndexEntry, Monograph, ToldChange
from reviews.audit.trail import OtherVersion, WriteLockTimeout, audited_write
from reviews.audit.verify import verify
from reviews.derived import version
from reviews.editing.monographs import move
from reviews.models import AuditEvent, ChangedPart, EntrySubject, Misprint
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def said(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def derived():
    """All that is derived, without the keys of its rows."""
    return {
        model.__name__: sorted(model.objects.values_list(*columns))
        for model, columns in (
            (IndexEntry, ("publication", "kind", "term", "words", "begins", "ends", "sorts_as")),
            (ToldChange, ("publication", "place", "words", "is_loud", "begins", "ends")),
            (FormerAddress, ("slug", "monograph")),
            (EntrySubject, ("entry", "monograph", "verb", "is_long")),
            (ChangedPart, ("change_set", "key", "label", "before", "after")),
            (Misprint, ("publication", "key", "label", "digest", "typed", "shown")),
        )
    }


def warnings():
    return [one.msg for one in run_checks(tags=[Tags.database], databases=["default"]) if one.id == "reviews.W001"]


@pytest.fixture
def old(house):
    """A house with a history, as an upgrade finds it: the tables are there, and nothing is in them."""
    make.published(house, doc=make.misprinted())
    move(Monograph.objects.get(), slug="second", actor=house.publisher, reason="why")
    make.draft(house, "otherumab")
    whole = derived()
    assert all(whole.values())
    with tables.no_triggers(), connection.cursor() as cursor:
        for model in (EntrySubject, FormerAddress, ChangedPart, ToldChange, Misprint):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        cursor.execute("DELETE FROM monographs_indexentry WHERE kind = 'letter'")
        cursor.execute("UPDATE monographs_epoch SET index_version = 0, hash = ''")
    return whole


def test_what_another_version_made_is_made_again_by_one_command(house, old):
    assert not version.is_current()

    assert said("reindex") == "The index holds 1 live pages.\n"

    assert derived() == old
    assert version.is_current()
    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.data) == ("reindexed", None, {"pages": 1, "version": version.VERSION})
    assert (Epoch.objects.get().number, Epoch.objects.get().hash) == (entry.seq, entry.hash)
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_making_it_again_changes_nothing_that_was_right(house):
    tables.fill()
    move(Monograph.objects.get(slug="otherumab"), slug="second", actor=house.publisher, reason="why")
    before = derived()

    said("reindex")

    assert derived() == before


def test_nobody_writes_on_what_another_version_made(house, old):
    before = AuditEvent.objects.count()

    with pytest.raises(OtherVersion, match=r"Run `manage\.py upgrade`"), audited_write(actor=house.editor) as trail:
        trail.record("written", "site")

    assert AuditEvent.objects.count() == before
    assert issubclass(OtherVersion, WriteLockTimeout)  # the desk answers 503 and keeps what was typed


def test_the_desk_keeps_what_is_typed_while_an_upgrade_is_under_way(house, old, client):
    client.force_login(house.publisher)

    answer = client.post("/desk/monographs/second/move/", {"slug": "third", "reason": "Typed with care"})

    assert (answer.status_code, "Typed with care" in answer.content.decode()) == (503, True)
    assert Monograph.objects.filter(slug="second").exists()


def test_it_is_told_at_the_start_by_checks_by_readiness_and_by_verify(house, client, old):
    with pytest.raises(ImproperlyConfigured, match=r"Run `manage\.py upgrade`"):
        start.refuse_other_version()
    assert warnings() == [version.OTHER_VERSION]
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"run manage.py upgrade\n")
    # One sentence: what is not there yet is not told row by row.
    assert [one for one in verify() if "checkpoint" not in one[1]] == [(None, version.OTHER_VERSION)]

    said("reindex")

    start.refuse_other_version()
    assert warnings() == []
    assert client.get("/health/ready").status_code == 200


def test_what_a_later_version_made_is_not_current_either(house):
    assert version.is_current()
    with tables.no_triggers():
        Epoch.objects.update(index_version=version.VERSION + 1)

    assert not version.is_current()


def test_a_process_starts_where_nobody_answers_yet_and_not_where_a_column_is_missing(monkeypatch):
    def broken(*_given):
        raise DatabaseError

    monkeypatch.setattr(start.version, "is_current", broken)
    with pytest.raises(ImproperlyConfigured, match=r"Run `manage\.py upgrade`"):
        start.refuse_other_version()
    monkeypatch.setattr(start.connection, "ensure_connection", broken)
    start.refuse_other_version()


@pytest.mark.django_db(transaction=True)
def test_an_empty_house_has_nothing_to_make_and_its_first_entry_notes_the_version(empty_database):
    assert version.is_current()
    assert Epoch.objects.get().index_version == 0

    with audited_write(actor=None) as trail:
        trail.record("begun", "site")

    epoch, entry = Epoch.objects.get(), AuditEvent.objects.get()
    assert (epoch.index_version, epoch.number, epoch.hash) == (version.VERSION, entry.seq, entry.hash)
    assert version.is_current()
