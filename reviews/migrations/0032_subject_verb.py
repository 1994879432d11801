"""What an entry is, beside which monograph it is about. `manage.py upgrade` fills both (reviews.derived.subjects)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0031_certificates'),
    ]

    operations = [
        migrations.AddField(
            model_name='entrysubject',
            name='verb',
            field=models.CharField(default='', max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='entrysubject',
            name='is_long',
            field=models.BooleanField(default=False),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='entrysubject',
            index=models.Index(fields=['monograph', 'verb', 'entry'], name='reviews_entrysubject_verb'),
        ),
        migrations.AddIndex(
            model_name='entrysubject',
            index=models.Index(condition=models.Q(('is_long', True)), fields=['monograph'], name='reviews_entrysubject_long'),
        ),
    ]
