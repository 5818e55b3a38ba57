"""A leaf of the public log is never changed and never deleted: the database refuses too, whoever asks.

The function and the table `masthead_allow_flush`, which only a test database ever fills, are those of the event log:
see `events.0002_append_only`, also for what a later migration of this table must do on SQLite.
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE OR REPLACE TRIGGER corrections_ledgerentry_append_only BEFORE UPDATE OR DELETE ON corrections_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION masthead_append_only()
    """,
    "ALTER TABLE corrections_ledgerentry ENABLE ALWAYS TRIGGER corrections_ledgerentry_append_only",
]
POSTGRESQL_BACK = ["DROP TRIGGER corrections_ledgerentry_append_only ON corrections_ledgerentry"]
SQLITE = [
    """
    CREATE TRIGGER IF NOT EXISTS corrections_ledgerentry_no_update BEFORE UPDATE ON corrections_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'rows of corrections_ledgerentry are append-only'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS corrections_ledgerentry_no_delete BEFORE DELETE ON corrections_ledgerentry
    WHEN NOT EXISTS (SELECT 1 FROM masthead_allow_flush)
    BEGIN SELECT RAISE(ABORT, 'rows of corrections_ledgerentry are append-only'); END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER corrections_ledgerentry_no_update",
    "DROP TRIGGER corrections_ledgerentry_no_delete",
]
THERE = {"postgresql": POSTGRESQL, "sqlite": SQLITE}
BACK = {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK}


def install(apps, schema_editor):
    for statement in THERE.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in BACK.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("corrections", "0001_initial"), ("events", "0002_append_only")]

    operations = [migrations.RunPython(install, remove, elidable=False)]
