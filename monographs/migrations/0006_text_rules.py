"""Which rules a text follows. Nothing there: the first ones, as of every text so far."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monographs", "0005_write_lock")]
    operations = [
        migrations.AddField(
            model_name=name,
            name="text_rules",
            field=models.PositiveIntegerField(blank=True, null=True),
        )
        for name in ("edition", "safetynotice", "section")
    ]
