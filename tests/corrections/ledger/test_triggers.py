"""The seat belt: what the database itself refuses."""

import pytest
from django.db import DatabaseError, connection, transaction

from corrections.models import LedgerEntry, LedgerOpening
from tests.corrections.ledger.rows import publish

pytestmark = pytest.mark.django_db


@pytest.mark.both
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_leaf(change):
    publish()
    rows = LedgerEntry.objects.all()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM masthead_allow_flush")
    LedgerOpening.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(leaf_hash="0" * 64) if change == "update" else rows._raw_delete(using="default")
    assert rows.count() == 1
