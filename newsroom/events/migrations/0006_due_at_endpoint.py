"""What is due at one endpoint, and what leaves in one digest, is found without reading everything that is owed."""

from django.db import migrations, models

from newsroom.upgrades.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("events", "0005_endpoint_rest")]

    operations = [
        AddIndexOnline(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "leased"])),
                fields=["endpoint", "priority", "not_before", "id"],
                name="delivery_due_at_endpoint",
            ),
        ),
        AddIndexOnline(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("digest__isnull", False)), fields=["digest"], name="delivery_of_digest"
            ),
        ),
    ]
