from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("corrections", "0002_ledger_append_only")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="text_erased_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="words erased"),
        ),
    ]
