"""The Merkle tree of RFC 6962 §2.1 with SHA-256: roots, proofs, and their verification.

Every hash is 32 bytes. A tree is the sequence of its leaf hashes. The two verifiers follow RFC 9162
§2.1.3.2 and §2.1.4.2, which state as steps what RFC 6962 leaves to the reader.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Range = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """The root of the tree over these leaf hashes; SHA-256 of nothing for an empty tree."""
    frontier = Frontier()
    for item in hashes:
        frontier.append(item)
    return frontier.root()


def prefix_roots(hashes: Iterable[bytes], sizes: Collection[int]) -> dict[int, bytes]:
    """The root of the tree of the first n of these leaf hashes, for each n of `sizes` that there is, in one walk."""
    frontier = Frontier()
    roots = {0: EMPTY_ROOT} if 0 in sizes else {}
    for item in hashes:
        frontier.append(item)
        if frontier.size in sizes:
            roots[frontier.size] = frontier.root()
    return roots


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The half-open leaf ranges whose roots are the inclusion proof of leaf `index`, from the leaf upwards.

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The half-open leaf ranges whose roots are the consistency proof from size `old` to size `new`.

    Empty when `old` is 0 or equals `new`. Raises ValueError unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"there is no consistency proof from {old} to {new}")
    if old in (0, new):
        return []
    ranges: list[Range] = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    # The verifier already knows the root of the old tree when it is a whole subtree of the new one.
    if start > 0:
        ranges.append((start, end))
    return ranges[::-1]


def inclusion_proof(hashes: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """The audit path (RFC 6962 §2.1.1) of leaf `index` in the tree of the first `size` leaves.

    Raises ValueError when the leaf is not in that tree or fewer than `size` hashes are given.
    """
    _enough(hashes, size)
    return [root(hashes[start:end]) for start, end in inclusion_ranges(index, size)]


def consistency_proof(hashes: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """The proof (RFC 6962 §2.1.2) that the first `old` leaves are a prefix of the first `new`.

    Raises ValueError unless 0 <= old <= new <= len(hashes).
    """
    _enough(hashes, new)
    return [root(hashes[start:end]) for start, end in consistency_ranges(old, new)]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether `proof` shows the leaf hash `leaf` at `index` in the tree of `size` leaves and this root."""
    if not 0 <= index < size or not _are_hashes([leaf, root_hash, *proof]):
        return False
    position, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            while position & 1 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and result == root_hash


def verify_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `new` leaves extends the tree of `old` leaves.

    Everything extends the empty tree, whose root must then be EMPTY_ROOT and whose proof is empty.
    """
    if not 0 <= old <= new or not _are_hashes([old_root, new_root, *proof]):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    # A whole subtree is its own first step.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_result = new_result = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_result = node_hash(step, old_result)
            new_result = node_hash(step, new_result)
            while position & 1 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            new_result = node_hash(new_result, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old_result == old_root and new_result == new_root


@dataclass
class Frontier:
    """The compact range of a tree: the roots of its whole subtrees, largest first.

    It holds one hash for each 1 in the binary form of `size` (20 hashes at a million leaves), which is all
    that is needed to append the next leaf and to name the root.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count() or not _are_hashes(self.peaks):
            raise ValueError(f"these are not the peaks of a tree of {self.size}")

    @classmethod
    def from_hex(cls, size: int, peaks: Sequence[str]) -> "Frontier":
        """Rebuild what `to_hex` wrote. Raises ValueError when the peaks do not fit the size."""
        return cls(size, [bytes.fromhex(peak) for peak in peaks])

    def to_hex(self) -> list[str]:
        """The peaks in lower-case hex, largest subtree first; store them beside the size."""
        return [peak.hex() for peak in self.peaks]

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash. Raises ValueError when it is not 32 bytes."""
        if len(leaf) != HASH_SIZE:
            raise ValueError("a leaf hash is 32 bytes")
        merges, node = self.size, leaf
        while merges & 1:
            node = node_hash(self.peaks.pop(), node)
            merges >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.peaks:
            return EMPTY_ROOT
        result = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            result = node_hash(peak, result)
        return result


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, for size > 1."""
    return 1 << ((size - 1).bit_length() - 1)


def _enough(hashes: Sequence[bytes], size: int) -> None:
    if size > len(hashes):
        raise ValueError(f"{len(hashes)} leaves are not a tree of {size}")


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
