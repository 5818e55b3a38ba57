from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0007_how_promises_are_counted"),
    ]

    operations = [
        migrations.AlterField(
            model_name="endpoint",
            name="state",
            field=models.CharField(
                choices=[
                    ("unverified", "Not verified yet"),
                    ("active", "Active"),
                    ("paused", "Paused"),
                    ("gone", "Gone"),
                ],
                default="unverified",
                max_length=12,
                verbose_name="state",
            ),
        ),
    ]
