"""How every desk forgets: publication by publication, policy by policy, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from newsroom.accounts.models import Publication
from newsroom.rounds import one_by_one, to_the_end

BATCH = 200
Rows = QuerySet[Any]
Kinds = Mapping[str, tuple[str, Callable[[Rows, datetime], Rows], Callable[[Rows], int]]]
"""Kind → its policy in days, which of the rows are due before a moment, and what is done with those."""


@to_the_end()
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
    """Each row in a transaction of its own; one that moved meanwhile waits for tomorrow."""
    return one_by_one(_in_batches(rows.order_by("pk")), take)


def _in_batches(rows: Rows) -> Iterator[Any]:
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk
