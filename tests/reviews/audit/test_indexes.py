"""An index that lacks rows of its table is named: what is read through it would not be there."""

import pytest
from django.db import connection

from monographs.models import Overlay
from reviews.audit import indexes
from reviews.audit.verify import verify
from tests import factories as make
from tests import tables

pytestmark = pytest.mark.django_db
IS_SQLITE = connection.vendor == "sqlite"


@pytest.fixture(scope="module")
def made(once_a_module):
    tables.fill()
    assert verify() == []


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def indexes_by_table():
    """The indexes of each table that holds rows."""
    if IS_SQLITE:
        found = sql("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE '%% WHERE %%'")
    else:
        found = sql("SELECT indexname::text, tablename::text FROM pg_indexes WHERE schemaname = current_schema()")
    tables_of = {}
    for name, table in found:
        tables_of.setdefault(table, []).append(name)
    return {table: names for table, names in tables_of.items() if sql(f'SELECT count(*) FROM "{table}"') != [(0,)]}


def empty(table, names):
    """As whoever owns the database can do: the indexes hold no row, and say that they hold all."""
    if IS_SQLITE:
        for name in names:
            for text in ("sql || ' WHERE 0'", "substr(sql, 1, length(sql) - 8)"):
                sql("PRAGMA writable_schema = ON")
                sql(f"UPDATE sqlite_master SET sql = {text} WHERE name = %s", name)
                sql("PRAGMA writable_schema = RESET")
                if "WHERE" in text:
                    sql(f'REINDEX "{name}"')
        return
    ready = "UPDATE pg_index SET indisready = %s WHERE indexrelid = ANY(%s::regclass[])"
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with tables.no_triggers():
        sql(f'CREATE TEMP TABLE aside ON COMMIT DROP AS SELECT * FROM "{table}"')
        sql(f'DELETE FROM "{table}"')
        sql(ready, False, names)
        sql(f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE SELECT * FROM aside')
        sql(ready, True, names)
        sql("DROP TABLE aside")


def test_each_index_that_lacks_the_rows_of_its_table_is_named(made):
    emptied = indexes_by_table()
    with make.undone():
        for table, names in emptied.items():
            empty(table, names)
        told = list(indexes.lacking())
    tried = [(table, name) for table, names in emptied.items() for name in names]
    missed = [(table, name) for table, name in tried if not any(name in said for said in told)]
    assert len(tried) > 50, len(tried)
    # In their stead the database reads another that begins with the same columns.
    assert len(missed) <= (0 if IS_SQLITE else 8), missed
    assert [name for table, name in missed if table.startswith("monographs_")] == []
    assert list(indexes.lacking()) == []


def test_what_stood_over_a_page_and_is_found_by_no_index_is_told(made):
    table = Overlay._meta.db_table
    (name,) = [name for name in indexes_by_table()[table] if "_monograph_id_" in name]
    with make.undone():
        empty(table, [name])
        assert any(name in sentence for _seq, sentence in verify())
