"""Whether the tables, indexes, constraints, triggers and functions of the database are those that this version makes.

The models of today are made once more beside it: on SQLite in memory, on PostgreSQL in a schema that is rolled back.
What both databases say of themselves is compared by its text, not by its name, because whoever owns the database can
put anything under a name. What only one of them has is named by its place.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from monographs.triggers import ELSEWHERE

# (place, what the database says of what is there)
Thing = tuple[str, str]

AS_MADE = "as_made"  # the schema in which the app's role may make them (reviews.audit.database_roles)
_made: dict[str, Counter[Thing]] = {}
_TEXTS = 4096  # more than a database of ours says of itself: what it says again is not taken apart again


def differences() -> Iterator[str]:
    """A sentence for each thing that is not as this version makes it."""
    vendor = connection.vendor
    if vendor == "postgresql":
        yield from _switched_off()
        yield from _elsewhere()
    if vendor not in _made:
        _made[vendor] = Counter(_as_made())
    now = Counter(_things(connection))
    tables = {place for place, _text in _made[vendor]}
    lost, found = _made[vendor] - now, now - _made[vendor]
    for place in sorted({place for place, _text in [*lost, *found]}):
        here = [sorted(text for at, text in side if at == place) for side in (lost, found)]
        for text in here[0]:
            yield f"{place}: the database has lost “{_short(text)}”, or has another in its place."
        for text in here[1]:
            what = "has" if place in tables else "has, in a place that this version does not make,"
            yield f"{place}: the database {what} “{_short(text)}”, which this version does not make."


def _switched_off() -> Iterator[str]:
    """What somebody may have set for the database or for who comes to it, by which no trigger fires."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('session_replication_role')")
        if cursor.fetchone()[0] == "replica":
            yield "session_replication_role: it is “replica”, by which every trigger is passed over."


def _elsewhere() -> Iterator[str]:
    """Outside the schema of ours: another schema, and what stays in the one where the app's role may make something.
    Nothing there is of this version, and a function of it may do more than whoever calls it."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_SCHEMAS, [AS_MADE])
        for (place,) in cursor.fetchall():
            yield f"schema {place}: the database has it, which this version does not make."
        cursor.execute("SELECT count(*) FROM pg_largeobject_metadata")
        if many := cursor.fetchone()[0]:
            yield f"large objects: the database has {many}, which this version does not make. No backup holds them."
        cursor.execute(_LEFT_THERE, [AS_MADE])
        for (what,) in cursor.fetchall():
            yield f"schema {AS_MADE}: the database has “{_short(what)}” there, where this version leaves nothing."


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:150]}…"


def _as_made() -> list[Thing]:
    """What this version says of a database that it makes from nothing."""
    if connection.vendor == "sqlite":
        other = type(connections[DEFAULT_DB_ALIAS])({**connection.settings_dict, "NAME": ":memory:"}, alias="as_made")
        try:
            _make(other)
            return _things(other)
        finally:
            other.close()
    schema = f"{AS_MADE}_{uuid4().hex}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT has_database_privilege(current_database(), 'CREATE')")
        if cursor.fetchone()[0]:
            cursor.execute(f'CREATE SCHEMA "{schema}"')
        else:  # a role of little power, which has a place for it
            schema = AS_MADE
        cursor.execute("SELECT set_config('search_path', %s, true)", [schema])
        left_there = Counter(_things(connection))  # by somebody else, of which `_elsewhere` tells
        _make(connection)
        found = Counter(_things(connection)) - left_there
        transaction.set_rollback(True)
    return list(found.elements())


def _search_path(on: BaseDatabaseWrapper) -> str:
    with on.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        return str(cursor.fetchone()[0])


def _make(on: BaseDatabaseWrapper) -> None:
    with on.schema_editor(atomic=False) as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
    with on.schema_editor(atomic=False) as editor:
        for app, name, trigger in ELSEWHERE:
            trigger.create_sql(apps.get_model(app, name), editor)


def _things(on: BaseDatabaseWrapper) -> list[Thing]:
    return list(_of_sqlite(on) if on.vendor == "sqlite" else _of_postgresql(on))


# -- SQLite ------------------------------------------------------------------------------------------------------------

# Made by the database, or by Django itself.
_NOT_OURS = ("sqlite_sequence", "sqlite_stat1", "sqlite_stat4", "django_migrations")


def _of_sqlite(on: BaseDatabaseWrapper) -> Iterator[Thing]:
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    with on.cursor() as cursor:
        rows = cursor.execute(query).fetchall()
    for kind, name, table, sql in rows:
        if kind == "table" and table in _NOT_OURS:
            continue
        if kind == "table":
            yield table, "table"
            for one in _items(sql):
                yield table, one
        elif kind == "index":
            yield table, re.sub(r'INDEX "?[a-z0-9_]+"? ON', "INDEX ON", _even(sql), count=1)
        else:
            yield table, f"{kind} {name}: {_even(sql)}"


# What databases take for space between two words, and no other sign: U+00A0 is a letter of a name there, by which
# "NOT NULL" is the name of a type. What stands in quotes stays as it is.
_SPACES = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|[ \t\n\f\r]+""")


@lru_cache(_TEXTS)
def _even(sql: str) -> str:
    """The same text for what is written with other spaces. Where a comment may end with its line it stays as it is."""
    if "--" in sql or "/*" in sql:
        return sql
    return _SPACES.sub(lambda found: found[1] or " ", sql).strip(" ")


@lru_cache(_TEXTS)
def _items(sql: str) -> tuple[str, ...]:
    """The columns and constraints of CREATE TABLE, each by itself, and what follows them."""
    return tuple(_split(sql))


def _split(sql: str) -> Iterator[str]:
    depth, quote, item = 0, "", ""
    for sign in sql[sql.index("(") + 1 :]:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        if not quote and (depth < 0 or (sign == "," and not depth)):
            yield _even(item)
            item, depth = "", max(depth, 0)
        else:
            item += sign
    if item.strip():
        yield _even(item)


# -- PostgreSQL --------------------------------------------------------------------------------------------------------

# A database that was restored from a backup says the same with its casts in other places.
_CAST = re.compile(r"::(text|character varying)(\(\d+\))?(\[\])?")
_OF_TABLES = """
WITH ours AS (
  SELECT c.oid, c.relname, c.relkind, c.relpersistence, c.relrowsecurity FROM pg_class c
  WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND c.relname <> 'django_migrations')
SELECT relname::text, format('table %s%s%s', relkind, relpersistence, relrowsecurity) FROM ours
UNION ALL SELECT relname, 'column ' || quote_ident(a.attname) || ' '
    || CASE a.attidentity WHEN '' THEN format_type(a.atttypid, a.atttypmod) ELSE 'counted' END
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || COALESCE((SELECT ' COLLATE ' || collname FROM pg_collation WHERE oid = NULLIF(a.attcollation, 100)), '')
    || COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid, true), '')
  FROM ours JOIN pg_attribute a ON a.attrelid = ours.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = ours.oid AND d.adnum = a.attnum
UNION ALL SELECT relname, pg_get_constraintdef(k.oid, true) || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END
  FROM ours JOIN pg_constraint k ON k.conrelid = ours.oid WHERE k.contype NOT IN ('n', 't')
UNION ALL SELECT relname, regexp_replace(pg_get_indexdef(i.indexrelid, 0, true), 'INDEX \\S+ ON', 'INDEX ON')
    || CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN '' ELSE ' INVALID' END
  FROM ours JOIN pg_index i ON i.indrelid = ours.oid
UNION ALL SELECT relname, pg_get_triggerdef(t.oid, true) || ' ' || CASE WHEN t.tgenabled IN ('O', 'A') THEN 'enabled'
    ELSE 'disabled' END
  FROM ours JOIN pg_trigger t ON t.tgrelid = ours.oid WHERE NOT t.tgisinternal
UNION ALL SELECT relname, 'own trigger ' || p.proname || CASE WHEN t.tgenabled IN ('O', 'A') THEN ''
    ELSE ' disabled' END
  FROM ours JOIN pg_trigger t ON t.tgrelid = ours.oid JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgisinternal
UNION ALL SELECT relname, pg_get_ruledef(r.oid, true)
  FROM ours JOIN pg_rewrite r ON r.ev_class = ours.oid
"""
_OF_FUNCTIONS = """
SELECT 'function ' || p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
WHERE p.pronamespace = to_regnamespace(quote_ident(current_schema())) AND p.prokind IN ('f', 'p')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
_OTHER_SCHEMAS = """
SELECT nspname::text FROM pg_namespace
WHERE nspname NOT IN ('information_schema', current_schema(), %s) AND NOT starts_with(nspname, 'pg_') ORDER BY 1
"""
_LEFT_THERE = """
SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend
WHERE refclassid = 'pg_namespace'::regclass AND refobjid = to_regnamespace(%s) ORDER BY 1
"""


def _of_postgresql(on: BaseDatabaseWrapper) -> Iterator[Thing]:
    with transaction.atomic(using=on.alias), on.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        before = _search_path(on)
        # What is in the schema is told without its name, what is elsewhere with it.
        cursor.execute("SELECT set_config('search_path', quote_ident(%s), true)", [schema])
        rows: list[Any] = []
        for query in (_OF_TABLES, _OF_FUNCTIONS):
            cursor.execute(query)
            rows += cursor.fetchall()
        cursor.execute("SELECT set_config('search_path', %s, true)", [before])
    for place, text in rows:
        yield place, _even(text.replace(f"{schema}.", "")) if place.startswith("function ") else _without_casts(text)


@lru_cache(_TEXTS)
def _without_casts(text: str) -> str:
    return _even(_CAST.sub("", text))
