"""Accounts are written with the write lock, but for the last sign-in."""

from django.db import migrations

from monographs.triggers import ELSEWHERE


def _of_accounts(apps):
    return [(apps.get_model(app, name), trigger) for app, name, trigger in ELSEWHERE if (app, name) == ("auth", "User")]


def put_up(apps, schema_editor):
    for model, trigger in _of_accounts(apps):
        trigger.remove_sql(model, schema_editor)  # an earlier migration put it up where the database is new
        trigger.create_sql(model, schema_editor)


def take_down(apps, schema_editor):
    for model, trigger in _of_accounts(apps):
        trigger.remove_sql(model, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0013_spent_code"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(put_up, take_down)]
