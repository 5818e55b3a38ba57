"""The seat belt: what the database itself refuses, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from corrections.models import LedgerCheckpoint, LedgerEntry, LedgerOpening
from corrections.services import checkpoints
from tests.corrections.ledger.rows import NOON, publish
from tests.factories import make_correction, make_publication

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(autouse=True)
def as_in_production(db):
    """Without the row, on PostgreSQL the table, that lets tests empty their tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM masthead_allow_flush")
        else:
            cursor.execute("DROP TABLE masthead_allow_flush")


def refused(sql, *parameters, words="append-only"):
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def a_row(index, correction=None):
    return LedgerEntry(index=index, leaf="{}", leaf_hash="0" * 64, correction=correction, at=NOON)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_leaf(change):
    publish()
    rows = LedgerEntry.objects.all()
    LedgerOpening.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(leaf_hash="0" * 64) if change == "update" else rows._raw_delete(using="default")
    assert rows.count() == 1


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_checkpoint(change):
    publish()
    signed = checkpoints.sign()
    rows = LedgerCheckpoint.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(text="another") if change == "update" else rows.delete()
    assert rows.get().text == signed.text


@pytest.mark.parametrize("index", [0, 1, 3, 4])
def test_a_leaf_comes_in_its_turn_or_not_at_all(index):
    publish(2)
    with pytest.raises(DatabaseError, match="next one"), transaction.atomic():
        a_row(index).save()
    a_row(2).save()
    assert list(LedgerEntry.objects.values_list("index", flat=True)) == [0, 1, 2]


def test_leaves_that_come_together_come_in_order():
    LedgerEntry.objects.bulk_create([a_row(0), a_row(1), a_row(2)])
    with pytest.raises(DatabaseError, match="next one"), transaction.atomic():
        LedgerEntry.objects.bulk_create([a_row(4), a_row(3)])
    assert LedgerEntry.objects.count() == 3


LEAF = 'corrections_ledgerentry (id, "index", leaf, leaf_hash, correction_id, at) VALUES (%s, %s, %s, %s, %s, %s)'
NOTE = "corrections_ledgercheckpoint (id, size, root, text, signed_at) VALUES (%s, 9, '', '', %s)"


def test_nothing_is_put_in_the_place_of_a_leaf_or_a_checkpoint():
    publish(2)
    checkpoints.sign()
    leaf, note = LedgerEntry.objects.first(), LedgerCheckpoint.objects.get()
    new, rest = leaf.pk + 99, ("{}", "0" * 64, None, NOON)
    if connection.vendor == "sqlite":
        into = "INSERT OR REPLACE INTO "
        refused(into + LEAF, new, leaf.index, *rest, words="next one")
        refused(into + LEAF, leaf.pk, 2, *rest, words="next one")
        refused(into + LEAF, new, 2, "{}", "0" * 64, leaf.correction_id, NOON, words="next one")
        refused(into + NOTE, note.pk, NOON)
    else:
        instead = " ON CONFLICT (\"index\") DO UPDATE SET leaf = 'x'"
        refused("INSERT INTO " + LEAF + instead, new, leaf.index, *rest, words="next one")
        refused("INSERT INTO " + NOTE + " ON CONFLICT (id) DO UPDATE SET text = 'x'", note.pk, NOON)
    assert (LedgerEntry.objects.first().leaf, LedgerCheckpoint.objects.get().text) == (leaf.leaf, note.text)
    assert LedgerEntry.objects.count() == 2


EMPTY = {
    "sqlite": ["DELETE FROM corrections_ledgerentry", "DELETE FROM corrections_ledgercheckpoint"],
    "postgresql": ["TRUNCATE corrections_ledgerentry CASCADE", "TRUNCATE corrections_ledgercheckpoint"],
}


def test_neither_table_is_emptied_at_once():
    publish()
    checkpoints.sign()
    LedgerOpening.objects.all().delete()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would refuse it too
    for statement in EMPTY[connection.vendor]:
        refused(statement)
    assert (LedgerEntry.objects.count(), LedgerCheckpoint.objects.count()) == (1, 1)


def test_publishing_and_signing_go_on():
    publication = make_publication()
    for size in (1, 2, 3):
        make_correction(publication, status="published")
        assert checkpoints.sign().size == size
