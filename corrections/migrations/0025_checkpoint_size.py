"""Finds the first checkpoint that covers an entry, and the checkpoint of a size."""

from django.db import migrations, models

from newsroom.upgrades.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("corrections", "0024_ledger_keys")]

    operations = [
        AddIndexOnline(
            model_name="ledgercheckpoint", index=models.Index(fields=["size"], name="ledger_checkpoint_size")
        )
    ]
