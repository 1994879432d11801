"""Whether SQLite holds each value in the form in which this version writes it.

A column of SQLite takes any kind of value, and two that are read as the same are not the same to the database: a day as
bytes, a time with another zero, a key with strokes in it. Rows that hold one have their hash, and are passed over by
what asks for them. PostgreSQL has one form for each value.
"""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

_D = "[0-9]"
_DAY = f"{_D * 4}-{_D * 2}-{_D * 2}"
_TIME = f"{_DAY} {_D * 2}:{_D * 2}:{_D * 2}"

_TEXT = "typeof({0}) <> 'text'"
_INTEGER = "typeof({0}) <> 'integer'"
# What a value that is not written so answers, by the type of its column.
_OTHERWISE = {
    "integer": _INTEGER,
    "bigint": _INTEGER,
    "smallint": _INTEGER,
    "bool": f"{_INTEGER} OR {{0}} NOT IN (0, 1)",
    "text": _TEXT,
    "varchar": _TEXT,
    "char": f"{_TEXT} OR length({{0}}) <> 32 OR {{0}} GLOB '*[^0-9a-f]*'",  # a UUID
    "date": f"{_TEXT} OR {{0}} NOT GLOB '{_DAY}'",
    "datetime": f"{_TEXT} OR {{0}} GLOB '*.000000' OR ({{0}} NOT GLOB '{_TIME}' AND {{0}} NOT GLOB '{_TIME}.{_D * 6}')",
}


def otherwise() -> Iterator[str]:
    """A sentence for each value that is written otherwise."""
    if connection.vendor != "sqlite":
        return
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            yield from _of_table(model)


def _of_table(model: type[models.Model]) -> Iterator[str]:
    quote = connection.ops.quote_name
    fields, tests = model._meta.concrete_fields, []
    for field in fields:
        column, kind = quote(str(field.column)), re.split(r"[( ]", field.db_type(connection) or "")[0]
        tests.append(f"({column} IS NOT NULL AND ({_OTHERWISE[kind].format(column)}))")
    assert model._meta.pk
    # All names here are those of our models.
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    query = f"SELECT {key}, {', '.join(tests)} FROM {table} WHERE {' OR '.join(tests)} ORDER BY {key}"  # noqa: S608
    with connection.cursor() as cursor:
        rows = cursor.execute(query).fetchall()
    for pk, *found in rows:
        for field, is_otherwise in zip(fields, found, strict=True):
            if is_otherwise:
                said = "in a form in which this version writes none"
                yield f"{model._meta.label_lower}:{pk}: the database holds its column {field.column} {said}."
