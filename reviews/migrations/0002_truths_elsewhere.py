"""Triggers on tables of others: reversion's two are only ever added to, roles and their members need the write lock."""

from django.db import migrations

from monographs.triggers import ELSEWHERE


def put_up(apps, schema_editor):
    for app, name, trigger in ELSEWHERE[:4]:  # what was declared then; later ones have migrations of their own
        trigger.create_sql(apps.get_model(app, name), schema_editor)


def take_down(apps, schema_editor):
    for app, name, trigger in ELSEWHERE[:4]:  # what was declared then; later ones have migrations of their own
        trigger.remove_sql(apps.get_model(app, name), schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0001_initial"),
        ("monographs", "0002_pen"),
        ("reversion", "0002_add_index_on_version_for_content_type_and_db"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(put_up, take_down)]
