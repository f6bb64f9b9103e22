import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    Identifier = apps.get_model("consent", "PatientIdentifier")
    for each in Identifier.objects.select_related("patient").iterator():
        each.organisation_id = each.patient.organisation_id
        each.save(update_fields=["organisation"])


def field(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.organisation", **more
    )


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL alters no table whose rows have just changed in the same transaction
    dependencies = [
        ("staff", "0008_numbers_begin_with_a_hospitals_own_prefix"),
        ("consent", "0008_why_a_hand_over_closed"),
    ]

    operations = [
        migrations.AddField("patientidentifier", "organisation", field(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("patientidentifier", "organisation", field()),
        migrations.RemoveConstraint("patientidentifier", "one_patient_per_identifier"),
        migrations.AddConstraint(
            "patientidentifier",
            models.UniqueConstraint(
                fields=("organisation", "system", "value"), name="one_patient_per_identifier"
            ),
        ),
    ]
