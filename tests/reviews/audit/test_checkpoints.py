"""Checkpoints: a line for each act that readers depend on, and what becomes of the file is named."""

import copy
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import models

from monographs.models import Publication
from reviews.audit import checkpoints, hashes, replay, seals
from reviews.audit.verify import verify
from reviews.editing.monographs import set_tier
from reviews.models import AuditEvent, ClinicianProfile
from tests import factories as make
from tests import tables
from tests.reviews.audit.test_verify import tampered

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def once(once_a_module):
    house = make.the_house()
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Tests go on for years. Tell everybody.", actor=house.editor)
    make.sign(make.submit(house, second), house.clinician)
    make.publish(house, make.sign(second, house.pharmacist))
    return house


@pytest.fixture
def house(db, once):
    return copy.deepcopy(once)


def page():
    return Publication.objects.latest("number").monograph


def last_line():
    return seals.read_checkpoints()[0][-1]


def withdrawn(house):
    make.withdraw(page().live.edition, house.publisher)


def vouched(house):
    withdrawn(house)
    make.vouch(page().live.edition, house.clinician2)


def reinstated(house):
    withdrawn(house)
    make.reinstate(house, page().live.edition)


ACTS = {
    "withdrawn": withdrawn,
    "vouched": vouched,
    "reinstated": reinstated,
    "warned": lambda house: make.warn(house.clinician, page()),
    "countersigned": lambda house: make.countersign(make.warn(house.clinician, page())[0], house.clinician2),
    "lifted": lambda house: make.lift(make.warn(house.clinician, page())[0], house.pharmacist),
    "corrected": lambda house: make.correct(
        house.pharmacist, page(), "Tests go on for years.", "Tests go on for months."
    ),
    "withheld": lambda house: make.withhold(page(), make.key("prescribing"), house.publisher),
    "role_given": lambda house: make.give_role(house.editor2, "publisher", actor=house.admin),
    "role_taken": lambda house: make.take_role(house.publisher, "publisher", actor=house.admin),
    "role_confirmed": lambda house: make.confirm(house.publisher.grants.get(), actor=house.admin),
    "clinician_verified": lambda house: make.verify(
        ClinicianProfile.objects.get(user=house.clinician),
        actor=house.admin,
        reader_title="neurologist",
        specialty="neurology",
        scope="adult",
    ),
    "signed": lambda house: make.signed(house, "otherumab"),
    "published": lambda house: make.published(house, "otherumab"),
}


@pytest.mark.parametrize("verb", ACTS)
def test_an_act_that_readers_depend_on_leaves_a_line(house, verb):
    assert verify() == []
    ACTS[verb](house)

    head = AuditEvent.objects.latest("seq")
    assert (last_line()["seq"], last_line()["hash"], last_line()["act"]) == (head.seq, head.hash, verb)
    assert verify() == []


def test_a_line_of_an_act_that_was_rolled_back_is_never_written(house):
    before = seals.checkpoint_path().read_bytes()
    with pytest.raises(ZeroDivisionError), make.audited_write(actor=house.editor) as trail:
        trail.save(page(), "tier")
        trail.record("tried", "site")
        raise ZeroDivisionError

    assert seals.checkpoint_path().read_bytes() == before


def test_a_file_that_cannot_be_written_stops_no_act_and_a_line_by_hand_makes_up_for_it(house, settings, tmp_path):
    """The line of another act does not: a file that was cut has one too, once it has grown again."""
    kept = settings.CHECKPOINT_FILE
    settings.CHECKPOINT_FILE = str(tmp_path / "checkpoints.jsonl" / "below")
    withdrawn(house)
    lost = AuditEvent.objects.latest("seq").seq
    settings.CHECKPOINT_FILE = kept
    assert [(seq, sentence[: len(LOST)]) for seq, sentence in verify()] == [(lost, LOST)]
    make.vouch(page().live.edition, house.pharmacist)
    assert last_line()["seq"] == AuditEvent.objects.latest("seq").seq
    assert [(seq, sentence[: len(LOST)]) for seq, sentence in verify()] == [(lost, LOST)]

    call_command("checkpoint", stdout=StringIO())

    assert verify() == []


def test_a_lost_line_is_made_up_for_by_hand(house, settings, tmp_path):
    path = seals.checkpoint_path()
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert verify() != []

    call_command("checkpoint", stdout=StringIO())

    assert verify() == []


def test_a_line_that_is_written_while_the_trail_is_read_is_waited_for(house, monkeypatch):
    """Somebody ended an act and is about to write its line."""
    path = seals.checkpoint_path()
    kept = path.read_bytes()
    withdrawn(house)
    whole = path.read_bytes()
    path.write_bytes(kept)
    waited = []
    monkeypatch.setattr(checkpoints.time, "sleep", lambda seconds: waited.append(path.write_bytes(whole)))

    assert verify() == []
    assert len(waited) == 1


LOST = "No checkpoint names entry "
FILES = {
    "emptied": (lambda lines, other: "", LOST),
    "cut by one": (lambda lines, other: "".join(lines[:-1]), LOST),
    "cut by two": (lambda lines, other: "".join(lines[:-2]), LOST),
    "cut within the last line": (lambda lines, other: "".join(lines)[:-20], LOST),
    "the last line twice": (lambda lines, other: "".join([*lines, lines[-1]]), "Checkpoint line "),
    "in another order": (lambda lines, other: "".join([*lines[1:], lines[0]]), "Checkpoint line 1: it does not follow"),
    "turned round": (lambda lines, other: "".join(reversed(lines)), "Checkpoint line 1: it does not follow"),
    "two lines changed places": (lambda lines, other: "".join([*lines[:-2], lines[-1], lines[-2]]), "Checkpoint line "),
    "an older one": (lambda lines, other: lines[0], LOST),
    "swapped": (lambda lines, other: other, "A checkpoint of "),
    "cut at the front": (lambda lines, other: "".join(lines[1:]), "Checkpoint line 1: it does not follow"),
    "a line taken out": (lambda lines, other: "".join(lines[:1] + lines[2:]), "Checkpoint line 2: it does not follow"),
    "a line forged": (lambda lines, other: "".join(lines).replace('"seq":', '"seq":1'), "Checkpoint line 1: its signature"),
    "no text": (lambda lines, other: "\x00\n" + "".join(lines), "Checkpoint line 1: it cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_what_became_of_the_file_is_named(house, kind, settings, tmp_path):
    path, change = seals.checkpoint_path(), FILES[kind]
    settings.CHECKPOINT_FILE = str(tmp_path / "other.jsonl")
    for seq in (1, 2, 3):
        seals.append_checkpoint(seq, "a" * 64)
    other = seals.checkpoint_path().read_text()
    settings.CHECKPOINT_FILE = str(path)
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) > 4

    path.write_text(change[0](lines, other))

    assert any(sentence.startswith(change[1]) for _seq, sentence in verify())


def test_of_a_house_whose_acts_are_not_sealed_yet_each_publication_has_a_line_at_or_after_it(house, monkeypatch):
    """As an earlier version left it: it wrote a line for publications alone."""
    withdrawn(house)
    monkeypatch.setattr(replay, "_sealed_since", lambda: 10**9)
    first, second = AuditEvent.objects.filter(verb="published").order_by("seq")
    path = seals.checkpoint_path()
    path.unlink()
    seals.append_checkpoint(first.seq, first.hash)
    assert [(seq, sentence[: len(LOST)]) for seq, sentence in verify()] == [(second.seq, LOST)]

    seals.append_checkpoint(second.seq, second.hash)
    assert verify() == []


def test_a_file_that_was_emptied_is_named_although_lines_follow(house):
    path = seals.checkpoint_path()
    path.write_text("")
    withdrawn(house)

    first, found = last_line()["seq"], verify()

    assert f"The checkpoint file begins with entry {first} only: what was before it is missing." in dict(found).values()


@pytest.mark.parametrize("left", ["nothing", "one line", "all but two", "all but one"])
def test_a_file_that_was_cut_and_has_grown_again_is_named(house, left):
    """Whoever cuts it waits for the next act; the line that this leaves follows the last one that was left."""
    path = seals.checkpoint_path()
    lines = path.read_text().splitlines(keepends=True)
    kept = {"nothing": 0, "one line": 1, "all but two": len(lines) - 2, "all but one": len(lines) - 1}[left]
    published = AuditEvent.objects.filter(verb="published").earliest("seq").seq
    # Where no line is left that says since when there is a file, publications do.
    first = json.loads(lines[kept])["seq"] if kept else published
    path.write_text("".join(lines[:kept]))
    withdrawn(house)
    vouched_by = AuditEvent.objects.latest("seq").seq

    found = [(seq, sentence) for seq, sentence in verify() if sentence.startswith(LOST)]

    assert (last_line()["seq"], [seq for seq, _sentence in found]) == (vouched_by, [first])
    assert "though one after it has its own" in found[0][1]


def test_what_an_earlier_version_left_is_looked_at_before_anything_is_made_anew(house):
    """Of its acts only publications have a line, and each of its lines makes up for what is before it."""
    path = seals.checkpoint_path()
    assert checkpoints.as_left() == []
    with tables.no_triggers():
        models.QuerySet(AuditEvent).update(seal=None)  # an earlier version knew no seals
    published = list(AuditEvent.objects.filter(verb="published").order_by("seq"))
    path.unlink()
    assert [sentence.partition(" (")[0] for _seq, sentence in checkpoints.as_left()] == ["There is no checkpoint file"]
    for one in published:
        assert checkpoints.as_left() != []
        seals.append_checkpoint(one.seq, one.hash)
    assert checkpoints.as_left() == []
    path.write_text("")
    assert [seq for seq, _sentence in checkpoints.as_left()] == [published[0].seq]


def test_a_line_that_nobody_signed_hides_no_entry_that_was_rewritten_behind_a_real_loss(house, tmp_path):
    """Neither in our file nor in that of an auditor."""
    path, last = seals.checkpoint_path(), AuditEvent.objects.latest("seq")
    seals.append_checkpoint(3, "f" * 64)  # as entry 3 was
    said = f"A checkpoint of {last_line()['at']} names entry 3, which is no longer in the trail as it was."
    assert (3, said) in verify()
    form = {"seq": last.seq + 1, "hash": "f" * 64, "at": "2026-11-30", "key": seals.key_id(), "signature": "x"}
    form |= {"last": hashes.sha256(path.read_text().splitlines()[-1]), "lost": {"from": 1, "to": 10**6, "reason": "x"}}
    with path.open("a") as lines:
        lines.write(f"{hashes.canonical(form)}\n")

    seals.append_checkpoint(last.seq, last.hash, lost={"from": last.seq + 1, "to": last.seq + 1, "reason": "Burned."})

    (copied := tmp_path / "kept").write_bytes(path.read_bytes())
    assert verify(copied) == [(3, said), (3, f"{copied}: {said}")]


FORGED = {
    "a take-down lifted": lambda house: make.perform(
        "reinstate", editions=[page().live.edition], actor=house.publisher, digest=make.seen(page().live.edition)
    ),
    "a role given": lambda house: make.give_role(house.editor2, "clinician", actor=house.admin),
    "a tier set": lambda house: set_tier(page(), "high", actor=house.clinician2, reason="Forged"),
    "a draft begun": lambda house: make.start(house, page().live.edition),
}


@pytest.mark.parametrize("seal", ["of another key", "of another entry", "none"])
@pytest.mark.parametrize("act", FORGED)
def test_an_entry_of_somebody_without_the_key_is_named(house, seal, act, settings, monkeypatch):
    withdrawn(house)
    make.vouch_all(house, page().live.edition)
    key, last = settings.SIGNING_KEY, AuditEvent.objects.latest("seq")
    kept = seals.checkpoint_path().read_bytes()
    # All that somebody with SQL can write is what the verb writes, but for the seal and the line.
    with monkeypatch.context() as forging:
        if seal != "of another key":
            forging.setattr(seals, "seal_entry", lambda hashed, _by: last.seal if seal == "of another entry" else None)
        settings.SIGNING_KEY = "A" * 43 + "="
        FORGED[act](house)
    settings.SIGNING_KEY = key
    seals.checkpoint_path().write_bytes(kept)
    forged = list(AuditEvent.objects.filter(seq__gt=last.seq).values_list("seq", flat=True))

    assert forged
    found = [one for one in verify() if not one[1].startswith(LOST)]
    assert found == [(seq, UNSEALED.format(seq)) for seq in forged]


UNSEALED = "Entry {} is not sealed with a key of this installation: something else wrote it."


@pytest.mark.parametrize("which", ["all", "the last", "the first"])
def test_seals_that_were_taken_off_are_missed(house, which):
    rows = models.QuerySet(AuditEvent).order_by("seq")
    seqs = list(rows.values_list("seq", flat=True))
    seqs = {"all": seqs, "the last": seqs[-1:], "the first": seqs[:1]}[which]
    with make.undone():
        with tables.no_triggers():
            rows.filter(seq__in=seqs).order_by().update(seal=None)
        assert verify() == [(seq, UNSEALED.format(seq)) for seq in seqs]


def test_a_database_older_than_the_file_is_named(house):
    with make.undone():
        make.signed(house, "otherumab")
        kept = seals.checkpoint_path().read_bytes()
        head = AuditEvent.objects.latest("seq").seq
    seals.checkpoint_path().write_bytes(kept)
    last = AuditEvent.objects.latest("seq").seq

    assert (head, f"the trail ends with {last}: the database is older than the checkpoint file") in {
        (seq, sentence.partition(", and ")[2].partition(", or was cut")[0]) for seq, sentence in verify()
    }


def test_a_chain_rewritten_whole_is_told_by_its_publications_although_the_file_is_emptied(house):
    victim, entries = AuditEvent.objects.filter(verb="signed").first(), AuditEvent.objects.order_by("seq")
    prev = victim.prev
    with tables.no_triggers():
        for entry in entries.filter(seq__gte=victim.seq):
            content = {**json.loads(entry.text), "prev": prev}
            if entry.pk == victim.pk:
                content["reason"] = "forged"
            text = hashes.canonical(content)
            found = {"text": text, "hash": hashes.event_hash(text), "prev": prev, "reason": content["reason"]}
            models.QuerySet(AuditEvent).filter(pk=entry.pk).update(**found)
            prev = found["hash"]
    seals.checkpoint_path().write_text("")
    found = tampered(f"UPDATE monographs_pen SET hash = '{prev}'")

    for one in Publication.objects.all():
        place = f"monographs.publication:{one.pk}: the trail before it"
        assert any(sentence.startswith(place) for _seq, sentence in found)
    assert any(sentence.startswith(LOST) for _seq, sentence in found)


def test_a_line_is_added_without_reading_the_whole_file(house):
    path = seals.checkpoint_path()
    before = path.read_bytes()
    path.write_bytes(b"x" * 10_000_000 + b"\n" + before)

    seals.append_checkpoint(1, "a" * 64)

    assert path.read_bytes().endswith(b"\n")
    assert path.stat().st_size > 10_000_000 + len(before)
