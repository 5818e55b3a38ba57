"""Appending to the public log, inside the transaction that publishes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from corrections.ledger import commitments, merkle
from corrections.ledger.canonical import canonical
from corrections.models import Correction, LedgerEntry, LedgerHead, LedgerOpening

logger = logging.getLogger(__name__)
CLOCK_SLACK = timedelta(minutes=5)
"""How far apart the clocks of two processes may be."""


def append(kind: str, correction: Correction, *, now: datetime, opening: bool) -> LedgerEntry:
    """Append the leaf for what happened to a notice. The head's row is locked: call this last in the transaction.

    `kind` is `published`, `superseded`, `withdrawn` or `reinstated`. With `opening`, the leaf commits to the public
    content; salt and content are kept beside it until an order destroys them. The entry is dated `now`, or like the
    one before it when that is later: a clock that was set back must not make the log look back-dated.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The log is appended to inside the transaction that publishes.")
    LedgerHead.objects.get_or_create(pk=1)
    head = LedgerHead.objects.select_for_update().get(pk=1)
    before = LedgerEntry.objects.filter(index=head.size - 1).values_list("at", flat=True).first()
    at = max(now, before or now)
    if at - now > CLOCK_SLACK:
        logger.error("the newest entry of the public log is %s ahead of the clock, and so is the next", at - now)
    salt = commitments.new_salt()
    content = content_of(correction) if opening else {"reference": correction.reference, "type": kind}
    leaf = commitments.leaf(
        type=f"correction.{kind}",
        reference=correction.reference,
        publication=correction.publication.slug,
        kind=correction.kind,
        at=at,
        commitment=commitments.commit(salt, content),
    )
    data = canonical(leaf)
    digest = merkle.leaf_hash(data)
    frontier = merkle.Frontier.from_hex(head.size, head.frontier)
    frontier.append(digest)
    entry = LedgerEntry.objects.create(
        index=head.size,
        leaf=data.decode(),
        leaf_hash=digest.hex(),
        correction=correction if kind == "published" else None,
        at=at,
    )
    LedgerOpening.objects.create(entry=entry, salt=salt.hex(), content=content)
    head.size += 1
    head.frontier = frontier.to_hex()
    head.save(update_fields=["size", "frontier"])
    return entry


def content_of(correction: Correction) -> dict[str, Any]:
    """The public content that a leaf commits to: what the notice says and about which articles."""
    return {
        "reference": correction.reference,
        "kind": correction.kind,
        "severity": correction.severity,
        "text": correction.text,
        "original_text": correction.original_text or None,
        "corrected_text": correction.corrected_text or None,
        "articles": [
            {
                "reference": row.article.reference,
                "url": row.article.url,
                "revision_before": row.revision_before,
                "revision_after": row.revision_after,
            }
            for row in correction.articles.select_related("article").order_by("pk")
        ],
        "supersedes": correction.target.reference if correction.effect == "supersede" and correction.target else None,
    }
