"""How every desk forgets: publication by publication, policy by policy, row by row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from newsroom.accounts.models import Publication
from newsroom.errors import DomainError

logger = logging.getLogger(__name__)
BATCH = 200
Rows = QuerySet[Any]
Kinds = Mapping[str, tuple[str, Callable[[Rows, datetime], Rows], Callable[[Rows], int]]]
"""Kind → its policy in days, which of the rows are due before a moment, and what is done with those."""


def forget(kinds: Kinds, rows_of: Callable[[Publication], Rows], *, now: datetime, dry_run: bool) -> dict[str, int]:
    """Forget what is older than each publication's policies say: how many rows of each kind.

    A policy of 0 days keeps for ever. With `dry_run` nothing is written.
    """
    totals = dict.fromkeys(kinds, 0)
    for publication in Publication.objects.order_by("pk"):
        for kind, (policy, due, take) in kinds.items():
            days = int(publication.policy(policy))
            if days <= 0:
                continue
            rows = due(rows_of(publication), now - timedelta(days=days))
            totals[kind] += rows.count() if dry_run else take(rows)
    return totals


def each(rows: Rows, take: Callable[[Any], bool]) -> int:
    """In batches by primary key, each row in a transaction of its own; one that moved meanwhile waits for tomorrow."""
    done, last = 0, 0
    rows = rows.order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for row in batch:
            try:
                done += take(row)
            except DomainError as refusal:
                logger.warning("retention leaves %s: %s", row.reference, refusal.message)
    return done
