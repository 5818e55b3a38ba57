"""What an issued invoice says is never changed and no issued invoice is deleted: the database refuses too, whoever asks.

What may change is what belongs to its payment (`Invoice.CHANGEABLE`). SQLite changes a table by building it anew, which
drops its triggers: a later migration of this table calls `install` again.
"""

from django.db import migrations

FROZEN = (
    *("reference", "publication_id", "organization_id", "quote_id", "kind", "credits_id", "legal_entity", "series"),
    *("sequence", "number", "seller", "buyer", "lines", "currency", "net", "tax", "gross", "tax_rate", "tax_treatment"),
    *("tax_evidence", "issued_at", "due_on", "test"),
)
SAID = "an issued invoice is never changed: credit it"


def postgresql(quote):
    changed = " OR ".join(f"OLD.{quote(name)} IS DISTINCT FROM NEW.{quote(name)}" for name in FROZEN)
    return [
        f"""
        CREATE OR REPLACE FUNCTION masthead_invoice_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{SAID}' USING ERRCODE = 'restrict_violation';
        END $$
        """,
        f"""
        CREATE OR REPLACE TRIGGER reprints_invoice_no_update BEFORE UPDATE ON reprints_invoice
        FOR EACH ROW WHEN (OLD.issued_at IS NOT NULL AND ({changed})) EXECUTE FUNCTION masthead_invoice_frozen()
        """,
        """
        CREATE OR REPLACE TRIGGER reprints_invoice_no_delete BEFORE DELETE ON reprints_invoice
        FOR EACH ROW WHEN (OLD.issued_at IS NOT NULL) EXECUTE FUNCTION masthead_invoice_frozen()
        """,
    ]


def sqlite(quote):
    changed = " OR ".join(f"OLD.{quote(name)} IS NOT NEW.{quote(name)}" for name in FROZEN)
    return [
        f"""
        CREATE TRIGGER IF NOT EXISTS reprints_invoice_no_update BEFORE UPDATE ON reprints_invoice
        WHEN OLD.issued_at IS NOT NULL AND ({changed})
        BEGIN SELECT RAISE(ABORT, '{SAID}'); END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS reprints_invoice_no_delete BEFORE DELETE ON reprints_invoice
        WHEN OLD.issued_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM masthead_allow_flush)
        BEGIN SELECT RAISE(ABORT, 'an issued invoice is never deleted: credit it'); END
        """,
    ]


THERE = {"postgresql": postgresql, "sqlite": sqlite}
BACK = {
    "postgresql": [
        "DROP TRIGGER reprints_invoice_no_update ON reprints_invoice",
        "DROP TRIGGER reprints_invoice_no_delete ON reprints_invoice",
        "DROP FUNCTION masthead_invoice_frozen()",
    ],
    "sqlite": ["DROP TRIGGER reprints_invoice_no_update", "DROP TRIGGER reprints_invoice_no_delete"],
}


def install(apps, schema_editor):
    statements = THERE.get(schema_editor.connection.vendor)
    for statement in statements(schema_editor.quote_name) if statements else []:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in BACK.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("reprints", "0006_request_drafts"), ("events", "0002_append_only")]

    operations = [migrations.RunPython(install, remove, elidable=False)]
