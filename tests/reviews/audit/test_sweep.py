"""What `verify_trail` does not tell, of all that the database holds, is on a list that only shrinks. In tables that no
entry vouches for row by row (those are in test_verify.py), each column is changed; in every table a row is taken out,
and one is put in."""

import copy
from collections import defaultdict
from functools import partial
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, models, transaction

from reviews.audit import hashes, indexes, schema
from reviews.audit.verify import verify
from tests import factories as make
from tests import tables
from tests.reviews.audit.test_verify import other_value

pytestmark = pytest.mark.django_db

UNTOLD_COLUMNS = {
    # Of Django, and asked by nothing that is ours; a permission that was granted is told (test_verify.py).
    "auth_permission": {"codename", "content_type_id", "name"},
    "django_content_type": {"app_label", "model"},
    # A token is a secret of the form; a report in the inbox is not in the trail before somebody takes it out.
    "reviews_act": {"token"},
    "reviews_inboxreport": {
        "at", "due_at", "edition", "email", "key", "monograph_id", "page", "part", "sender", "source", "text", "token",
    },
    # A code that was used is good for a minute and a half.
    "reviews_spentcode": {"person_id", "step"},
    # How often somebody failed lately, for a quarter of an hour.
    "reviews_countedtry": {"at", "pair", "sender", "went_well"},
    # What somebody typed and has not sent again yet is theirs, and no part of the record.
    "reviews_keptform": {
        "at", "cause", "expires_at", "fields", "lacks_number", "lacks_password", "path", "person_id", "query", "sender",
        "tab",
    },
    "reviews_look": {"at", "digest", "edition_id", "part", "person_id"},
    "reviews_presence": {"at", "edition_id", "part", "person_id"},
    "reviews_scratch": {"at", "edition_id", "fields", "lacks_number", "part", "person_id", "sign_in", "tab"},
}  # fmt: skip
UNTOLD_ROWS = {
    "auth_permission",
    "django_content_type",
    "reviews_act",
    "reviews_inboxreport",
    "reviews_keptform",
    "reviews_look",
    "reviews_presence",
    "reviews_scratch",
    "reviews_countedtry",
    "reviews_spentcode",
}


@pytest.fixture(scope="module")
def made(once_a_module):
    return tables.fill()


@pytest.fixture
def house(db, made):
    return copy.deepcopy(made)


def last_rows():
    """(model, its last row) of each table that holds one."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy and (row := rows(model).order_by("pk").last()):
            yield model, row


def rows(model):
    return models.QuerySet(model)


def this(row):
    return rows(type(row)).filter(pk=row.pk)


def delete(found):
    found._raw_delete(found.db)  # as SQL does it, asking nothing of other rows


def is_told(change) -> bool:
    """Whether this is named, or the database refuses it to its owner. No row changes what a table or an index is, so these
    are not read each time."""
    with make.undone():
        try:
            with transaction.atomic(), tables.no_triggers():
                change()
        except (IntegrityError, DataError):
            return True
        with patch.object(schema, "differences", list), patch.object(indexes, "lacking", list):
            return verify() != []


def test_each_column_that_no_entry_vouches_for_is_told_or_on_the_list(house):
    assert verify() == []
    untold, tried = defaultdict(set), 0
    for model, row in last_rows():
        if model._meta.label_lower in hashes.guarded():
            continue
        for field in model._meta.concrete_fields:
            if field.primary_key:
                continue
            other = {field.attname: other_value(field, field.value_from_object(row))}
            tried += 1
            if not is_told(partial(this(row).update, **other)):
                untold[model._meta.db_table].add(field.column)

    assert tried > 70
    assert dict(untold) == UNTOLD_COLUMNS


def test_each_row_that_is_taken_out_is_told_or_on_the_list(house):
    untold = {model._meta.db_table for model, row in last_rows() if not is_told(partial(delete, this(row)))}
    assert untold <= UNTOLD_ROWS, untold - UNTOLD_ROWS


def alike(model, row):
    """A row that is another only where two may not be alike."""
    unique = {name for names in model._meta.unique_together for name in names}
    unique |= {name for one in model._meta.constraints for name in getattr(one, "fields", ())}
    values = {}
    for field in model._meta.concrete_fields:
        if not field.primary_key or not isinstance(field, models.AutoField):
            value = field.value_from_object(row)
            is_key = field.primary_key or field.unique or (field.name in unique and not field.is_relation)
            values[field.attname] = other_value(field, value) if is_key else value
    return model(**values)


def test_each_row_that_is_put_in_is_told_or_on_the_list(house):
    untold = {
        model._meta.db_table
        for model, row in last_rows()
        if not is_told(lambda model=model, row=row: rows(model).bulk_create([alike(model, row)]))
    }
    assert untold <= UNTOLD_ROWS, untold - UNTOLD_ROWS


def test_a_right_that_was_given_by_hand_is_told(house):
    """To whoever has it not: a role, what a role may do on a class, and what the rows mean by which it is told."""
    grant = apps.get_model("reviews", "Grant")
    of_publisher, of_before = rows(grant).filter(role="publisher"), rows(type(house.editor).groups.through)
    permission = apps.get_model("reviews", "ClassPermission")
    found = rows(permission).filter(user=house.publisher).first()
    page = apps.get_model("reviews", "MonographPermission")
    changes = {
        "a role given": lambda: rows(grant).create(
            person_id=house.nobody.pk, role="publisher", given_on="2026-01-01", given_by_id=house.admin.pk
        ),
        "a role moved": lambda: of_publisher.update(person_id=house.nobody.pk),
        "another role": lambda: rows(grant).filter(role="editor").update(role="publisher"),
        "everywhere": lambda: of_publisher.update(therapeutic_class_id=None),
        "for longer": lambda: of_publisher.update(given_on="2099-01-01"),
        "a group of before": lambda: of_before.update(user_id=house.nobody.pk),
        "a right given": lambda: rows(permission).create(
            user_id=house.nobody.pk, permission_id=found.permission_id, content_object_id=found.content_object_id,
        ),
        "a right on a page given": lambda: rows(page).update(user_id=house.editor2.pk),
        "a right widened": lambda: rows(permission).filter(pk=found.pk).update(content_object_id=house.root.pk + 1),
        "a role renamed": lambda: rows(apps.get_model("auth", "Group")).filter(name="editor").update(name="x"),
        "what is granted": lambda: rows(apps.get_model("auth", "Permission")).filter(pk=found.permission_id).update(codename="x"),
    }  # fmt: skip
    assert [name for name, change in changes.items() if not is_told(change)] == []
