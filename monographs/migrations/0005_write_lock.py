"""The model of the write lock gets its name; its table keeps the old one, because triggers name it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("monographs", "0004_epoch")]

    operations = [
        migrations.AlterModelTable("Pen", "monographs_pen"),
        migrations.RenameModel("Pen", "WriteLock"),
    ]
