"""Where the words of a correction stand. Nothing there: nobody was asked, as of every correction so far."""

from django.db import migrations

import monographs.fields


class Migration(migrations.Migration):
    dependencies = [("monographs", "0008_epoch_hash")]
    operations = [
        migrations.AddField(
            model_name="overlay",
            name="places",
            field=monographs.fields.JSONText(blank=True, null=True),
        )
    ]
