"""Questions that every act asks again and again, of another key each time: their SQL is written once a process. Django
takes ten times as long to write a statement as the database takes to answer it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, models


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
    return _Table(kinds, places).answers([question.stored(value) for question, value in asked])


def together(*asked: "models.QuerySet[Any]") -> list[list[tuple[Any, ...]]]:
    """What each of these querysets (of `values_list`) answers, in one statement and as of one moment; each in no
    order."""
    made = [_Asked(rows) for rows in asked]
    some = [one for one in made if one.sql]
    parameters = [value for one in some for value in one.parameters]
    found = iter(_Table(some, range(len(some))).answers(parameters) if some else ())
    return [next(found) if one.sql else [] for one in made]


class _Asked:
    """A queryset with the SQL that it is asked by; "" if it can have no answer."""

    def __init__(self, rows: "models.QuerySet[Any]") -> None:
        query = rows.query if rows.query.is_sliced else rows.order_by().query
        self._compiler = query.get_compiler(connection=connections[connection.alias])
        try:
            self.sql, self.parameters = self._compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.parameters = "", ()
        self._select = [column for column, *_rest in self._compiler.select or ()]
        self.nothing = _nothing_of(self._select)

    @cached_property
    def _converters(self) -> dict[Any, Any]:
        found: dict[Any, Any] = self._compiler.get_converters(self._select)
        return found

    def read(self, rows: list[Any]) -> list[tuple[Any, ...]]:
        return list(map(tuple, self._compiler.apply_converters(rows, self._converters)))


def _nothing_of(select: Iterable[Any]) -> list[str]:
    """No value for each column, of its type: what another question has in its place in one table of answers."""
    return [f"CAST(NULL AS {one.output_field.cast_db_type(connection)})" for one in select]


class _Table:
    """What several ask (each a place among the kinds), in one statement with one table of answers. Kinds whose columns
    are of the same types share them; others have columns of their own, so that they need not be alike."""

    def __init__(self, kinds: "Sequence[Question | _Asked]", asked: Sequence[int]) -> None:
        layouts = list(dict.fromkeys(tuple(kind.nothing) for kind in kinds))
        begins = [sum(map(len, layouts[: layouts.index(tuple(kind.nothing))])) for kind in kinds]
        self._asked = [kinds[kind] for kind in asked]
        self._columns = [slice(1 + begins[kind], 1 + begins[kind] + len(kinds[kind].nothing)) for kind in asked]

        def select(at: int, kind: "Question | _Asked") -> str:
            own = tuple(kind.nothing)
            columns = [name for layout in layouts for name in (["t.*"] if layout == own else layout)]
            return f"SELECT {at}, {', '.join(columns)} FROM ({kind.sql}) t"  # noqa: S608  # Django wrote it

        self._sql = " UNION ALL ".join(select(at, kind) for at, kind in enumerate(self._asked))

    def answers(self, parameters: list[Any]) -> list[list[tuple[Any, ...]]]:
        found: list[list[Any]] = [[] for _one in self._asked]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            for row in cursor.fetchall():
                found[row[0]].append(row[self._columns[row[0]]])
        return [kind.read(rows) if rows else [] for kind, rows in zip(self._asked, found, strict=True)]


K = TypeVar("K", int, str)
Rows: TypeAlias = "models.QuerySet[Any] | list[models.QuerySet[Any]]"


class Kept:
    """A question of several values, each a text, a key, an instant, a day or a list of such: `kept(*values)` is what
    `list(rows(*values))` is, rows of models as well as values, and `rows` is called once for values of the same shape
    (how many each list holds). Where it makes a list of querysets, of values, they are asked in one statement, and each
    in no order. Answers are made of the rows that the database has now; only SQL is kept, with the connection.

    What `rows` makes must not depend on the values otherwise than by asking for them.
    """

    def __init__(self, rows: Callable[..., Rows]) -> None:
        self.rows = rows

    def __call__(self, *values: Any) -> list[Any]:
        """The rows; of questions that are asked together a list for each, of plain values."""
        shape = tuple(-1 if isinstance(one, _ONE) else len(one) for one in values)
        if 0 in shape:  # nothing is in an empty list, and Django knows what that means
            return self._asked_once(values)
        kept = _kept_of(connection)
        if (written := kept.get((self, shape))) is None:
            try:
                written = kept[self, shape] = _Written(self.rows, values, shape)
            except EmptyResultSet:
                return self._asked_once(values)
            if len(kept) > MOST_KEPT:
                del kept[next(iter(kept))]
        return written.answer(values)

    def _asked_once(self, values: tuple[Any, ...]) -> list[Any]:
        made = self.rows(*values)
        return together(*made) if isinstance(made, list) else list(made)


_ONE = (str, int, date)  # a datetime is a date
_NO_NUMBER = 2_000_000_000  # that no value is; of a larger one Django says that PostgreSQL's integers have none
MOST_KEPT = 500  # statements of a connection; the first that was made goes first


def _kept_of(using: Any) -> dict[Any, "_Written"]:
    using = connections[using.alias]  # the thread's own, not the name by which it is reached
    try:
        found: dict[Any, _Written] = using.kept_questions
    except AttributeError:
        found = using.kept_questions = {}
    return found


class _Written:
    """What `rows` makes, with its SQL written with marks in the places of the values."""

    def __init__(self, rows: Callable[..., Rows], values: tuple[Any, ...], shape: tuple[int, ...]) -> None:
        self._of_mark: dict[Any, int] = {}
        self._times: set[int] = set()  # which of them are instants and days
        self._using = connections[connection.alias]
        made: Any = rows(*(self._marked(one, many) for one, many in zip(values, shape, strict=True)))
        self._table: _Table | None = None
        if isinstance(made, list):
            asked = [_Asked(one) for one in made]
            if not all(one.sql for one in asked):
                raise EmptyResultSet
            self._table = _Table(asked, range(len(asked)))
            given = [parameter for one in asked for parameter in one.parameters]
        else:
            self._queryset = made
            self._compiler = made.query.get_compiler(connection=self._using)
            self._sql, given = self._compiler.as_sql()
            self._queryset.query.get_compiler = lambda *_args, **_more: self._compiler
        self._places = [self._place(one) for one in given]
        placed = {at for at, *_rest in self._places}
        if any(isinstance(mark, int) and at not in placed for mark, at in self._of_mark.items()):
            raise EmptyResultSet  # a column that holds no such number: what excludes it would have been left out
        if self._times - placed:
            raise ValueError(f"{rows} asks for another day than it is given: the day before it, or its month.")

    def _marked(self, value: Any, many: int) -> Any:
        return self._mark(value) if many < 0 else [self._mark(one) for one in value]

    def _mark(self, value: Any) -> Any:
        at = len(self._of_mark)
        if isinstance(value, date):
            is_day = not isinstance(value, datetime)
            mark: Any = date(9000, 1, 1) + timedelta(at) if is_day else datetime(9000, 1, 1, microsecond=at, tzinfo=UTC)
            self._of_mark[self._stored(mark)] = at
            self._times.add(at)
            return mark
        mark = f"\x02{at}\x02" if isinstance(value, str) else _NO_NUMBER + at
        self._of_mark[mark] = at
        return mark

    def _stored(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self._using.ops.adapt_datetimefield_value(value)
        return self._using.ops.adapt_datefield_value(value) if isinstance(value, date) else value

    def _place(self, parameter: Any) -> tuple[int, str, str, Any]:
        """(which value, what stands before and after it; or -1, and what stands there always)."""
        if parameter in self._of_mark:
            return self._of_mark[parameter], "", "", None
        if isinstance(parameter, str) and "\x02" in parameter:
            before, number, after = parameter.split("\x02")
            return int(number), before, after, None
        return -1, "", "", parameter

    def answer(self, values: tuple[Any, ...]) -> list[Any]:
        flat = [self._stored(one) for value in values for one in ([value] if isinstance(value, _ONE) else value)]
        parameters = []
        for at, before, after, always in self._places:
            if at < 0:
                parameters.append(always)
            elif not (before or after):
                parameters.append(flat[at])
            else:  # a text that begins or ends otherwise: as a pattern, in which some signs mean others
                value = self._using.ops.prep_for_like_query(str(flat[at])) if "%" in before + after else flat[at]
                parameters.append(f"{before}{value}{after}")
        if self._table:
            return self._table.answers(parameters)
        self._compiler.as_sql = lambda *_args, **_more: (self._sql, tuple(parameters))
        return list(self._queryset._iterable_class(self._queryset))


def padded(keys: "Iterable[K]") -> "list[K]":
    """The keys, the last of them so often that they are 1, 2, 4, 8, …: for a question in which of them something is, so
    that few shapes of it are asked."""
    found = list(keys)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found)) if found else []
