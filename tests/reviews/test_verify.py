"""Tampering: with the triggers off, each column of each row of every guarded table is changed in turn, and
`verify_trail` names the row. Then rows are taken away, put in, and cut off the end."""

import copy
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
from monographs.models import Monograph, Pen, Publication, Section
from reviews import audit, seals
from reviews.models import AuditEvent, SignOff
from reviews.verify import Replay, _chain, verify
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def once(once_a_module):
    house = tables.fill()
    assert verify() == []
    return house


@pytest.fixture
def house(db, once):
    return copy.deepcopy(once)


def other_value(field: models.Field, value):
    """A value that the column could hold, and does not."""
    if isinstance(field, models.ForeignKey):
        return other_value(field.target_field, value)
    if field.choices:
        choices = [choice for choice, _label in field.choices]
        return choices[(choices.index(value) + 1) % len(choices)] if value in choices else choices[0]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return (value or datetime(2028, 6, 20, tzinfo=UTC)) + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return (value or date(2028, 6, 20)) + timedelta(days=1)
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


GUARDED = sorted(audit.guarded().items())
# What the trail says of a guarded row that is not as it was written.
ROW = re.compile(r": the row (is not as entry \d+ left it|of entry \d+ is gone)\.$|: the row cannot be read\.$")
# Three columns of a report are filled in together or not at all: a constraint refuses to change one of them.
UNTOUCHED = [f"reviews.problemreport.{name}" for name in ("answered_at", "answered_by", "outcome")]
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
        assert sorted(newest) == sorted({field.attname for field in model._meta.concrete_fields}), label
    # The pen is what the chain is compared with; the epoch and the index are made anew of what is guarded; and the
    # entries are the chain itself.
    unguarded = {"monographs.pen", "monographs.epoch", "monographs.indexentry", "reviews.auditevent"}
    ours = {m._meta.label_lower for m in apps.get_models() if m._meta.app_label in ("monographs", "reviews")}
    assert ours - {label for label, _ in GUARDED} == unguarded
    elsewhere = {"auth.group", "auth.user_groups", "reversion.revision", "reversion.version"}
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
                    found = list(_chain(Replay()))
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
    Permission.objects.filter(codename="edit_monographs").update(codename="x")
    Permission.objects.filter(codename="publish_monographs").update(codename="edit_monographs")

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
    Pen.objects.update(seq=last.seq, hash=last.hash)

    assert any("A checkpoint" in sentence and seq == head for seq, sentence in verify())


def test_a_chain_rebuilt_by_whoever_owns_the_database_is_found_by_a_checkpoint(house):
    call_command("checkpoint", stdout=StringIO())
    pen, victim = Pen.objects.get(), AuditEvent.objects.filter(verb="signed").first()
    prev = audit.genesis(pen.site)
    with tables.no_triggers():
        for entry in list(AuditEvent.objects.order_by("seq")):
            content = json.loads(entry.text)
            if entry.pk == victim.pk:
                content["reason"] = entry.reason = "forged"
            content["prev"] = prev
            text = audit.canonical(content)
            hashed = audit.event_hash(text)
            models.QuerySet(AuditEvent).filter(pk=entry.pk).update(
                text=text, hash=hashed, prev=prev, reason=entry.reason
            )
            prev = hashed
    Pen.objects.update(hash=prev)

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
