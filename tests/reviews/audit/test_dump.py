"""What is dumped of PostgreSQL, and what is never put back: nobody gets the owner's power by a restore."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from reviews.audit import database_roles, dump, schema
from reviews.audit.verify import verify
from reviews.models import AuditEvent
from tests import factories as make
from tests.reviews.audit.test_backup import key, said  # noqa: F401  # a fixture

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles, and is copied whole")


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def signed_in_as(name):
    """With a connection of its own, as a process of that role has it."""
    told = connection.settings_dict
    before, told["USER"] = told["USER"], name
    connection.close()
    schema._made.clear()
    try:
        yield
    finally:
        told["USER"] = before
        connection.close()


@pytest.fixture
def roles(transactional_db):
    """As `database_roles --apply` leaves them, until the end of the test."""
    call_command("database_roles", "--apply", stdout=StringIO())
    database = connection.settings_dict["NAME"]
    role = database_roles.names(database)
    yield role
    run(f"DROP SCHEMA IF EXISTS {schema.AS_MADE} CASCADE")
    run(f"REASSIGN OWNED BY {role['owner']} TO CURRENT_USER")
    for name in role.values():
        run(f"DROP OWNED BY {name}")
        run(f"DROP ROLE {name}")
    run(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO PUBLIC")
    run("GRANT USAGE ON SCHEMA public TO PUBLIC")


@pytest.mark.slow
def test_what_the_app_leaves_elsewhere_hinders_no_backup_and_never_comes_back_as_the_owners(
    house, roles, key, tmp_path, monkeypatch  # noqa: F811
):  # fmt: skip
    make.published(house)
    folder, of_before = tmp_path / "backups", tmp_path / "before"
    with signed_in_as(roles["app"]):
        for made in (
            "TABLE as_made.stray (id int)",
            "VIEW as_made.holds AS SELECT * FROM public.reviews_auditevent",
            "FUNCTION as_made.take() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DROP TABLE public.reviews_look'",
        ):
            run(f"CREATE {made}")
        named = sorted(sentence for _seq, sentence in verify())
        assert [one.partition("“")[2].partition("”")[0] for one in named] == [
            "function as_made.take()", "table as_made.stray", "view as_made.holds",
        ]  # fmt: skip
    with signed_in_as(roles["backup"]):
        assert said("backup", str(folder), "--key", str(key))[0] == 0
    with monkeypatch.context() as before:
        before.setattr(dump, "_OURS", "--no-comments")  # of every schema
        assert said("backup", str(of_before), "--key", str(key))[0] == 0
    end = AuditEvent.objects.count()

    with signed_in_as(roles["owner"]):
        code, words = said("restore", str(of_before), "--key", str(key))
        assert (code, "FUNCTION as_made take()" in words, "TABLE as_made stray" in words) == (1, True, True), words
        assert len(run("SELECT 1 FROM pg_proc WHERE proname = 'take'")) == 1

        code, words = said("restore", str(folder), "--key", str(key))
        assert code == 0, words
        assert "The roles of the database may do with each table what this version does." in words
        assert run("SELECT 1 FROM pg_proc WHERE proname = 'take'") == []
        assert run("SELECT count(*) FROM pg_class WHERE relnamespace = 'as_made'::regnamespace") == [(0,)]
    with signed_in_as(roles["app"]):
        assert AuditEvent.objects.count() == end
        assert verify() == []


@pytest.mark.django_db
def test_a_schema_that_is_not_ours_is_named():
    with make.undone():
        run("CREATE SCHEMA mine")
        assert [one for one in schema.differences() if "schema" in one] == [
            "schema mine: the database has it, which this version does not make."
        ]
