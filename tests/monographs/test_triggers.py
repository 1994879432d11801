"""Every way past the write lock that we could think of, on both databases: refused, or found by verify_trail."""

import json
import re
from io import StringIO
from uuid import uuid4

import pytest
import reversion
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.checks import ERROR, Tags, run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models.deletion import ProtectedError
from reversion.errors import RevertError
from reversion.models import Revision, Version

from monographs import triggers
from monographs.assemble import build
from monographs.models import (
    PARTS,
    Document,
    Drug,
    Edition,
    Monograph,
    NameCheck,
    Publication,
    Reference,
    Section,
    TherapeuticClass,
    WriteLock,
)
from reviews.audit.trail import audited_write
from reviews.audit.verify import verify
from reviews.changes import change_set
from reviews.editing.monographs import move
from reviews.models import (
    Act,
    AuditEvent,
    ChangeSet,
    ClassGrant,
    ClassPermission,
    ClinicianProfile,
    Grant,
    MonographPermission,
    SignOff,
    Unsigning,
)
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.each_case

REFUSALS = (DatabaseError, TypeError, ProtectedError, RevertError)
SEALED = (Document, SignOff, Publication, ChangeSet, AuditEvent, Act, Revision, Version)
BY_PEN = (
    Edition, Monograph, Drug, TherapeuticClass, ClinicianProfile, ClassGrant, ClassPermission, MonographPermission, Grant, Group,
)  # fmt: skip


class World:
    """A row in every table; a live edition, and drafts of two other monographs."""

    def __init__(self):
        self.house = tables.fill()
        self.live = Edition.objects.get(monograph__slug="testazumab", number=1)
        self.edition = make.draft(self.house, "secondumab", make.dosed())
        self.other = make.draft(self.house, "thirdumab", make.dosed())
        move(self.other.monograph, slug="fourthumab", actor=self.house.publisher, reason="Its name was corrected.")
        self.section = Section.objects.filter(edition=self.edition).first()
        self.version = Version.objects.get_for_object(self.section).first()
        connection.check_constraints()  # PostgreSQL truncates nothing while a check is deferred

    def fresh(self) -> Section:
        return Section(edition=self.edition, key=uuid4(), kind="driving", heading="Driving", text="x")


@pytest.fixture(scope="module")
def made(once_a_module):
    return World()


def raw(sql: str, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def saved(w):
    w.section.text = "Sneaked in"
    w.section.save()


def saved_raw(w):
    w.section.text = "Sneaked in"
    models.Model.save_base(w.section, raw=True)


def loaded(w):
    row = {"model": "monographs.section", "pk": w.section.pk, "fields": {"edition": w.edition.pk, "key": str(w.section.key), "kind": "driving", "text": "Sneaked in"}}  # fmt: skip
    path = w.tmp_path / "sneak.json"
    path.write_text(json.dumps([row]))
    call_command("loaddata", str(path), stdout=StringIO())


def in_a_bare_revision(w):
    with reversion.create_revision():
        saved(w)


def with_a_pen_but_no_change_set(w):
    with audited_write(actor=w.house.editor) as trail:
        trail.record("tried", "test")
        saved(w)


def in_the_change_set_of_another(w):
    with audited_write(actor=w.house.editor) as trail, change_set(trail, edition=w.other, reason="Other"):
        saved(w)


def moved_to_another(w):
    with audited_write(actor=w.house.editor) as trail, change_set(trail, edition=w.edition, reason="Move"):
        w.section.edition = w.other
        w.section.save()


def deleted_inside(w):
    with audited_write(actor=w.house.editor) as trail, change_set(trail, edition=w.edition, reason="Delete"):
        w.section.delete()


def updated_across(w):
    with audited_write(actor=w.house.editor) as trail, change_set(trail, edition=w.other, reason="Across"):
        models.QuerySet(Section).update(text="Sneaked in")


def stale_content_types(w):
    from django.contrib.contenttypes.models import ContentType

    ContentType.objects.get_for_model(Section).delete()


PARTS_ATTEMPTS = {
    "save": saved,
    "save_base(raw)": saved_raw,
    "create": lambda w: w.fresh().save(),
    "instance.delete": lambda w: w.section.delete(),
    "queryset.delete": lambda w: Section.objects.all().delete(),
    "queryset.update": lambda w: Section.objects.update(text="x"),
    "queryset.bulk_update": lambda w: Section.objects.bulk_update([w.section], ["text"]),
    "bulk_create": lambda w: Section.objects.bulk_create([w.fresh()]),
    "plain queryset update": lambda w: models.QuerySet(Section).update(text="x"),
    "plain queryset delete": lambda w: models.QuerySet(Section).delete(),
    "base manager update": lambda w: Section._base_manager.update(text="x"),
    "update_or_create": lambda w: Section.objects.update_or_create(pk=w.section.pk, defaults={"text": "x"}),
    "get_or_create": lambda w: Section.objects.get_or_create(
        edition=w.edition, key=uuid4(), defaults={"kind": "driving"}
    ),
    "related create": lambda w: w.edition.section_rows.create(key=uuid4(), kind="driving"),
    "related add": lambda w: w.other.section_rows.add(w.section, bulk=False),
    "related add in bulk": lambda w: w.other.section_rows.add(w.section),
    "related update": lambda w: w.edition.section_rows.update(text="x"),
    "cascade": lambda w: w.edition.delete(),
    "loaddata": loaded,
    "raw insert": lambda w: raw(
        "INSERT INTO monographs_section (edition_id, key, position, removed, kind, heading, text)"
        " SELECT edition_id, %s, 0, removed, kind, heading, 'x' FROM monographs_section WHERE id = %s",
        uuid4().hex,
        w.section.pk,
    ),
    "raw update": lambda w: raw("UPDATE monographs_section SET text = 'x'"),
    "raw delete": lambda w: raw("DELETE FROM monographs_section"),
    "Version.revert": lambda w: w.version.revert(),
    "Revision.revert": lambda w: w.version.revision.revert(delete=True),
    "bare revision": in_a_bare_revision,
    "pen, no change set": with_a_pen_but_no_change_set,
    "wrong edition": in_the_change_set_of_another,
    "move": moved_to_another,
    "delete inside a change set": deleted_inside,
    "update across editions": updated_across,
    "stale content types": stale_content_types,
}


@pytest.mark.parametrize("name", PARTS_ATTEMPTS)
def test_a_part_is_not_written_past_its_change_set(world, name, tmp_path):
    world.tmp_path = tmp_path
    before = [build(edition) for edition in (world.live, world.edition, world.other)]

    with pytest.raises(REFUSALS), make.undone():
        try:
            PARTS_ATTEMPTS[name](world)
        except transaction.TransactionManagementError as error:
            raise DatabaseError from error

    assert [build(edition) for edition in (world.live, world.edition, world.other)] == before
    assert not [sentence for _seq, sentence in verify() if "checkpoint" not in sentence]


def test_every_model_of_parts_is_in_the_one_list_and_keeps_its_truth():
    with_edition = {
        model
        for model in (rel.related_model for rel in Edition._meta.related_objects)
        if model._meta.app_label == "monographs" and model is not Publication
    }
    assert with_edition == set(PARTS.values())
    for model in PARTS.values():
        assert any(isinstance(constraint, triggers.InChangeSet) for constraint in model._meta.constraints)


def rows_of(model):
    return list(model._base_manager.order_by("pk").values())


def refused_by(trigger, attempt, *, held=False, edition=None):
    """This trigger, by its own words, is what refuses it."""
    with pytest.raises(DatabaseError, match=trigger.reason), make.undone():
        hold(held, edition)
        attempt()


def hold(held, edition=None):
    WriteLock.objects.update(held=held, edition_id=edition and edition.pk)


@pytest.mark.parametrize("model", SEALED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("held", [False, True], ids=["without the write lock", "with the write lock"])
def test_a_sealed_row_is_never_changed_or_taken_away(world, model, held):
    (trigger,) = (one for owner, one in triggers.declared() if owner is model)
    field = next(f for f in model._meta.concrete_fields if not f.primary_key)
    table, before = model._meta.db_table, rows_of(model)
    row = model._base_manager.order_by("pk").first()
    assert row is not None

    for attempt in (
        row.save,
        lambda: models.QuerySet(model).update(**{field.attname: getattr(row, field.attname)}),
        lambda: raw(f'UPDATE {table} SET "{field.column}" = "{field.column}"'),
        lambda: models.QuerySet(model)._raw_delete("default"),
        lambda: raw(f"DELETE FROM {table}"),
    ):
        refused_by(trigger, attempt, held=held)
    # Django refuses to take away what others point to, before it asks the database.
    with pytest.raises((DatabaseError, ProtectedError), match=rf"{trigger.reason}|protected foreign keys"), make.undone():  # fmt: skip
        hold(held)
        row.delete()
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="never truncated"), make.undone():
            hold(held)
            raw(f"TRUNCATE {table} CASCADE")
    else:
        refused = trigger.reason if not held else "constraint failed|only ever added"
        with pytest.raises(DatabaseError, match=refused), make.undone():
            hold(held)
            raw(f"REPLACE INTO {table} SELECT * FROM {table}")

    assert rows_of(model) == before


EVENTS = ("INSERT", "UPDATE", "DELETE")
ANY_TRUTH = "without the write lock|only ever added|outside the change set|never truncated|never changed, and taken out|and never changed|what was sent never changes"
TRUTHS = sorted(triggers.declared(), key=lambda one: one[1].name)


def written(model, event):
    """A write of this kind that only a trigger refuses, or something that a trigger is asked before."""
    table = model._meta.db_table
    columns = [f.column for f in model._meta.concrete_fields]
    quoted = ", ".join(f'"{c}"' for c in columns)
    if event == "UPDATE":
        # An account may be written as it is: then nothing is written.
        other = "'2020-01-01'" if model is User else f'"{columns[-1]}"'
        raw(f'UPDATE {table} SET "{columns[-1]}" = {other}')
    elif event == "DELETE":
        raw(f"DELETE FROM {table}")
    else:
        raw(f"INSERT INTO {table} ({quoted}) SELECT {quoted} FROM {table}")


def outcome(model, event, held, edition=None):
    """Whether a truth refused it; that the row is there twice, or that others point to it, comes after."""
    refused = None
    with make.undone():
        hold(held, edition)
        try:
            with transaction.atomic():
                written(model, event)
        except DatabaseError as error:
            refused = re.search(ANY_TRUTH, str(error))
    return refused and refused.group()


@pytest.mark.parametrize(("model", "trigger"), TRUTHS, ids=[trigger.name for _model, trigger in TRUTHS])
def test_each_kind_of_write_is_refused_by_the_truth_of_its_table(world, model, trigger):
    """INSERT, UPDATE and DELETE without the write lock, with it, and, for parts, in the change set of this edition or another."""
    if not model._base_manager.exists():
        pytest.fail("there is no row that could be written")
    kind = type(trigger)
    words = {triggers.ByWriteLock: "without the write lock", triggers.Account: "without the write lock", triggers.Sent: "what was sent never changes", triggers.AppendOnly: "only ever added", triggers.InChangeSet: "outside the change set", triggers.Inbox: "never changed, and taken out", triggers.Unchanged: "and never changed"}[kind]  # fmt: skip
    freely = {triggers.ByWriteLock: EVENTS, triggers.Account: EVENTS, triggers.Sent: ("INSERT", "UPDATE"), triggers.AppendOnly: ("INSERT",), triggers.InChangeSet: (), triggers.Inbox: ("INSERT", "DELETE"), triggers.Unchanged: ("INSERT", "DELETE")}[kind]  # fmt: skip
    by_anybody = {triggers.Inbox: ("INSERT",), triggers.Unchanged: ("INSERT", "DELETE")}.get(kind, ())

    assert [outcome(model, event, False) for event in EVENTS] == [None if event in by_anybody else words for event in EVENTS]  # fmt: skip
    assert [outcome(model, event, True) for event in EVENTS] == [None if event in freely else words for event in EVENTS]
    if connection.vendor == "postgresql":
        for held in (False, True):
            with pytest.raises(DatabaseError, match="never truncated"), make.undone():
                hold(held)
                raw(f"TRUNCATE {model._meta.db_table} CASCADE")
    if kind is triggers.InChangeSet:
        with make.undone():
            with tables.no_triggers():  # the statements are over the whole table: it holds the parts of one edition
                raw(f"DELETE FROM {model._meta.db_table} WHERE edition_id <> %s", world.edition.pk)
            assert [outcome(model, event, True, world.edition) for event in EVENTS] == [None, None, words]
            assert [outcome(model, event, False, world.edition) for event in EVENTS] == [words] * 3  # set, and not held
            assert [outcome(model, event, True, world.other) for event in EVENTS] == [words] * 3


@pytest.mark.parametrize("model", PARTS.values(), ids=lambda model: model.__name__)
def test_a_part_is_neither_pulled_in_from_another_edition_nor_pushed_out_to_one(world, model):
    """By UPDATE inside a change set, with either edition as the one whose change set it is."""
    table, before = model._meta.db_table, rows_of(model)
    (trigger,) = (one for owner, one in triggers.declared() if owner is model)
    key = raw_key(uuid4())

    def move(old, new):
        row = f"(SELECT MIN(id) FROM {table} WHERE edition_id = %s)"
        raw(f"UPDATE {table} SET edition_id = %s, key = %s WHERE id = {row}", new.pk, key, old.pk)

    for ours, other in ((world.edition, world.other), (world.other, world.edition), (world.edition, world.live)):
        assert model._base_manager.filter(edition=other).exists()
        refused_by(trigger, lambda ours=ours, other=other: move(other, ours), held=True, edition=ours)
        refused_by(trigger, lambda ours=ours, other=other: move(ours, other), held=True, edition=ours)
    with make.undone():
        hold(True, world.edition)
        move(world.edition, world.edition)  # within one edition it may be written
        assert model._base_manager.filter(edition=world.edition, key=key).exists()

    assert rows_of(model) == before


def raw_key(value):
    return Section._meta.get_field("key").get_db_prep_value(value, connection)


@pytest.mark.parametrize("model", [*SEALED, *BY_PEN, Unsigning, NameCheck, Reference], ids=lambda model: model.__name__)
def test_nothing_guarded_is_added_without_the_pen(world, model):
    """An INSERT of a copy of a row, or of nothing at all: the trigger comes before every other check."""
    table = model._meta.db_table
    columns = [f.column for f in model._meta.concrete_fields]
    quoted = ", ".join(f'"{c}"' for c in columns)
    nothing = ", ".join(["NULL"] * len(columns))

    with pytest.raises(DatabaseError, match="write lock"), make.undone():
        raw(f"INSERT INTO {table} ({quoted}) VALUES ({nothing})")


@pytest.mark.parametrize("model", BY_PEN, ids=lambda model: model.__name__)
def test_what_the_pen_guards_is_not_written_without_it(world, model):
    row = model._base_manager.order_by("pk").first()
    attempts = [row.save, row.delete, lambda: raw(f"DELETE FROM {model._meta.db_table}")]
    if connection.vendor == "postgresql":
        attempts.append(lambda: raw(f"TRUNCATE {model._meta.db_table} CASCADE"))

    for attempt in attempts:
        with pytest.raises(REFUSALS), make.undone():
            attempt()


def test_membership_of_a_role_is_not_given_or_taken_past_the_verb(world):
    group = Group.objects.get()
    user, other = world.house.editor, world.house.publisher

    for attempt in (
        lambda: other.groups.add(group),
        lambda: other.groups.set([group]),
        lambda: user.groups.clear(),
        lambda: group.user_set.clear(),
        lambda: user.groups.create(name="publisher2"),
    ):
        with pytest.raises(REFUSALS), make.undone():
            attempt()


def test_people_and_revisions_cannot_be_deleted(world):
    for attempt in (
        world.house.editor.delete,
        lambda: Version.objects.all().delete(),
        lambda: Revision.objects.all().delete(),
        lambda: call_command("deleterevisions", stdout=StringIO()),
    ):
        with pytest.raises(REFUSALS), make.undone():
            attempt()


def test_a_temporary_table_does_not_pass_itself_off_as_the_pen(world):
    with pytest.raises(DatabaseError), make.undone():
        raw("CREATE TEMPORARY TABLE monographs_pen (id integer, held boolean, edition_id bigint)")
        raw(f"INSERT INTO monographs_pen VALUES (1, TRUE, {world.edition.pk})")
        raw("UPDATE monographs_section SET text = 'x'")


def test_whoever_sets_the_flag_by_hand_is_found(world):
    WriteLock.objects.update(held=True, edition_id=world.edition.pk)
    raw("UPDATE monographs_section SET text = 'x' WHERE id = %s", world.section.pk)
    raw("UPDATE monographs_monograph SET tier = 'low' WHERE id = %s", world.live.monograph_id)
    WriteLock.objects.update(held=False, edition_id=None)

    found = [sentence for _seq, sentence in verify()]

    assert any(sentence.startswith(f"monographs.section:{world.section.pk}:") for sentence in found)
    assert any(sentence.startswith(f"monographs.monograph:{world.live.monograph_id}:") for sentence in found)
    assert any(sentence.startswith(f"monographs.edition:{world.edition.pk}:") for sentence in found)


NAMES = {
    triggers.InChangeSet: ["insert", "update", "delete"],
    triggers.ByWriteLock: ["insert", "update", "delete"],
    triggers.Account: ["insert", "update", "delete"],
    triggers.Sent: ["insert", "update", "delete"],
    triggers.AppendOnly: ["insert", "update", "delete"],
    triggers.Inbox: ["update", "delete"],
    triggers.Unchanged: ["update"],
}


def names_of(trigger):
    if connection.vendor == "postgresql":
        return [trigger.name, f"{trigger.name}_truncate"]
    return [f"{trigger.name}_{event}" for event in NAMES[type(trigger)]]


def in_the_database():
    return {name for names in triggers._found(connection).values() for name in names}


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "trigger"), TRUTHS, ids=[trigger.name for _model, trigger in TRUTHS])
def test_a_lost_trigger_is_missed_by_its_table_and_name(model, trigger):
    table = model._meta.db_table
    expected = [f"{table}: {name}" for name in names_of(trigger)]
    assert triggers.missing() == []
    assert trigger.trigger_names(connection.vendor) == names_of(trigger)

    for name, said in zip(names_of(trigger), expected, strict=True):
        with make.undone():
            raw(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
            assert triggers.missing() == [said]
    if connection.vendor == "postgresql":
        for how, misses in (("DISABLE TRIGGER", True), ("ENABLE REPLICA TRIGGER", True), ("ENABLE ALWAYS TRIGGER", False)):  # fmt: skip
            with make.undone():
                raw(f"ALTER TABLE {table} {how} {trigger.name}")
                assert triggers.missing() == expected[:1] * misses

    with make.undone():
        before = in_the_database()
        editor = connection.SchemaEditorClass(connection)
        trigger.remove_sql(model, editor)
        assert triggers.missing() == expected
        assert before - in_the_database() == set(names_of(trigger))
        trigger.create_sql(model, editor)
        assert triggers.missing() == []


def test_the_tables_that_keep_a_truth_are_these_and_each_keeps_its_own():
    of = {kind: sorted(model._meta.label for model, one in triggers.declared() if type(one) is kind) for kind in NAMES}

    assert of == {
        triggers.InChangeSet: sorted(model._meta.label for model in PARTS.values()),
        triggers.ByWriteLock: [
            "auth.Group", "auth.User_groups", "monographs.Drug", "monographs.Edition", "monographs.Epoch",
            "monographs.FormerAddress", "monographs.IndexEntry", "monographs.Monograph", "monographs.Reference",
            "monographs.TherapeuticClass", "monographs.ToldChange", "reviews.AccountLink", "reviews.Assignment", "reviews.ChangedPart", "reviews.ClassGrant", "reviews.ClassPermission", "reviews.ClinicianProfile",
            "reviews.EntrySubject", "reviews.Grant", "reviews.Misprint", "reviews.MonographPermission", "reviews.ProblemReport", "reviews.Recheck", "reviews.Reminder", "reviews.WrittenText",
        ],
        triggers.AppendOnly: [
            "monographs.Document", "monographs.NameCheck", "monographs.Overlay", "monographs.Publication",
            "monographs.SecondSignature", "reversion.Revision", "reversion.Version", "reviews.AccountHold", "reviews.Act",
            "reviews.AuditEvent", "reviews.Certificate", "reviews.ChangeSet", "reviews.Conflict", "reviews.HarmlessMisprint", "reviews.KeyStatement", "reviews.Organisation", "reviews.SignOff", "reviews.Unsigning",
        ],
        triggers.Inbox: ["reviews.InboxReport"],
        triggers.Unchanged: ["reviews.CountedTry", "reviews.KeptForm", "reviews.SpentCode"],
        triggers.Account: ["auth.User"],
        triggers.Sent: ["reviews.Remark"],
    }  # fmt: skip


@pytest.mark.django_db
def test_a_table_that_is_not_there_yet_misses_nothing(monkeypatch):
    introspection = type(connection.introspection)
    there = [name for name in connection.introspection.table_names() if name != "monographs_section"]
    name = names_of(next(t for model, t in triggers.declared() if model is Section))[0]
    raw(f"DROP TRIGGER {name}" + (" ON monographs_section" if connection.vendor == "postgresql" else ""))
    assert triggers.missing() == [f"monographs_section: {name}"]

    monkeypatch.setattr(introspection, "table_names", lambda *_args, **_how: there)

    assert triggers.missing() == []


def checked(*databases):
    found = run_checks(tags=[Tags.database], databases=databases)
    return [one for one in found if one.id.startswith("monographs.")]


@pytest.mark.django_db
def test_the_system_check_says_which_trigger_is_lost_once_every_migration_is_applied(monkeypatch):
    (_, trigger) = next(one for one in triggers.declared() if one[0] is Section)
    name = names_of(trigger)[0]
    assert checked("default") == []
    triggers._after_migrate(apps.get_app_config("reviews"), "default")
    raw(f"DROP TRIGGER {name}" + (" ON monographs_section" if connection.vendor == "postgresql" else ""))
    said = f"The database has lost the trigger monographs_section: {name}."

    (error,) = checked("default")
    assert (error.id, error.level, error.msg) == ("monographs.E001", ERROR, said)
    assert checked() == []  # no database is asked that was not named
    assert (None, said) in verify()
    with pytest.raises(RuntimeError, match=f"the database misses triggers: monographs_section: {name}$"):
        triggers._after_migrate(apps.get_app_config("reviews"), "default")
    triggers._after_migrate(apps.get_app_config("monographs"), "default")  # those of reviews may still be to come

    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["one is to come"])
    assert checked("default") == []
    triggers._after_migrate(apps.get_app_config("reviews"), "default")
