"""Logs in the database: published by the service, looked at by `manage.py ledger`."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from corrections.ledger import commitments, merkle
from corrections.ledger.canonical import canonical
from corrections.models import LedgerEntry, LedgerHead, LedgerOpening
from corrections.services import correction as notices
from tests.factories import make_correction, make_publication, make_staff

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def drop_triggers(connection):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in ("ledgerentry", "ledgeropening", "ledgerhead", "ledgercheckpoint"):
                cursor.execute(f"ALTER TABLE corrections_{table} DISABLE TRIGGER ALL")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'corrections_ledger%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


def ledger(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("ledger", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue()


def findings(*arguments):
    """What `ledger verify` says, and that it failed."""
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("ledger", "verify", *map(str, arguments), stdout=out)
    lines = out.getvalue().splitlines()
    assert str(failed.value).startswith(f"{len(lines)} findings in the public log")
    return lines


def publish(count=1, **words):
    publication = make_publication()
    return [make_correction(publication, status="published", **words) for _ in range(count)]


def follow(target, effect):
    editor = make_staff(target.publication, "desk_editor")
    draft = notices.start(target.publication, by=editor, articles=[], target=target, effect=effect)
    draft = notices.edit(draft, by=editor, text="The cost was 1.46 million, not 1.45.", not_fixed_reason="Print only.")
    draft = notices.send_for_approval(draft, by=editor)
    return notices.publish(draft, by=make_staff(target.publication, "standards_editor"))


def make_leaves(count):
    """A log of leaves without notices, for what only looks at hashes."""
    rows, frontier = [], merkle.Frontier()
    for index in range(count):
        leaf = commitments.leaf(
            type="correction.published",
            reference=f"C-{index}",
            publication="daily",
            kind="correction",
            at=NOON,
            commitment=f"{index:064x}",
        )
        data = canonical(leaf)
        digest = merkle.leaf_hash(data)
        frontier.append(digest)
        rows.append(LedgerEntry(index=index, leaf=data.decode(), leaf_hash=digest.hex(), at=NOON))
    LedgerEntry.objects.bulk_create(rows)
    LedgerHead.objects.create(pk=1, size=count, frontier=frontier.to_hex())
    return [bytes.fromhex(row.leaf_hash) for row in rows]


def forget_entries_from(size):
    """Set entries, openings and head back, as a database that was restored from an older copy is."""
    frontier = merkle.Frontier()
    for text in LedgerEntry.objects.filter(index__lt=size).order_by("index").values_list("leaf_hash", flat=True):
        frontier.append(bytes.fromhex(text))
    LedgerOpening.objects.filter(entry__index__gte=size).delete()
    LedgerEntry.objects.filter(index__gte=size)._raw_delete(using="default")
    LedgerHead.objects.update(size=size, frontier=frontier.to_hex())
