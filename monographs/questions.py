"""Questions that every act asks again and again, of another key each time: their SQL is written once a process. Django
takes ten times as long to write a statement as the database takes to answer it.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
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

    @property
    def sql(self) -> str:
        return self._written[1]

    @cached_property
    def nothing(self) -> list[str]:
        return _nothing_of(self._written[2])

    def ask(self, value: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [self.stored(value)])
            return self.read(cursor.fetchall())

    def stored(self, value: Any) -> Any:
        return self._field.get_db_prep_value(value, connection)

    def read(self, rows: list[Any]) -> list[tuple[Any, ...]]:
        query, _sql, select = self._written
        compiler = query.get_compiler(connection=connection)  # connections are a thread's own
        return list(map(tuple, compiler.apply_converters(rows, compiler.get_converters(select))))


def ask_together(asked: Sequence[tuple[Question, Any]]) -> list[list[tuple[Any, ...]]]:
    """What each of these questions answers of its value, in one statement and as of one moment; each answer in no
    order."""
    kinds = tuple(dict.fromkeys(question for question, _value in asked))
    places = tuple(kinds.index(question) for question, _value in asked)
    found = _answers(kinds, places, [question.stored(value) for question, value in asked])
    return [question.read(rows) for (question, _value), rows in zip(asked, found, strict=True)]


def together(*asked: "models.QuerySet[Any]") -> list[list[tuple[Any, ...]]]:
    """What each of these querysets (of `values_list`) answers, in one statement and as of one moment; each in no
    order."""
    made = [_Asked(rows) for rows in asked]
    some = tuple(one for one in made if one.sql)
    parameters = [value for one in some for value in one.parameters]
    found = dict(zip(some, _answers(some, tuple(range(len(some))), parameters), strict=True)) if some else {}
    return [one.read(found[one]) if one in found else [] for one in made]


class _Asked:
    """A queryset with the SQL that it is asked by; "" if it can have no answer."""

    def __init__(self, rows: "models.QuerySet[Any]") -> None:
        self._compiler = rows.order_by().query.get_compiler(connection=connection)
        try:
            self.sql, self.parameters = self._compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.parameters = "", ()
        self._select = [column for column, *_rest in self._compiler.select or ()]
        self.nothing = _nothing_of(self._select)

    def read(self, rows: list[Any]) -> list[tuple[Any, ...]]:
        converters = self._compiler.get_converters(self._select)
        return list(map(tuple, self._compiler.apply_converters(rows, converters)))


def _nothing_of(select: Iterable[Any]) -> list[str]:
    """No value for each column, of its type: what another question has in its place in one table of answers."""
    return [f"CAST(NULL AS {one.output_field.cast_db_type(connection)})" for one in select]


def _answers(
    kinds: "tuple[Question | _Asked, ...]", asked: tuple[int, ...], parameters: list[Any]
) -> list[list[list[Any]]]:
    """The rows of each that is asked (its place among the kinds): each kind has columns of its own in one table, so
    that they need not be alike."""
    begins = [sum(len(other.nothing) for other in kinds[:at]) for at in range(len(kinds))]
    found: list[list[list[Any]]] = [[] for _one in asked]
    with connection.cursor() as cursor:
        cursor.execute(_statement(kinds, asked), parameters)
        for at, *row in cursor.fetchall():
            begin = begins[asked[at]]
            found[at].append(row[begin : begin + len(kinds[asked[at]].nothing)])
    return found


def _statement(kinds: "tuple[Question | _Asked, ...]", asked: tuple[int, ...]) -> str:
    """The place among what is asked, then the columns of every kind."""

    def select(at: int, kind: int) -> str:
        columns = [name for one, other in enumerate(kinds) for name in (["t.*"] if one == kind else other.nothing)]
        return f"SELECT {at}, {', '.join(columns)} FROM ({kinds[kind].sql}) t"  # noqa: S608  # Django wrote it

    return " UNION ALL ".join(select(at, kind) for at, kind in enumerate(asked))
