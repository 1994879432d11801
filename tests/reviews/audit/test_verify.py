"""Tampering: with the triggers off, each column of each row of every guarded table is changed in turn, and
`verify_trail` names the row. Then rows are taken away, put in, and cut off the end."""

import json
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from monographs.fields import JSONText
from monographs.models import Edition, Epoch, Monograph, Publication, Section, WriteLock
from reviews.audit import hashes, seals
from reviews.audit.replay import Replay
from reviews.audit.verify import _chain, verify
from reviews.editing import monographs
from reviews.models import Act, AuditEvent, ClassPermission, SignOff
from reviews.models.remark import OUTCOMES
from tests import factories as make
from tests import tables

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]


@pytest.fixture(scope="module")
def made(once_a_module):
    tables.fill()
    assert verify() == []


# Codes that a constraint takes, and no other word.
CODES = {"reviews.Remark.outcome": list(OUTCOMES)}


def other_value(field: models.Field, value):
    """A value that the column could hold, and does not."""
    if isinstance(field, models.ForeignKey):
        return other_value(field.target_field, value)
    if choices := CODES.get(str(field)) or [choice for choice, _label in field.choices or ()]:
        return choices[(choices.index(value) + 1) % len(choices)] if value in choices else choices[0]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return (value or datetime(2028, 6, 20, tzinfo=UTC)) + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return (value or date(2028, 6, 20)) + timedelta(days=1)
    if isinstance(field, models.SmallIntegerField):
        return (value or 0) + 1_000
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1_000_000
    if isinstance(field, JSONText):
        return {"tampered": True}
    longest = getattr(field, "max_length", None)
    return (
        f"{value}x"
        if not longest or len(str(value)) < longest
        else f"{'0' if str(value)[:1] != '0' else '1'}{str(value)[1:]}"
    )


GUARDED = sorted(hashes.guarded().items())
# What the trail says of a guarded row that is not as it was written.
ROW = re.compile(r": the row (is not as entry \d+ left it|of entry \d+ is gone)\.$|: the row cannot be read\.$")
# Columns that are filled in together or not at all: a constraint refuses to change one of them.
UNTOUCHED = [
    "reviews.assignment.ended_how",
    *(f"reviews.clinicianprofile.{name}" for name in ("ended_by", "ended_how", "ended_on")),
    "reviews.grant.has_lapsed",
    "reviews.keystatement.kind",
    "reviews.organisation.id",
    *(
        f"reviews.problemreport.{name}"
        for name in ("answered_at", "answered_by", "looking_at", "looking_by", "outcome", "overlay", "publication")
    ),
    *(f"reviews.recheck.{name}" for name in ("closed_at", "closed_by")),
]
# No acts: whoever signs in writes when, without the write lock.
LAST_SIGN_IN = ("auth.user.last_login", "mfa.authenticator.last_used_at")
ROUNDS = max(len(model._meta.concrete_fields) for _label, (model, _lists) in GUARDED)


def overwrite(model, field: models.Field, rows: list) -> list:
    """Writes another value into this column of these rows, and answers which of them have it now."""
    table, column, key = (connection.ops.quote_name(name) for name in (model._meta.db_table, field.column, model._meta.pk.column))  # fmt: skip
    wanted = []
    for row in rows:
        value = other_value(field, getattr(row, field.attname))
        if value is not None and value != getattr(row, field.attname):
            wanted.append((row, [field.get_db_prep_save(value, connection), db_key(row)]))
    sql = f"UPDATE {table} SET {column} = %s WHERE {key} = %s"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, [values for _row, values in wanted])
        return [row for row, _values in wanted]
    except DatabaseError:
        pass
    changed = []
    for row, values in wanted:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, values)
            changed.append(row)
        except DatabaseError:
            continue  # a constraint of the database refused it: no way to tamper with that
    return changed


def db_key(row):
    return row._meta.pk.get_db_prep_value(row.pk, connection)


def test_the_trail_vouches_for_every_column_of_every_guarded_table():
    for label, (model, lists) in GUARDED:
        newest = lists[max(lists)]
        columns = {
            field.attname for field in model._meta.concrete_fields if f"{label}.{field.attname}" not in LAST_SIGN_IN
        }
        assert sorted(newest) == sorted(columns), label
    # The write lock is what the chain is compared with, and the entries are the chain itself. The epoch, and all that is
    # derived, are made anew of what is guarded.
    unguarded = {"monographs.writelock", "reviews.auditevent", "monographs.epoch"}
    unguarded |= {
        "monographs.indexentry",
        "monographs.formeraddress",
        "monographs.toldchange",
        "reviews.entrysubject",
        "reviews.changedpart",
        "reviews.writtentext",
        "reviews.misprint",
    }
    unguarded |= {"reviews.inboxreport"}  # waits for the write lock: nothing vouches for it until it is taken in
    unguarded |= {"reviews.act"}  # a form that was sent: nothing is judged by it but whether it was
    unguarded |= {"reviews.countedtry"}  # a wrong password, for as long as it counts
    unguarded |= {"reviews.spentcode"}  # a code that was used: it keeps it from being used again, for a minute
    unguarded |= {"reviews.keptform"}  # what somebody typed and nobody took: no part of the record
    unguarded |= {
        "reviews.look",
        "reviews.presence",
        "reviews.scratch",
    }  # who has an edition open, and what they are typing
    ours = {m._meta.label_lower for m in apps.get_models() if m._meta.app_label in ("monographs", "reviews")}
    assert ours - {label for label, _ in GUARDED} == unguarded
    elsewhere = {
        "auth.group",
        "auth.user",
        "auth.user_groups",
        "mfa.authenticator",
        "reversion.revision",
        "reversion.version",
    }
    assert {label for label, _ in GUARDED} - ours == elsewhere


def test_each_changed_column_of_each_row_is_named(house):
    """One column of every table at a time, in all rows at once: what is found names the row by its key."""
    kept = {label: list(model._base_manager.all()) for label, (model, _lists) in GUARDED}
    assert all(kept.values()), "the fixture makes a row of every table"
    untouched = set()

    with tables.no_triggers():
        for number in range(ROUNDS):
            with make.undone():
                changed = set()
                for label, (model, _lists) in GUARDED:
                    for field in model._meta.concrete_fields[number : number + 1]:
                        if f"{label}.{field.name}" in LAST_SIGN_IN:
                            continue
                        rows = overwrite(model, field, kept[label])
                        changed |= {f"{label}:{row.pk}" for row in rows}
                        untouched |= set() if rows else {f"{label}.{field.name}"}
                named = {sentence.partition(": ")[0] for seq, sentence in verify() if ROW.search(sentence) and seq}
                assert named == changed, number

    assert sorted(untouched) == UNTOUCHED


def test_each_changed_column_of_each_entry_is_named(house):
    """Every third entry at once: each breaks its own place in the chain and at most the next one's."""
    entries = list(AuditEvent.objects.order_by("seq"))
    with tables.no_triggers():
        for field in AuditEvent._meta.concrete_fields:
            for first in range(3):
                with make.undone():
                    changed = [one.seq for one in overwrite(AuditEvent, field, entries[first::3])]
                    assert changed, field.name
                    found = list(_chain(Replay(), seals.believed_keys()))
                    if field.name == "seq":
                        assert {(seq, f"Entry {seq} is missing: the next one is {seq + 1}.") for seq in changed if seq < len(entries)} <= set(found)  # fmt: skip
                        continue
                    assert {seq for seq, sentence in found if sentence.startswith(f"Entry {seq}{SAID[field.name]}")} >= set(changed), field.name  # fmt: skip
                    assert {seq for seq, _sentence in found} <= {*changed, *(seq + 1 for seq in changed)}


SAID = {
    "at": ": its column at differs from its text.",
    "actor": ": its column actor differs from its text.",
    "actor_name": ": its column actor",
    "verb": ": its column verb differs from its text.",
    "subject": ": its column subject differs from its text.",
    "digest": ": its column digest differs from its text.",
    "reason": ": its column reason differs from its text.",
    "data": ": its column data differs from its text.",
    "prev": " does not follow from the one before it.",
    "hash": ": its text is not the one that was hashed.",
    "text": " cannot be read.",
    "seal": " is not sealed with a key of this installation",
}


@pytest.mark.parametrize("gone", [slice(0, None, 2), slice(1, None, 2), slice(None)], ids=["even", "odd", "all"])
def test_each_row_that_is_gone_is_named(house, gone):
    """Every second row of every table, then the others, and then the tables are empty."""
    expected = set()
    with make.undone(), tables.no_triggers():
        for label, (model, _lists) in GUARDED:
            rows = list(model._base_manager.order_by("pk"))[gone]
            key = connection.ops.quote_name(model._meta.pk.column)
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"DELETE FROM {model._meta.db_table} WHERE {key} = %s", [[db_key(row)] for row in rows]
                )
            expected |= {f"{label}:{row.pk}" for row in rows}

        found = verify()

    named = {sentence.partition(": ")[0] for seq, sentence in found if sentence.endswith("is gone.")}
    # An edition is read beside its monograph, and is missed together with it.
    assert {name for name in named ^ expected if not name.startswith("monographs.edition:")} == set()
    last = {name: seq for seq, data in AuditEvent.objects.order_by("seq").values_list("seq", "data") for name in data.get("rows", {})}  # fmt: skip
    assert {(last[name], f"{name}: the row of entry {last[name]} is gone.") for name in expected} <= set(found)


def test_a_row_that_no_entry_tells_of_is_named(house):
    edition = make.draft(house, "sneakumab")
    with tables.no_triggers():
        row = Section.objects.bulk_create([Section(edition=edition, key=uuid.uuid4(), kind="driving", text="x")])[0]

    found = [sentence for _seq, sentence in verify()]

    assert f"monographs.section:{row.pk}: no entry tells of this row." in found
    assert f"monographs.edition:{edition.pk}: its rows are not what its last change set left." in found


def test_a_publication_put_live_by_hand_is_named(house):
    monograph = Monograph.objects.get(slug="otherumab")
    with tables.no_triggers():
        models.QuerySet(Monograph).filter(slug="testazumab").update(live=None)
        models.QuerySet(Monograph).filter(pk=monograph.pk).update(live=Publication.objects.first())

    found = [sentence for _seq, sentence in verify()]

    assert f"monographs.monograph:{monograph.pk}: what is live is not what was published last." in found


def test_a_permission_that_now_means_another_is_named(house):
    of_class = Permission.objects.filter(content_type__model="therapeuticclass")
    of_class.filter(codename="edit_monographs").update(codename="x")
    of_class.filter(codename="publish_monographs").update(codename="edit_monographs")

    found = [sentence for _seq, sentence in verify()]

    assert sum(sentence.startswith("auth.permission:") for sentence in found) == 2


ODD = ["[1]", "5", '{"data":[]}', '{"data":{"rows":5}}', '{"data":{"to":"x","edition":1}}', '{"data":{"to":"x","edition":[1]}}',
       '{"data":{"permissions":5}}', '{"a":NaN}', '{"a":99999999999999999999}', "[" * 100_000, "{", ""]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:30])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("reviews_auditevent", "text"),
        ("reviews_auditevent", "data"),
        ("monographs_document", "text"),
        ("monographs_edition", "names"),
    ],
)
def test_what_cannot_even_be_read_is_named_and_stops_nothing(house, table, column, odd):
    """The last row of each table holds something odd: it is named, and so is a second thing that was touched."""
    key = "seq" if table == "reviews_auditevent" else "digest" if table == "monographs_document" else "id"
    with tables.no_triggers(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = (SELECT MAX({key}) FROM {table})", [odd])
        models.QuerySet(SignOff).filter(pk=SignOff.objects.first().pk).update(name="Somebody else")

    found = [sentence for _seq, sentence in verify()]

    assert any(sentence.startswith("reviews.signoff:") for sentence in found)
    subject = {"reviews_auditevent": "Entry ", "monographs_document": "monographs.document:", "monographs_edition": "monographs.edition:"}  # fmt: skip
    assert any(sentence.startswith(subject[table]) for sentence in found), found


def test_a_checkpoint_that_was_cut_off_spoils_no_later_one(house):
    path = seals.checkpoint_path()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert verify() == []

    call_command("checkpoint", stdout=StringIO())
    call_command("checkpoint", stdout=StringIO())
    assert verify() == []
    assert len(path.read_bytes().splitlines()) == len(whole.splitlines()) + 2

    path.write_bytes(b"\xff\n" + whole)
    assert any("cannot be read" in sentence for _seq, sentence in verify())


@pytest.mark.parametrize("lost", [1, 3, 10])
def test_entries_lost_at_the_end_are_found_by_the_pen_and_with_the_pen_set_back_by_a_checkpoint(house, lost):
    call_command("checkpoint", stdout=StringIO())
    head = AuditEvent.objects.latest("seq").seq
    with tables.no_triggers():
        models.QuerySet(AuditEvent).filter(seq__gt=head - lost)._raw_delete("default")
    assert head - lost + 1 in {seq for seq, _sentence in verify()}

    last = AuditEvent.objects.latest("seq")
    WriteLock.objects.update(seq=last.seq, hash=last.hash)

    assert any("A checkpoint" in sentence and seq == head for seq, sentence in verify())


def test_a_chain_rebuilt_by_whoever_owns_the_database_is_found_by_a_checkpoint(house):
    call_command("checkpoint", stdout=StringIO())
    lock, victim = WriteLock.objects.get(), AuditEvent.objects.filter(verb="signed").first()
    prev = hashes.genesis(lock.site)
    with tables.no_triggers():
        for entry in list(AuditEvent.objects.order_by("seq")):
            content = json.loads(entry.text)
            if entry.pk == victim.pk:
                content["reason"] = entry.reason = "forged"
            content["prev"] = prev
            text = hashes.canonical(content)
            hashed = hashes.event_hash(text)
            models.QuerySet(AuditEvent).filter(pk=entry.pk).update(
                text=text, hash=hashed, prev=prev, reason=entry.reason
            )
            prev = hashed
    WriteLock.objects.update(hash=prev)

    assert any("A checkpoint" in sentence for _seq, sentence in verify())


def test_a_checkpoint_file_that_is_gone_cut_or_forged_is_told(house, settings):
    call_command("checkpoint", stdout=StringIO())
    path = seals.checkpoint_path()
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) >= 2

    path.unlink()
    assert any("no checkpoint file" in sentence for _seq, sentence in verify())
    path.write_text("".join(lines[1:]))
    assert any("does not follow" in sentence for _seq, sentence in verify())
    path.write_text(lines[0].replace('"seq":', '"seq":1') + "".join(lines[1:]))
    assert any("signature does not hold" in sentence for _seq, sentence in verify())
    path.write_text("".join(lines) + '{"seq": 1')
    assert verify() == []  # a write that was cut off vouches for nothing, and takes nothing away


def test_another_key_holds_no_seal(house, settings):
    settings.SIGNING_KEY = "A" * 43 + "="

    found = [sentence for _seq, sentence in verify()]

    assert any("its seal does not hold" in sentence for sentence in found)


def test_the_command_exits_1_and_names_the_first_broken_link(house):
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert "The trail is whole" in out.getvalue()

    with tables.no_triggers():
        models.QuerySet(SignOff).filter(pk=SignOff.objects.first().pk).update(name="Somebody else")
    err = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_trail", stderr=err)
    assert stopped.value.code == 1
    assert "reviews.signoff:" in err.getvalue().splitlines()[0]

    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_trail", "--json", stdout=out)
    assert json.loads(out.getvalue())["whole"] is False


# -- Each sentence, and what alone brings it about ----------------------------------------------------------------------


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def tampered(*statements):
    """What is found after these statements of whoever owns the database; the triggers are back before anybody looks."""
    with tables.no_triggers():
        for statement in statements:
            sql(*statement) if isinstance(statement, tuple) else sql(statement)
    return verify()


def of_kind(found, *words):
    """Findings that hold one of these words, without their keys."""
    return [sentence for _seq, sentence in found if any(word in sentence for word in words)]


def head():
    return AuditEvent.objects.latest("seq")


def edition_of(slug, number=1):
    return Edition.objects.get(monograph__slug=slug, number=number)


LOCK_LEFT = "The write lock was left held: somebody set its flag by hand."


@pytest.mark.parametrize("column", ["held = TRUE", "edition_id = 1"])
def test_a_pen_that_was_left_held_is_told_by_either_column(house, column):
    assert tampered(f"UPDATE monographs_pen SET {column}") == [(None, LOCK_LEFT)]


def test_without_a_pen_there_is_nothing_to_compare_the_trail_with(house):
    found = tampered("DELETE FROM monographs_pen")

    assert found[0] == (None, "The write lock is not one row that can be read.")


@pytest.mark.parametrize("column", ["seq", "hash", "site"])
def test_the_pen_names_the_last_entry_and_the_house(house, column):
    last, lock = head(), WriteLock.objects.get()
    wrong = {"seq": last.seq + 5, "hash": "0" * 64, "site": WriteLock._meta.get_field("site").get_db_prep_value(uuid.uuid4(), connection)}  # fmt: skip

    found = tampered((f"UPDATE monographs_pen SET {column} = %s", wrong[column]))

    if column == "site":
        assert found == [(1, "Entry 1 does not follow from the one before it.")]
    else:
        said = wrong["seq"] if column == "seq" else lock.seq
        assert found == [(last.seq + 1, f"The write lock says that the last entry is {said}, and the trail ends with {last.seq}.")]  # fmt: skip
    assert (lock.seq, lock.hash) == (last.seq, last.hash)


def test_a_pen_set_back_is_told_from_the_entry_after_it(house):
    last = head().seq

    found = tampered("UPDATE monographs_pen SET seq = 3")

    assert (4, f"The write lock says that the last entry is 3, and the trail ends with {last}.") in found


def test_an_entry_taken_out_of_the_middle_is_named_with_the_next_one(house):
    found = _of_chain(f"DELETE FROM reviews_auditevent WHERE seq = {head().seq - 3}")

    gone = head().seq - 3
    assert found == [
        (gone, f"Entry {gone} is missing: the next one is {gone + 1}."),
        (gone + 1, f"Entry {gone + 1} does not follow from the one before it."),
    ]


def _of_chain(*statements):
    with tables.no_triggers():
        for statement in statements:
            sql(*statement) if isinstance(statement, tuple) else sql(statement)
    return list(_chain(Replay(), seals.believed_keys()))


def test_an_empty_trail_is_told_by_the_pen_alone(house):
    last = head().seq

    found = _of_chain("DELETE FROM reviews_auditevent")

    assert found == [(1, f"The write lock says that the last entry is {last}, and the trail ends with 0.")]


def test_data_that_says_the_same_in_another_form_is_named(house):
    seq = head().seq

    found = tampered((f"UPDATE reviews_auditevent SET data = %s WHERE seq = {seq}", json.dumps(head().data, indent=1)))

    assert found == [(seq, f"Entry {seq}: its column data is not in the form in which it was written.")]


def test_an_actor_of_the_machine_has_no_name(house):
    seq = AuditEvent.objects.filter(actor=None).latest("seq").seq

    found = tampered(f"UPDATE reviews_auditevent SET actor_name = 'editor' WHERE seq = {seq}")

    assert found == [(seq, f"Entry {seq}: its column actor_name differs from its text.")]


@pytest.mark.parametrize("name", ["at", "verb", "subject", "digest", "reason", "prev", "seq", "data", "actor"])
def test_a_text_hashed_anew_is_told_by_the_column_beside_it_and_by_the_next_entry(house, name):
    """The text and its hash are changed together: neither its own hash nor another column gives it away."""
    entry = AuditEvent.objects.filter(verb="signed").last()
    content = json.loads(entry.text)
    content[name] = {"seq": 1, "data": {}, "actor": None}.get(name, "x")
    text = hashes.canonical(content)

    found = _of_chain(("UPDATE reviews_auditevent SET text = %s, hash = %s WHERE seq = %s", text, hashes.event_hash(text), entry.seq))  # fmt: skip

    assert found == [
        (entry.seq, f"Entry {entry.seq} is not sealed with a key of this installation: something else wrote it."),
        (entry.seq, f"Entry {entry.seq}: its column {name} differs from its text."),
        (entry.seq + 1, f"Entry {entry.seq + 1} does not follow from the one before it."),
    ]


def test_an_entry_that_says_what_nobody_can_follow_is_named(house):
    """Hashed anew and the same in text and column: only reading what it says shows it."""
    entry = AuditEvent.objects.filter(verb="published").last()
    content = json.loads(entry.text)
    del content["data"]["publication"]
    text = hashes.canonical(content)

    found = _of_chain(("UPDATE reviews_auditevent SET text = %s, hash = %s, data = %s WHERE seq = %s", text, hashes.event_hash(text), hashes.canonical(content["data"]), entry.seq))  # fmt: skip

    assert (entry.seq, f"Entry {entry.seq}: what it says cannot be read.") in found
    assert not of_kind(found, "not the one that was hashed", "differs", "in the form")


def test_a_document_of_another_text_is_named_and_only_it(house):
    document = edition_of("testazumab", 2).change_sets.last().after
    found = tampered(("UPDATE monographs_document SET text = %s WHERE digest = %s", document.text.replace("Other words", "Wrong words"), document.pk))  # fmt: skip

    assert of_kind(found, "digest") == [f"monographs.document:{document.pk}: its text does not have this digest."]


UNSIGNED = "nobody signed the document that it shows."
UNCERTIFIED = "no key that is believed certifies it. Run `manage.py upgrade`."


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE reviews_signoff SET meaning = 'still_correct' WHERE edition_id = {edition}",
        "UPDATE reviews_signoff SET edition_id = {other}, round = 9 WHERE edition_id = {edition}",
        "UPDATE reviews_signoff SET document_id = '{words}' WHERE edition_id = {edition}",
        "DELETE FROM reviews_signoff WHERE edition_id = {edition}",
        "INSERT INTO reviews_unsigning (sign_off_id, reason, at) SELECT id, 'x', signed_at FROM reviews_signoff WHERE edition_id = {edition}",
    ],
    ids=["another meaning", "another edition", "another document", "gone", "taken back"],
)
def test_a_publication_without_a_signature_that_stands_is_named(house, tamper):
    """Whichever column keeps the signatures from standing for it, and although its seal holds."""
    publication = Publication.objects.get()
    edition, other = publication.edition, edition_of("otherumab")
    words = edition_of("testazumab", 2).sign_offs.first().document_id
    assert words != publication.document_id

    found = tampered(tamper.format(edition=edition.pk, other=other.pk, words=words))

    assert of_kind(found, "monographs.publication:") == [f"monographs.publication:{publication.pk}: {UNSIGNED}"]


def test_one_signature_that_stands_is_enough_for_a_publication(house):
    edition = Publication.objects.get().edition
    gone, *_others = edition.sign_offs.all()

    found = tampered(f"DELETE FROM reviews_signoff WHERE id = {gone.pk}")

    assert of_kind(found, "monographs.publication:") == []
    assert of_kind(found, f"reviews.signoff:{gone.pk}: ")


SEALED_COLUMNS = {
    "slug": "otherumab",
    "number": 7,
    "document_id": None,
    "signatures": "[]",
    "published_at": None,
    "head": "0" * 64,
    "key": "0" * 16,
    "seal": "AAAA",
}


@pytest.mark.parametrize("column", SEALED_COLUMNS)
def test_a_seal_holds_for_no_other_value_of_what_it_was_put_on(house, column):
    publication = Publication.objects.get()
    value = SEALED_COLUMNS[column]
    if column == "document_id":
        value = edition_of("testazumab", 2).sign_offs.first().document_id
    if column == "published_at":
        value = connection.ops.adapt_datetimefield_value(publication.published_at + timedelta(microseconds=1))

    found = tampered((f"UPDATE monographs_publication SET {column} = %s", value))

    expected = [f"monographs.publication:{publication.pk}: its seal does not hold."]
    expected += [f"monographs.publication:{publication.pk}: {UNSIGNED}"] * (column == "document_id")
    if column not in ("key", "seal"):  # its certificate is of all else
        expected.append(f"monographs.publication:{publication.pk}: {UNCERTIFIED}")
    rows = [one for one in of_kind(found, "monographs.publication:") if not ROW.search(one)]
    assert rows == expected


def test_what_is_not_sealed_is_told_by_its_row_alone(house):
    found = tampered("UPDATE monographs_publication SET change_note = 'x'")

    assert [bool(ROW.search(sentence)) for _seq, sentence in found] == [True]


EPOCH = "The epoch of public pages is not one that the trail could have left."
NO_HASH = "The epoch of public pages does not say the hash of its entry. Run `manage.py upgrade`."


@pytest.mark.parametrize("ahead", [-100, -1, 0, 1, 1000])
def test_an_epoch_is_the_last_entry_that_wrote_what_readers_see(house, ahead):
    now = Epoch.objects.get().number
    assert AuditEvent.objects.get(seq=now).verb == "lifted"
    entry = AuditEvent.objects.filter(seq=now + ahead).first()
    hashed = entry.hash if entry else "0" * 64

    found = tampered(f"UPDATE monographs_epoch SET number = {now + ahead}, hash = '{hashed}'")

    assert found == ([(None, EPOCH)] if ahead else [])


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("number = number - 1", EPOCH),
        ("number = 0", EPOCH),
        ("hash = prev.hash", EPOCH),
        ("hash = ''", NO_HASH),
        ("""instants = '["2028-06-20T10:00:00.000000Z"]'""", EPOCH),
        ("instants = '{}'", EPOCH),
        ("instants = 'x'", EPOCH),
        ("number = number - 1, instants = '[]'", EPOCH),
    ],
)
def test_an_epoch_names_an_entry_by_number_and_hash(house, column, sentence):
    other = f"'{AuditEvent.objects.get(seq=1).hash}'"

    found = tampered(f"UPDATE monographs_epoch SET {column.replace('prev.hash', other)}")

    assert found == [(None, sentence)]


def test_when_a_second_signature_falls_due_stays_in_the_epoch(house):
    make.warn(house.clinician, Monograph.objects.get(slug="testazumab"))
    assert len(Epoch.objects.get().instants) == 1
    assert of_kind(verify(), "epoch") == []

    assert tampered("UPDATE monographs_epoch SET instants = '[]'") == [(None, EPOCH)]


def test_an_epoch_that_is_gone_is_told(house):
    assert tampered("DELETE FROM monographs_epoch") == [(None, EPOCH)]


@pytest.mark.parametrize(
    "tamper",
    [
        "DELETE FROM monographs_indexentry",
        "UPDATE monographs_indexentry SET kind = 'x'",
        "UPDATE monographs_indexentry SET term = 'x'",
        "UPDATE monographs_indexentry SET words = 'x'",
        "UPDATE monographs_indexentry SET begins = '2028-06-20'",
        "UPDATE monographs_indexentry SET ends = '2028-06-20'",
        "INSERT INTO monographs_indexentry (publication_id, kind, term, words, begins, ends, sorts_as) SELECT publication_id, kind, term, words, begins, ends, sorts_as FROM monographs_indexentry",
    ],
)
def test_an_index_that_says_something_else_is_told_of_its_page_and_no_other(house, tamper):
    page = Monograph.objects.get(slug="testazumab")

    assert tampered(tamper) == [(None, f"monographs.monograph:{page.pk}: the index does not say what its page says.")]


def test_an_index_of_a_monograph_that_is_gone_is_told(house):
    with make.undone():
        found = tampered("DELETE FROM monographs_monograph WHERE slug = 'testazumab'")

    assert (None, "The index holds rows of pages that are not there.") in found


@pytest.mark.parametrize("column", ["state", "round"])
def test_an_edition_in_a_state_or_round_that_no_entry_left_it_in_is_named(house, column):
    edition = edition_of("otherumab")
    assert (edition.state, edition.round) == ("in_review", 2)  # sent back once, with a remark

    found = tampered((f"UPDATE monographs_edition SET {column} = %s WHERE id = {edition.pk}", {"state": "draft", "round": 3}[column]))  # fmt: skip

    state = "draft" if column == "state" else "in_review"
    assert of_kind(found, "the entries leave it") == [
        f"monographs.edition:{edition.pk}: the entries leave it in_review, and it is {state}."
    ]
    assert len(found) == 2  # and the row is not as its entry left it


def test_a_page_put_away_by_hand_is_named(house):
    page = Monograph.objects.get(slug="testazumab")

    found = tampered("UPDATE monographs_monograph SET live_id = NULL")

    assert f"monographs.monograph:{page.pk}: what is live is not what was published last." in of_kind(found, "live")
    assert EPOCH not in of_kind(found, "epoch")


def test_rows_of_an_open_edition_that_its_change_sets_did_not_leave_are_told_and_closed_ones_are_no_part_of_it(house):
    open_, closed = edition_of("otherumab"), edition_of("testazumab")

    found = tampered(f"UPDATE monographs_section SET text = 'x' WHERE edition_id IN ({open_.pk}, {closed.pk})")

    assert of_kind(found, "last change set") == [
        f"monographs.edition:{open_.pk}: its rows are not what its last change set left."
    ]


def test_a_row_that_an_entry_took_away_and_that_is_back_is_named(house):
    row = ClassPermission.objects.get(user=house.publisher)
    kept = {name: getattr(row, name) for name in ("id", "user_id", "permission_id", "content_object_id")}
    make.revoke("publisher", house.root, actor=house.admin)
    entry = head()
    assert entry.data["rows"][f"reviews.classpermission:{row.pk}"] is None
    assert verify() == []

    with tables.no_triggers():
        models.QuerySet(ClassPermission).bulk_create([ClassPermission(**kept)])

    said = f"reviews.classpermission:{kept['id']}: entry {entry.seq} says that this row is gone, and it is there."
    by_no_grant = (
        f"user {house.publisher.pk} has by no grant “publish_monographs” on therapeutic class {house.root.pk}."
    )
    assert verify() == [(entry.seq, said), (None, f"reviews.classpermission: {by_no_grant}")]


def test_a_permission_of_another_name_is_told_with_the_entry_that_granted_it(house):
    permission = Permission.objects.get(codename="warn_monographs", content_type__model="therapeuticclass")
    entry = [one for one in AuditEvent.objects.order_by("seq") if str(permission.pk) in one.data.get("permissions", {})][-1]  # fmt: skip
    Permission.objects.filter(pk=permission.pk).update(codename="x")

    said = f"auth.permission:{permission.pk}: entry {entry.seq} granted “warn_monographs”, and it is “x” now."
    found = verify()
    assert found[0] == (entry.seq, said)
    assert {sentence.partition(": ")[0] for _seq, sentence in found[1:]} == {"reviews.classpermission"}


def test_a_monograph_that_moved_is_followed_and_its_neighbours_are_not(house):
    """States, rounds and what is live go with the address; a second edition supersedes the first under the new one."""
    page = Monograph.objects.get(slug="testazumab")
    monographs.move(page, slug="movedumab", actor=house.publisher, reason="It has another name.")
    assert verify() == []
    make.publish(house, make.sign(edition_of("movedumab", 2), house.pharmacist))
    assert verify() == []
    assert {one.number: one.state for one in Edition.objects.filter(monograph=page)} == {1: "superseded", 2: "published"}  # fmt: skip

    old = edition_of("movedumab")
    found = tampered(f"UPDATE monographs_edition SET state = 'discarded' WHERE id = {old.pk}")

    assert of_kind(found, "the entries leave") == [
        f"monographs.edition:{old.pk}: the entries leave it superseded, and it is discarded."
    ]
    first = Publication.objects.get(number=1)
    found = tampered(f"UPDATE monographs_monograph SET live_id = {first.pk} WHERE id = {page.pk}")
    assert f"monographs.monograph:{page.pk}: what is live is not what was published last." in of_kind(found, "live")


# -- Checkpoints --------------------------------------------------------------------------------------------------------


def signed_line(form):
    return hashes.canonical({**form, "signature": seals.signer().sign(seals.CHECKPOINT_PREFIX, form)})


@pytest.mark.parametrize("name", ["seq", "hash", "at", "key", "last", "act"])
def test_a_checkpoint_line_is_signed_with_all_that_it_says(house, name):
    path = seals.checkpoint_path()
    *others, line = path.read_text().splitlines()
    form = json.loads(line)
    assert set(form) == {"seq", "hash", "at", "key", "last", "act", "signature"}
    form[name] = 1 if name == "seq" else "x"
    path.write_text("".join(f"{one}\n" for one in (*others, hashes.canonical(form))))

    assert (None, f"Checkpoint line {len(others) + 1}: its signature does not hold.") in verify()


def test_checkpoints_in_another_order_do_not_follow_each_other(house):
    call_command("checkpoint", stdout=StringIO())
    path = seals.checkpoint_path()
    first, second, *_rest = path.read_text().splitlines()
    assert json.loads(first)["last"] == ""
    assert json.loads(second)["last"] == hashes.sha256(first)

    path.write_text(f"{second}\n{first}\n")

    assert [sentence for _seq, sentence in verify()][:2] == [
        "Checkpoint line 1: it does not follow the line before it.",
        "Checkpoint line 2: it does not follow the line before it.",
    ]


def test_a_checkpoint_names_an_entry_by_number_and_hash(house):
    """A line that is signed and in its place, and tells of another trail."""
    path = seals.checkpoint_path()
    whole = path.read_text()
    form = {**json.loads(whole.splitlines()[-1]), "last": hashes.sha256(whole.splitlines()[-1])}
    form.pop("signature")
    seq = form["seq"]

    for change in ({"hash": "0" * 64}, {"seq": seq - 1}):
        form_now = {**form, **change}
        path.write_text(f"{whole}{signed_line(form_now)}\n")
        said = f"A checkpoint of {form['at']} names entry {form_now['seq']}, which is no longer in the trail as it was."
        assert verify() == [(form_now["seq"], said)]


def test_a_line_that_is_no_checkpoint_is_named_by_its_number(house):
    path = seals.checkpoint_path()
    whole = path.read_text()
    number = len(whole.splitlines()) + 1

    for odd in ("{}", "[]", "x", '{"signature":"x"}', '{"signature":5,"key":"x","last":""}'):
        path.write_text(f"{whole}{odd}\n")
        ((seq, sentence),) = verify()
        assert (seq, sentence.partition(":")[0]) == (None, f"Checkpoint line {number}"), odd


def test_the_findings_are_told_in_the_order_of_the_trail_and_those_without_an_entry_last(house):
    """Twenty of them, and how many more there are; all of them as JSON."""
    with tables.no_triggers():
        sql("UPDATE reviews_auditevent SET reason = 'forged' WHERE seq > 5")
        sql("UPDATE monographs_epoch SET number = 99999")
    count = len(verify())
    out, err = StringIO(), StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("verify_trail", stdout=out, stderr=err)
    lines = err.getvalue().splitlines()
    assert (stopped.value.code, out.getvalue(), len(lines)) == (1, "", 21)
    assert lines[:2] == [f"entry {seq}: Entry {seq}: its column reason differs from its text." for seq in (6, 7)]
    assert lines[-1] == f"… and {count - 20} more (--json lists them all)."

    with pytest.raises(SystemExit) as stopped:
        call_command("verify_trail", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (stopped.value.code, told["whole"], told["entries"]) == (1, False, AuditEvent.objects.count())
    assert len(told["findings"]) == count
    assert told["findings"][0] == {"seq": 6, "finding": "Entry 6: its column reason differs from its text."}
    assert told["findings"][-1] == {"seq": None, "finding": EPOCH}


def test_a_whole_trail_is_told_with_its_number_of_entries(house):
    out = StringIO()
    call_command("verify_trail", stdout=out)
    said = f"The trail is whole: {head().seq} entries were recomputed, each follows from the one before.\n"
    assert out.getvalue() == said

    out = StringIO()
    call_command("verify_trail", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"whole": True, "entries": head().seq, "findings": []}


def test_an_act_of_an_entry_that_is_not_there_is_named(house):
    act, last = Act.objects.get(), head().seq
    assert AuditEvent.objects.get(seq=act.seq).verb == "reported"

    found = tampered(f"UPDATE reviews_act SET seq = {last + 1}")

    assert found == [(None, f"reviews.act:{act.pk}: it names entry {last + 1}, which is not in the trail.")]


@pytest.mark.any_database
def test_of_a_long_trail_each_step_and_so_many_entries_are_said(house, monkeypatch):
    said: list[str] = []

    verify(say=said.append)
    assert said == []
    monkeypatch.setattr("reviews.audit.verify.A_STEP", 5)
    verify(say=said.append)

    steps = [one for one in said if " of 16: " in one]
    assert [one.partition(" ")[0] for one in steps] == [str(number) for number in range(1, 17)]
    assert any(one.startswith("Entry 5 of ") for one in said)
