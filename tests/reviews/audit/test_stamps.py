"""What the daily run leaves for alarms: read back as it was written, and nothing where it cannot be read."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from reviews.audit import seals, stamps
from reviews.models import ClinicianProfile
from tests.tables import no_triggers


def test_a_run_of_verify_trail_leaves_its_stamp(house, capsys):
    assert stamps.verified() is None
    call_command("checkpoint")
    call_command("verify_trail")
    assert stamps.verified().findings == 0

    with no_triggers():
        ClinicianProfile.objects.update(specialty="touched")
    with pytest.raises(SystemExit):
        call_command("verify_trail")

    found = stamps.verified()
    assert found.findings > 0
    assert timezone.now() - found.at < timedelta(minutes=5)


@pytest.mark.any_database
def test_a_stamp_that_cannot_be_written_is_said_and_fails_no_verification(house, settings, tmp_path, capsys):
    (tmp_path / "file").touch()
    settings.CHECKPOINT_FILE = str(tmp_path / "file" / "checkpoints.jsonl")

    with pytest.raises(SystemExit):  # there is no checkpoint file either
        call_command("verify_trail")

    assert "What came of it cannot be noted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"at": "yesterday", "findings": 0}', '{"at": "2026-01-01T00:00:00", "findings": 0}']
)
def test_a_stamp_that_says_nothing_is_none(settings, text):
    stamps._path("verified").write_text(text)
    stamps._path("dumped").write_text(text)

    assert (stamps.verified(), stamps.backup_at()) == (None, None)


def test_the_last_line_is_the_last_whole_one_that_holds(settings):
    assert seals.last_line() is None
    for seq in range(1, 30):
        seals.append_checkpoint(seq, "0" * 64)
    with seals.checkpoint_path().open("ab") as file:
        file.write(b'{"seq": 99')
    assert seals.last_line()["seq"] == 29

    with seals.checkpoint_path().open("ab") as file:
        file.write(b"\n")
    assert seals.last_line() is None
