"""Commands that keep a house: what each leaves and says, and what it refuses without touching anything."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models

from monographs.models import IndexEntry, WriteLock
from reviews.audit import seals
from reviews.audit.trail import Trail
from reviews.audit.verify import verify
from reviews.management.commands import reindex
from reviews.models import AuditEvent
from reviews.models.event import is_demonstration
from reviews.reports import witnesses
from reviews.reports.mailing import ServerGone
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def said(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


# -- checkpoint --------------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_a_line_about_the_last_entry(house):
    last = AuditEvent.objects.latest("seq")

    assert said("checkpoint") == f"Checkpoint: entry {last.seq}, {last.hash[:12]}…\nMailed to 1 auditor.\n"
    lines, wrong = seals.read_checkpoints()

    assert ([(one["seq"], one["hash"]) for one in lines], wrong) == ([(last.seq, last.hash)], [])
    assert AuditEvent.objects.count() == last.seq  # it is beside the trail, not in it
    assert verify() == []


def test_auditors_get_each_line_by_mail_and_what_they_kept_is_a_witness(house, mailoutbox, tmp_path):
    """Whatever becomes of our file, and of the trail with it."""
    copy = tmp_path / "kept.jsonl"
    for _day in range(2):
        make.draft(house, f"drug{_day}")
        said("checkpoint")
    assert [one.to for one in mailoutbox] == [[house.auditor.email]] * 2
    kept = [next(line for line in one.body.splitlines() if line.startswith("{")) for one in mailoutbox]
    copy.write_text("".join(f"{line}\n" for line in kept))
    assert set(kept) <= set(seals.checkpoint_path().read_text().splitlines())
    assert verify(copy) == []
    # One line is missing, as a letter that was lost: each holds by itself.
    copy.write_text(f"{kept[1]}\n")
    assert "The trail is whole" in said("verify_trail", checkpoints=copy)
    # Somebody with SQL and our file cuts the last entries off both.
    last = AuditEvent.objects.latest("seq")
    before = AuditEvent.objects.get(seq=last.seq - 1)
    with tables.no_triggers():
        models.QuerySet(AuditEvent).filter(pk=last.pk)._raw_delete("default")
        WriteLock.objects.update(seq=before.seq, hash=before.hash)
    told = f"{copy}: A checkpoint of {json.loads(kept[1])['at']} names entry {last.seq}, and the trail ends with {before.seq}"
    assert any(sentence.startswith(told) for _seq, sentence in verify(copy))


def test_a_copy_that_says_nothing_or_was_forged_is_told(house, tmp_path):
    copy = tmp_path / "kept.jsonl"
    said("checkpoint")
    (line,) = seals.checkpoint_path().read_text().splitlines()[-1:]
    assert (None, f"{copy}: There is no checkpoint file ({copy}).") in verify(copy)
    for written, sentence in (
        ("", "no line is in it"),
        (f"{line[:-9]}\n", "it cannot be read"),
        (line.replace('"seq":', '"seq":1') + "\n", "does not hold"),
    ):
        copy.write_text(written)
        assert [one for _seq, one in verify(copy) if one.startswith(f"{copy}: ") and sentence in one], sentence


def test_a_line_that_reaches_no_auditor_is_written_and_told(house, monkeypatch):
    def gone(letters):
        raise ServerGone
        yield

    monkeypatch.setattr(witnesses, "deliver", gone)
    with pytest.raises(CommandError, match=r"The line was written\. The mail server is gone"):
        call_command("checkpoint", stdout=StringIO())
    monkeypatch.setattr(witnesses, "deliver", lambda letters: [(one, "550") for one in letters])
    with pytest.raises(CommandError, match=r"The line was written\. The mail server refused it for auditor"):
        call_command("checkpoint", stdout=StringIO())
    assert verify() == []


def test_a_checkpoint_that_cannot_be_written_is_no_success(house, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.CHECKPOINT_FILE = str(tmp_path / "file" / "below.jsonl")

    with pytest.raises(CommandError, match="cannot be written"):
        call_command("checkpoint")


@pytest.mark.django_db(transaction=True)
def test_there_is_nothing_to_vouch_for_in_an_empty_trail(empty_database):
    with pytest.raises(CommandError, match="The trail is empty"):
        call_command("checkpoint")

    assert not seals.checkpoint_path().exists()
    assert is_demonstration()  # what is empty may become one


# -- reindex -----------------------------------------------------------------------------------------------------------


def test_the_index_is_made_anew_of_the_live_pages_by_the_machine(house):
    make.published(house)
    make.draft(house, "draftumab")
    rows = sorted(IndexEntry.objects.values_list("kind", "term", "words"))

    assert said("reindex") == "The index holds 1 live pages.\n"

    entry = AuditEvent.objects.latest("seq")
    assert (entry.verb, entry.subject, entry.actor, entry.data["pages"]) == ("reindexed", "site", None, 1)
    assert sorted(IndexEntry.objects.values_list("kind", "term", "words")) == rows
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_where_no_page_is_yet_the_trail_stays_whole(house):
    assert said("reindex") == "The index holds 0 live pages.\n"
    assert [one for one in verify() if "checkpoint" not in one[1]] == []


def test_of_many_pages_few_are_held_at_once_and_the_index_is_the_same(house, monkeypatch):
    for name in ("one", "two", "three"):
        make.published(house, f"{name}umab")
    make.draft(house, "draftumab")
    rows, held, kept = sorted(IndexEntry.objects.values_list("kind", "term", "words")), [], Trail.reindex
    monkeypatch.setattr(reindex, "A_BATCH", 2)
    monkeypatch.setattr(Trail, "reindex", lambda trail, *some: held.append(len(some)) or kept(trail, *some))

    assert said("reindex") == "The index holds 3 live pages.\n"

    assert held == [0, 2, 2]
    assert sorted(IndexEntry.objects.values_list("kind", "term", "words")) == rows


# -- upgrade (of real databases of an earlier version: tests/test_upgrade.py) ------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_leaves_a_new_database_to_be_begun(empty_database):
    assert said("upgrade").splitlines() == [
        "No migration waits: the tables are those of this version.",
        "Nobody has done anything here yet: there is nothing to index or to verify.",
    ]
    assert not AuditEvent.objects.exists()
    assert is_demonstration()


def test_an_upgrade_whose_checkpoint_file_is_gone_makes_nothing(house):
    make.published(house)
    seals.checkpoint_path().unlink(missing_ok=True)
    out, err, before = StringIO(), StringIO(), AuditEvent.objects.count()

    with pytest.raises(CommandError, match="The checkpoint file is not the one that the trail left"):
        call_command("upgrade", stdout=out, stderr=err)

    assert "Making all" not in out.getvalue()
    assert err.getvalue().startswith("There is no checkpoint file")
    assert AuditEvent.objects.count() == before


def test_an_upgrade_of_a_trail_that_is_not_whole_is_no_success(house):
    make.published(house)
    with connection.cursor() as cursor, tables.no_triggers():
        cursor.execute("UPDATE monographs_monograph SET next_review_due = '2090-01-01'")
    out, err = StringIO(), StringIO()

    with pytest.raises(CommandError, match="The trail is not whole"):
        call_command("upgrade", stdout=out, stderr=err)

    assert "The index holds 1 live pages.\nVerifying the trail.\n" in out.getvalue()
    assert "ready" not in out.getvalue()
    assert "the row is not as entry" in err.getvalue()


# -- demo --------------------------------------------------------------------------------------------------------------


def test_a_house_is_never_made_a_demonstration(house, settings):
    make.published(house)
    people, before = type(house.admin).objects.count(), AuditEvent.objects.count()
    assert not is_demonstration()

    for demo, sentence in ((False, "only with DEMO=1"), (True, "not begun as a demonstration")):
        settings.DEMO = demo
        with pytest.raises(CommandError, match=sentence):
            call_command("demo")
        assert (type(house.admin).objects.count(), AuditEvent.objects.count()) == (people, before)


# -- import_monographs -------------------------------------------------------------------------------------------------


def test_an_import_needs_somebody_who_answers_for_it(house, tmp_path):
    path = tmp_path / "in.json"
    path.write_text("{}")
    make.changed_account(house.editor, is_active=False)
    before = AuditEvent.objects.count()

    for actor in ("editor", "stranger"):
        with pytest.raises(CommandError, match=f"There is no active account “{actor}”"):
            call_command("import_monographs", str(path), "--actor", actor)

    assert AuditEvent.objects.count() == before


def test_each_file_is_told_of_and_how_many_were_refused(house, tmp_path):
    paths = [str(tmp_path / name) for name in ("missing.json", "bad.json")]
    (tmp_path / "bad.json").write_text("{}")
    err = StringIO()

    with pytest.raises(CommandError, match="2 of 2 files were refused; nothing of them was kept"):
        call_command("import_monographs", *paths, "--actor", "editor", stderr=err)

    assert f"{paths[0]}: it cannot be read (No such file or directory)." in err.getvalue()
    assert "bad.json: schema: Only “clincalc-monograph/1” is known here." in err.getvalue()
