from django.db import migrations

from corrections.marks import mark_of
from newsroom.events import sealed

BATCH = 500


def fill(apps, schema_editor):
    """Mark the addresses that were given before. What no key opens any more stays without a mark."""
    contacts = apps.get_model("corrections", "ReporterContact").objects.exclude(email_sealed="").filter(email_mark="")
    last = 0
    while rows := list(contacts.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in rows:
            try:
                mark = mark_of(sealed.open_text(row.email_sealed))
            except sealed.Unreadable:
                continue
            contacts.filter(pk=row.pk, email_sealed=row.email_sealed).update(email_mark=mark)
        last = rows[-1].pk


def empty(apps, schema_editor):
    apps.get_model("corrections", "ReporterContact").objects.exclude(email_mark="").update(email_mark="")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("corrections", "0019_contact_of_address")]

    operations = [migrations.RunPython(fill, empty, elidable=True)]
