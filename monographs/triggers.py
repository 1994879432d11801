"""Truths kept by the database: triggers, declared as constraints of the models.

`makemigrations` writes them, SQLite's table remakes put them back, and `missing()` (a system check, and part of
`verify_trail`) says which of them the database has lost. A trigger names only its own table and the write lock.

* InChangeSet: a part is written only inside the change set of its own edition, and never deleted.
* ByWriteLock: a row is written only by whoever holds the write lock.
* AppendOnly: a row is inserted with the write lock, and never updated or deleted.
* Inbox: a row is inserted by anybody, never updated, and taken out with the write lock.
* Unchanged: a row is put in and taken out by anybody, and never updated.
* Sent: a row is inserted with the write lock and never deleted; only what was answered is updated, with the write lock.
* Account: as ByWriteLock, but when somebody signed in last may be written by whoever signs in.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.ddl_references import Statement, Table
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.models.constraints import BaseConstraint

WRITE_LOCK = "monographs_pen"

_HELD = {
    "sqlite": f"COALESCE((SELECT held FROM {WRITE_LOCK} WHERE id = 1), 0)",
    "postgresql": "held",
}
# The schema is named, so that no temporary table can pass itself off as the write lock.
_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held boolean; edition bigint;
BEGIN
  EXECUTE format('SELECT COALESCE(held, FALSE), edition_id FROM %%I.{lock} WHERE id = 1', TG_TABLE_SCHEMA)
    INTO held, edition;
  IF {refuse} THEN
    RAISE EXCEPTION '%%: {reason}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF TG_OP = 'TRUNCATE' THEN RETURN NULL; END IF;
  RETURN NEW;
END $$
"""


class Trigger(BaseConstraint):
    """A constraint that is a set of triggers: `refusals` maps INSERT, UPDATE, DELETE to when they are refused."""

    function: str
    reason: str
    sqlite: dict[str, str]
    postgresql: str

    def trigger_names(self, vendor: str) -> list[str]:
        if vendor == "postgresql":
            return [self.name, f"{self.name}_truncate"]
        return [f"{self.name}_{event.lower()}" for event in self.sqlite]

    def _templates(self, vendor: str) -> Iterator[str]:
        if vendor == "postgresql":
            yield _FUNCTION.format(function=self.function, lock=WRITE_LOCK, refuse=self.postgresql, reason=self.reason)
            yield (
                f'CREATE TRIGGER "{self.name}" BEFORE INSERT OR UPDATE OR DELETE ON %(table)s '
                f"FOR EACH ROW EXECUTE FUNCTION {self.function}()"
            )
            yield (
                f'CREATE TRIGGER "{self.name}_truncate" BEFORE TRUNCATE ON %(table)s '
                f"FOR EACH STATEMENT EXECUTE FUNCTION truth_no_truncate()"
            )
        else:
            for event, when in self.sqlite.items():
                yield (
                    f'CREATE TRIGGER "{self.name}_{event.lower()}" BEFORE {event} ON %(table)s WHEN {when} '
                    f"BEGIN SELECT RAISE(ABORT, '{self.name}: {self.reason}'); END"
                )

    def _statements(self, model: type[models.Model], editor: Any) -> list[Statement]:
        table = Table(model._meta.db_table, editor.quote_name)
        vendor = editor.connection.vendor
        templates = list(self._templates(vendor))
        if vendor == "postgresql":
            templates.insert(
                0,
                _FUNCTION.format(
                    function="truth_no_truncate", lock=WRITE_LOCK, refuse="TRUE", reason="never truncated"
                ),
            )
        return [Statement(template, table=table) for template in templates]

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing that stands in CREATE TABLE: it follows, when the table is there."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        for statement in self._statements(model, schema_editor):
            schema_editor.execute(statement, params=None)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        for name in self.trigger_names(schema_editor.connection.vendor):
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}', params=None)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database alone decides."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.name == other.name

    __hash__ = BaseConstraint.__hash__


class ByWriteLock(Trigger):
    """Every write needs the write lock."""

    function = "truth_by_pen"
    reason = "written without the write lock"
    sqlite = dict.fromkeys(("INSERT", "UPDATE", "DELETE"), f"NOT {_HELD['sqlite']}")
    postgresql = "NOT COALESCE(held, FALSE)"


class AppendOnly(Trigger):
    """Inserted with the write lock; never updated, never deleted."""

    function = "truth_append_only"
    reason = "only ever added, and with the write lock"
    sqlite = {"INSERT": f"NOT {_HELD['sqlite']}", "UPDATE": "1", "DELETE": "1"}
    postgresql = "TG_OP <> 'INSERT' OR NOT COALESCE(held, FALSE)"


class Inbox(Trigger):
    """Inserted by anybody, without waiting; never updated, and taken out with the write lock."""

    function = "truth_inbox"
    reason = "never changed, and taken out with the write lock"
    sqlite = {"UPDATE": "1", "DELETE": f"NOT {_HELD['sqlite']}"}
    postgresql = "TG_OP = 'UPDATE' OR (TG_OP = 'DELETE' AND NOT COALESCE(held, FALSE))"


class Unchanged(Trigger):
    """Put in and taken out by anybody, without waiting; never updated, so that nothing passes to another person."""

    function = "truth_unchanged"
    reason = "put in and taken out, and never changed"
    sqlite = {"UPDATE": "1"}
    postgresql = "TG_OP = 'UPDATE'"


# Every column of an account but `last_login`.
ACCOUNT_COLUMNS = (
    "id", "password", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active",
    "date_joined",
)  # fmt: skip


def _differs(sign: str, columns: tuple[str, ...] = ACCOUNT_COLUMNS) -> str:
    return " OR ".join(f"OLD.{one} {sign} NEW.{one}" for one in columns)


class Account(Trigger):
    """Every write needs the write lock, but the one that says when somebody signed in last."""

    function = "truth_account"
    reason = "written without the write lock"
    sqlite = {
        **ByWriteLock.sqlite,
        "UPDATE": f"NOT {_HELD['sqlite']} AND (" + _differs("IS NOT") + ")",
    }
    postgresql = f"NOT COALESCE(held, FALSE) AND (TG_OP <> 'UPDATE' OR {_differs('IS DISTINCT FROM')})"


# Every column of a remark but its answer.
REMARK_COLUMNS = ("id", "edition_id", "round", "part", "label", "words", "by_id", "at")


class Sent(Trigger):
    """Every write needs the write lock; what was said never changes and is never deleted, what was answered may be."""

    function = "truth_sent"
    reason = "what was sent never changes, and needs the write lock"
    sqlite = {
        "INSERT": f"NOT {_HELD['sqlite']}",
        "UPDATE": f"NOT {_HELD['sqlite']} OR " + _differs("IS NOT", REMARK_COLUMNS),
        "DELETE": "1",
    }
    postgresql = (
        "TG_OP = 'DELETE' OR NOT COALESCE(held, FALSE)"
        f" OR (TG_OP = 'UPDATE' AND ({_differs('IS DISTINCT FROM', REMARK_COLUMNS)}))"
    )


class InChangeSet(Trigger):
    """A part is written inside the change set of its edition, cannot be moved to another, and is never deleted: what
    is taken out is flagged, so that its history ends with a version."""

    function = "truth_in_change_set"
    reason = "written outside the change set of its edition"
    _edition = f"(SELECT edition_id FROM {WRITE_LOCK} WHERE id = 1 AND held)"
    sqlite = {
        "INSERT": f"{_edition} IS NOT NEW.edition_id",
        "UPDATE": f"{_edition} IS NOT OLD.edition_id OR {_edition} IS NOT NEW.edition_id",
        "DELETE": "1",
    }
    postgresql = (
        "TG_OP = 'DELETE' OR NOT COALESCE(held, FALSE)"
        " OR (TG_OP <> 'INSERT' AND edition IS DISTINCT FROM OLD.edition_id)"
        " OR (TG_OP <> 'DELETE' AND edition IS DISTINCT FROM NEW.edition_id)"
    )


class RemakeTriggers(Operation):
    """Puts up every trigger anew with the text of today, where its table is there: the one way in which texts change.
    Going back leaves them as they are, because their names stay and the older code asks for names alone."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """No model changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        # Those that stand by now: what a later migration declares is put up by that one.
        for model, trigger in declared(to_state.apps):
            trigger.remove_sql(model, schema_editor)
            trigger.create_sql(model, schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing: see above."""

    def describe(self) -> str:
        return "Put up every trigger anew"


# Tables of others that the same truths hold for. A migration of reviews puts the triggers on them.
ELSEWHERE: tuple[tuple[str, str, Trigger], ...] = (
    ("reversion", "Revision", AppendOnly(name="reversion_revision_append_only")),
    ("reversion", "Version", AppendOnly(name="reversion_version_append_only")),
    ("auth", "User_groups", ByWriteLock(name="auth_user_groups_by_pen")),
    ("auth", "Group", ByWriteLock(name="auth_group_by_pen")),
    ("auth", "User", Account(name="auth_user_account")),
)


def declared(of: Any = apps) -> Iterator[tuple[type[models.Model], Trigger]]:
    """Every model that keeps a truth, with its trigger: today's, or those of a migration's state."""
    for model in of.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, Trigger):
                yield model, constraint
    for app, name, trigger in ELSEWHERE:
        yield of.get_model(app, name), trigger


def _found(connection: BaseDatabaseWrapper) -> dict[str, set[str]]:
    """The enabled triggers of the database, by table."""
    query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
        )
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query)
        for table, name in cursor.fetchall():
            found.setdefault(table, set()).add(name)
    return found


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of the triggers that should stand in the database and do not, or are switched off.

    Tables that are not there (before the first migrate) miss nothing.
    """
    connection = connections[using]
    found, tables = _found(connection), set(connection.introspection.table_names())
    return [
        f"{model._meta.db_table}: {name}"
        for model, trigger in declared()
        if model._meta.db_table in tables
        for name in trigger.trigger_names(connection.vendor)
        if name not in found.get(model._meta.db_table, set())
    ]


def _check(app_configs: Any = None, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The database has lost the trigger {name}.",
            hint="Nothing may be written until it is back: restore the backup, or apply the migration that made it.",
            id="monographs.E001",
        )
        for using in databases or ()
        if is_whole(using)
        for name in missing(using)
    ]


def is_whole(using: str) -> bool:
    """Whether every migration is applied: while some are outstanding, triggers may still be to come."""
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    if sender.name == "reviews" and is_whole(using) and (lost := missing(using)):
        raise RuntimeError(f"After migrating, the database misses triggers: {', '.join(lost)}")


def register_checks() -> None:
    register(_check, Tags.database)
    models.signals.post_migrate.connect(_after_migrate, dispatch_uid="truths")
