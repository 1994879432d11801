from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monographs", "0019_regimens"),
    ]

    operations = [
        migrations.AddField(
            model_name="doseregimen",
            name="passage",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
