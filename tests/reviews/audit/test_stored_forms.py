"""The same value in another form of the database is named: by whoever owns it, each column of each table of SQLite."""

import copy
from collections import Counter

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from reviews.audit import hashes, stored_forms
from reviews.audit.verify import verify
from tests import factories as make
from tests import tables

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has one form for each value"),
]


@pytest.fixture(scope="module")
def made(once_a_module):
    return tables.fill()


@pytest.fixture
def house(db, made):
    return copy.deepcopy(made)


# The same to whoever reads it; what is none for a value changes nothing and is passed over.
OTHER_FORMS = {
    "bytes": "CAST({0} AS BLOB)",
    "fraction": "{0} || '.000000'",
    "T": "replace({0}, ' ', 'T')",
    "zone": "{0} || '+00:00'",
    "Z": "{0} || 'Z'",
    "without strokes": "replace({0}, '-', '')",
    "capitals": "upper({0})",
    "strokes": "substr({0}, 1, 8) || '-' || substr({0}, 9)",
    "braces": "'{{' || {0} || '}}'",
    "no seconds": "substr({0}, 1, 16)",
    "three digits": "substr({0}, 1, 23)",
    "another number": "{0} * 2.5",
    "a truth": "{0} + 2",
}
TEXTS = {"bytes"}
BY_KIND = {
    "date": {"bytes", "without strokes"},
    "datetime": {"bytes", "fraction", "T", "zone", "Z", "without strokes", "no seconds", "three digits"},
    "char": {"bytes", "capitals", "strokes", "braces"},
    "bool": {"bytes", "another number", "a truth"},
    "integer": {"bytes"},
    "bigint": {"bytes"},
}


def cells():
    """(model, field, kind) of each column of which there is a value, and one row that holds it."""
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            kind = str(field.db_type(connection)).partition("(")[0].partition(" ")[0]
            if not field.primary_key:
                yield model, field, kind


def test_what_is_written_by_every_verb_is_in_its_form(house):
    assert list(stored_forms.otherwise()) == []


def test_the_same_value_in_another_form_is_named_by_its_row_and_column(house):
    missed, tried = [], Counter()
    with make.undone(), tables.no_triggers():
        for model, field, kind in cells():
            for name in BY_KIND.get(kind, TEXTS):
                with make.undone():
                    told = named(model, field, OTHER_FORMS[name].format(f'"{field.column}"'))
                if told is not None:
                    tried[kind, name] += 1
                if told is False:
                    missed.append((model._meta.db_table, field.column, name))

    assert missed == []
    assert {kind for kind, _name in tried} == set(stored_forms._OTHERWISE)
    assert sum(tried.values()) > 250, tried


def named(model, field, other):
    """Whether one row is named once its column holds this; None where that is the same, or refused to the owner."""
    table, column, key = model._meta.db_table, field.column, model._meta.pk.column
    others = f'"{column}" IS NOT NULL AND "{column}" IS NOT {other}'
    with connection.cursor() as cursor:
        found = cursor.execute(f'SELECT "{key}" FROM "{table}" WHERE {others} LIMIT 1').fetchone()
        if found is None:
            return None
        try:
            with transaction.atomic():
                cursor.execute(f'UPDATE "{table}" SET "{column}" = {other} WHERE "{key}" = %s', found)
        except DatabaseError:
            return None
    start = f"{model._meta.label_lower}:{found[0]}: the database holds its column {column} "
    return any(one.startswith(start) for one in stored_forms._of_table(model))


def test_a_row_whose_hash_holds_is_named_by_verify(house):
    """JSON is hashed as text, a time as a time: their hashes hold, whatever they are stored as."""
    hidden = 0
    assert verify() == []
    for label, change in {
        "monographs.publication": "signatures = CAST(signatures AS BLOB)",
        "reviews.signoff": "signed_at = replace(signed_at, ' ', 'T')",
        "reversion.revision": "date_created = date_created || '+00:00'",
    }.items():
        model = apps.get_model(label)
        version = max(hashes.guarded()[label][1])
        before = dict(hashes.row_hashes(label, version))
        with make.undone(), tables.no_triggers():
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {model._meta.db_table} SET {change}")
            hidden += dict(hashes.row_hashes(label, version)) == before
            said = [sentence for _seq, sentence in verify()]
            assert any(one.startswith(f"{label}:") and "the database holds its column" in one for one in said), label
    assert hidden == 3
