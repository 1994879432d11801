"""Tampering: with the triggers off, each column of each row of every guarded table is changed in turn, and
`verify_trail` names the row. Then rows are taken away, put in, and cut off the end."""

import copy
import json
import uuid
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from monographs.fields import JSONText
from monographs.models import Monograph, Pen, Publication, Section
from reviews import audit, reports, seals
from reviews.models import AuditEvent, SignOff
from reviews.reminders import remind
from reviews.verify import Replay, _chain, verify
from reviews.workflow import perform
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(once_a_module) -> make.House:
    """A live monograph with a second edition in review, and one whose only edition was signed and unsigned."""
    house = make.the_house()
    second = make.start(house, make.published(house))
    make.reword(second, "monitoring", "Other words.", actor=house.editor)
    make.sign(make.submit(house, second), house.clinician)
    other = make.signed(house, "otherumab")
    perform("unsign", editions=[other], actor=house.pharmacist, digest=make.seen(other), reason="Doubts")
    call_command("checkpoint", stdout=StringIO())
    from reviews.library import record_name_check

    record_name_check(
        actor=house.editor,
        system="RxNorm",
        code="117055",
        name="x",
        status="found",
        matched_name="x",
        release="r",
        source="s",
    )
    from reviews.changes import pen
    from reviews.library import keep_references

    with pen(actor=house.editor) as trail:
        keep_references(trail, [("smith2020", {"title": "T", "DOI": "10.1000/1"})])
    page = second.monograph
    (warning,) = make.warn(house.clinician, page)
    make.countersign(warning, house.clinician2)
    make.correct(house.pharmacist, page, "Tests go on for years.", "Tests go on for months.")
    make.withhold(page, make.key("prescribing"), house.publisher)
    make.lift(warning, house.pharmacist)
    reports.report(reports.Said("Something is wrong here.", harm=True), sender="s", monograph=page)
    remind()
    assert verify() == []
    return house


@pytest.fixture
def house(db, made) -> make.House:
    return copy.deepcopy(made)


@contextmanager
def no_triggers():
    """As whoever owns the database can do: the triggers are off, and come back as if nothing had been."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _name, sql in triggers:
                cursor.execute(sql)


def other_value(field: models.Field, value):
    """A value that the column could hold, and does not."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model._base_manager.exclude(pk=value).values_list("pk", flat=True)
        return others.first() if others.exists() else None
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateField | models.DateTimeField):
        return None if value is None else value + timedelta(days=1)
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


LABELS = sorted(audit.guarded())


def test_the_trail_vouches_for_every_column_of_every_guarded_table():
    for label, (model, lists) in audit.guarded().items():
        assert set(lists[max(lists)]) == {field.attname for field in model._meta.concrete_fields}, label
    unguarded = {"monographs.pen", "monographs.epoch", "monographs.indexentry", "reviews.auditevent"}
    ours = {m._meta.label_lower for m in apps.get_models() if m._meta.app_label in ("monographs", "reviews")}
    assert ours - unguarded <= set(LABELS)


def tamper(model, row, field) -> bool:
    """Puts another value into a column of a row, as whoever owns the database can. Answers whether it could: a value
    that a constraint refuses is no way to tamper."""
    value = other_value(field, getattr(row, field.attname))
    if value is None or value == getattr(row, field.attname):
        return False
    try:
        with transaction.atomic():
            models.QuerySet(model).filter(pk=row.pk).update(**{field.attname: value})
    except DatabaseError:
        return False
    return True


@contextmanager
def tampering():
    with make.undone(), no_triggers():
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA defer_foreign_keys = ON")
        yield


@pytest.mark.parametrize("label", LABELS)
def test_each_changed_column_of_each_row_is_named(house, label):
    """One column of all rows at a time: each of them is named, whatever else was touched."""
    model = audit.guarded()[label][0]
    rows = list(model._base_manager.all())
    assert rows, "the fixture makes a row of every table"
    tampered = 0

    for field in model._meta.concrete_fields:
        with tampering():
            changed = [row.pk for row in rows if tamper(model, row, field)]
            found = {sentence.split(": ")[0] for _seq, sentence in verify()} if changed else set()
            assert {f"{label}:{pk}" for pk in changed} <= found, field.name
        tampered += len(changed)
    assert tampered >= len(rows), label


@pytest.mark.parametrize("every_third", range(3))
def test_each_changed_column_of_each_entry_is_named(house, every_third):
    """One column of every third entry at a time, so that what is told of one is told of no other."""
    entries = list(AuditEvent.objects.order_by("seq"))[every_third::3]
    tampered = 0

    for field in AuditEvent._meta.concrete_fields:
        with tampering():
            changed = [entry.seq for entry in entries if tamper(AuditEvent, entry, field)]
            found = {seq for seq, _sentence in _chain(Replay())}
            for seq in changed:
                assert found & {seq, seq + 1}, (seq, field.name)
        tampered += len(changed)
    assert tampered > 5 * len(entries)


@pytest.mark.parametrize("label", LABELS)
def test_each_row_that_is_gone_is_named(house, label):
    model = audit.guarded()[label][0]
    for rows in halves(list(model._base_manager.all())):
        with tampering():
            for row in rows:
                connection.cursor().execute(
                    f"DELETE FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s", [db_key(row)]
                )
            found = {sentence.split(": ")[0] for _seq, sentence in verify()}
            assert {f"{label}:{row.pk}" for row in rows} <= found


def halves(rows):
    """A row alone, and then the others together: as a row may be missed beside many, and many as one."""
    return [half for half in (rows[:1], rows[1:]) if half]


def db_key(row):
    return row._meta.pk.get_db_prep_value(row.pk, connection)


def test_a_row_that_no_entry_tells_of_is_named(house):
    edition = make.draft(house, "sneakumab")
    with no_triggers():
        row = Section.objects.bulk_create([Section(edition=edition, key=uuid.uuid4(), kind="driving", text="x")])[0]

    found = [sentence for _seq, sentence in verify()]

    assert f"monographs.section:{row.pk}: no entry tells of this row." in found
    assert f"monographs.edition:{edition.pk}: its rows are not what its last change set left." in found


def test_a_publication_put_live_by_hand_is_named(house):
    monograph = Monograph.objects.get(slug="otherumab")
    with no_triggers():
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
    with no_triggers(), connection.cursor() as cursor:
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
    with no_triggers():
        models.QuerySet(AuditEvent).filter(seq__gt=head - lost)._raw_delete("default")
    assert head - lost + 1 in {seq for seq, _sentence in verify()}

    last = AuditEvent.objects.latest("seq")
    Pen.objects.update(seq=last.seq, hash=last.hash)

    assert any("A checkpoint" in sentence and seq == head for seq, sentence in verify())


def test_a_chain_rebuilt_by_whoever_owns_the_database_is_found_by_a_checkpoint(house):
    call_command("checkpoint", stdout=StringIO())
    pen, victim = Pen.objects.get(), AuditEvent.objects.filter(verb="signed").first()
    prev = audit.genesis(pen.site)
    with no_triggers():
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

    with no_triggers():
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
