from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("corrections", "0017_post_of_a_report")]

    operations = [
        migrations.AddField(
            model_name="reportercontact",
            name="email_mark",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
    ]
