import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ContactReveal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_reference", models.CharField(max_length=16)),
                ("reason", models.TextField(max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.publication"
                    ),
                ),
            ],
            options={
                "verbose_name": "reveal of contact details",
                "verbose_name_plural": "reveals of contact details",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_reference"], name="contact_reveal_of_subject"),
                    models.Index(fields=["at"], name="contact_reveal_by_age"),
                ],
            },
        ),
    ]
