from django.db import migrations, models


def fill(apps, schema_editor):
    """That of their clinics; somebody without one belongs to the only hospital there is. A superuser works for all."""
    Organisation, User = apps.get_model("staff", "Organisation"), apps.get_model("staff", "User")
    hospitals = list(Organisation.objects.values_list("pk", flat=True)[:2])
    for user in User.objects.filter(organisation=None):
        found = set(user.clinics.values_list("site__organisation", flat=True))
        if not found and not user.is_superuser:
            found = set(hospitals)
        if len(found) == 1:
            User.objects.filter(pk=user.pk).update(organisation=found.pop())


class Migration(migrations.Migration):
    dependencies = [("staff", "0006_wrong_passwords")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Whose account it is",
                null=True,
                on_delete=models.PROTECT,
                related_name="staff",
                to="staff.organisation",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
