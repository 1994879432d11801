"""A run that goes on from an earlier one: what it finds, what it leaves to a whole one, and whom it does not believe."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from reviews.audit import read_before
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


def resumed():
    """What a resumed run says, and how it ended."""
    out = StringIO()
    try:
        call_command("verify_trail", "--resume", stdout=out, stderr=out)
    except SystemExit as error:
        return error.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def verified(house):
    """A page, a whole run, and another page after it. Answers the last entry that the run read."""
    make.published(house)
    last = AuditEvent.objects.count()
    call_command("verify_trail", stdout=StringIO())
    make.published(house, "otherumab")
    return last


def changed(sql, *values):
    with make.undone():
        with tables.no_triggers(), connection.cursor() as cursor:
            cursor.execute(sql, values)
        return resumed()


def test_it_says_from_where_it_went_on_and_finds_what_is_wrong_before_and_after(verified):
    code, said = resumed()
    assert (code, f"It went on from entry {verified}, verified " in said) == (0, True)
    kept, note = read_before.believed()
    assert (kept.hash_at.last, note["seq"]) == (verified, verified)
    assert verify(replay=kept) == []

    entries = "UPDATE reviews_auditevent SET "
    for name, (sql, *values) in {
        "a row of before": ("UPDATE monographs_document SET text = text || ' '",),
        "a text of before": (entries + "text = text || ' ' WHERE seq = %s", 2),
        "a hash of before": (entries + "hash = %s WHERE seq = %s", "0" * 64, verified),
        "an entry of before is gone": ("DELETE FROM reviews_auditevent WHERE seq = %s", verified - 1),
        "a column of after": (entries + "reason = 'Other' WHERE seq = %s", verified + 1),
        "an entry of after is gone": ("DELETE FROM reviews_auditevent WHERE seq = %s", verified + 1),
        "all of after is gone": ("DELETE FROM reviews_auditevent WHERE seq > %s", verified),
    }.items():
        assert changed(sql, *values)[0] == 1, name
    # What the docstring leaves to a whole run.
    assert changed(entries + "reason = 'Other' WHERE seq = %s", verified)[0] == 0


def test_what_cannot_be_believed_makes_it_a_whole_run(verified, settings):
    file, note = read_before._paths()
    whole, said = file.read_bytes(), note.read_text()
    forged = json.dumps({**json.loads(said), "seq": verified + 1})

    for name, (content, beside) in {
        "another file": (whole[:-1] + bytes([whole[-1] ^ 1]), said),
        "another entry": (whole, forged),
        "no note": (whole, ""),
        "no file": (b"", said),
    }.items():
        file.write_bytes(content)
        note.write_text(beside)
        code, words = resumed()
        assert (code, words.startswith("No earlier run can be believed here: this is a whole one.")) == (0, True), name
        assert read_before.believed(), f"{name}: the whole run left another"
        file.write_bytes(whole)
        note.write_text(said)
    assert list(Path(settings.CHECKPOINT_FILE).parent.glob("*.part")) == []


def test_a_run_that_found_something_leaves_nothing_to_go_on_from(verified):
    for path in read_before._paths():
        path.unlink()
    with make.undone():
        with tables.no_triggers(), connection.cursor() as cursor:
            cursor.execute("UPDATE reviews_auditevent SET reason = 'Other' WHERE seq = 2")
        with pytest.raises(SystemExit):
            call_command("verify_trail", stdout=StringIO(), stderr=StringIO())
    assert read_before.believed() is None
