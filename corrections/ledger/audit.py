"""What can be recomputed about the public log from its rows, and a sentence for each thing that does not fit."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from corrections.ledger import commitments, merkle
from corrections.ledger.canonical import CanonicalError, canonical
from corrections.ledger.checkpoint import Checkpoint, NoteError, VerifierKey, open_checkpoint, parse, split_note
from corrections.ledger.log import CLOCK_SLACK
from corrections.ledger.signer_state import InconsistentLog, PreviousLog, SignerState
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerOpening
from corrections.vocabulary import Effect
from corrections.workflow import PUBLIC, CorrectionStatus

MEMBERS = {"type", "reference", "publication", "kind", "at", "commitment"}
CHUNK = 2000
STATUS_AFTER = {
    "correction.published": CorrectionStatus.PUBLISHED,
    "correction.superseded": CorrectionStatus.SUPERSEDED,
    "correction.withdrawn": CorrectionStatus.WITHDRAWN,
    "correction.reinstated": CorrectionStatus.PUBLISHED,
}
"""What a leaf makes of its notice. Leaves of other types do not change what the notice is."""


@dataclass
class Read:
    """What one walk over the leaves leaves behind for the checks that follow."""

    frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    roots: dict[int, bytes] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)
    latest: datetime | None = None
    kept: dict[str, int] = field(default_factory=dict)
    """Name of the log and of each that it follows → how many of the first leaves are that log's."""


def findings(
    *,
    keys: Collection[VerifierKey],
    memory: SignerState,
    origin: str,
    lost: Collection[int] = (),
    outside: Collection[str] = (),
) -> Iterator[str]:
    """A plain sentence for each thing that is wrong; nothing for a log that is whole.

    `keys` are the public keys that ever signed, whatever their names; `memory` is the signer's; `origin` is today's
    name of the log. `lost` are indexes of leaves whose notices are known to have been lost in a restore. `outside` are
    checkpoints that somebody kept elsewhere: against whoever could rewrite rows and memory alike, they alone count.
    """
    rows = list(LedgerCheckpoint.objects.order_by("pk"))
    read = Read()
    sizes = {row.size for row in rows} | _remembered_sizes(memory) | _stated_sizes(outside)
    yield from _leaves(read, sizes=sizes, lost=lost)
    yield from _head(read)
    yield from _checkpoints(read, rows, keys, origin)
    yield from _memory(read, memory, origin, signed_before=bool(rows))
    for text in outside:
        yield from _outside(read, text, keys)
    yield from _notices(read, lost)


def _leaves(read: Read, *, sizes: set[int], lost: Collection[int]) -> Iterator[str]:
    """Index, canonical form, hash and opening of each leaf; roots at the sizes that were signed."""
    read.roots[0] = merkle.EMPTY_ROOT
    rows = LedgerEntry.objects.order_by("index").select_related("opening", "correction")
    for place, entry in enumerate(rows.iterator(chunk_size=CHUNK)):
        if entry.index != place:
            yield f"Entry {place} is missing: the next one is {entry.index}."
            return
        leaf = _leaf(entry)
        if leaf is None:
            yield f"Entry {place} is not a leaf in canonical form."
        else:
            yield from _time(read, entry, leaf)
            yield from _opening(entry, leaf, known_lost=place in lost)
            if leaf["type"] in STATUS_AFTER:
                read.status[leaf["reference"]] = STATUS_AFTER[leaf["type"]]
            if leaf["type"] == "correction.published":
                read.published.setdefault(leaf["reference"], place)
        digest = merkle.leaf_hash(entry.leaf.encode())
        if digest.hex() != entry.leaf_hash:
            yield f"Entry {place} does not have the hash that is stored with it."
        read.frontier.append(digest)
        if read.frontier.size in sizes:
            read.roots[read.frontier.size] = read.frontier.root()


def _leaf(entry: LedgerEntry) -> dict[str, Any] | None:
    try:
        leaf = json.loads(entry.leaf)
        if canonical(leaf) != entry.leaf.encode():
            return None
    except (ValueError, CanonicalError):
        return None
    return leaf if isinstance(leaf, dict) and set(leaf) == MEMBERS else None


def _time(read: Read, entry: LedgerEntry, leaf: dict[str, Any]) -> Iterator[str]:
    if leaf["at"] != commitments.timestamp(entry.at):
        yield f"Entry {entry.index} is dated {leaf['at']}, and its row otherwise."
        return
    at = datetime.fromisoformat(leaf["at"])
    if read.latest is not None and at < read.latest - CLOCK_SLACK:
        yield f"Entry {entry.index} is back-dated: it comes after {commitments.timestamp(read.latest)} in the log."
    read.latest = max(at, read.latest or at)


def _opening(entry: LedgerEntry, leaf: dict[str, Any], *, known_lost: bool) -> Iterator[str]:
    try:
        opening = entry.opening
    except LedgerOpening.DoesNotExist:
        destroyed = entry.correction is not None and entry.correction.destroyed_at is not None
        if not destroyed and not known_lost:
            yield f"Entry {entry.index} has lost its opening, and no order destroyed it."
        return
    if not commitments.opens(leaf["commitment"], _salt(opening.salt), opening.content):
        yield f"Entry {entry.index} is committed to other words than those kept with it."


def _salt(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _head(read: Read) -> Iterator[str]:
    head = LedgerHead.objects.filter(pk=1).first()
    size, frontier = (head.size, head.frontier) if head else (0, [])
    if size != read.frontier.size:
        yield f"The head says {size} entries, but {read.frontier.size} are there."
    elif frontier != read.frontier.to_hex():
        yield "The head of the tree is not that of its entries."


def _checkpoints(read: Read, rows: list[LedgerCheckpoint], keys: Collection[VerifierKey], origin: str) -> Iterator[str]:
    """Signature and prefix of each, and the link from each log to the one before it."""
    signed: list[Checkpoint] = []
    for row in rows:
        try:
            checkpoint = _opened(row.text, keys)
        except NoteError as error:
            yield f"The checkpoint of {row.size} entries is not signed by a known key: {error}."
            continue
        if (checkpoint.size, checkpoint.root.hex()) != (row.size, row.root):
            yield f"The checkpoint of {row.size} entries is stored under another size or root than it states."
        if signed and signed[-1].origin != checkpoint.origin and not _follows(checkpoint, signed[-1]):
            yield f"The log {checkpoint.origin} does not say that it follows {signed[-1].origin}."
        signed.append(checkpoint)
    read.kept = _kept(signed, origin)
    for checkpoint in signed:
        if checkpoint.size <= read.kept.get(checkpoint.origin, -1):
            yield from _prefix(read, checkpoint, f"the checkpoint of {checkpoint.size} entries")


def _opened(text: str, keys: Collection[VerifierKey]) -> Checkpoint:
    """The checkpoint, signed by one of the keys under the name of its log. Raises NoteError."""
    named = parse(split_note(text)[0])
    return open_checkpoint(text, [VerifierKey(named.origin, key.public_key) for key in keys])


def _follows(checkpoint: Checkpoint, before: Checkpoint) -> bool:
    return any(one.origin == before.origin and one.size >= before.size for one in _previous(checkpoint)[:1])


def _previous(checkpoint: Checkpoint) -> list[PreviousLog]:
    try:
        return PreviousLog.all_named_in(checkpoint)
    except NoteError:
        return []


def _kept(signed: list[Checkpoint], origin: str) -> dict[str, int]:
    """See `Read.kept`; every leaf is today's log's own."""
    links: dict[str, PreviousLog] = {}
    for checkpoint in signed:
        follower = checkpoint.origin
        for previous in _previous(checkpoint):
            links[follower], follower = previous, previous.origin
    kept, name, count = {origin: sys.maxsize}, origin, sys.maxsize
    while name in links and links[name].origin not in kept:
        count = min(count, links[name].kept)
        name = links[name].origin
        kept[name] = count
    return kept


def _outside(read: Read, text: str, keys: Collection[VerifierKey]) -> Iterator[str]:
    """What a checkpoint from elsewhere covers, as far as it was kept, is still there."""
    try:
        checkpoint = _opened(text, keys)
    except NoteError as error:
        yield f"A checkpoint from outside is not signed by a known key: {error}."
        return
    if checkpoint.origin not in read.kept:
        yield f"A checkpoint from outside is of another log, {checkpoint.origin}, which this one does not follow."
    elif checkpoint.size <= read.kept[checkpoint.origin]:
        yield from _prefix(read, checkpoint, f"the checkpoint of {checkpoint.size} entries from outside")


def _prefix(read: Read, checkpoint: Checkpoint, name: str) -> Iterator[str]:
    if checkpoint.size > read.frontier.size:
        yield f"The log was cut: {name} was signed, and {read.frontier.size} are left."
    elif read.roots.get(checkpoint.size) != checkpoint.root:
        yield f"The first {checkpoint.size} entries are not those that {name} was signed for."


def _remembered_sizes(memory: SignerState) -> set[int]:
    try:
        last = memory.last()
    except InconsistentLog:
        return set()
    return {last.size} if last else set()


def _stated_sizes(notes: Collection[str]) -> set[int]:
    found = set()
    for note in notes:
        with suppress(NoteError):
            found.add(parse(split_note(note)[0]).size)
    return found


def _memory(read: Read, memory: SignerState, origin: str, *, signed_before: bool) -> Iterator[str]:
    """The signer's own last checkpoint, which lies outside the database."""
    try:
        last = memory.last()
    except InconsistentLog as error:
        yield f"The signer has lost its memory: {error}."
        return
    if last is None:
        if signed_before:
            yield "Checkpoints were signed, and the signer remembers none of them."
    elif last.origin != origin:
        yield (
            f"The signer remembers the log {last.origin}, not {origin}. If only the address of the desk changed, set "
            f"LEDGER_ORIGIN={last.origin}."
        )
    else:
        yield from _prefix(read, last, f"the checkpoint of {last.size} entries that the signer remembers")


def _notices(read: Read, lost: Collection[int]) -> Iterator[str]:
    """Each notice that is or was public has its leaf, and shows the words that the leaf is committed to."""
    found = set()
    was_public = Q(status__in=[*PUBLIC, CorrectionStatus.SUPPRESSED])
    rows = (
        Correction.objects.filter(was_public)
        .select_related("target", "ledger_entry", "ledger_entry__opening")
        .prefetch_related("articles__article")
        .order_by("pk")
    )
    for correction in rows.iterator(chunk_size=CHUNK):
        found.add(correction.reference)
        yield from _notice(read, correction)
    for reference, index in read.published.items():
        if reference not in found and index not in lost:
            yield f"Entry {index} published {reference}, and there is no such notice any more."


def _notice(read: Read, correction: Correction) -> Iterator[str]:
    name = correction.reference
    entry = getattr(correction, "ledger_entry", None)
    if entry is None or read.published.get(name) != entry.index:
        yield f"{name} is public and has no entry of its own in the log."
        return
    suppressed = correction.status == CorrectionStatus.SUPPRESSED
    status = correction.status_before if suppressed else correction.status
    if read.status.get(name) != status:
        yield f"{name} is {status}, and the log says {read.status.get(name)}."
    leaf = _leaf(entry)
    if leaf is not None and leaf["kind"] != correction.kind:
        yield f"{name} is shown as {correction.kind}, and its entry says {leaf['kind']}."
    if leaf is not None and correction.published_at and commitments.timestamp(correction.published_at) != leaf["at"]:
        yield f"{name} is shown as published at another time than its entry says, {leaf['at']}."
    try:
        committed = entry.opening.content
    except LedgerOpening.DoesNotExist:
        if correction.destroyed_at is None:
            yield f"{name} cannot be checked: its opening is gone, and no order destroyed it."
        return
    for part, shown in _shown(correction).items():
        if _committed(committed, part) != shown:
            yield f"{name} shows another {part} than the log is committed to."


def _shown(correction: Correction) -> dict[str, Any]:
    """What a notice says that must never change. An article's address may, and the fix is seen after publication."""
    supersedes = correction.target if correction.effect == Effect.SUPERSEDE else None
    return {
        "reference": correction.reference,
        "kind": correction.kind,
        "severity": correction.severity,
        "text": correction.text,
        "original_text": correction.original_text or None,
        "corrected_text": correction.corrected_text or None,
        "supersedes": supersedes.reference if supersedes else None,
        "articles": sorted((row.article.reference, row.revision_before) for row in correction.articles.all()),
    }


def _committed(content: Any, part: str) -> Any:
    value = content.get(part) if isinstance(content, dict) else None
    if part != "articles" or not isinstance(value, list):
        return value
    return sorted((row.get("reference"), row.get("revision_before")) for row in value if isinstance(row, dict))
