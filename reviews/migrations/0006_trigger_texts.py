"""Triggers call the write lock by its name."""

from django.db import migrations

from monographs.triggers import RemakeTriggers


class Migration(migrations.Migration):
    dependencies = [
        ("monographs", "0008_epoch_hash"),
        ("reviews", "0005_act"),
    ]
    operations = [RemakeTriggers()]
