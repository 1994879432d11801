"""Every way past the pen that we could think of, on both databases: refused, or found by verify_trail."""

import copy
import json
from io import StringIO
from uuid import uuid4

import pytest
import reversion
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.models.deletion import ProtectedError
from reversion.errors import RevertError
from reversion.models import Revision, Version

from monographs import truths
from monographs.assemble import build
from monographs.models import (
    PARTS,
    Document,
    Drug,
    Edition,
    Monograph,
    NameCheck,
    Pen,
    Publication,
    Reference,
    Section,
    TherapeuticClass,
)
from reviews.changes import change_set, pen
from reviews.models import AuditEvent, ChangeSet, ClassGrant, ClinicianProfile, SignOff, Unsigning
from reviews.verify import verify
from tests import factories as make

REFUSALS = (DatabaseError, TypeError, ProtectedError, RevertError)
SEALED = (Document, SignOff, Publication, ChangeSet, AuditEvent, Revision, Version)
BY_PEN = (Edition, Monograph, Drug, TherapeuticClass, ClinicianProfile, ClassGrant, Group)


class World:
    """A live edition, and a draft of another monograph."""

    def __init__(self):
        self.house = make.the_house()
        self.live = make.published(self.house)
        self.edition = make.draft(self.house, "otherumab")
        self.other = make.draft(self.house, "thirdumab")
        self.section = Section.objects.filter(edition=self.edition).first()
        self.version = Version.objects.get_for_object(self.section).first()

    def fresh(self) -> Section:
        return Section(edition=self.edition, key=uuid4(), kind="driving", heading="Driving", text="x")


@pytest.fixture(scope="module")
def once(once_a_module):
    return World()


@pytest.fixture
def world(db, once):
    return copy.deepcopy(once)


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
    with pen(actor=w.house.editor) as trail:
        trail.record("tried", "test")
        saved(w)


def in_the_change_set_of_another(w):
    with pen(actor=w.house.editor) as trail, change_set(trail, edition=w.other, reason="Other"):
        saved(w)


def moved_to_another(w):
    with pen(actor=w.house.editor) as trail, change_set(trail, edition=w.edition, reason="Move"):
        w.section.edition = w.other
        w.section.save()


def deleted_inside(w):
    with pen(actor=w.house.editor) as trail, change_set(trail, edition=w.edition, reason="Delete"):
        w.section.delete()


def updated_across(w):
    with pen(actor=w.house.editor) as trail, change_set(trail, edition=w.other, reason="Across"):
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
        assert any(isinstance(constraint, truths.InChangeSet) for constraint in model._meta.constraints)


@pytest.mark.parametrize("model", SEALED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("held", [False, True], ids=["without the pen", "with the pen"])
def test_a_sealed_row_is_never_changed_or_taken_away(world, model, held):
    row = model._base_manager.order_by("pk").first()
    column = next(f for f in model._meta.concrete_fields if not f.primary_key).column
    table = model._meta.db_table
    attempts = [
        row.save,
        row.delete,
        lambda: models.QuerySet(model).delete(),
        lambda: models.QuerySet(model).update(
            **{next(f.attname for f in model._meta.concrete_fields if not f.primary_key): None}
        ),
        lambda: raw(f'UPDATE {table} SET "{column}" = "{column}"'),
        lambda: raw(f"DELETE FROM {table}"),
    ]
    if connection.vendor == "postgresql":
        attempts.append(lambda: raw(f"TRUNCATE {table} CASCADE"))
    else:
        attempts.append(lambda: raw(f"REPLACE INTO {table} SELECT * FROM {table}"))
    count = model._base_manager.count()

    for attempt in attempts:
        with pytest.raises(REFUSALS), make.undone():
            if held:
                Pen.objects.update(held=True)
            attempt()

    assert model._base_manager.count() == count


@pytest.mark.parametrize("model", [*SEALED, *BY_PEN, Unsigning, NameCheck, Reference], ids=lambda model: model.__name__)
def test_nothing_guarded_is_added_without_the_pen(world, model):
    """An INSERT of a copy of a row, or of nothing at all: the trigger comes before every other check."""
    table = model._meta.db_table
    columns = [f.column for f in model._meta.concrete_fields]
    quoted = ", ".join(f'"{c}"' for c in columns)
    nothing = ", ".join(["NULL"] * len(columns))

    with pytest.raises(DatabaseError, match="pen"), make.undone():
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
    group = Group.objects.get(name="publisher")
    user = world.house.editor

    for attempt in (
        lambda: user.groups.add(group),
        lambda: user.groups.set([group]),
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
    Pen.objects.update(held=True, edition_id=world.edition.pk)
    raw("UPDATE monographs_section SET text = 'x' WHERE id = %s", world.section.pk)
    raw("UPDATE monographs_monograph SET tier = 'low' WHERE id = %s", world.live.monograph_id)
    Pen.objects.update(held=False, edition_id=None)

    found = [sentence for _seq, sentence in verify()]

    assert any(sentence.startswith(f"monographs.section:{world.section.pk}:") for sentence in found)
    assert any(sentence.startswith(f"monographs.monograph:{world.live.monograph_id}:") for sentence in found)
    assert any(sentence.startswith(f"monographs.edition:{world.edition.pk}:") for sentence in found)


@pytest.mark.django_db
def test_a_lost_trigger_is_missed_loudly():
    assert truths.missing() == []
    trigger = next(t for model, t in truths.declared() if model is Section)
    name = trigger.trigger_names(connection.vendor)[0]
    raw(f"DROP TRIGGER {name}" + (" ON monographs_section" if connection.vendor == "postgresql" else ""))

    assert truths.missing()
    assert next(error.id for error in truths._check(databases=["default"])) == "monographs.E001"
    assert any("lost the trigger" in sentence for _seq, sentence in verify())
