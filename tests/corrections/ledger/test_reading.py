"""Proofs out of the database, over long ranges."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from corrections.ledger import merkle, reading
from corrections.models import LedgerEntry, LedgerOpening
from tests.corrections.ledger.rows import make_leaves, publish

pytestmark = pytest.mark.django_db


def test_proofs_over_tiles_are_those_over_all_leaves(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    hashes = make_leaves(77)
    for size in (1, 8, 9, 16, 17, 63, 64, 65, 77):
        for index in {0, 7, 8, size // 2, size - 1} & set(range(size)):
            assert reading.inclusion_proof(index, size) == merkle.inclusion_proof(hashes, index, size)
        for old in range(size + 1):
            assert reading.consistency_proof(old, size) == merkle.consistency_proof(hashes, old, size)


def test_what_was_read_once_is_not_read_again(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    monkeypatch.setattr(reading, "MAX_TILES", 100)
    reading._tiles.clear()
    make_leaves(64)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            reading.inclusion_proof(0, 64)
        return len(queries)

    first, again = cost(), cost()
    assert (first, again) == (13, 7)
    assert len(reading._tiles) == 6


def test_the_memory_of_tiles_is_bounded(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    monkeypatch.setattr(reading, "MAX_TILES", 3)
    reading._tiles.clear()
    hashes = make_leaves(64)
    assert reading.inclusion_proof(0, 64) == merkle.inclusion_proof(hashes, 0, 64)
    assert len(reading._tiles) == 3


def test_another_log_in_the_same_place_is_not_mistaken_for_the_first(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    with transaction.atomic():
        first = make_leaves(32)
        assert reading.inclusion_proof(0, 32) == merkle.inclusion_proof(first, 0, 32)
        transaction.set_rollback(True)
    publish()
    LedgerOpening.objects.all().delete()
    assert reading.inclusion_proof(0, 1) == []
    assert reading.size() == 1


def test_a_log_with_a_hole_proves_nothing(allow_tampering):
    make_leaves(4)
    LedgerEntry.objects.filter(index=2)._raw_delete(using="default")
    with pytest.raises(ValueError, match="the log has gaps between 2 and 4"):
        reading.inclusion_proof(0, 4)
