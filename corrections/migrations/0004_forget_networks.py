from django.db import migrations


def forget(apps, schema_editor):
    """Until now a network was hashed under a key that anyone with SECRET_KEY could derive again."""
    apps.get_model("corrections", "Report").objects.exclude(network_hash="").update(network_hash="")


class Migration(migrations.Migration):
    dependencies = [("corrections", "0003_report_text_erased")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
