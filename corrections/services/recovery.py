"""Two ways on after a restore: leaves come back from a mirror, or a new log names the old one's last checkpoint.

A signer that refuses for ever helps nobody; a signer that forgets helps only who rewrites.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from corrections.ledger import merkle
from corrections.ledger.audit import MEMBERS
from corrections.ledger.canonical import CanonicalError, canonical
from corrections.ledger.checkpoint import Checkpoint, VerifierKey, parse, split_note
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, LedgerHead
from corrections.services import checkpoints


class Unrecoverable(Exception):
    """What was brought does not fit; nothing was changed. The message is for the operator."""


@dataclass(frozen=True)
class Recovered:
    """How many leaves came back, and the checkpoint from which signing goes on."""

    leaves: int
    checkpoint: Checkpoint


def import_leaves(pages: Iterable[Any], notes: Sequence[str], *, extra_keys: Iterable[VerifierKey] = ()) -> Recovered:
    """Append the leaves that the mirror has and we have not, and let the signer adopt the result.

    `pages` are parsed documents in the form of `ledger/entries/`; `notes` are signed checkpoints from outside. Raises
    Unrecoverable when a page is malformed or disagrees with a leaf that is here, InconsistentLog when the result does
    not extend every checkpoint signed before, NoteError for a note that no known key signed.
    """
    mirror = _read(pages)
    with transaction.atomic():
        LedgerHead.objects.get_or_create(pk=1)
        head = LedgerHead.objects.select_for_update().get(pk=1)
        before = head.size
        hashes = _same_so_far(mirror, before)
        frontier = merkle.Frontier.from_hex(before, head.frontier)
        if merkle.root(hashes) != frontier.root():
            raise Unrecoverable("The head of the tree is not that of its entries: run `ledger verify` first.")
        for index in range(before, before + len([at for at in mirror if at >= before])):
            if index not in mirror:
                raise Unrecoverable(f"The mirror has a gap at entry {index}.")
            data = mirror[index]
            digest = merkle.leaf_hash(data)
            frontier.append(digest)
            hashes.append(digest)
            _write(index, data, digest)
        head.size, head.frontier = frontier.size, frontier.to_hex()
        head.save(update_fields=["size", "frontier"])
        keys = [checkpoints.signer().verifier_key, *extra_keys]
        adopted = checkpoints.memory().adopt(hashes=hashes, verifier_keys=keys, published=notes)
        return Recovered(frontier.size - before, adopted)


def start_new_log(origin: str) -> LedgerCheckpoint:
    """Close the log and open one named `origin` over the leaves that are left.

    Its first checkpoint names the last one of the old log. `LEDGER_ORIGIN` must be `origin` from then on, also when
    this was cut off: the signer remembers the new log before the row is there, and signs it again. Raises MemoryLost
    without a last checkpoint, InconsistentLog when the name is that of the old log or a closed one.
    """
    with transaction.atomic():
        LedgerHead.objects.get_or_create(pk=1)
        head = LedgerHead.objects.select_for_update().get(pk=1)
        hashes = checkpoints.hashes(head.size)
        text = checkpoints.memory().start_new_log(hashes=hashes, signer=checkpoints.signer(origin))
        signed = parse(split_note(text)[0])
        return LedgerCheckpoint.objects.create(
            size=signed.size, root=signed.root.hex(), text=text, signed_at=timezone.now()
        )


def _read(pages: Iterable[Any]) -> dict[int, bytes]:
    """Index → canonical bytes of the leaf, each checked against the hash it came with."""
    found: dict[int, bytes] = {}
    for page in pages:
        entries = page.get("entries") if isinstance(page, dict) else None
        if not isinstance(entries, list):
            raise Unrecoverable("A file is not a page of entries as `ledger/entries/` serves them.")
        for entry in entries:
            index = entry.get("index") if isinstance(entry, dict) else None
            if type(index) is not int or index < 0 or not isinstance(entry.get("leaf"), dict):
                raise Unrecoverable("A page has an entry without index or leaf.")
            try:
                data = canonical(entry["leaf"])
            except CanonicalError as error:
                raise Unrecoverable(f"Entry {index} of the mirror has no canonical form: {error}.") from error
            if merkle.leaf_hash(data).hex() != entry.get("leaf_hash"):
                raise Unrecoverable(f"Entry {index} of the mirror does not have the hash it claims.")
            if found.setdefault(index, data) != data:
                raise Unrecoverable(f"The files have two different entries {index}.")
    return found


def _same_so_far(mirror: dict[int, bytes], size: int) -> list[bytes]:
    """The hashes that are here, none of which the mirror contradicts."""
    hashes = []
    rows = LedgerEntry.objects.filter(index__lt=size).order_by("index").values_list("index", "leaf")
    for index, leaf in rows.iterator(chunk_size=2000):
        if mirror.get(index, leaf.encode()) != leaf.encode():
            raise Unrecoverable(
                f"Entry {index} here is another one than the mirror has: something was published since the restore. "
                "These leaves cannot be joined; open a new log with `ledger recover --new-log`."
            )
        hashes.append(merkle.leaf_hash(leaf.encode()))
    return hashes


def _write(index: int, data: bytes, digest: bytes) -> None:
    leaf = json.loads(data)
    if set(leaf) != MEMBERS or not all(isinstance(part, str) for part in leaf.values()):
        raise Unrecoverable(f"Entry {index} of the mirror lacks a part of its leaf.")
    try:
        at = datetime.fromisoformat(leaf["at"])
    except ValueError as error:
        raise Unrecoverable(f"Entry {index} of the mirror has no time.") from error
    if at.tzinfo is None:
        raise Unrecoverable(f"Entry {index} of the mirror has a time without its zone.")
    own = None
    if leaf["type"] == "correction.published":
        own = Correction.objects.filter(reference=leaf["reference"], ledger_entry=None).first()
    LedgerEntry.objects.create(index=index, leaf=data.decode(), leaf_hash=digest.hex(), correction=own, at=at)
