"""Questions that every act asks again and again, of another key each time: their SQL is written once a process. Django
takes ten times as long to write a statement as the database takes to answer it.
"""

from functools import cached_property
from typing import Any

from django.db import connection, models


class Question:
    """`ask(value)` answers what `rows.filter(**{by: value}).values_list(*columns)` does."""

    def __init__(self, rows: "models.QuerySet[Any]", *, by: str, columns: tuple[str, ...]) -> None:
        self._rows, self._by, self._columns = rows, by, columns
        self._field = rows.model._meta.get_field(by)

    @cached_property
    def _written(self) -> tuple[Any, str, list[Any]]:
        """The query, its SQL with a place for the value, and what it selects."""
        some = self._field.to_python(0)
        query = self._rows.filter(**{self._by: some}).values_list(*self._columns).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        assert len(parameters) == 1, f"{sql} has other places than that of {self._by}"
        return query, sql, [column for column, *_rest in compiler.select]

    def ask(self, value: Any) -> list[tuple[Any, ...]]:
        query, sql, select = self._written
        compiler = query.get_compiler(connection=connection)  # connections are a thread's own
        with connection.cursor() as cursor:
            cursor.execute(sql, [self._field.get_db_prep_value(value, connection)])
            rows = cursor.fetchall()
        return list(map(tuple, compiler.apply_converters(rows, compiler.get_converters(select))))
