"""Whether the trail still tells the truth: `verify_trail`.

Recomputes the chain, compares every guarded row with the last hash that the trail holds of it, checks documents, seals
and checkpoints, rebuilds open editions, and replays states and what is live. Each finding is a sentence that names the
row or the entry. All but the tables themselves is read as it stands at one moment (`one_moment`): a row that somebody
wrote after its entry was read would look as if it had no entry.

A run that goes on from an earlier one (`replay`) proves this: the earlier, whole run found nothing, each entry that it
read has the text that it read, all later entries are as a whole run wants them, and every guarded row, however old, has
the last hash that the trail tells of it. It does not look again at the columns and seals of older entries, nor at what
is derived from older change sets. Only a whole run does.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission
from django.db import DatabaseError
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from monographs import triggers
from monographs.assemble import build
from monographs.canonical import canonical
from monographs.digest import digest, digest_of_json
from monographs.models import Document, Edition, Monograph, Publication, WriteLock
from reviews.audit import beside, certificates, checkpoints, hashes, indexes, schema, seals, stored_forms, verify_keys
from reviews.audit.keys import Keys
from reviews.audit.replay import Replay
from reviews.audit.verify_derived import UNREADABLE, Finding, are_judged, verify_change_sets, verify_derived
from reviews.audit.verify_grants import verify_grants
from reviews.models import Act, AuditEvent, ChangeSet, SignOff
from reviews.one_moment import apart, one_moment

A_CHUNK = 500  # entries in memory at once
A_STEP = 100_000  # entries between two words on how far it is
Say = Callable[[str], Any]


def verify(copy: Path | None = None, *, replay: Replay | None = None, say: Say | None = None) -> list[Finding]:
    """Every finding, (entry or None, sentence); an empty list when nothing was touched. Reads only. `copy`: lines of
    the checkpoint file that somebody else kept, which are asked too. `replay`: what an earlier run read, from where
    this one goes on; one that read nothing makes this a whole run. `say` is told how far it is: each step of
    a trail that is long."""
    replay = replay or Replay()
    since = replay.hash_at.last
    is_long = AuditEvent.objects.filter(seq__gte=A_STEP).exists()
    lines = seals.read_checkpoints()  # before the moment: each of them is about an entry that is there then
    steps: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("tables, triggers and indexes", _schema),
        ("entries that were read before", lambda: _read_before(replay)),
        ("entries", lambda: _chain(replay, keys, say)),
        ("keys", lambda: verify_keys.findings(replay, keys, lines[0])),
        ("checkpoints", lambda: checkpoints.findings(replay, *lines)),
        ("lines that were kept elsewhere", lambda: checkpoints.by_witness(replay, copy) if copy else ()),
        ("rows", lambda: _rows(replay)),
        ("documents", lambda: judged() if others else _documents(_is_older(replay, "monographs.document", since))),
        ("publications", lambda: _publications(replay, keys)),
        ("certificates", lambda: verify_keys.of_certificates(replay, keys)),
        ("open editions", _open_editions),
        ("states", lambda: _states(replay)),
        ("permissions", lambda: _permissions(replay)),
        ("roles", verify_grants),
        ("acts", lambda: _acts(replay)),
        ("what is derived", lambda: _derived(replay, since, is_judged=by_change_sets)),
    ]
    findings: list[Finding] = []
    by_change_sets = False

    def judged() -> list[Finding]:
        nonlocal by_change_sets
        found, by_change_sets = others() if others else ([], False)
        return found

    with ExitStack() as moment:
        is_shared = since == 0 and is_long and beside.is_possible()
        others = moment.enter_context(beside.beside(_by_themselves)) if is_shared else None
        for number, (what, step) in enumerate(steps, 1):
            if say and is_long:
                say(f"{number} of {len(steps)}: {what}.")
            findings += step()
            if step is _schema:  # it makes tables, and asks for each thing once
                moment.enter_context(one_moment())
                keys = seals.believed_keys()
    return findings


def _schema() -> Iterator[Finding]:
    for name in triggers.missing():
        yield None, f"The database has lost the trigger {name}."
    try:
        yield from [
            (None, sentence) for sentence in (*schema.differences(), *indexes.lacking(), *stored_forms.otherwise())
        ]
    except DatabaseError as error:
        yield None, f"The tables of the database cannot be compared with those of this version: {error}"


def _read_before(replay: Replay) -> Iterator[Finding]:
    """Whether the entries that an earlier run read have the texts that it read."""
    since, read = replay.hash_at.last, 0
    for seq, its_hash, text in _in_order(("seq", "hash", "text"), AuditEvent.objects.filter(seq__lte=since)):
        read += 1
        if not replay.hash_at.get(seq) == its_hash == hashes.event_hash(text):
            yield seq, f"Entry {seq} is not as it was when it was verified."
    if read != len(replay.hash_at):
        yield since, f"Of the entries up to {since}, which were verified, {len(replay.hash_at) - read} are gone."


def _chain(replay: Replay, keys: Keys, say: Say | None = None) -> Iterator[Finding]:
    """Each entry after those that were read before."""
    try:
        with apart():
            (lock,) = WriteLock.objects.all()
        lock.seq = int(lock.seq)
    except UNREADABLE:
        yield None, "The write lock is not one row that can be read."
        return
    if lock.held or lock.edition_id is not None:
        yield None, "The write lock was left held: somebody set its flag by hand."
    last_seq = replay.hash_at.last
    prev, expected = replay.hash_at.get(last_seq) or hashes.genesis(lock.site), last_seq + 1
    columns = (
        "seq",
        "at",
        "actor_id",
        "actor_name",
        "verb",
        "subject",
        "digest",
        "reason",
        "prev",
        "hash",
        "text",
        "seal",
    )
    entries = AuditEvent.objects.filter(seq__gt=last_seq).annotate(raw=Cast("data", TextField()))
    for row in _in_order((*columns, "raw"), entries):
        seq, at, actor_id, actor_name, verb, subject, digest_, reason, its_prev, its_hash, text, seal, raw = row
        last_seq = seq
        if say and not seq % A_STEP:
            say(f"Entry {seq:,} of {lock.seq:,}.")
        if seq != expected:
            yield expected, f"Entry {expected} is missing: the next one is {seq}."
            expected = seq
        expected += 1
        try:
            content = dict(json.loads(text).items())
            beside = {
                "seq": seq, "at": hashes.instant(at), "verb": verb, "subject": subject, "digest": digest_,
                "reason": reason, "prev": its_prev, "data": json.loads(raw),
                "actor": {"pk": actor_id, "username": actor_name} if actor_id is not None else None,
            }  # fmt: skip
        except UNREADABLE:
            yield seq, f"Entry {seq} cannot be read."
            prev = its_hash
            continue
        is_sealed = seals.entry_seal_holds(its_hash, seal, keys=keys, seq=seq) if seal else seq < replay.sealed_since
        if not is_sealed:
            yield seq, f"Entry {seq} is not sealed with a key of this installation: something else wrote it."
        if hashes.event_hash(text) != its_hash:
            yield seq, f"Entry {seq}: its text is not the one that was hashed."
        if its_prev != prev:
            yield seq, f"Entry {seq} does not follow from the one before it."
        if actor_id is None and actor_name:
            yield seq, f"Entry {seq}: its column actor_name differs from its text."
        for name, value in beside.items():
            if content.get(name) != value:
                yield seq, f"Entry {seq}: its column {name} differs from its text."
        try:
            # What stands in the text as it is has the form of the text.
            if f'"data":{raw},"digest"' not in text and canonical(beside["data"]) != raw:
                yield seq, f"Entry {seq}: its column data is not in the form in which it was written."
            replay.read(seq, verb, subject, content.get("data", {}), content["at"], reason)
        except UNREADABLE:
            yield seq, f"Entry {seq}: what it says cannot be read."
        prev = its_hash
        replay.hash_at[seq] = its_hash
    if (lock.seq, lock.hash) != (last_seq, prev if last_seq else ""):
        yield (
            min(lock.seq, last_seq) + 1,
            f"The write lock says that the last entry is {lock.seq}, and the trail ends with {last_seq}.",
        )


def _in_order(columns: tuple[str, ...], entries: QuerySet[AuditEvent, Any]) -> Iterator[tuple[Any, ...]]:
    try:
        with apart():
            yield from entries.order_by("seq").values_list(*columns).iterator(A_CHUNK)
    except UNREADABLE:
        return  # the write lock's head then tells that the trail ends too early


def _rows(replay: Replay) -> Iterator[Finding]:
    """Each guarded row against its last hash; rows that no entry tells of; rows that are gone."""
    for label, (_model, lists) in hashes.guarded().items():
        if label == AuditEvent._meta.label_lower:
            continue
        for version in sorted(lists):
            newest = version == max(lists)
            if newest or replay.rows.has(label, version):
                yield from _rows_of(replay, label, version, newest)
    for name, seq in replay.rows.unmet():
        yield seq, f"{name}: the row of entry {seq} is gone."


def _rows_of(replay: Replay, label: str, version: int, newest: bool) -> Iterator[Finding]:
    """Of one table, those that were told by one list of columns; by the newest also what is told of none."""
    for name, value in _hashes(label, version):
        told, seq = replay.rows.told(name)
        if told is not None and told.startswith(f"{version}:"):
            if value is None:
                yield seq, f"{name}: the row cannot be read."
            elif value != told:
                yield seq, f"{name}: the row is not as entry {seq} left it."
            replay.rows.meet(name)
        elif newest and seq is None:
            yield None, f"{name}: no entry tells of this row."
        elif newest and told is None:
            yield seq, f"{name}: entry {seq} says that this row is gone, and it is there."


def _hashes(label: str, version: int) -> Iterator[tuple[str, str | None]]:
    """Hashes of a whole table; from a value on that cannot even be read, row by row."""
    read = 0
    try:
        with apart():
            for one in hashes.row_hashes(label, version):
                read += 1
                yield one
    except UNREADABLE:
        for pk in hashes.guarded()[label][0]._base_manager.order_by("pk").values_list("pk", flat=True)[read:]:
            try:
                with apart():
                    found = dict(hashes.row_hashes(label, version, [pk]))
                yield f"{label}:{pk}", found.get(f"{label}:{pk}")
            except UNREADABLE:
                yield f"{label}:{pk}", None


def _by_themselves() -> tuple[list[Finding], bool]:
    """Documents, and what is derived of change sets: rows that nobody changes, each of which holds or not whatever the
    rest says. So a second process may judge them, at whatever moment of its own. And whether change sets were judged:
    what an earlier version derived is not, and may be made anew before the first process comes to its moment."""
    with one_moment():
        return [*_documents(), *verify_change_sets()], are_judged()


def _is_older(replay: Replay, label: str, since: int) -> Callable[[object], bool]:
    """Whether an earlier run saw this row as it is, by the hash that was compared: nothing needs one where none did."""
    return lambda pk: since > 0 and 0 < (replay.rows.seq_of(f"{label}:{pk}") or 0) <= since


def _derived(replay: Replay, since: int, *, is_judged: bool) -> Iterable[Finding]:
    """`is_judged`: change sets were looked at beside it."""
    is_older = None if is_judged else _is_older(replay, "reviews.changeset", since)
    return verify_derived(replay.entries, replay.moves, replay.hash_at, replay.epoch, is_older)


def _documents(is_older: Callable[[str], bool] = lambda _digest: False) -> Iterator[Finding]:
    for name, text in Document.objects.values_list("digest", "text").iterator(200):
        if is_older(name):
            continue
        try:
            holds = digest_of_json(json.loads(text)) == name
        except UNREADABLE:
            holds = False
        if not holds:
            yield None, f"monographs.document:{name}: its text does not have this digest."


def _publications(replay: Replay, keys: Keys) -> Iterator[Finding]:
    for pk in Publication.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with apart():
                one = Publication.objects.get(pk=pk)
                form = certificates.form_of(one)
                holds = seals.seal_holds(form, one.key, one.seal, keys=keys, seq=replay.published.get(pk))
                signed = SignOff.objects.filter(
                    edition=one.edition_id, document=one.document_id, meaning="review", unsigning=None
                ).exists()
        except UNREADABLE:
            holds = signed = False
        seq = replay.published.get(pk, 0)
        if not holds:
            yield None, f"monographs.publication:{pk}: its seal does not hold."
        elif one.head not in [replay.hash_at.get(before) for before in replay.heads.get(pk, ())]:
            said = "the trail before it is not the one that it was sealed with"
            yield seq or None, f"monographs.publication:{pk}: {said}."
        if not signed:
            yield None, f"monographs.publication:{pk}: nobody signed the document that it shows."


def _open_editions() -> Iterator[Finding]:
    for pk in Edition.objects.open().values_list("pk", flat=True):
        changes = ChangeSet.objects.filter(edition=pk).order_by("-at", "-revision_id")
        try:
            with apart():
                holds = digest(build(Edition.objects.get(pk=pk))) == changes.values_list("after_id", flat=True).first()
        except UNREADABLE:
            holds = False
        if not holds:
            yield None, f"monographs.edition:{pk}: its rows are not what its last change set left."


def _states(replay: Replay) -> Iterator[Finding]:
    columns = ("pk", "monograph__slug", "number", "state", "round")
    for pk, slug, number, state, round_ in Edition.objects.order_by("pk").values_list(*columns):
        edition = f"monograph:{slug}", number
        if replay.states.get(edition) != state or replay.rounds.get(edition) != round_:
            yield (
                None,
                f"monographs.edition:{pk}: the entries leave it {replay.states.get(edition)}, and it is {state}.",
            )
    for pk, slug, live in Monograph.objects.values_list("pk", "slug", "live_id"):
        if replay.live.get(f"monograph:{slug}") != live:
            yield None, f"monographs.monograph:{pk}: what is live is not what was published last."


def _permissions(replay: Replay) -> Iterator[Finding]:
    """What the granted permissions stood for when they were granted."""
    now = {str(pk): codename for pk, codename in Permission.objects.values_list("pk", "codename")}
    for key, (seq, codename) in replay.permissions.items():
        if now.get(key) != codename:
            yield seq, f"auth.permission:{key}: entry {seq} granted “{codename}”, and it is “{now.get(key)}” now."


def _acts(replay: Replay) -> Iterator[Finding]:
    """A form that was sent names the last entry of its act."""
    for pk, seq in Act.objects.order_by("pk").values_list("pk", "seq"):
        if seq not in replay.hash_at:
            yield None, f"reviews.act:{pk}: it names entry {seq}, which is not in the trail."
