from django.db import migrations, models

from newsroom.upgrades.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("corrections", "0018_mark_of_address")]

    operations = [
        AddIndexOnline(
            model_name="reportercontact",
            index=models.Index(fields=["email_mark"], condition=~models.Q(email_mark=""), name="contact_of_address"),
        ),
    ]
