"""The one row of the epoch. A trigger asks for the write lock, so the write lock is held for it."""

from django.db import migrations


def begin(apps, schema_editor):
    alias = schema_editor.connection.alias
    pen = apps.get_model("monographs", "Pen").objects.using(alias).filter(pk=1)
    pen.update(held=True)
    apps.get_model("monographs", "Epoch").objects.using(alias).create(pk=1)
    pen.update(held=False)


class Migration(migrations.Migration):
    dependencies = [("monographs", "0003_overlays")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
