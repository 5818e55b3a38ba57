"""Proofs out of the database, over long ranges."""

import base64

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from corrections.ledger import merkle, reading
from corrections.ledger.verify_corrections import verify_proof
from corrections.models import LedgerCheckpoint, LedgerEntry, LedgerOpening
from corrections.services import checkpoints
from tests.corrections.ledger.rows import NOON, make_leaves, publish

pytestmark = pytest.mark.django_db


def test_proofs_over_tiles_are_those_over_all_leaves(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    hashes = make_leaves(77)
    for size in (1, 8, 9, 16, 17, 63, 64, 65, 77):
        for index in {0, 7, 8, size // 2, size - 1} & set(range(size)):
            assert reading.inclusion_proof(index, size) == merkle.inclusion_proof(hashes, index, size)
        for old in range(size + 1):
            assert reading.consistency_proof(old, size) == merkle.consistency_proof(hashes, old, size)


def test_a_log_longer_than_a_tile_proves_its_leaves():
    reading._tiles.clear()
    hashes = make_leaves(2100)
    for index in (0, 1024, 2099):
        assert reading.inclusion_proof(index, 2100) == merkle.inclusion_proof(hashes, index, 2100)


def test_the_proof_of_an_entry_is_a_text_with_one_step_a_line():
    make_leaves(5)
    checkpoints.sign()
    proof = reading.proof_of(0)
    assert len(proof.path) == 3
    steps = [base64.b64encode(step).decode() for step in proof.path]
    extra = base64.b64encode(proof.leaf.encode()).decode()
    assert proof.as_text() == "\n".join(
        ["c2sp.org/tlog-proof@v1", f"extra {extra}", "index 0", *steps, "", proof.checkpoint.text]
    )


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


def test_of_the_tiles_the_one_used_longest_ago_is_forgotten(monkeypatch):
    monkeypatch.setattr(reading, "TILE", 8)
    monkeypatch.setattr(reading, "MAX_TILES", 2)
    reading._tiles.clear()
    hashes = make_leaves(24)
    for first in (0, 8, 0, 16):
        reading._tile(first, hashes[first + 7])
    assert [first for first, _last in reading._tiles] == [0, 16]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_however_many_leaves_are_asked_for_at_once_they_come_in_their_order(monkeypatch, at_once):
    monkeypatch.setattr(reading, "AT_ONCE", at_once)
    hashes = make_leaves(9)
    assert reading._hashes_at([1, 4, 8]) == [hashes[1], hashes[4], hashes[8]]


def test_a_tile_whose_last_leaf_is_another_one_is_another_tile(monkeypatch, allow_tampering):
    monkeypatch.setattr(reading, "TILE", 8)
    hashes = make_leaves(32)
    reading.inclusion_proof(31, 32)
    hashes[7] = bytes(32)
    LedgerEntry.objects.filter(index=7).update(leaf_hash=hashes[7].hex())
    assert reading.inclusion_proof(31, 32) == merkle.inclusion_proof(hashes, 31, 32)


def test_a_tile_without_its_last_leaf_proves_nothing(monkeypatch, allow_tampering):
    monkeypatch.setattr(reading, "TILE", 8)
    make_leaves(32)
    LedgerEntry.objects.filter(index=15)._raw_delete(using="default")
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        reading.inclusion_proof(31, 32)


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


def noted(size, origin="testserver/corrections"):
    """A row of a checkpoint of that log and size."""
    return LedgerCheckpoint.objects.create(size=size, root="00" * 32, text=f"{origin}\n{size}\n", signed_at=NOON)


def test_the_checkpoint_of_a_size_is_the_one_signed_last_over_so_many_leaves():
    assert reading.checkpoint_of(2) is None
    noted(2)
    last, _other = noted(2), noted(3)
    assert reading.checkpoint_of(2) == last
    assert (reading.checkpoint_of(1), reading.checkpoint_of(4)) == (None, None)


def test_growth_is_proven_from_the_first_checkpoint_of_this_log_that_covers_the_entry():
    hashes = make_leaves(9)
    noted(5, origin="testserver/corrections-of-old")
    eight, six, _again, newest = noted(8), noted(6), noted(6), noted(9)
    assert reading.newest_checkpoint() == newest
    grown = reading.growth_since(5, newest)
    assert (grown.older, grown.newer) == (six, newest)
    assert grown.path == tuple(merkle.consistency_proof(hashes, 6, 9))
    assert reading.growth_since(0, newest).older == six
    assert reading.growth_since(6, newest).older == eight
    assert reading.growth_since(8, newest) is None
    assert reading.growth_since(0, six) is None


def test_the_proof_of_an_entry_is_there_as_soon_as_a_checkpoint_covers_it():
    publish(2)
    assert reading.proof_of(0) is None
    signed = checkpoints.sign()
    publish()
    proof = reading.proof_of(1)
    assert (proof.index, proof.checkpoint, len(proof.path)) == (1, signed, 1)
    assert verify_proof([checkpoints.verifier_key()], proof.as_text()) == [
        "Entry 1 is in the log of 2 entries that testserver/corrections signed."
    ]
    assert (reading.proof_of(2), reading.proof_of(-1)) == (None, None)


def test_entries_are_read_from_an_index_on_and_no_more_than_asked_for():
    make_leaves(5)
    assert [row["index"] for row in reading.entries(1, 3)] == [1, 2, 3]
    assert [row["index"] for row in reading.entries(3, 9)] == [3, 4]
    assert reading.entries(5, 9) == []
    [first] = reading.entries(0, 1)
    assert first == {
        "index": 0,
        "leaf": {
            "type": "correction.published",
            "reference": "C-0",
            "publication": "daily",
            "kind": "correction",
            "at": "2026-11-20T12:00:00Z",
            "commitment": "0" * 64,
        },
        "leaf_hash": LedgerEntry.objects.get(index=0).leaf_hash,
    }


@pytest.mark.parametrize(
    ("prove", "first", "second"),
    [
        (reading.inclusion_proof, 3, 3),
        (reading.inclusion_proof, 0, 4),
        (reading.inclusion_proof, -1, 3),
        (reading.consistency_proof, 0, 4),
        (reading.consistency_proof, 3, 2),
    ],
)
def test_there_is_no_proof_about_what_is_not_there(prove, first, second):
    make_leaves(3)
    with pytest.raises(ValueError, match=r"leaf|leaves|proof"):
        prove(first, second)
