from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0005_signed_in_in_full")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="password_tries",
            field=models.PositiveSmallIntegerField(
                default=0, editable=False, help_text="Wrong ones where they were signed in, since the last right one"
            ),
        ),
    ]
