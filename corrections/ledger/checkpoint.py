"""Signed heads of the log: C2SP tlog-checkpoint in a C2SP signed note, signed with Ed25519.

A note is its text, an empty line, and signature lines `— <key name> <base64(key id ‖ signature)>`. The key
id is the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key). The name of the log's key is the
log's origin.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from corrections.ledger.merkle import HASH_SIZE

ED25519 = b"\x01"
SEED_SIZE = KEY_SIZE = 32
MAX_NOTE_CHARACTERS = 1_000_000
MAX_SIGNATURES = 100

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """The text is not a well-formed note, checkpoint or key."""


class UnverifiedNote(NoteError):
    """No trusted key signed the note, or a line in the name of a trusted key does not verify."""


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log: its origin, how many leaves it has, and their root. Extension lines are optional.

    Raises NoteError when a line would be empty or broken, the size negative, or the root not 32 bytes.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or "\n" in line or _CONTROL.search(line):
                raise NoteError("a line of a checkpoint is empty or holds a control character")
        if not _SIZE.fullmatch(str(self.size)):
            raise NoteError("the size of a log is a whole number from 0")
        if len(self.root) != HASH_SIZE:
            raise NoteError("the root of a log is 32 bytes")

    def body(self) -> str:
        """The text that is signed, with its final newline."""
        root = base64.b64encode(self.root).decode("ascii")
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))


@dataclass(frozen=True)
class VerifierKey:
    """A public key and its name. Raises NoteError for a bad name or a key that is not 32 bytes."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != KEY_SIZE:
            raise NoteError("an Ed25519 public key is 32 bytes")

    @property
    def key_id(self) -> bytes:
        """The four bytes that, with the name, tell which key made a signature."""
        return _key_id(self.name, self.public_key)

    def encode(self) -> str:
        """The vkey: `<name>+<key id in hex>+<base64(0x01 ‖ public key)>`."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public_key).decode('ascii')}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read a vkey. Raises NoteError when it is malformed, of another type, or its id does not fit."""
        name, public_key = _parse_key(text)
        key = cls(name, public_key)
        if text != key.encode():
            raise NoteError("the id of the verifier key does not fit the key")
        return key

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's Ed25519 signature of `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A named Ed25519 private key."""

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed` is the 32-byte private key of RFC 8032. Raises NoteError for another length or a bad
        name."""
        if len(seed) != SEED_SIZE:
            raise NoteError("the seed of a signer is 32 bytes")
        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier_key = VerifierKey(name, self._key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"<Signer {self.name} {self.verifier_key.key_id.hex()}>"

    @property
    def name(self) -> str:
        """The name of the key, which is the origin of the log it signs."""
        return self.verifier_key.name

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """A new random key."""
        return cls(name, secrets.token_bytes(SEED_SIZE))

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Read what `encode` wrote. Raises NoteError when it is malformed or its id does not fit."""
        prefix = "PRIVATE+KEY+"
        if not text.startswith(prefix):
            raise NoteError("a private key starts with PRIVATE+KEY+")
        signer = cls(*_parse_key(text.removeprefix(prefix)))
        if not secrets.compare_digest(text.encode(), signer.encode().encode()):
            raise NoteError("the id of the private key does not fit the key")
        return signer

    def encode(self) -> str:
        """The private key as text, a secret: `PRIVATE+KEY+<name>+<key id in hex>+<base64(0x01 ‖ seed)>`."""
        seed = base64.b64encode(ED25519 + self._seed).decode("ascii")
        return f"PRIVATE+KEY+{self.name}+{self.verifier_key.key_id.hex()}+{seed}"

    def signature_line(self, body: str) -> str:
        """The line to put under a note of this text."""
        signature = self.verifier_key.key_id + self._key.sign(body.encode("utf-8"))
        return f"— {self.name} {base64.b64encode(signature).decode('ascii')}\n"


@dataclass(frozen=True)
class Signature:
    """One signature line of a note, not yet verified."""

    name: str
    key_id: bytes
    value: bytes


def sign_note(body: str, *signers: Signer) -> str:
    """A note of `body` with a line of each signer. Raises NoteError unless that is plain text ending in a newline."""
    if not body.endswith("\n"):
        raise NoteError("the text of a note ends in a newline")
    note = "".join([body, "\n", *(signer.signature_line(body) for signer in signers)])
    split_note(note)
    return note


def sign(checkpoint: Checkpoint, *signers: Signer) -> str:
    """The signed checkpoint. Raises NoteError when a key is not named after the origin of the log."""
    for signer in signers:
        if checkpoint.origin != signer.name:
            raise NoteError(f"the key {signer.name} does not sign for {checkpoint.origin}")
    return sign_note(checkpoint.body(), *signers)


def parse(body: str) -> Checkpoint:
    """Read the text of a checkpoint, without its signatures. Raises NoteError when it is malformed."""
    lines = body.split("\n")
    if len(lines) < 4 or lines.pop() != "":
        raise NoteError("a checkpoint is at least three lines, each ended by a newline")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise NoteError("the size of a checkpoint is not a decimal number")
    return Checkpoint(origin, int(size), _decode(root), tuple(extensions))


def split_note(text: str) -> tuple[str, list[Signature]]:
    """The text of a note with its final newline, and its signatures, none of them verified.

    Raises NoteError when the note is longer than a million characters, holds control characters or lone
    surrogates, or has no signature, more than 100, or a malformed one.
    """
    if len(text) > MAX_NOTE_CHARACTERS or _CONTROL.search(text):
        raise NoteError("a note is too long or holds control characters")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NoteError("a note is not valid Unicode") from error
    head, separator, tail = text.rpartition("\n\n")
    lines = tail.split("\n")
    if not separator or lines.pop() != "" or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise NoteError("a note is its text, an empty line and 1 to 100 signature lines")
    return head + "\n", [_signature(line) for line in lines]


def open_note(text: str, verifier_keys: Iterable[VerifierKey]) -> str:
    """The text of a note that at least one of these keys signed.

    Lines of unknown keys are ignored. Raises NoteError for a malformed note, UnverifiedNote when no key is
    known or a line in the name and id of a known key does not verify.
    """
    known = {(key.name, key.key_id): key for key in verifier_keys}
    body, signatures = split_note(text)
    verified = False
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.verifies(body.encode("utf-8"), signature.value):
            raise UnverifiedNote(f"the signature of {key.name} does not verify")
        verified = True
    if not verified:
        raise UnverifiedNote("no trusted key signed the note")
    return body


def open_checkpoint(text: str, verifier_keys: Iterable[VerifierKey]) -> Checkpoint:
    """A checkpoint signed by a key named after its origin. Raises like `open_note`."""
    checkpoint = parse(split_note(text)[0])
    open_note(text, [key for key in verifier_keys if key.name == checkpoint.origin])
    return checkpoint


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—":
        raise NoteError("a signature line starts with an em dash and a space")
    _check_name(name)
    raw = _decode(encoded)
    if len(raw) < 5:
        raise NoteError("a signature is too short")
    return Signature(name, raw[:4], raw[4:])


def _parse_key(text: str) -> tuple[str, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not _KEY_ID.fullmatch(parts[1]):
        raise NoteError("a key is <name>+<8 hex digits>+<base64>")
    raw = _decode(parts[2])
    if raw[:1] != ED25519 or len(raw) != 1 + KEY_SIZE:
        raise NoteError("the key is not an Ed25519 key")
    return parts[0], raw[1:]


def _key_id(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode("utf-8") + b"\n" + ED25519 + public_key).digest()[:4]


def _check_name(name: str) -> None:
    if not name or "+" in name or _CONTROL.search(name) or any(character.isspace() for character in name):
        raise NoteError("the name of a key is empty or holds a space or a plus")


def _decode(text: str) -> bytes:
    """Standard base64 with padding. Refuses a second spelling of the same bytes."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise NoteError("a value is not base64") from error
    if base64.b64encode(raw).decode("ascii") != text:
        raise NoteError("a value is not canonical base64")
    return raw
