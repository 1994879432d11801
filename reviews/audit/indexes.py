"""Whether each index holds each row of its table.

What is read through an index that lacks rows is not there for whoever reads: a page that was taken down is back, and
nothing that reads the same way can tell. Indexes lose rows when a disk lies, when the machine sorts words otherwise
than before, or when whoever owns the database switched them off while rows were written.
"""

import json
import re
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper


def lacking() -> Iterator[str]:
    """A sentence for each index, or other thing below the tables, that is not whole."""
    yield from _of_sqlite() if connection.vendor == "sqlite" else _of_postgresql()


def _of_sqlite() -> Iterator[str]:
    """The database looks for each row of each table in each index, and that there are no more."""
    with connection.cursor() as cursor:
        said = [line for (line,) in cursor.execute("PRAGMA integrity_check(100000)").fetchall() if line != "ok"]
    for line in dict.fromkeys(re.sub(r"^row \d+ missing from", "rows are missing from", line) for line in said):
        yield f"The database is not whole: {line}."


# Each index with its table, the rows that it is for, and what it is in the order of.
_INDEXES = """
SELECT t.relname::text, x.relname::text, pg_get_expr(i.indpred, i.indrelid),
  (SELECT string_agg(pg_get_indexdef(i.indexrelid, k, true)
      || CASE WHEN o.opcname LIKE '%pattern_ops' THEN ' USING ~<~' ELSE '' END, ', ' ORDER BY k)
    FROM generate_series(1, i.indnkeyatts) k JOIN pg_opclass o ON o.oid = i.indclass[k - 1])
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE t.relnamespace = to_regnamespace(quote_ident(current_schema())) AND i.indisvalid AND i.indisready AND i.indislive
ORDER BY 1, 2
"""
# With these off, rows come in an order from an index that is in that order.
_NOT_BY_INDEX = ("seqscan", "bitmapscan", "sort", "incremental_sort")


def _of_postgresql() -> Iterator[str]:
    """Rows are counted by each index and by their table. Where two indexes are in the same order and cost the same, the
    database never reads the one, so it is not asked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name in _NOT_BY_INDEX:
            cursor.execute(f"SET LOCAL enable_{name} = off")
        for table, index, rows, order in indexes:
            where = f" WHERE {rows}" if rows else ""
            # All names and conditions here are the catalogue's own.
            by_index = f'SELECT 1 FROM "{table}"{where} ORDER BY {order} OFFSET 0'  # noqa: S608
            if not _is_read_by(cursor, by_index, index):
                continue
            # A sample is never taken by an index, and this one is of all rows.
            by_table = f'SELECT 1 FROM "{table}" TABLESAMPLE SYSTEM (100){where}'  # noqa: S608
            both = f"SELECT (SELECT count(*) FROM ({by_index}) a), (SELECT count(*) FROM ({by_table}) b)"  # noqa: S608
            cursor.execute(both)
            held, there = cursor.fetchone()
            if held != there:
                yield f"The database is not whole: index {index} holds {held} of {there} rows of {table}."
        for name in _NOT_BY_INDEX:
            cursor.execute(f"SET LOCAL enable_{name} TO DEFAULT")


def _is_read_by(cursor: CursorWrapper, query: str, index: str) -> bool:
    cursor.execute(f"EXPLAIN (FORMAT JSON) {query}")
    (said,) = cursor.fetchone()
    plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    while "Plans" in plan:
        plan = plan["Plans"][0]
    return bool(plan.get("Index Name") == index)
