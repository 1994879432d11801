"""What guards the rows is itself compared with what this version makes: every trigger, function, index, constraint and
column that the database has is tampered with in turn, and is named by its place. The list is the database's own."""

import re
from collections import Counter

import pytest
from django.db import connection

from reviews.audit import schema
from reviews.audit.verify import verify
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.each_case]
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="the words of SQLite")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="the words of PostgreSQL")


def rows(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def named_after(*statements):
    """The places that are named once these statements were run by whoever owns the database."""
    with make.undone():
        for statement in statements:
            rows(*statement) if isinstance(statement, tuple) else rows(statement)
        return [sentence.partition(":")[0] for sentence in schema.differences()]


def together(tampering):
    """Of one kind, one in each place, so that each is named for its own; what takes something from another place stands
    alone."""
    met, found = Counter(), {}
    for one in tampering:
        place, kind, run = one
        met[place, kind] += 1
        alone = place if "CASCADE" in str(run) and kind.split()[1] in "pu" else ""
        found.setdefault((kind, met[place, kind], alone), []).append(one)
    return found.values()


def missed(tampering):
    """What is not named by its place."""
    found = []
    for some in together(tampering):
        named = named_after(*(statement for _place, _kind, run in some for statement in run))
        found += [one for one in some if one[0] not in named]
    return found


def test_a_database_that_migrations_made_is_as_this_version_makes_it():
    assert list(schema.differences()) == []
    kinds = Counter(text.split()[0] for _place, text in schema._things(connection))
    assert len(kinds) > 4, kinds


def test_what_the_schema_lacks_is_told_by_verify():
    with make.undone():
        rows("CREATE TABLE monographs_other (id integer)")
        found = [sentence for _seq, sentence in verify()]
    assert any(sentence.startswith("monographs_other: the database has") for sentence in found)


@on_sqlite
def test_every_trigger_index_and_item_of_a_table_is_named_when_it_is_tampered_with_on_sqlite():
    tampering = []
    for kind, name, table, sql in rows("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        if table in schema._NOT_OURS:
            continue
        if kind == "trigger":
            never = re.sub(r" WHEN .*? BEGIN ", " WHEN 0 BEGIN ", sql, flags=re.S)
            empty = re.sub(r" BEGIN .* END$", " BEGIN SELECT 1; END", sql, flags=re.S)
            assert sql not in (never, empty)
            tampering += [
                (table, "trigger lost", [f'DROP TRIGGER "{name}"']),
                (table, "trigger that never fires", [f'DROP TRIGGER "{name}"', never]),
                (table, "trigger that does nothing", [f'DROP TRIGGER "{name}"', empty]),
            ]
        elif kind == "index":
            columns = {column for _id, column, *_rest in rows(f'PRAGMA table_info("{table}")')}
            held = {column for _at, _id, column in rows(f'PRAGMA index_info("{name}")')}
            other = sorted(columns - held)[0]
            tampering += [
                (table, "index lost", [f'DROP INDEX "{name}"']),
                (table, "index elsewhere", [f'DROP INDEX "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("{other}")']),
            ]
            if "UNIQUE" in sql:
                weak = sql.replace("CREATE UNIQUE", "CREATE")
                tampering.append((table, "index no longer unique", [f'DROP INDEX "{name}"', weak]))
        elif kind == "table":
            change = "UPDATE sqlite_master SET sql = replace(sql, %s, %s) WHERE type = 'table' AND name = %s"
            for word, other in (
                (" UNIQUE", ""), (" NOT NULL", " NULL"), (" CHECK (", " CHECK (1 OR "), (" REFERENCES ", " /* */ "),
                (" DEFERRABLE INITIALLY DEFERRED", ""),
            ):  # fmt: skip
                for item in schema._items(sql):
                    if word in item:
                        whole = [(change, item, item.replace(word, other, 1), table)]
                        tampering.append((table, f"table:{word}", ["PRAGMA writable_schema = ON", *whole]))
            tampering.append((table, "a trigger of somebody", [
                f'CREATE TRIGGER "x {table}" AFTER INSERT ON "{table}" BEGIN SELECT 1; END'
            ]))  # fmt: skip
    kinds = Counter(kind for _table, kind, _run in tampering)
    assert len(kinds) == 12, kinds
    try:
        assert missed(tampering) == []
    finally:
        rows("PRAGMA writable_schema = OFF")
    assert list(schema.differences()) == []


# Signs that Python splits words at, and that are letters of a name to both databases.
NO_SPACE = ["\u00a0", "\u1680", "\u2003", "\u2028", "\u202f", "\u205f", "\u3000", "\x85"]
HIDDEN = {
    "NOT NULL": ("monographs_edition", '"round" integer unsigned NOT NULL', '"round" integer unsigned{0}NOT{0}NULL'),
    "UNIQUE": ("monographs_formeraddress", '"slug" varchar(', '"slug"{0}varchar('),
    "CHECK": ("monographs_edition", "CHECK (", "CHECK{0}("),
    "in quotes": ("monographs_edition", "'draft'", "'draft{0}'"),
    "two spaces in quotes": ("monographs_edition", "'draft'", "'draft  '"),
    "one space in quotes": ("monographs_edition", "'draft'", "'draft '"),
    "a comment": ("monographs_edition", '"round" integer unsigned NOT NULL', '"round" integer unsigned /* NOT NULL */'),
}


@on_sqlite
@pytest.mark.parametrize("sign", NO_SPACE[:2])
@pytest.mark.parametrize("kind", HIDDEN)
def test_what_hides_behind_a_sign_that_only_looks_like_space_is_named(kind, sign):
    table, item, other = HIDDEN[kind]
    change = "UPDATE sqlite_master SET sql = replace(sql, %s, %s) WHERE type = 'table' AND name = %s"
    (text,) = rows("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", table)[0]
    assert item in text
    try:
        assert table in named_after("PRAGMA writable_schema = ON", (change, item, other.format(sign), table))
    finally:
        rows("PRAGMA writable_schema = OFF")


def test_a_unique_index_whose_words_only_look_alike_is_named():
    """As a database might have it: the text is compared as the database reads it."""
    texts = ['CREATE INDEX "x" ON "t" ("a") WHERE b IS NOT NULL', "CREATE UNIQUE INDEX x ON t (a)", "UNIQUE (a, b)"]

    for text in texts:
        same, others = text.replace(" ", "\n \t"), [text.replace(" ", f" {sign}") for sign in NO_SPACE]
        assert schema._even(same) == schema._even(text) == text
        assert [other for other in others if schema._even(other) == text] == []
    assert schema._even("a -- b\nc") != schema._even("a -- b c")


@on_postgresql
@pytest.mark.parametrize("sign", NO_SPACE)
def test_a_function_that_asks_another_name_is_named(sign):
    (name, text) = rows(
        "SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = "
        "to_regnamespace(quote_ident(current_schema())) AND p.prorettype = 'trigger'::regtype ORDER BY p.proname"
    )[0]
    head, body = text.split("$function$", 1)
    changed = f"{head}$function${body.replace(' ', sign, 1) if ' ' in body else body}"
    assert changed != text

    assert f"function {name}" in named_after("SET LOCAL check_function_bodies = off", changed.replace("%", "%%"))


@on_postgresql
@pytest.mark.parametrize("role", ["replica", "local"])
def test_a_setting_by_which_no_trigger_fires_is_named(role):
    rows(f"SET session_replication_role = {role}")
    try:
        assert named_after() == ["session_replication_role"] * (role == "replica")
    finally:
        rows("RESET session_replication_role")
    assert named_after() == []


HARMLESS = "CREATE OR REPLACE FUNCTION harmless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"


@on_postgresql
def test_a_large_object_which_no_backup_holds_is_named():
    with connection.cursor() as cursor:
        cursor.execute("SELECT lo_from_bytea(0, 'patients')")
    assert list(schema.differences()) == [
        "large objects: the database has 1, which this version does not make. No backup holds them."
    ]


@on_postgresql
def test_every_trigger_function_index_constraint_and_column_is_named_when_it_is_tampered_with_on_postgresql():
    tampering = []
    ours = "n.nspname = current_schema() AND c.relname <> 'django_migrations'"
    of_table = f"JOIN pg_class c ON c.oid = %s JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours}"
    for table, name in rows(f"SELECT c.relname, t.tgname FROM pg_trigger t {of_table} AND NOT t.tgisinternal" % "t.tgrelid"):  # fmt: skip
        again = "BEFORE TRUNCATE" if name.endswith("_truncate") else "BEFORE INSERT OR UPDATE OR DELETE"
        each = "STATEMENT" if name.endswith("_truncate") else "ROW"
        drop = f'DROP TRIGGER "{name}" ON "{table}"'
        put = f'CREATE TRIGGER "{name}" {again} ON "{table}" FOR EACH {each} EXECUTE FUNCTION '
        (function,) = rows("SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE tgname = %s", name)[0]  # fmt: skip
        when = put.replace(" EXECUTE", " WHEN (FALSE) EXECUTE")
        tampering += [
            (table, "trigger lost", [drop]),
            (table, "trigger off", [f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"']),
            (table, "trigger of replicas", [f'ALTER TABLE "{table}" ENABLE REPLICA TRIGGER "{name}"']),
            (table, "trigger that does nothing", [HARMLESS, drop, f"{put}harmless()"]),
            (table, "trigger that never fires", [drop, f"{when}{function}()"]),
        ]
    for (name,) in rows("SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = current_schema() AND p.prorettype = 'trigger'::regtype"):  # fmt: skip
        place = f"function {name}"
        tampering += [
            (place, "function emptied", [HARMLESS.replace("harmless", name)]),
            (place, "function with a path", [f"ALTER FUNCTION {name}() SET search_path = pg_temp"]),
            (place, "function of its maker", [f"ALTER FUNCTION {name}() SECURITY DEFINER"]),
        ]
    for table, name, kind in rows(f"SELECT c.relname, k.conname, k.contype::text FROM pg_constraint k {of_table} AND k.contype IN ('c', 'f', 'p', 'u', 'x')" % "k.conrelid"):  # fmt: skip
        tampering.append(
            (table, f"constraint {kind} lost", [f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}" CASCADE'])
        )
        if kind == "c":
            tampering.append((table, "constraint weak", [
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" CHECK (TRUE)',
            ]))  # fmt: skip
        if kind == "f":
            tampering.append((table, "own triggers off", [f'ALTER TABLE "{table}" DISABLE TRIGGER ALL']))
    for table, name, text in rows(f"SELECT c.relname, o.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class o ON o.oid = i.indexrelid {of_table} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')" % "i.indrelid"):  # fmt: skip
        drop = f'DROP INDEX "{name}"'
        tampering.append((table, "index lost", [drop]))
        tampering.append((table, "index elsewhere", [drop, f'CREATE INDEX "{name}" ON "{table}" ((1))']))
        if "UNIQUE" in text:
            tampering.append((table, "index no longer unique", [drop, text.replace("UNIQUE ", "")]))
    for table, name in rows(f"SELECT c.relname, a.attname FROM pg_attribute a {of_table} AND c.relkind = 'r' AND a.attnum > 0 AND a.attnotnull AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY(i.indkey))" % "a.attrelid"):  # fmt: skip
        tampering.append((table, "column may be empty", [f'ALTER TABLE "{table}" ALTER COLUMN "{name}" DROP NOT NULL']))
    for (table,) in rows(f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours} AND c.relkind = 'r'"):  # fmt: skip
        tampering += [
            (table, "rule", [f'CREATE RULE x AS ON DELETE TO "{table}" DO INSTEAD NOTHING']),
            (table, "policy", [f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY']),
            (table, "a trigger of somebody", [
                HARMLESS, f'CREATE TRIGGER x AFTER INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION harmless()'
            ]),
        ]  # fmt: skip
    kinds = Counter(kind for _table, kind, _run in tampering)
    assert len(kinds) == 21, kinds
    assert missed(tampering) == []
    assert list(schema.differences()) == []
