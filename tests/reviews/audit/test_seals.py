"""What a seal is put on, by whose key, and in which form it leaves the house."""

import base64
import fcntl
import hashlib
import json
import os
import resource
import signal
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from monographs.canonical import canonical
from monographs.models import Publication
from reviews.audit import seals
from reviews.audit.keys import Signer
from reviews.audit.losses import sentences, standing
from reviews.models import AuditEvent
from tests import factories as make

AT = datetime(2028, 6, 20, 23, 30, 0, 5, tzinfo=UTC)
SEALED = {
    "slug": "testazumab",
    "number": 2,
    "digest": "d" * 64,
    "sign_offs": [{"reader_title": "neurologist", "signed_at": "2028-06-19T10:00:00.000000Z", "interests": "none"}],
    "published_at": AT,
    "head": "a" * 64,
}
OTHER = {
    "slug": "otherumab",
    "number": 3,
    "digest": "e" * 64,
    "sign_offs": [{**SEALED["sign_offs"][0], "reader_title": "pharmacist"}],
    "published_at": AT + timedelta(microseconds=1),
    "head": "b" * 64,
}
pytestmark = pytest.mark.django_db
FORM = {**SEALED, "published_at": "2028-06-20T23:30:00.000005Z"}


def seal_holds(form, key, seal):
    return seals.seal_holds(form, key, seal, keys=seals.own_key())


def test_the_sealed_form_has_all_fields_and_the_time_in_the_one_form_of_the_trail():
    elsewhere = AT.astimezone(timezone(timedelta(hours=1)))

    assert seals.sealed_form(**SEALED) == FORM
    assert seals.sealed_form(**{**SEALED, "published_at": elsewhere}) == FORM


@pytest.mark.parametrize("field", SEALED)
def test_a_seal_holds_for_no_other_value_of_any_field(field):
    seal, key = seals.seal(seals.sealed_form(**SEALED)), seals.key_id()
    assert seal_holds(seals.sealed_form(**SEALED), key, seal)

    assert not seal_holds(seals.sealed_form(**{**SEALED, field: OTHER[field]}), key, seal)


@pytest.mark.parametrize(
    "signatures",
    [
        [],
        SEALED["sign_offs"] * 2,
        [{**SEALED["sign_offs"][0], "interests": "a speaker's fee"}],
        [{**SEALED["sign_offs"][0], "name": "Somebody Else"}],
        [{**SEALED["sign_offs"][0], "signed_at": "2028-06-19T10:00:00.000001Z"}],
    ],
)
def test_a_seal_holds_for_no_other_signatures(signatures):
    seal = seals.seal(seals.sealed_form(**SEALED))

    assert not seal_holds(seals.sealed_form(**{**SEALED, "sign_offs": signatures}), seals.key_id(), seal)


def test_a_seal_is_one_of_this_house_for_publications_and_in_base64():
    form, key = seals.sealed_form(**SEALED), seals.key_id()
    seal = seals.seal(form)

    assert not seal_holds(form, "0" * 16, seal)
    assert not seal_holds(form, "", seal)
    assert not seal_holds(form, key, "")
    assert not seal_holds(form, key, f"{seal[:5]}\n!{seal[5:]}")  # what is no base64 is not passed over
    assert not seal_holds(form, key, "é")
    assert not seal_holds(form, key, seals.signer().sign(seals.CHECKPOINT_PREFIX, form))
    assert not seals.own_key().holds(seals.CHECKPOINT_PREFIX, form, key, seal)


def test_whoever_has_the_public_key_checks_a_seal_without_us(client, db, settings):
    """Ed25519 over the prefix and the canonical form."""
    answer = client.get("/.well-known/clincalc-keys.json")
    (key,) = answer.json()["keys"]
    public = base64.b64decode(key["public"], validate=True)
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.SIGNING_KEY))

    assert answer.json() == {"keys": [{"id": seals.key_id(), "algorithm": "Ed25519", "public": key["public"]}]}
    assert public == private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert (key["id"], len(key["id"])) == (hashlib.sha256(public).hexdigest()[:16], 16)
    said = ("clincalc-publication-v1\n" + canonical(FORM)).encode()
    seal = base64.b64decode(seals.seal(seals.sealed_form(**SEALED)))
    Ed25519PublicKey.from_public_bytes(public).verify(seal, said)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(seal, said + b" ")


def test_the_keys_are_read_by_anybody_and_written_by_nobody(client, db):
    assert client.get("/.well-known/clincalc-keys.json").status_code == 200
    assert client.head("/.well-known/clincalc-keys.json").status_code == 200
    assert client.post("/.well-known/clincalc-keys.json").status_code == 405


def test_a_publication_is_sealed_with_the_head_before_it_and_the_signatures_as_printed(house):
    make.published(house)
    one, entry = Publication.objects.get(), AuditEvent.objects.get(verb="published")

    form = {
        "slug": "testazumab",
        "number": 1,
        "digest": one.document_id,
        "sign_offs": one.signatures,
        "published_at": seals.instant(one.published_at),
        "head": entry.prev,
    }
    assert [sorted(one) for one in one.signatures] == [["interests", "reader_title", "signed_at"]] * 2
    assert (one.key, one.head) == (seals.key_id(), entry.prev)
    assert seal_holds(form, one.key, one.seal)


def test_a_checkpoint_lies_in_a_directory_that_is_made_for_it_and_is_added_to(settings, tmp_path):
    settings.CHECKPOINT_FILE = str(tmp_path / "a" / "b" / "checkpoints.jsonl")
    assert seals.read_checkpoints() == ([], [f"There is no checkpoint file ({settings.CHECKPOINT_FILE})."])
    assert seals.checkpoint_takes_a_line()
    assert seals.read_checkpoints() == ([], [])

    for seq in (1, 2, 3):
        seals.append_checkpoint(seq, "a" * 64)

    lines, wrong = seals.read_checkpoints()
    assert ([one["seq"] for one in lines], wrong) == ([1, 2, 3], [])
    written = seals.checkpoint_path().read_text().splitlines()
    before = ["", *(hashlib.sha256(line.encode()).hexdigest() for line in written)]
    assert [one["last"] for one in lines] == before[:3]
    assert written == [canonical(json.loads(line)) for line in written]
    settings.CHECKPOINT_FILE = str(tmp_path / "a" / "b")
    assert not seals.checkpoint_takes_a_line()


def test_a_line_whose_end_was_cut_off_is_passed_over_and_written_over():
    path = seals.checkpoint_path()
    for seq in (1, 2):
        seals.append_checkpoint(seq, "a" * 64)
    first, second = path.read_text().splitlines(keepends=True)

    path.write_text(first + second[:-1])  # whole but for its end
    lines, wrong = seals.read_checkpoints()
    assert ([one["seq"] for one in lines], wrong) == ([1], [])
    seals.append_checkpoint(3, "a" * 64)
    lines, wrong = seals.read_checkpoints()
    assert ([one["seq"] for one in lines], wrong) == ([1, 3], [])
    path.write_text(second[:20])
    assert seals.read_checkpoints() == ([], [])


STRANGE = base64.b64encode(bytes(32)).decode()
LINES_OF_A_LOSS = {
    "ours": lambda line: line,
    "unsigned": lambda line: canonical({**json.loads(line), "signature": ""}),
    "changed": lambda line: line.replace('"reason":"then"', '"reason":"now"'),
    "another's": lambda line: line,
}


@pytest.mark.parametrize("whose", LINES_OF_A_LOSS)
def test_only_a_line_that_is_signed_takes_others_back_where_a_later_one_took_it_back(settings, tmp_path, whose):
    settings.CHECKPOINT_FILE = str(tmp_path / "checkpoints.jsonl")
    path, by = seals.checkpoint_path(), Signer(STRANGE) if whose == "another's" else None
    for seq, key in ((1, None), (4, Signer(STRANGE)), (5, None)):
        seals.append_checkpoint(seq, "a" * 64, by=key)
    before = path.read_text()
    line = seals.append_checkpoint(7, "a" * 64, by=by, lost={"from": 2, "to": 9, "reason": "then"})
    path.write_text(f"{before}{LINES_OF_A_LOSS[whose](line)}\n")
    seals.append_checkpoint(6, "b" * 64, lost={"from": 7, "to": 9, "reason": "later"})
    seals.append_checkpoint(8, "b" * 64)

    lines, wrong = seals.read_checkpoints()

    # It was taken back itself: so it is not told, whoever wrote it.
    assert wrong == ([] if whose == "ours" else ["Checkpoint line 2: its signature does not hold."])
    assert [one["seq"] for one in standing(lines)] == ([1, 6, 8] if whose == "ours" else [1, 5, 6, 8])
    told = [sentence.rpartition(" ")[2] for sentence in sentences(lines)]
    assert told == (["then", "later"] if whose == "ours" else ["later"])


def test_a_disk_without_room_is_told_before_anything_is_written(settings, tmp_path):
    """And whoever asks leaves the file as it is."""
    settings.CHECKPOINT_FILE = "/dev/full"
    assert not seals.checkpoint_takes_a_line()
    settings.CHECKPOINT_FILE = str(tmp_path / "checkpoints.jsonl")
    seals.append_checkpoint(1, "0" * 64)
    before = seals.checkpoint_path().read_bytes()

    assert seals.checkpoint_takes_a_line()

    assert seals.checkpoint_path().read_bytes() == before
    assert len(before) < seals.A_LINE


def test_whoever_asks_for_room_cuts_off_no_line_that_another_process_writes_meanwhile(settings, tmp_path):
    settings.CHECKPOINT_FILE = str(tmp_path / "checkpoints.jsonl")
    if (pid := os.fork()) == 0:
        try:
            for seq in range(1, 201):
                seals.append_checkpoint(seq, "a" * 64)
        finally:
            os._exit(0)

    asked = 0
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        assert seals.checkpoint_takes_a_line()
        asked += 1

    lines, wrong = seals.read_checkpoints()
    assert asked > 10
    assert ([one["seq"] for one in lines], wrong) == (list(range(1, 201)), [])


def test_whoever_only_looks_touches_nothing(settings, tmp_path):
    settings.CHECKPOINT_FILE = str(tmp_path / "a" / "checkpoints.jsonl")
    assert seals.checkpoint_is_writable()
    assert list(tmp_path.iterdir()) == []

    seals.append_checkpoint(1, "a" * 64)
    file = seals.checkpoint_path()
    before = file.stat()
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # nor does it wait for whoever writes
        assert seals.checkpoint_is_writable()
    assert file.stat() == before
    settings.CHECKPOINT_FILE = str(tmp_path / "a")
    assert not seals.checkpoint_is_writable()
    settings.CHECKPOINT_FILE = str(file / "below.jsonl")
    assert not seals.checkpoint_is_writable()


def within(size):
    """In a process of its own that may write no more than so many bytes to a file: what it is told."""
    reading, writing = os.pipe()
    if (pid := os.fork()) == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        os.write(writing, b"yes" if seals.checkpoint_takes_a_line() else b"no")
        os._exit(0)
    os.waitpid(pid, 0)
    return os.read(reading, 10).decode()


def test_room_for_half_a_line_is_none(settings, tmp_path):
    settings.CHECKPOINT_FILE = str(tmp_path / "checkpoints.jsonl")

    assert [within(size) for size in (0, 100, seals.A_LINE - 1, seals.A_LINE)] == ["no", "no", "no", "yes"]
