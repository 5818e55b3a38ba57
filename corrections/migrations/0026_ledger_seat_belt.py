"""What the database refuses beyond `0002`: a leaf out of turn, a leaf or checkpoint put in the place of another, a changed
checkpoint, and on PostgreSQL the emptying of both tables.

On SQLite `INSERT OR REPLACE` deletes the rows in its way without telling their delete triggers, so that the insertion has to
be refused. On PostgreSQL tests empty their tables by TRUNCATE: it passes where the table `masthead_allow_flush` is, which
only a test database has.
"""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION masthead_next_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.index IS DISTINCT FROM (SELECT coalesce(max(index) + 1, 0) FROM corrections_ledgerentry) THEN
            RAISE EXCEPTION 'leaf % of the log is not the next one', NEW.index USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION masthead_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF to_regclass('masthead_allow_flush') IS NULL THEN
            RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER corrections_ledgerentry_next BEFORE INSERT ON corrections_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION masthead_next_leaf()
    """,
    """
    CREATE OR REPLACE TRIGGER corrections_ledgercheckpoint_append_only
    BEFORE UPDATE OR DELETE ON corrections_ledgercheckpoint FOR EACH ROW EXECUTE FUNCTION masthead_append_only()
    """,
    """
    CREATE OR REPLACE TRIGGER corrections_ledgerentry_no_truncate BEFORE TRUNCATE ON corrections_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION masthead_no_truncate()
    """,
    """
    CREATE OR REPLACE TRIGGER corrections_ledgercheckpoint_no_truncate BEFORE TRUNCATE ON corrections_ledgercheckpoint
    FOR EACH STATEMENT EXECUTE FUNCTION masthead_no_truncate()
    """,
    "ALTER TABLE corrections_ledgerentry ENABLE ALWAYS TRIGGER corrections_ledgerentry_next",
    "ALTER TABLE corrections_ledgerentry ENABLE ALWAYS TRIGGER corrections_ledgerentry_no_truncate",
    "ALTER TABLE corrections_ledgercheckpoint ENABLE ALWAYS TRIGGER corrections_ledgercheckpoint_append_only",
    "ALTER TABLE corrections_ledgercheckpoint ENABLE ALWAYS TRIGGER corrections_ledgercheckpoint_no_truncate",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER corrections_ledgerentry_next ON corrections_ledgerentry",
    "DROP TRIGGER corrections_ledgerentry_no_truncate ON corrections_ledgerentry",
    "DROP TRIGGER corrections_ledgercheckpoint_append_only ON corrections_ledgercheckpoint",
    "DROP TRIGGER corrections_ledgercheckpoint_no_truncate ON corrections_ledgercheckpoint",
    "DROP FUNCTION masthead_next_leaf()",
    "DROP FUNCTION masthead_no_truncate()",
]
SQLITE = [
    """
    CREATE TRIGGER IF NOT EXISTS corrections_ledgerentry_next BEFORE INSERT ON corrections_ledgerentry
    WHEN NEW."index" IS NOT (SELECT coalesce(max("index") + 1, 0) FROM corrections_ledgerentry)
      OR EXISTS (SELECT 1 FROM corrections_ledgerentry WHERE id = NEW.id OR correction_id = NEW.correction_id)
    BEGIN SELECT RAISE(ABORT, 'this leaf of the log is not the next one'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS corrections_ledgercheckpoint_no_replace BEFORE INSERT ON corrections_ledgercheckpoint
    WHEN EXISTS (SELECT 1 FROM corrections_ledgercheckpoint WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'rows of corrections_ledgercheckpoint are append-only'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS corrections_ledgercheckpoint_no_update BEFORE UPDATE ON corrections_ledgercheckpoint
    BEGIN SELECT RAISE(ABORT, 'rows of corrections_ledgercheckpoint are append-only'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS corrections_ledgercheckpoint_no_delete BEFORE DELETE ON corrections_ledgercheckpoint
    WHEN NOT EXISTS (SELECT 1 FROM masthead_allow_flush)
    BEGIN SELECT RAISE(ABORT, 'rows of corrections_ledgercheckpoint are append-only'); END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER corrections_ledgerentry_next",
    "DROP TRIGGER corrections_ledgercheckpoint_no_replace",
    "DROP TRIGGER corrections_ledgercheckpoint_no_update",
    "DROP TRIGGER corrections_ledgercheckpoint_no_delete",
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
    dependencies = [("corrections", "0025_checkpoint_size"), ("events", "0002_append_only")]

    operations = [migrations.RunPython(install, remove, elidable=False)]
