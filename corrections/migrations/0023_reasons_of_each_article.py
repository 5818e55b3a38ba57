"""Why an article is not changed moves from the notice to each article that it names."""

from django.db import migrations

BATCH = 500


def to_the_articles(apps, schema_editor):
    """In batches by id; what an article says by now is not overwritten."""
    corrections = apps.get_model("corrections", "Correction")
    rows = apps.get_model("corrections", "CorrectionArticle").objects
    given = corrections.objects.exclude(not_fixed_reason="").order_by("pk")
    last = 0
    while batch := list(given.filter(pk__gt=last).values_list("pk", "not_fixed_reason")[:BATCH]):
        for pk, reason in batch:
            rows.filter(correction=pk, revision_after=None, not_fixed_reason="").update(not_fixed_reason=reason)
        last = batch[-1][0]


class Migration(migrations.Migration):
    dependencies = [("corrections", "0022_a_fix_in_each_article")]

    operations = [migrations.RunPython(to_the_articles, migrations.RunPython.noop)]
