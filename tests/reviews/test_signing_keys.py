"""Keys of the publishing house: another takes over, and what each sealed holds as far as it may."""

import base64
import copy
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from clincalc import readiness
from monographs.models import Publication, WriteLock
from reviews import signing_keys
from reviews.access.refusals import Refused
from reviews.audit import certificates, hashes, keys, seals, signed_lines
from reviews.audit.trail import OtherKey, WriteLockTimeout, audited_write
from reviews.audit.verify import verify
from reviews.models import AuditEvent, Certificate, KeyStatement
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD, STRANGE = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (0, 1, 2, 9))


@pytest.fixture(scope="module")
def once(once_a_module):
    house = make.the_house()
    make.published(house)
    return house


@pytest.fixture
def house(db, once):
    return copy.deepcopy(once)


def rotated(settings, new=SECOND):
    signing_keys.rotate(new, reason="Every two years")
    settings.SIGNING_KEY = new


def sentences():
    return [sentence for _seq, sentence in verify()]


def test_another_key_takes_over_and_what_the_one_before_sealed_holds(house, settings):
    assert settings.SIGNING_KEY == FIRST
    sealed, last = Publication.objects.get(), AuditEvent.objects.latest("seq")

    rotated(settings)
    make.published(house, "otherumab")

    assert verify() == []
    said, entry = KeyStatement.objects.get(), AuditEvent.objects.get(verb="key_rotated")
    old, new = keys.Signer(FIRST), keys.Signer(SECOND)
    assert (said.key, said.by, said.seq, said.head) == (old.id, new.id, last.seq, last.hash)
    assert (entry.actor, entry.reason, entry.seq) == (None, "Every two years", last.seq + 1)
    assert [entry.data["from_key"], entry.data["to_key"]] == [old.id, new.id]
    assert entry.seal.startswith(f"{new.id}:")
    assert Publication.objects.get(pk=sealed.pk).key == old.id
    assert Publication.objects.get(slug="otherumab").key == new.id
    # Both signed the same words, and the file holds them.
    form = keys.form_of(said)
    words = (keys.PREFIX + hashes.canonical({name: form[name] for name in keys.SIGNED})).encode()
    for key, signature in ((old, said.signature), (new, said.by_signature)):
        assert keys.Key(key.id, key.public_bytes).holds(words, base64.b64decode(signature))
    lines = [json.loads(line) for line in seals.checkpoint_path().read_text().splitlines()]
    (line,) = (one for one in lines if one.get("act") == "key_rotated")
    assert (line["statement"], line["key"], line["seq"]) == (form, new.id, entry.seq)
    assert max(map(len, seals.checkpoint_path().read_bytes().splitlines())) < seals.A_LINE
    assert readiness.of_keys() == ""


def test_a_chain_of_keys_is_followed_to_the_first(house, settings, client):
    rotated(settings)
    make.published(house, "otherumab")
    rotated(settings, THIRD)

    assert verify() == []
    third, second, first = client.get("/.well-known/clincalc-keys.json").json()["keys"]
    assert [one["id"] for one in (first, second, third)] == [keys.Signer(one).id for one in (FIRST, SECOND, THIRD)]
    assert ("until" in third, first["until"] < second["until"]) == (False, True)
    assert len(client.get("/.well-known/clincalc-keys.json").json()["statements"]) == 2
    jwks = client.get("/.well-known/jwks.json").json()["keys"]
    assert [one["kid"] for one in jwks] == [third["id"], second["id"], first["id"]]
    assert {(one["kty"], one["crv"], one["alg"], one["use"]) for one in jwks} == {("OKP", "Ed25519", "Ed25519", "sig")}
    assert base64.urlsafe_b64decode(jwks[0]["x"] + "=") == base64.b64decode(third["public"])


def test_a_process_with_the_key_of_before_writes_nothing_and_says_so(house, settings):
    signing_keys.rotate(SECOND, reason="Every two years")
    before = AuditEvent.objects.count()

    for wrong in (FIRST, STRANGE):
        settings.SIGNING_KEY = wrong
        with pytest.raises(OtherKey, match="SIGNING_KEY is not the key"), audited_write(actor=house.editor) as trail:
            trail.record("written", "site")
        assert readiness.of_keys() == "SIGNING_KEY is not the key that seals here now"

    assert issubclass(OtherKey, WriteLockTimeout)  # the desk answers 503 and keeps what was typed
    assert AuditEvent.objects.count() == before
    settings.SIGNING_KEY = FIRST
    took_over = f"SIGNING_KEY is {keys.Signer(FIRST).id}, from which {keys.Signer(SECOND).id} took over on "
    assert any(sentence.startswith(took_over) for sentence in sentences())


@pytest.mark.parametrize("is_backdated", [False, True])
def test_whoever_has_a_key_of_before_takes_nothing_back_with_it(house, settings, monkeypatch, tmp_path, is_backdated):
    """Neither in our file nor in that of an auditor, to whom somebody mailed the line."""
    last = AuditEvent.objects.latest("seq")
    rotated(settings)
    make.published(house, "otherumab")
    kept = seals.checkpoint_path().read_text()
    if is_backdated:
        monkeypatch.setattr(seals.timezone, "now", lambda: last.at)
    lost = {"from": last.seq + 1, "to": 10**6, "reason": "x"}
    line = seals.append_checkpoint(last.seq, last.hash, by=keys.Signer(FIRST), lost=lost)
    monkeypatch.undo()
    (copied := tmp_path / "kept").write_text(f"{kept}{line}\n")

    number = len(kept.splitlines()) + 1
    said = f"Checkpoint line {number}: it accepts a loss by a key from which another had taken over."
    assert [one for _seq, one in verify(copied)] == [said, f"{copied}: {said}"]
    assert signed_lines.forms_of(seals.checkpoint_path().read_bytes().splitlines(keepends=True))[-1].get("lost") is None
    # Nor where the database says no more that another key took over: the file does.
    with tables.no_triggers():
        models.QuerySet(KeyStatement)._raw_delete("default")
    assert seals.read_checkpoints()[1] == [said]


def reseal(encoded, *, since=1):
    """As somebody with SQL and this key: every entry from there on chained and sealed anew, its reason changed."""
    prev = AuditEvent.objects.filter(seq__lt=since).order_by("-seq").values_list("hash", flat=True).first()
    for entry in AuditEvent.objects.filter(seq__gte=since).order_by("seq"):
        text = hashes.canonical({**json.loads(entry.text), "reason": "forged", **({"prev": prev} if prev else {})})
        prev = hashes.event_hash(text)
        columns = {"text": text, "hash": prev, "prev": json.loads(text)["prev"], "reason": "forged"}
        columns["seal"] = seals.seal_entry(prev, keys.Signer(encoded))
        models.QuerySet(AuditEvent).filter(pk=entry.pk).update(**columns)
    WriteLock.objects.update(hash=prev)


def test_a_past_that_was_forged_with_a_key_of_before_is_told(house, settings):
    """Its chain and seals are whole, to the last entry that it may have sealed; the newer key vouches for another."""
    rotated(settings)
    said = KeyStatement.objects.get()
    seals.checkpoint_path().write_text("")

    with tables.no_triggers():
        reseal(FIRST)
    found = sentences()

    assert (
        f"reviews.keystatement:{said.pk}: it names entry {said.seq}, which is no longer in the trail as it was."
        in found
    )
    assert f"Entry {said.seq + 1} is not sealed with a key of this installation: something else wrote it." in found
    assert f"Entry {said.seq} is not sealed with a key of this installation: something else wrote it." not in found


def test_a_key_of_before_adds_nothing_after_it_was_followed(house, settings):
    rotated(settings)
    make.published(house, "otherumab")
    last = AuditEvent.objects.latest("seq")
    with tables.no_triggers():
        reseal(FIRST, since=last.seq)
    assert f"Entry {last.seq} is not sealed with a key of this installation: something else wrote it." in sentences()


def forged(**columns):
    with tables.no_triggers():
        models.QuerySet(KeyStatement).update(**columns)


def test_a_statement_that_its_keys_did_not_sign_gives_no_key_its_word(house, settings):
    rotated(settings)
    whole = KeyStatement.objects.values().get()
    other = keys.Signer(STRANGE)
    wrong = {
        "kind": "revoked", "key": other.id, "public": other.public, "by": other.id, "by_public": other.public,
        "seq": whole["seq"] + 1, "head": "0" * 64, "signature": whole["by_signature"], "by_signature": whole["signature"],
    }  # fmt: skip
    for column, value in wrong.items():
        if column == "kind":
            continue  # the database takes no revocation with this signature
        forged(**{column: value})
        said = f"A statement on the key {other.id if column == 'key' else whole['key']} by "
        assert any(sentence.startswith(said) for sentence in sentences()), column
        forged(**{column: whole[column]})
    assert verify() == []


def test_somebody_with_sql_lets_a_key_of_theirs_take_over_and_it_is_told(house, settings):
    """It signs for itself, and nobody signs for the key that it says it followed."""
    theirs, ours, last = keys.Signer(STRANGE), keys.Signer(FIRST), AuditEvent.objects.latest("seq")
    form = {
        "kind": "rotated", "key": ours.id, "public": ours.public, "by": theirs.id, "by_public": theirs.public,
        "at": hashes.instant(last.at), "seq": last.seq, "head": last.hash,
    }  # fmt: skip
    with tables.no_triggers():
        KeyStatement.objects.create(**{**keys.sign(form, key=theirs, by=theirs), "at": last.at})

    assert any(sentence.startswith(f"SIGNING_KEY is {ours.id}, from which ") for sentence in sentences())
    settings.SIGNING_KEY = STRANGE  # nor does it help to start with it
    found = sentences()
    assert f"Entry {last.seq} is not sealed with a key of this installation: something else wrote it." in found
    assert any(
        sentence.startswith(f"A statement on the key {ours.id} by {theirs.id} does not hold") for sentence in found
    )


def test_what_only_the_file_says_of_keys_is_told(house, settings):
    rotated(settings)
    with tables.no_triggers():
        models.QuerySet(KeyStatement).delete()
    found = sentences()

    told = "The checkpoint file holds a statement on a key that the database does not, in its line of "
    assert any(sentence.startswith(told) for sentence in found)
    assert not any(sentence.startswith("Checkpoint line") for sentence in found)


REFUSED = {
    "": "not_a_key", "x": "not_a_key", "é" * 32: "not_a_key", base64.b64encode(b"x" * 31).decode(): "not_a_key",
    FIRST: "key_was_used",
}  # fmt: skip


def test_what_cannot_take_over_is_refused_and_leaves_nothing(house, settings):
    before = AuditEvent.objects.count()
    for new, code in REFUSED.items():
        with pytest.raises(Refused) as refused:
            signing_keys.rotate(new, reason="Every two years")
        assert refused.value.codes == [code], new
    with pytest.raises(Refused):
        signing_keys.rotate(SECOND, reason=" ")
    settings.SIGNING_KEY = STRANGE  # which sealed nothing here
    with pytest.raises(Refused) as refused:
        signing_keys.rotate(SECOND, reason="Every two years")
    assert refused.value.codes == ["not_the_key"]
    settings.SIGNING_KEY, settings.CHECKPOINT_FILE = FIRST, "/dev/full"
    with pytest.raises(Refused) as refused:
        signing_keys.rotate(SECOND, reason="Every two years")
    assert refused.value.codes == ["no_checkpoint"]
    assert (AuditEvent.objects.count(), KeyStatement.objects.count()) == (before, 0)


def test_a_key_that_was_followed_never_comes_back(house, settings):
    rotated(settings)
    with pytest.raises(Refused) as refused:
        signing_keys.rotate(FIRST, reason="Every two years")
    assert refused.value.codes == ["key_was_used"]


def test_the_command_takes_the_new_key_from_the_environment_alone(house, settings, capsys):
    settings.NEW_SIGNING_KEY = ""
    with pytest.raises(CommandError, match="NEW_SIGNING_KEY is missing"):
        call_command("rotate_key", reason="Every two years")
    settings.NEW_SIGNING_KEY = SECOND

    call_command("rotate_key", reason="Every two years")

    new, old = keys.Signer(SECOND).id, keys.Signer(FIRST).id
    assert capsys.readouterr().out.startswith(f"The key {new} took over from {old}. Put it in the place of SIGNING_KEY")
    with pytest.raises(CommandError, match="SIGNING_KEY is not the key that seals here now"):
        call_command("rotate_key", reason="Again")


# -- A key that leaked ---------------------------------------------------------------------------------------------------


def test_a_revoked_key_is_believed_no_more_and_its_pages_are_certified_again(house, settings):
    first = seals.key_id()
    rotated(settings)
    before, rows = Publication.objects.values().get(), Certificate.objects.count()

    assert signing_keys.revoke(first, reason="It was on a stolen laptop") == 1

    assert verify() == []
    entry, said = AuditEvent.objects.get(verb="key_revoked"), KeyStatement.objects.get(kind="revoked")
    assert (entry.data["key"], entry.data["publications"], entry.reason) == (first, 1, "It was on a stolen laptop")
    assert (said.key, said.by, said.signature) == (first, seals.key_id(), "")
    assert Publication.objects.values().get() == before
    assert [one.key for one in Certificate.objects.all()] == [first, seals.key_id()]
    assert Certificate.objects.count() == rows + 1
    lines = [json.loads(line) for line in seals.checkpoint_path().read_text().splitlines()]
    assert lines[-1]["statement"] == keys.form_of(said)


def test_a_page_that_only_a_revoked_key_certifies_is_told(house, settings):
    first, page = seals.key_id(), Publication.objects.get()
    rotated(settings)
    signing_keys.revoke(first, reason="It was on a stolen laptop")
    with tables.no_triggers():
        models.QuerySet(Certificate).exclude(key=first)._raw_delete("default")

    assert (
        f"monographs.publication:{page.pk}: no key that is believed certifies it. Run `manage.py upgrade`."
        in sentences()
    )


def test_somebody_with_sql_and_a_revoked_key_certifies_nothing(house, settings):
    """Neither the words of a page that they changed, nor a page of their own."""
    first, page = keys.Signer(FIRST), Publication.objects.get()
    rotated(settings)
    signing_keys.revoke(first.id, reason="It was on a stolen laptop")
    form = {**certificates.form_of(page), "digest": "0" * 64}
    with tables.no_triggers():
        Certificate.objects.filter(key=first.id).update(jws=certificates.signed(form, first))

    assert any("its signature does not hold" in sentence for sentence in sentences())


def test_what_cannot_be_revoked_is_refused_and_leaves_nothing(house, settings, capsys):
    first = seals.key_id()
    with pytest.raises(Refused) as refused:
        signing_keys.revoke(first, reason="It was on a stolen laptop")
    assert refused.value.codes == ["key_in_use"]
    rotated(settings)
    before = AuditEvent.objects.count()
    for key in ("", "0" * 16, "x\x00", "é", f"{first} "):
        with pytest.raises(Refused) as refused:
            signing_keys.revoke(key, reason="It was on a stolen laptop")
        assert refused.value.codes == ["no_such_key"], key
    with pytest.raises(CommandError, match="No key of ours has this id"):
        call_command("revoke_key", "0" * 16, reason="It was on a stolen laptop")
    with pytest.raises(Refused):
        signing_keys.revoke(first, reason="")
    with tables.no_triggers():
        models.QuerySet(Publication).update(seal="A" * 86 + "==")
    with pytest.raises(CommandError, match="not whole"):  # what was forged with it gets no new word
        call_command("revoke_key", first, reason="It was on a stolen laptop")
    with pytest.raises(Refused) as refused:
        signing_keys.revoke(first, reason="It was on a stolen laptop")
    assert refused.value.codes == ["seal_broken"]
    assert (AuditEvent.objects.count(), KeyStatement.objects.count()) == (before, 1)


def test_the_command_verifies_and_says_how_many_were_certified_again(house, settings, capsys):
    first = seals.key_id()
    rotated(settings)

    call_command("revoke_key", first, reason="It was on a stolen laptop")

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("The trail is whole: ")
    assert said[1] == f"The key {first} is revoked, and 1 publication was certified again."
    with pytest.raises(Refused) as refused:
        signing_keys.revoke(first, reason="Again")
    assert refused.value.codes == ["revoked_already"]
