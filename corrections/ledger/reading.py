"""The public log as outsiders read it: entries, the newest signed checkpoint, and proofs out of the database."""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corrections.ledger import merkle
from corrections.models import LedgerCheckpoint, LedgerEntry, LedgerHead

TILE = 1024
TLOG_PROOF = "c2sp.org/tlog-proof@v1"
MAX_TILES = 4096
AT_ONCE = 500
"""So many leaves are asked for by their indexes in one query: SQLite counts its variables."""
_tiles: OrderedDict[tuple[int, bytes], bytes] = OrderedDict()


def size() -> int:
    """How many leaves the log has."""
    return LedgerHead.objects.filter(pk=1).values_list("size", flat=True).first() or 0


def newest_checkpoint() -> LedgerCheckpoint | None:
    """The checkpoint signed last; None before the first."""
    return LedgerCheckpoint.objects.order_by("-pk").first()


def checkpoint_of(size: int) -> LedgerCheckpoint | None:
    """The checkpoint signed last over exactly so many leaves; None when there is none."""
    return LedgerCheckpoint.objects.filter(size=size).order_by("-pk").first()


def entries(start: int, limit: int) -> list[dict[str, Any]]:
    """Up to `limit` entries from index `start`, as they are served: `index`, `leaf`, `leaf_hash` in lower-case hex."""
    rows = LedgerEntry.objects.filter(index__gte=start, index__lt=start + limit).order_by("index")
    return [
        {"index": index, "leaf": json.loads(leaf), "leaf_hash": leaf_hash}
        for index, leaf, leaf_hash in rows.values_list("index", "leaf", "leaf_hash")
    ]


def inclusion_proof(index: int, size: int) -> list[bytes]:
    """The audit path (RFC 6962 §2.1.1) of leaf `index` in the tree of the first `size` leaves, from the leaf upwards.

    Raises ValueError when the leaf is not in that tree, or the log has fewer leaves.
    """
    _enough(size)
    return [_root_of(start, end) for start, end in merkle.inclusion_ranges(index, size)]


def consistency_proof(old: int, new: int) -> list[bytes]:
    """The proof (RFC 6962 §2.1.2) that the first `old` leaves are a prefix of the first `new`.

    Raises ValueError unless 0 <= old <= new <= the size of the log.
    """
    _enough(new)
    return [_root_of(start, end) for start, end in merkle.consistency_ranges(old, new)]


@dataclass(frozen=True)
class Proof:
    """That one entry is in the signed log: its place, the audit path from the leaf upwards, and the checkpoint."""

    index: int
    leaf: str
    path: tuple[bytes, ...]
    checkpoint: LedgerCheckpoint

    def as_text(self) -> str:
        """C2SP tlog-proof@v1. The extra line carries the leaf, so that the file is enough to check it offline."""
        hashes = "".join(f"{_base64(step)}\n" for step in self.path)
        extra = _base64(self.leaf.encode())
        return f"{TLOG_PROOF}\nextra {extra}\nindex {self.index}\n{hashes}\n{self.checkpoint.text}"


def proof_of(index: int) -> Proof | None:
    """The proof against the newest checkpoint; None while that does not cover the entry yet."""
    newest = newest_checkpoint()
    if newest is None or not 0 <= index < newest.size:
        return None
    leaf = LedgerEntry.objects.values_list("leaf", flat=True).get(index=index)
    return Proof(index, leaf, tuple(inclusion_proof(index, newest.size)), newest)


@dataclass(frozen=True)
class Growth:
    """That the log only grew: an older checkpoint, a newer one, and the consistency proof between them."""

    older: LedgerCheckpoint
    newer: LedgerCheckpoint
    path: tuple[bytes, ...]


def growth_since(index: int, newest: LedgerCheckpoint) -> Growth | None:
    """From the first checkpoint of this log that covered the entry to the newest; None while there is but one tree."""
    origin = newest.text.partition("\n")[0]
    covering = LedgerCheckpoint.objects.filter(size__gt=index, size__lt=newest.size, text__startswith=f"{origin}\n")
    older = covering.order_by("size", "pk").first()
    if older is None:
        return None
    return Growth(older, newest, tuple(consistency_proof(older.size, newest.size)))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _enough(wanted: int) -> None:
    if wanted > size():
        raise ValueError(f"the log has fewer than {wanted} leaves")


def _root_of(start: int, end: int) -> bytes:
    """The root of a range of RFC 6962. A long one is made of whole tiles, whose roots this process remembers."""
    if end - start <= TILE:
        return merkle.root(_hashes(start, end))
    # Such a range begins at a multiple of its largest power of two, so that its tiles are subtrees of it.
    whole = range(start, end - (end - start) % TILE, TILE)
    last_hashes = _hashes_at([first + TILE - 1 for first in whole])
    roots = [_tile(first, last) for first, last in zip(whole, last_hashes, strict=True)]
    if whole.stop < end:
        roots.append(merkle.root(_hashes(whole.stop, end)))
    return merkle.root(roots)


def _tile(first: int, last_hash: bytes) -> bytes:
    """The root of the tile that begins at `first`. Its last leaf is in the key, so that another log is another tile."""
    key = (first, last_hash)
    if key in _tiles:
        _tiles.move_to_end(key)
        return _tiles[key]
    root = _tiles[key] = merkle.root(_hashes(first, first + TILE))
    while len(_tiles) > MAX_TILES:
        _tiles.popitem(last=False)
    return root


def _hashes(start: int, end: int) -> list[bytes]:
    rows = LedgerEntry.objects.filter(index__gte=start, index__lt=end).order_by("index")
    found = [bytes.fromhex(text) for text in rows.values_list("leaf_hash", flat=True)]
    if len(found) != end - start:
        raise ValueError(f"the log has gaps between {start} and {end}")
    return found


def _hashes_at(indexes: Sequence[int]) -> list[bytes]:
    """The hashes of these leaves, in their order."""
    found: list[bytes] = []
    for at in range(0, len(indexes), AT_ONCE):
        rows = LedgerEntry.objects.filter(index__in=indexes[at : at + AT_ONCE]).order_by("index")
        found += [bytes.fromhex(text) for text in rows.values_list("leaf_hash", flat=True)]
    return found
