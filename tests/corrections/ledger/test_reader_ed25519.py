"""The Ed25519 verification of the file that a reader downloads."""

import hashlib
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corrections.ledger import verify_corrections
from corrections.ledger.checkpoint import VerifierKey
from corrections.ledger.verify_corrections import L, P, ed25519_verify

# RFC 8032 §7.1: private key, public key, message, signature of the tests 1, 2, 3 and SHA(abc).
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
ORDER_EIGHT = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


def number(data):
    return int.from_bytes(data, "little")


def encode(point):
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def times(scalar, point):
    return verify_corrections._sum_of_products(scalar, point, 0, point)


def private(seed):
    """The secret scalar and public key of a seed, RFC 8032 §5.1.5."""
    scalar = number(hashlib.sha512(seed).digest()[:32]) & ((1 << 254) - 8) | 1 << 254
    return scalar, encode(times(scalar, verify_corrections.BASE))


def challenge(r, public, message):
    return number(hashlib.sha512(r + public + message).digest()) % L


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_the_rfc_verify_and_a_changed_one_does_not(seed, public, message, signature):
    public, message, signature = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert private(bytes.fromhex(seed))[1] == public
    assert ed25519_verify(public, message, signature) is True
    assert ed25519_verify(public, message + b"\0", signature) is False


def test_it_agrees_with_the_library_on_true_and_spoiled_signatures():
    chance, verdicts = random.Random(8032), []
    for round_number in range(120):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
        signature = key.sign(message)
        if round_number % 2:
            signature = bytearray(signature)
            signature[chance.randrange(64)] ^= 1 << chance.randrange(8)
            signature = bytes(signature)
        verdict = ed25519_verify(public, message, signature)
        assert verdict == VerifierKey("log", public).verifies(message, signature)
        verdicts.append(verdict)
    assert verdicts == [True, False] * 60


@pytest.mark.parametrize("multiple", [1, 2, 7])
def test_a_second_spelling_of_a_signature_is_refused(multiple):
    _, public, message, signature = map(bytes.fromhex, RFC_8032[2])
    scalar = number(signature[32:]) + multiple * L
    assert ed25519_verify(public, message, signature[:32] + scalar.to_bytes(32, "little")) is False


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_a_key_of_small_order_signs_nothing(key):
    public = bytes.fromhex(key)
    assert verify_corrections._decode_point(public) is not None
    for r in SMALL_ORDER:
        for message in (b"", b"a", b"b"):
            assert ed25519_verify(public, message, bytes.fromhex(r) + bytes(32)) is False


@pytest.mark.parametrize(
    "key",
    [
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000",
    ],
)
def test_what_encodes_no_point_is_no_key(key):
    public = bytes.fromhex(key)
    assert verify_corrections._decode_point(public) is None
    assert ed25519_verify(public, b"", bytes.fromhex(SMALL_ORDER[0]) + bytes(32)) is False


def test_points_are_decoded_with_the_sign_they_carry():
    for seed in range(20):
        public = private(bytes([seed] * 32))[1]
        mirrored = public[:31] + bytes([public[31] ^ 0x80])
        assert encode(verify_corrections._decode_point(public)) == public
        assert encode(verify_corrections._decode_point(mirrored)) == mirrored


def test_r_has_one_spelling():
    scalar, public = private(bytes(32))
    verdicts = []
    for r in (bytes.fromhex(SMALL_ORDER[0]), (P + 1).to_bytes(32, "little")):
        s = challenge(r, public, b"text") * scalar % L
        verdicts.append(ed25519_verify(public, b"text", r + s.to_bytes(32, "little")))
    assert verdicts == [True, False]


def test_the_equation_is_checked_without_the_cofactor_like_the_library_does():
    scalar, public = private(bytes([1] * 32))
    torsion = verify_corrections._decode_point(ORDER_EIGHT)
    mixed = encode(verify_corrections._add(verify_corrections._decode_point(public), torsion))
    nonce, verdicts = 12345, []
    r = encode(times(nonce, verify_corrections.BASE))
    for message in (bytes([value]) for value in range(48)):
        k = challenge(r, mixed, message)
        signature = r + ((nonce + k * scalar) % L).to_bytes(32, "little")
        verdict = ed25519_verify(mixed, message, signature)
        assert verdict == (k % 8 == 0)
        assert verdict == VerifierKey("log", mixed).verifies(message, signature)
        verdicts.append(verdict)
    assert set(verdicts) == {True, False}


@pytest.mark.parametrize(("key_size", "signature_size"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_sizes_must_fit(key_size, signature_size):
    _, public, message, signature = map(bytes.fromhex, RFC_8032[1])
    assert ed25519_verify((public + b"\0")[:key_size], message, (signature + b"\0")[:signature_size]) is False
