import hashlib
import os
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrections.ledger import merkle, verify_corrections
from corrections.ledger.merkle import Frontier

# The vectors of the reference implementation of RFC 6962 (certificate-transparency, merkle tree tests).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A96A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
A5F0 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
A6B4 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
ABC1 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
ACA8 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
A0EB = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
AB08 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
VECTOR = [merkle.leaf_hash(bytes.fromhex(data)) for data in INPUTS]

LARGEST = 130
LEAVES = [merkle.leaf_hash(index.to_bytes(2, "big")) for index in range(LARGEST)]
# On each run up to a little more than 64, and around 128: the shape of a proof changes where a power of two is.
SIZES = range(LARGEST + 1) if os.environ.get("MASTHEAD_CHAOS") == "1" else [*range(67), *range(126, LARGEST + 1)]
PLACES = [(size, index) for size in SIZES for index in range(size)]
PREFIX_ROOTS = [merkle.root(LEAVES[:size]) for size in range(LARGEST + 1)]


def by_definition(hashes):
    """The root as RFC 6962 §2.1 defines it, by recursion."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = max(power for power in (1 << bit for bit in range(16)) if power < len(hashes))
    left, right = by_definition(hashes[:split]), by_definition(hashes[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_the_roots_of_prefixes_are_those_that_were_asked_for():
    assert merkle.prefix_roots(VECTOR, {0, 2, 9}) == {0: bytes.fromhex(ROOTS[0]), 2: bytes.fromhex(ROOTS[2])}
    assert merkle.prefix_roots(VECTOR, {1}) == {1: bytes.fromhex(ROOTS[1])}


def test_roots_are_those_of_the_rfc_6962_vectors():
    assert [merkle.root(VECTOR[:size]).hex() for size in range(9)] == ROOTS


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (0, 8, [A96A, A5F0, A6B4]),
        (5, 8, [ABC1, ACA8, ROOTS[4]]),
        (2, 3, [ROOTS[2]]),
        (1, 5, [ROOTS[1], A5F0, ABC1]),
    ],
)
def test_inclusion_proofs_are_those_of_the_vectors(index, size, proof):
    assert [item.hex() for item in merkle.inclusion_proof(VECTOR, index, size)] == proof


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (1, 1, []),
        (1, 8, [A96A, A5F0, A6B4]),
        (6, 8, [A0EB, ACA8, ROOTS[4]]),
        (2, 5, [A5F0, ABC1]),
        (6, 7, [A0EB, AB08, ROOTS[4]]),
        (0, 8, []),
    ],
)
def test_consistency_proofs_are_those_of_the_vectors(old, new, proof):
    assert [item.hex() for item in merkle.consistency_proof(VECTOR, old, new)] == proof


def test_every_size_up_to_130_has_the_root_of_the_definition_and_of_the_reader_s_file():
    expected = [by_definition(LEAVES[:size]) for size in range(LARGEST + 1)]
    read = verify_corrections.prefix_roots(LEAVES, set(range(LARGEST + 1)))
    assert expected == PREFIX_ROOTS
    assert [read[size] for size in range(LARGEST + 1)] == expected


def test_every_leaf_of_each_size_is_proved():
    for size, index in PLACES:
        proof = merkle.inclusion_proof(LEAVES, index, size)
        arguments = {"leaf": LEAVES[index], "index": index, "size": size, "root_hash": PREFIX_ROOTS[size]}
        assert merkle.verify_inclusion(**arguments, proof=proof)
        assert not merkle.verify_inclusion(**arguments, proof=[*proof, LEAVES[0]])
        assert not proof or not merkle.verify_inclusion(**arguments, proof=proof[:-1])


def test_each_size_is_proved_to_extend_every_smaller_one():
    for new, old in [*PLACES, *((size, size) for size in SIZES)]:
        proof = merkle.consistency_proof(LEAVES, old, new)
        arguments = {"old": old, "new": new, "old_root": PREFIX_ROOTS[old], "new_root": PREFIX_ROOTS[new]}
        assert merkle.verify_consistency(**arguments, proof=proof)
        assert not merkle.verify_consistency(**arguments, proof=[*proof, LEAVES[0]])
        assert not proof or not merkle.verify_consistency(**arguments, proof=proof[:-1])


@given(st.integers(1, LARGEST), st.data())
def test_a_proof_holds_for_its_own_leaf_index_and_root_only(size, data):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda value: value != index) if size > 1 else st.none())
    proof = merkle.inclusion_proof(LEAVES, index, size)
    root_hash = PREFIX_ROOTS[size]
    assert merkle.verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root_hash=root_hash)
    if other is not None:
        assert not merkle.verify_inclusion(leaf=LEAVES[other], index=index, size=size, proof=proof, root_hash=root_hash)
        assert not merkle.verify_inclusion(leaf=LEAVES[index], index=other, size=size, proof=proof, root_hash=root_hash)
    assert not merkle.verify_inclusion(
        leaf=LEAVES[index], index=index, size=size, proof=proof, root_hash=PREFIX_ROOTS[size - 1]
    ) or (size == 1 and PREFIX_ROOTS[0] == PREFIX_ROOTS[1])


def spoil(chance, proof):
    """A proof that differs from the given one."""
    changed, kind = list(proof), chance.randrange(5)
    if kind == 0 or not changed:
        changed.insert(chance.randrange(len(changed) + 1), chance.choice([chance.randbytes(32), LEAVES[0]]))
    elif kind == 1:
        del changed[chance.randrange(len(changed))]
    elif kind == 2:
        place, bit = chance.randrange(len(changed)), chance.randrange(256)
        changed[place] = (int.from_bytes(changed[place]) ^ 1 << bit).to_bytes(32)
    elif kind == 3:
        place = chance.randrange(len(changed))
        changed[place] = chance.choice([changed[place][:-1], b"", changed[place] + b"\0"])
    else:
        chance.shuffle(changed)
        if changed == list(proof):
            changed.reverse()
    return changed


def test_none_of_20000_forged_proofs_is_accepted():
    chance, forged, accepted = random.Random(6962), 0, 0
    while forged < 20_000:
        new = chance.randrange(1, LARGEST + 1)
        index, old = chance.randrange(new), chance.randrange(new + 1)
        inclusion = merkle.inclusion_proof(LEAVES, index, new)
        consistency = merkle.consistency_proof(LEAVES, old, new)
        for proof, check in [
            (
                inclusion,
                lambda proof, index=index, new=new: merkle.verify_inclusion(
                    leaf=LEAVES[index], index=index, size=new, proof=proof, root_hash=PREFIX_ROOTS[new]
                ),
            ),
            (
                consistency,
                lambda proof, old=old, new=new: merkle.verify_consistency(
                    old=old, new=new, old_root=PREFIX_ROOTS[old], new_root=PREFIX_ROOTS[new], proof=proof
                ),
            ),
        ]:
            for changed in (spoil(chance, proof) for _ in range(10)):
                if changed != proof:
                    forged += 1
                    accepted += check(changed)
    assert accepted == 0


def test_a_rewritten_old_tree_is_not_consistent():
    rewritten = [merkle.leaf_hash(b"other"), *LEAVES[1:]]
    for old, new in pairwise(range(1, 40)):
        assert not merkle.verify_consistency(
            old=old,
            new=new,
            old_root=PREFIX_ROOTS[old],
            new_root=merkle.root(rewritten[:new]),
            proof=merkle.consistency_proof(rewritten, old, new),
        )


def test_a_tree_of_no_leaves_is_extended_by_every_tree_and_by_its_own_root_only():
    empty, some = merkle.EMPTY_ROOT, PREFIX_ROOTS[3]
    assert merkle.verify_consistency(old=0, new=3, old_root=empty, new_root=some, proof=[])
    assert not merkle.verify_consistency(old=0, new=3, old_root=some, new_root=some, proof=[])
    assert not merkle.verify_consistency(old=0, new=3, old_root=empty, new_root=some, proof=[some])
    assert not merkle.verify_consistency(old=3, new=3, old_root=some, new_root=some, proof=[some])
    assert not merkle.verify_consistency(old=3, new=3, old_root=some, new_root=empty, proof=[])
    assert merkle.verify_consistency(old=3, new=5, old_root=some, new_root=some, proof=[]) is False
    assert not merkle.verify_consistency(old=3, new=3, old_root=b"short", new_root=b"short", proof=[])
    assert not merkle.verify_consistency(old=3, new=2, old_root=some, new_root=some, proof=[])
    assert not merkle.verify_consistency(old=-1, new=2, old_root=some, new_root=some, proof=[])
    assert not merkle.verify_consistency(old=3, new=5, old_root=some, new_root=PREFIX_ROOTS[5], proof=[])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, 131)])
def test_there_is_no_inclusion_proof_outside_the_tree(index, size):
    with pytest.raises(ValueError, match="tree of"):
        merkle.inclusion_proof(LEAVES, index, size)
    assert not merkle.verify_inclusion(leaf=LEAVES[0], index=index, size=size, proof=[], root_hash=PREFIX_ROOTS[1])


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3), (0, 131)])
def test_there_is_no_consistency_proof_outside_the_tree(old, new):
    with pytest.raises(ValueError, match=r"no consistency proof|tree of"):
        merkle.consistency_proof(LEAVES, old, new)


def test_a_frontier_survives_being_stored_after_each_leaf():
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES, 1):
        frontier.append(leaf)
        frontier = Frontier.from_hex(frontier.size, frontier.to_hex())
        assert (frontier.size, frontier.root()) == (size, PREFIX_ROOTS[size])
        assert len(frontier.peaks) == size.bit_count()


@pytest.mark.parametrize(
    ("size", "peaks"), [(1, []), (0, ["00" * 32]), (3, ["00" * 32]), (1, ["00" * 31]), (-1, ["00" * 32])]
)
def test_peaks_that_do_not_fit_the_size_are_refused(size, peaks):
    with pytest.raises(ValueError, match="peaks"):
        Frontier.from_hex(size, peaks)


def test_a_frontier_takes_hashes_only():
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier().append(b"leaf")


def test_an_index_at_the_size_or_below_zero_proves_nothing_whatever_the_proof():
    leaf, other = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    top = merkle.root([leaf, other])
    proved = {
        index: merkle.verify_inclusion(leaf=other, index=index, size=2, proof=[leaf], root_hash=top)
        for index in (-1, 0, 1, 2, 3)
    }
    assert proved == {-1: False, 0: False, 1: True, 2: False, 3: False}
    single = {
        index: merkle.verify_inclusion(leaf=leaf, index=index, size=1, proof=[], root_hash=leaf) for index in (0, 1)
    }
    assert single == {0: True, 1: False}


@pytest.mark.parametrize("place", ["leaf", "root_hash", "proof"])
def test_a_hash_of_another_length_proves_nothing(place):
    leaf, other = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    given = {"leaf": other, "root_hash": merkle.root([leaf, other]), "proof": [leaf]}
    assert merkle.verify_inclusion(index=1, size=2, **given) is True
    short = [leaf[:-1]] if place == "proof" else given[place][:-1]
    assert merkle.verify_inclusion(index=1, size=2, **{**given, place: short}) is False


def test_there_is_a_proof_of_consistency_from_nothing_and_from_the_same_size_and_it_is_empty():
    assert [merkle.consistency_ranges(0, 5), merkle.consistency_ranges(5, 5)] == [[], []]
    assert [merkle.consistency_ranges(0, 0), merkle.consistency_ranges(1, 1)] == [[], []]
    assert merkle.consistency_ranges(1, 2) == [(1, 2)]
    assert merkle.consistency_ranges(3, 4) == [(2, 3), (3, 4), (0, 2)]
    for old, new in ((-1, 2), (3, 2)):
        with pytest.raises(ValueError, match=f"from {old} to {new}"):
            merkle.consistency_ranges(old, new)


def test_the_hashes_of_rfc_6962_to_the_byte():
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.leaf_hash(b"a") == hashlib.sha256(b"\x00a").digest()
    assert merkle.node_hash(b"l" * 32, b"r" * 32) == hashlib.sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()
