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

from corrections.ledger import commitments, merkle, reading
from corrections.ledger.audit import MEMBERS
from corrections.ledger.canonical import CanonicalError, canonical
from corrections.ledger.checkpoint import Checkpoint, VerifierKey, open_checkpoint, parse, split_note
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, LedgerHead
from corrections.services import checkpoints


class Unrecoverable(Exception):
    """What was brought does not fit; nothing was changed. The message is for the operator."""


@dataclass(frozen=True)
class Recovered:
    """How many leaves came back, which of the mirror were refused, and the checkpoint from which signing goes on."""

    leaves: int
    refused: list[int]
    checkpoint: Checkpoint


@transaction.atomic
def import_leaves(pages: Iterable[Any], notes: Sequence[str], *, extra_keys: Iterable[VerifierKey] = ()) -> Recovered:
    """Append the leaves that the mirror has and we have not, and let the signer adopt the result.

    `pages` are parsed documents in the form of `ledger/entries/`; `notes` are signed checkpoints from outside. Only
    what the signer's memory or one of the notes covers is taken: of the rest nobody knows that it was ever published.
    Raises Unrecoverable when a page is malformed or disagrees with a leaf that is here, InconsistentLog when the result
    does not extend every checkpoint signed before, NoteError for a note that no known key signed.
    """
    mirror, keys = _read(pages), [*checkpoints.known_keys(), *extra_keys]
    remembered = checkpoints.memory().remembered()
    signed = [*([remembered[0]] if remembered else []), *(open_checkpoint(note, keys) for note in notes)]
    covered = max((one.size for one in signed), default=0)
    LedgerHead.objects.get_or_create(pk=1)
    head = LedgerHead.objects.select_for_update().get(pk=1)
    before = head.size
    hashes = _same_so_far(mirror, before, covered)
    frontier = merkle.Frontier.from_hex(before, head.frontier)
    if merkle.root(hashes) != frontier.root():
        raise Unrecoverable("The head of the tree is not that of its entries: run `ledger verify` first.")
    taken = sorted(index for index in mirror if before <= index < covered)
    for index, there in enumerate(taken, start=before):
        if index != there:
            raise Unrecoverable(f"The mirror has a gap at entry {index}.")
        digest = merkle.leaf_hash(mirror[index])
        frontier.append(digest)
        hashes.append(digest)
        _write(index, mirror[index], digest)
    if taken:
        head.size, head.frontier = frontier.size, frontier.to_hex()
        head.save(update_fields=["size", "frontier"])
    adopted = checkpoints.memory().adopt(hashes=hashes, verifier_keys=keys, published=notes)
    _keep_again([(open_checkpoint(note, keys), note) for note in notes])
    refused = sorted(index for index in mirror if index >= max(covered, before))
    return Recovered(len(taken), refused, adopted)


@transaction.atomic
def start_new_log(origin: str) -> LedgerCheckpoint:
    """Close the log and open one named `origin` over the leaves that are left.

    Its first checkpoint names the last one of the old log, and how many of its leaves are kept for certain: those that
    the largest checkpoint covers which still fits. `LEDGER_ORIGIN` must be `origin` from then on, also when this was
    cut off: the signer remembers the new log before the row is there, and signs it again. Raises MemoryLost without a
    last checkpoint, InconsistentLog when the name is that of the old log or a closed one.
    """
    LedgerHead.objects.get_or_create(pk=1)
    head = LedgerHead.objects.select_for_update().get(pk=1)
    tree = merkle.Frontier.from_hex(head.size, head.frontier)
    text = checkpoints.memory().start_new_log(
        size=tree.size, root=tree.root(), kept=_kept(tree.size), signers=checkpoints.signers(origin)
    )
    signed = parse(split_note(text)[0])
    return checkpoints.keep(signed.size, signed.root, text, now=timezone.now())


def _keep_again(signed: Iterable[tuple[Checkpoint, str]]) -> None:
    """Write down the checkpoints signed since the newest that is here: what grew from them can be proven again.

    When they were signed nobody wrote on them; it was hardly later than the last leaf that they cover.
    """
    newest = reading.newest_checkpoint()
    known = newest.size if newest else -1
    later = {note: one for one, note in signed if one.size > max(known, 0)}
    for note, one in sorted(later.items(), key=lambda pair: pair[1].size):
        at = LedgerEntry.objects.values_list("at", flat=True).get(index=one.size - 1)
        LedgerCheckpoint.objects.create(size=one.size, root=one.root.hex(), text=note, signed_at=at)


def _kept(size: int) -> int:
    """How many of the first leaves are those of the log that the signer remembers, by the checkpoints at hand."""
    last = checkpoints.memory().last()
    rows = LedgerCheckpoint.objects.filter(size__lte=size).values_list("text", flat=True)
    signed = [one for one in (last, *(parse(split_note(text)[0]) for text in rows)) if one is not None]
    own = [one for one in signed if last is not None and one.origin == last.origin and one.size <= size]
    leaves = LedgerEntry.objects.filter(index__lt=size).order_by("index").values_list("leaf_hash", flat=True)
    roots = merkle.prefix_roots([bytes.fromhex(text) for text in leaves], {one.size for one in own})
    return max((one.size for one in own if roots.get(one.size) == one.root), default=0)


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


def _same_so_far(mirror: dict[int, bytes], size: int, covered: int) -> list[bytes]:
    """The hashes that are here, none of which the covered part of the mirror contradicts."""
    hashes = []
    rows = LedgerEntry.objects.filter(index__lt=size).order_by("index").values_list("index", "leaf")
    for index, leaf in rows.iterator(chunk_size=2000):
        if index < covered and mirror.get(index, leaf.encode()) != leaf.encode():
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
        written = commitments.timestamp(at)
    except ValueError as error:
        raise Unrecoverable(f"Entry {index} of the mirror has no time in the form of the log.") from error
    if written != leaf["at"]:
        raise Unrecoverable(f"Entry {index} of the mirror has no time in the form of the log.")
    own = None
    if leaf["type"] == "correction.published":
        own = Correction.objects.filter(reference=leaf["reference"], ledger_entry=None).first()
    LedgerEntry.objects.create(index=index, leaf=data.decode(), leaf_hash=digest.hex(), correction=own, at=at)
