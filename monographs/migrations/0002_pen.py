"""The one row of the write lock: the house has an identity from its first migration on."""

from uuid import uuid4

from django.db import migrations


def lay_down(apps, schema_editor):
    apps.get_model("monographs", "Pen").objects.using(schema_editor.connection.alias).create(pk=1, site=uuid4())


class Migration(migrations.Migration):
    dependencies = [("monographs", "0001_initial")]
    operations = [migrations.RunPython(lay_down, migrations.RunPython.noop)]
