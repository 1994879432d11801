"""A run that goes on from an earlier one: what it finds, what it leaves to a whole one, and whom it does not believe."""

import json
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from reviews.audit import read_before, stamps
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


def read_at():
    """When the whole run ended that a run goes on from."""
    return stamps.as_instant(json.loads(read_before._paths()[1].read_text())["at"])


@pytest.fixture
def verified(house):
    """A page, a whole run, and another page after it. Answers the last entry that the run read."""
    make.published(house)
    last = AuditEvent.objects.count()
    call_command("verify_trail", stdout=StringIO())
    make.published(house, "otherumab")
    return last


def changed(sql, *values):
    kept = [(path, path.read_bytes()) for path in read_before._paths()]
    with make.undone():
        with tables.no_triggers(), connection.cursor() as cursor:
            cursor.execute(sql, values)
        ended = resumed()
    for path, content in kept:
        path.write_bytes(content)
    return ended


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


def test_what_cannot_be_believed_makes_it_a_whole_run(verified, settings, monkeypatch):
    file, note = read_before._paths()
    whole, said = file.read_bytes(), note.read_text()
    forged = json.dumps({**json.loads(said), "seq": verified + 1})

    with monkeypatch.context() as other:
        other.setattr(read_before, "_program", lambda: "another version")
        assert read_before.believed() is None
    with make.undone():
        with tables.no_triggers():
            AuditEvent.objects.filter(seq=verified).delete()
        assert read_before.believed() is None
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
        assert not stamps.verified().is_resumed
        assert read_before.believed(), f"{name}: the whole run left another"
        file.write_bytes(whole)
        note.write_text(said)
    assert list(Path(settings.CHECKPOINT_FILE).parent.glob("*.part")) == []


def test_what_was_found_is_taken_back_by_a_whole_run_alone(verified, house):
    """Also where somebody put back what an earlier run had kept."""
    kept = [(path, path.read_bytes()) for path in read_before._paths()]
    whole_at = stamps.verified().at
    assert (resumed()[0], stamps.verified().findings, stamps.verified().whole_at) == (0, 0, read_at())
    assert stamps.verified().is_resumed
    assert abs(whole_at - read_at()) < timedelta(seconds=5)
    client = Client()
    client.force_login(house.people["auditor"])
    page = client.get("/desk/trail/").content.decode()
    assert "nothing was found. It went on from the last whole run, of " in page

    # A column of an entry that a resumed run does not look at again.
    with tables.no_triggers(), connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_auditevent SET reason = 'Other' WHERE seq = 2")
    with pytest.raises(SystemExit):
        call_command("verify_trail", stdout=StringIO(), stderr=StringIO())
    found = stamps.verified()
    assert (found.findings > 0, found.is_resumed, read_before.believed()) == (True, False, None)
    assert [path.exists() for path in read_before._paths()] == [False, False]
    code, words = resumed()
    assert (code, words.startswith("No earlier run can be believed here")) == (1, True)

    for path, content in kept:
        path.write_bytes(content)
    found = stamps.verified()
    assert resumed()[0] == 0
    assert stamps.verified() == found

    with tables.no_triggers():
        AuditEvent.objects.filter(seq=2).update(reason=json.loads(AuditEvent.objects.get(seq=2).text)["reason"])
    call_command("verify_trail", stdout=StringIO(), stderr=StringIO())
    assert (stamps.verified().findings, stamps.verified().is_resumed) == (0, False)


def test_the_copy_lies_where_nobody_else_may_put_anything_beside_it(verified, monkeypatch):
    seen = []

    class Looks(read_before.OnDisk):
        def __init__(self, file):
            seen.append(
                (Path(file), stat.S_IMODE(Path(file).parent.stat().st_mode), len(list(Path(file).parent.iterdir())))
            )
            super().__init__(file)

    monkeypatch.setattr(read_before, "OnDisk", Looks)
    assert read_before.believed()
    ((path, mode, beside),) = seen
    assert (mode, beside, path.parent.exists()) == (0o700, 1, False)
