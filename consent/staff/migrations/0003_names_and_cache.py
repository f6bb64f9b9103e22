from django.core.management import call_command
from django.db import migrations, models
from django.db.models.functions import Lower

import consent.staff.models


def make_cache_table(apps, schema_editor):
    """The cache's table, in which all processes count tries together, is no model's: Django makes it by a command."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0002_sessions_know_whose_they_are'),
    ]

    operations = [
        migrations.AlterModelManagers(name='user', managers=[('objects', consent.staff.models.Users())]),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(Lower('username'), name='names_differ_by_more_than_capitals'),
        ),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
