"""An event is never changed and never deleted: the database refuses too, whoever asks.

On PostgreSQL TRUNCATE passes, which is how tests empty their tables. On SQLite emptying is a DELETE: it passes while the
table `masthead_allow_flush` has a row, which only a test database ever has.

SQLite changes a table by building it anew, which drops its triggers: a later migration of this table calls `install` again.
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION masthead_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER events_event_append_only BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION masthead_append_only()
    """,
    "ALTER TABLE events_event ENABLE ALWAYS TRIGGER events_event_append_only",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER events_event_append_only ON events_event",
    "DROP FUNCTION masthead_append_only()",
]
SQLITE = [
    "CREATE TABLE IF NOT EXISTS masthead_allow_flush (reason text NOT NULL)",
    """
    CREATE TRIGGER IF NOT EXISTS events_event_no_update BEFORE UPDATE ON events_event
    BEGIN SELECT RAISE(ABORT, 'rows of events_event are append-only'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS events_event_no_delete BEFORE DELETE ON events_event
    WHEN NOT EXISTS (SELECT 1 FROM masthead_allow_flush)
    BEGIN SELECT RAISE(ABORT, 'rows of events_event are append-only'); END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER events_event_no_update",
    "DROP TRIGGER events_event_no_delete",
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
    dependencies = [("events", "0001_initial")]

    operations = [migrations.RunPython(install, remove, elidable=False)]
