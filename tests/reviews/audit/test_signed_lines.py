"""How far a backup keeps the checkpoint file, by its bytes alone."""

import json
from pathlib import Path

import pytest

from monographs.canonical import sha256
from reviews.audit import seals
from reviews.audit.signed_lines import lines_until


def line(seq, **more):
    return json.dumps({"seq": seq, **more}).encode() + b"\n"


def accepted(seq, before):
    """A line behind another by which somebody gave up what is after this entry."""
    form = {"seq": seq, "key": seals.key_id(), "last": sha256(before.decode().strip()), "lost": {}}
    return line(**form, signature=seals.signer().sign(seals.CHECKPOINT_PREFIX, form))


@pytest.mark.parametrize(
    ("lines", "until"),
    [
        ([], 0),
        ([line(1), line(4)], 2),
        ([line(1), line(4), line(5)], 3),
        ([line(1), line(4), line(6)], 2),
        ([line(1), line(4), line(6), line(5)], None),  # written in another order than their acts ended
        ([line(1), b"junk\n", line(5)], 3),
        ([line(1), line(9), accepted(3, line(9)), line(4), line(8)], 4),  # what was given up stays in it
        ([line(1), line(9), accepted(3, line(8)), line(8)], None),  # by nobody
        ([line(1), line(5), b'{"seq": 4'], 2),  # cut off
    ],
)
def test_the_file_is_kept_up_to_the_entry_that_the_backup_ends_with(settings, tmp_path, lines, until):
    settings.CHECKPOINT_FILE = str(tmp_path / "checkpoints")
    Path(settings.CHECKPOINT_FILE).write_bytes(b"".join(lines))

    assert lines_until(5) == (None if until is None else b"".join(lines[:until]))
