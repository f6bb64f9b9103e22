from django.core.validators import RegexValidator
from django.db import migrations, models

import consent.staff.models

WORDS = "Numbers of consents begin with it. Capitals and digits. It never changes: another hospital's numbers might be taken"


def fill(apps, schema_editor):
    """PC for whoever has come furthest: none of the numbers still to come has been given by another."""
    Organisation = apps.get_model("staff", "Organisation")
    for number, each in enumerate(Organisation.objects.order_by("-next_number", "pk"), start=1):
        each.prefix = "PC" if number == 1 else f"PC{number}"
        each.save(update_fields=["prefix"])


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL alters no table whose rows have just changed in the same transaction
    dependencies = [("staff", "0007_accounts_belong_to_a_hospital")]

    operations = [
        migrations.AddField("organisation", "prefix", models.CharField(max_length=8, default="")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "organisation",
            "prefix",
            models.CharField(
                default=consent.staff.models.free_prefix,
                help_text=WORDS,
                max_length=8,
                unique=True,
                validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,7}\Z")],
            ),
        ),
    ]
