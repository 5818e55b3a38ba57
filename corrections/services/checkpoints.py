"""Signing the head of the public log, so that a history rewritten later can be found out by anyone who kept one."""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from corrections.ledger import merkle
from corrections.ledger.checkpoint import Signer
from corrections.ledger.signer_state import InconsistentLog, SignerState
from corrections.models import LedgerCheckpoint, LedgerEntry, LedgerHead

logger = logging.getLogger(__name__)


def origin() -> str:
    """The name of the log: `LEDGER_ORIGIN`, else the desk's host and `/corrections`."""
    return settings.LEDGER_ORIGIN or f"{urlsplit(settings.BASE_URL).netloc}/corrections"


def signer(name: str = "") -> Signer:
    """The log's key, named after its origin (or `name`, that of a log to come).

    Outside production it is made on first use and kept beside the data.
    """
    text = settings.LEDGER_KEY
    if not text:
        path = settings.VAR / "ledger_key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        text = path.read_text().strip()
    return Signer(name or origin(), base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def verifier_key() -> str:
    """What a reader needs to check our signatures: the C2SP `vkey` line."""
    return signer().verifier_key.encode()


def memory() -> SignerState:
    """The signer's last checkpoint, in a file outside the database."""
    return SignerState(settings.VAR / "ledger_checkpoint")


def sign() -> LedgerCheckpoint | None:
    """Sign the log as it stands and keep the checkpoint; None when nothing was published yet.

    An unchanged log gives the checkpoint signed before. Raises InconsistentLog, and signs nothing, when the log is no
    extension of what was signed: see `manage.py ledger recover`.
    """
    head = LedgerHead.objects.filter(pk=1).first()
    if head is None or head.size == 0:
        return None
    root = merkle.Frontier.from_hex(head.size, head.frontier).root()
    newest = LedgerCheckpoint.objects.order_by("-pk").first()
    if newest is not None and newest.size == head.size and newest.root == root.hex():
        return newest
    text = memory().sign_next(
        origin=origin(),
        size=head.size,
        root=root,
        prove=lambda old, new: merkle.consistency_proof(hashes(new), old, new),
        signer=signer(),
        published=newest is not None,
    )
    return LedgerCheckpoint.objects.create(size=head.size, root=root.hex(), text=text, signed_at=timezone.now())


def hashes(size: int) -> Sequence[bytes]:
    """The first `size` leaf hashes, in order."""
    rows = LedgerEntry.objects.filter(index__lt=size).order_by("index").values_list("leaf_hash", flat=True)
    return [bytes.fromhex(row) for row in rows.iterator(chunk_size=5000)]


def sign_or_complain() -> bool:
    """What the clock calls: an inconsistent log is an alarm, not a crash of the clock. False when nothing was signed
    because of it.
    """
    try:
        sign()
    except InconsistentLog:
        logger.critical("the public log is not an extension of what was signed; see `manage.py ledger recover`")
        return False
    return True


def unsigned_seconds() -> float:
    """How long the oldest leaf that no checkpoint covers has waited; 0 when all are covered. The signer's pulse."""
    newest = LedgerCheckpoint.objects.order_by("-pk").values_list("size", flat=True).first() or 0
    oldest = LedgerEntry.objects.filter(index__gte=newest).order_by("index").values_list("at", flat=True).first()
    return max((timezone.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
