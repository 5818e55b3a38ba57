"""Signing the head of the public log, so that a history rewritten later can be found out by anyone who kept one."""

from __future__ import annotations

import base64
import logging
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections.ledger import merkle, reading
from corrections.ledger.checkpoint import Signer, VerifierKey
from corrections.ledger.signer_state import InconsistentLog, MemoryLost, SignerState
from corrections.models import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerKey
from newsroom.availability import read_only
from newsroom.errors import Conflict

logger = logging.getLogger(__name__)


def origin() -> str:
    """The name of the log: `LEDGER_ORIGIN`, else the desk's host and `/corrections`."""
    return settings.LEDGER_ORIGIN or f"{urlsplit(settings.BASE_URL).netloc}/corrections"


def signers(name: str = "") -> list[Signer]:
    """The log's keys, named after its origin (or `name`, that of a log to come): each signs every checkpoint.

    Those of `LEDGER_KEYS`, the current one first. Outside production one is made on first use and kept beside the data.
    """
    texts = settings.LEDGER_KEYS
    if not texts:
        path = settings.VAR / "ledger_key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        texts = [path.read_text().strip()]
    return [Signer(name or origin(), base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) for text in texts]


def verifier_key() -> str:
    """What a reader needs to check our signatures: the C2SP `vkey` line of the current key."""
    return signers()[0].verifier_key.encode()


def dated_keys() -> list[dict[str, Any]]:
    """Every key that signs or ever signed, the current one first: `vkey`, `since` and `until`, null while it signs."""
    rows = {row.vkey: row for row in LedgerKey.objects.order_by("-pk")}
    signing = [signer.verifier_key.encode() for signer in signers()]
    now = [{"vkey": vkey, "since": rows[vkey].since if vkey in rows else None, "until": None} for vkey in signing]
    earlier = [row for vkey, row in rows.items() if vkey not in signing]
    return [*now, *({"vkey": row.vkey, "since": row.since, "until": row.until} for row in earlier)]


def verifier_keys() -> list[str]:
    """The same without dates: old checkpoints need the old keys."""
    return [key["vkey"] for key in dated_keys()]


def known_keys() -> list[VerifierKey]:
    """The same, to check signatures with."""
    return [VerifierKey.parse(text) for text in verifier_keys()]


def memory() -> SignerState:
    """The signer's last checkpoint, in a file outside the database."""
    return SignerState(settings.VAR / "ledger_checkpoint")


@transaction.atomic
def sign() -> LedgerCheckpoint | None:
    """Sign the log as it stands and keep the checkpoint; None when nothing was published yet.

    The signer's memory is asked every time: an unchanged log gives the checkpoint that it remembers. The head is locked
    first, so that signers come one after the other. Raises InconsistentLog, and signs nothing, when the log is no
    extension of what was signed: see `manage.py ledger recover`.
    """
    head = LedgerHead.objects.select_for_update().filter(pk=1).first()
    tree = merkle.Frontier.from_hex(head.size, head.frontier) if head else merkle.Frontier()
    if tree.size == 0 and memory().last() is None:
        return None
    newest = reading.newest_checkpoint()
    text = memory().sign_next(
        origin=origin(),
        size=tree.size,
        root=tree.root(),
        prove=reading.consistency_proof,
        signers=signers(),
        published=newest is not None,
    )
    if newest is not None and newest.text == text:
        return newest
    return keep(tree.size, tree.root(), text, now=timezone.now())


def keep(size: int, root: bytes, text: str, *, now: datetime) -> LedgerCheckpoint:
    """Write down a checkpoint that was signed, and which keys sign since when and which no longer."""
    row = LedgerCheckpoint.objects.create(size=size, root=root.hex(), text=text, signed_at=now)
    signing = [signer.verifier_key for signer in signers(text.partition("\n")[0])]
    for key in signing:
        LedgerKey.objects.get_or_create(vkey=key.encode(), defaults={"since": _first_signed(key) or now})
    retired = LedgerKey.objects.filter(until=None).exclude(vkey__in=[key.encode() for key in signing])
    retired.update(until=now)
    return row


def current() -> LedgerCheckpoint | None:
    """The checkpoint to hand out: signed now when it would not cover all that is published; None before the first.

    Whoever notes when they fetched it may then say that whatever it does not cover came later. Where nothing can be
    signed, because nothing may be written or the memory lies elsewhere, it is the newest there is. Raises
    InconsistentLog when the log is shorter than what was signed, or another.
    """
    newest = reading.newest_checkpoint()
    if newest is None or read_only() or (newest.size == reading.size() and not is_behind()):
        return newest
    try:
        return sign()
    except MemoryLost:
        return newest


def is_behind() -> bool:
    """Whether the log is shorter than what its signer remembers: it was restored, and entries are missing."""
    try:
        # The memory first: what it holds was in the log before.
        remembered = memory().last()
    except MemoryLost:
        return False
    return remembered is not None and remembered.size > reading.size()


def refuse_while_behind() -> None:
    """Raise `Conflict` while entries that were signed are missing: a new one would take the place of a lost one, and
    they could never be brought back.
    """
    if is_behind():
        raise Conflict(
            _(
                "Entries of the public log are missing since a restore. Nothing can be published until the operator "
                "has brought them back: manage.py ledger recover."
            ),
            code="log_behind",
        )


def after_restore() -> list[str]:
    """What an operator must know of a log that was just restored: sentences."""
    try:
        remembered = memory().last()
    except MemoryLost as error:
        return [f"Public log: {error}. Bring the newest checkpoint kept outside: `manage.py ledger recover --from`."]
    size = reading.size()
    if remembered is not None and remembered.origin != origin():
        return [
            f"Public log: its name was {remembered.origin}, and is {origin()} now. If only the address of the desk "
            f"changed, set LEDGER_ORIGIN={remembered.origin}."
        ]
    if remembered is None:
        return (
            ["Public log: its signer remembers nothing. Look at step 3 before anything is published."] if size else []
        )
    if remembered.size > size:
        return [
            f"Public log: {remembered.size} entries were signed, and {size} are restored. Nothing can be published "
            "until the others are back: `manage.py ledger recover --from` files of a mirror."
        ]
    return [f"Public log: {size} entries, the {remembered.size} that its signer remembers among them."]


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
    """How long the oldest leaf that no checkpoint covers has waited; 0 when all are covered. The signer's pulse.

    While leaves that were signed are missing: since the newest checkpoint that is here.
    """
    newest = reading.newest_checkpoint()
    uncovered = LedgerEntry.objects.filter(index__gte=newest.size if newest else 0).order_by("index")
    since = uncovered.values_list("at", flat=True).first()
    if since is None and newest is not None and is_behind():
        since = newest.signed_at
    return max((timezone.now() - since).total_seconds(), 0.0) if since else 0.0


def _first_signed(key: VerifierKey) -> datetime | None:
    """When the key first signed a checkpoint that is kept here."""
    # The first five characters of the base64 are those of the key's id alone.
    line = f"— {key.name} {base64.b64encode(key.key_id).decode()[:5]}"
    rows = LedgerCheckpoint.objects.filter(text__contains=line).order_by("pk")
    return rows.values_list("signed_at", flat=True).first()
