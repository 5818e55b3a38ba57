"""What a leaf of the log says, and how it is tied to a public text without holding it.

A leaf carries names of things and a salted commitment. The text and the salt live elsewhere, so that
erasing both under an order leaves every hash, proof and checkpoint as it was, and the commitment means
nothing any more.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from corrections.ledger.canonical import CanonicalError, canonical
from corrections.ledger.merkle import leaf_hash

SALT_SIZE = 32

# A name has no room for a sentence, an address or a headline: the shape keeps personal data out of the log.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COMMITMENT = re.compile(r"[0-9a-f]{64}")


def new_salt() -> bytes:
    """32 random bytes, new for every leaf."""
    return secrets.token_bytes(SALT_SIZE)


def commit(salt: bytes, content: Mapping[str, object]) -> str:
    """SHA-256(salt ‖ RFC 8785 JSON of content), in lower-case hex.

    Raises ValueError when the salt is not 32 bytes, CanonicalError when the content has no canonical form.
    """
    if len(salt) != SALT_SIZE:
        raise ValueError("a salt is 32 bytes")
    return hashlib.sha256(salt + canonical(dict(content))).hexdigest()


def opens(commitment: str, salt: bytes, content: Mapping[str, object]) -> bool:
    """Whether this salt and content are what was committed to; False for anything malformed."""
    try:
        return hmac.compare_digest(commit(salt, content).encode(), commitment.encode())
    except (CanonicalError, ValueError):
        return False


def leaf(
    *,
    type: str,  # noqa: A002 -- the name it has in the leaf
    reference: str,
    publication: str,
    kind: str,
    at: datetime,
    commitment: str,
) -> dict[str, str]:
    """Build a leaf of the log.

    `type` is the event (`correction.published`), `reference` the public reference of the notice,
    `publication` its slug, `kind` the kind of notice. `at` is written as RFC 3339 in UTC, cut to whole
    seconds.

    Raises ValueError for a name that is not 1 to 64 of `A-Za-z0-9._-`, a time without zone, or a commitment
    that is not 64 lower-case hex digits.
    """
    names = {"type": type, "reference": reference, "publication": publication, "kind": kind}
    for field, value in names.items():
        if not _NAME.fullmatch(value):
            raise ValueError(f"{field} is not a short name: the log takes no free text")
    if not _COMMITMENT.fullmatch(commitment):
        raise ValueError("a commitment is 64 lower-case hex digits")
    # Members of enumerations are strings with a class of their own; the stored leaf must not depend on it.
    return {
        **{field: str.__str__(value) for field, value in names.items()},
        "at": timestamp(at),
        "commitment": commitment,
    }


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with whole seconds: `2026-11-20T08:00:00Z`. Raises ValueError without a zone."""
    if at.tzinfo is None:
        raise ValueError("the time of a leaf needs a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hash_of_leaf(content: Mapping[str, object]) -> bytes:
    """The RFC 6962 leaf hash of a leaf: SHA-256(0x00 ‖ RFC 8785 JSON)."""
    return leaf_hash(canonical(dict(content)))
