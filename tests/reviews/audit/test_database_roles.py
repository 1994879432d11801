"""The roles of PostgreSQL, on a real one: the service works as app, and app changes nothing that is sealed."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from monographs.models import Publication
from monographs.triggers import AppendOnly, InChangeSet, declared
from reviews.audit import database_roles, schema
from reviews.audit.verify import verify
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.each_case
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")


@pytest.fixture
def roles(db) -> dict[str, str]:
    """As `database_roles --apply` leaves them; rolled back with the test."""
    call_command("database_roles", "--apply", stdout=StringIO())
    return database_roles.names(connection.settings_dict["NAME"])


def run(sql: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def acting_as(role: str):
    run(f"SET SESSION AUTHORIZATION {role}")
    yield
    assert run("SELECT session_user, current_user") == [(role, role)]
    run("RESET SESSION AUTHORIZATION")


def told() -> list[str]:
    """The ids of what `check --deploy` says of ours."""
    return [one.id for one in run_checks(include_deployment_checks=True) if one.id.startswith("clincalc")]


def refused(sql: str) -> str:
    """What the database says to it; nothing, if it does it."""
    try:
        with transaction.atomic():
            run(sql)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


@on_postgresql
def test_every_act_is_done_as_app_and_the_trail_is_whole_by_both(roles):
    with acting_as(roles["app"]):
        house = tables.fill()
        page = make.published(house, "fifthumab")
        make.withdraw(page, actor=house.publisher)
        client = Client()
        client.force_login(house.editor)
        assert client.get("/desk/").status_code == 200
        assert client.get("/").status_code == 200
        schema._made.clear()
        assert verify() == []
        assert "clincalc.I001" not in told()
    with acting_as(roles["owner"]):
        call_command("upgrade", stdout=StringIO())
        schema._made.clear()
        assert verify() == []
        assert "clincalc.I001" in told()
    assert Publication.objects.count() > 1


@on_postgresql
def test_without_its_triggers_a_sealed_table_still_refuses_the_app(roles):
    sealed = [(model, one) for model, one in declared() if isinstance(one, AppendOnly | InChangeSet)]
    table_of = {one.name: model._meta.db_table for model, one in sealed}
    with acting_as(roles["owner"]):
        for model, one in sealed:
            with connection.schema_editor() as editor:
                one.remove_sql(model, editor)
    with acting_as(roles["app"]):
        for name, table in table_of.items():
            key = apps.get_model(next(m for m, one in sealed if one.name == name)._meta.label)._meta.pk.column
            writes = [f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
            if "in_change_set" not in name:
                writes.append(f"UPDATE {table} SET {key} = {key}")
            for write in writes:
                assert "permission denied" in refused(write), write
            assert "must be owner" in refused(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        # What would help somebody round them.
        for write in (
            "SET session_replication_role = replica", "CREATE TABLE public.mine (id int)", "CREATE TEMP TABLE mine (id int)",
            "DELETE FROM monographs_pen", "UPDATE reviews_remark SET words = words", "DELETE FROM auth_user",
            "CREATE FUNCTION public.truth_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            f"SET ROLE {roles['owner']}",
        ):  # fmt: skip
            assert refused(write), write
    with acting_as(roles["owner"]):  # it is the right that was lacking, and nothing else
        assert not refused("UPDATE monographs_document SET text = text")


@on_postgresql
def test_read_sees_no_secret_and_writes_nothing_and_backup_sees_all(roles):
    with acting_as(roles["read"]):
        assert run("SELECT count(*) FROM reviews_auditevent")
        for table in database_roles._SECRET:
            assert "permission denied" in refused(f"SELECT * FROM {table}")
        for table, right in database_roles.read_rights().items():
            assert not refused(f"SELECT {right.partition('(')[2].rstrip(')') or '*'} FROM {table}")
        for table, columns in database_roles._SECRET_COLUMNS.items():
            for column in columns:
                assert "permission denied" in refused(f"SELECT {column} FROM {table}")
        for table in database_roles.app_rights():
            assert "permission denied" in refused(f"DELETE FROM {table}")
    with acting_as(roles["backup"]):
        for table in database_roles.app_rights():
            assert not refused(f"SELECT * FROM {table}")
            assert "permission denied" in refused(f"DELETE FROM {table}")


@on_postgresql
def test_a_table_that_was_made_anew_is_granted_again_by_the_owner_alone(roles):
    run(f"REVOKE ALL ON reviews_look FROM {roles['app']}")
    with acting_as(roles["app"]):
        assert not database_roles.renew()
        assert "permission denied" in refused("SELECT * FROM reviews_look")
    with acting_as(roles["owner"]):
        assert database_roles.renew()
    with acting_as(roles["app"]):
        assert not refused("DELETE FROM reviews_look")


def test_each_table_is_known_and_what_is_sealed_is_only_added_to():
    rights = database_roles.app_rights()
    named = database_roles._TAKEN_OUT | database_roles._READ_ONLY | database_roles._SECRET
    assert named <= rights.keys()
    # What no list names is for nobody: whoever adds a table says what it is.
    assert {table for table, may in rights.items() if not may} == set()
    assert rights.keys() == database_roles._OPEN | database_roles._SECRET
    assert not database_roles._OPEN & database_roles._SECRET
    for table, right in database_roles.read_rights().items():
        names = {
            str(one.column)
            for model in apps.get_models()
            if model._meta.db_table == table
            for one in model._meta.concrete_fields
        }
        for word in ("token", "email", "secret", "password", "sender"):
            assert word not in names or table == "reviews_act" or (right != "SELECT" and word not in right), (
                table,
                word,
            )
    for model, one in declared():
        if isinstance(one, AppendOnly):
            assert rights[model._meta.db_table] == ["SELECT", "INSERT"]


def test_where_there_are_no_roles_the_command_says_so(db):
    if connection.vendor == "postgresql":
        said = StringIO()
        call_command("database_roles", stdout=said)
        assert said.getvalue().startswith("BEGIN;")
        name = database_roles.names(connection.settings_dict["NAME"])["backup"]
        assert not run("SELECT 1 FROM pg_roles WHERE rolname = %s", name)
        assert database_roles.owns_tables()
    else:
        with pytest.raises(CommandError, match="SQLite has no roles"):
            call_command("database_roles")
        assert not database_roles.owns_tables()
        assert not database_roles.renew()


@pytest.mark.any_database
def test_a_name_that_would_have_to_be_quoted_is_refused():
    for name in ("Clin Calc", 'a";drop', "a" * 60, ""):
        with pytest.raises(ValueError, match="none that roles"):
            database_roles.names(name)
