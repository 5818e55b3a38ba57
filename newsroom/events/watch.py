"""The watch over promises: a warning before the date, the breach, and the escalation to those who answer for it.

Each desk registers what it promises; who is mailed is declared in its `notices`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from newsroom.accounts.models import Publication
from newsroom.events import promises
from newsroom.events.kinds import Kind
from newsroom.events.log import record
from newsroom.events.models import Promise
from newsroom.rounds import one_by_one, to_the_end
from newsroom.workflow import THE_CLOCK

WARN_BEFORE = timedelta(days=1)
NOT_WARNED_OF = timedelta(hours=12)
"""A promise younger than this is not warned of: an urgent one is short, and whoever keeps it was just paged."""
BATCH = 200


@dataclass(frozen=True)
class Watched:
    """What is promised about one noun, and the events that say how it stands: nearly due, past, past for too long.

    `find` answers the subject and its article, or None for what nobody waits for. Where there is no kind, nothing is
    said. `at_once` answers the rows whose broken promises are escalated without grace.
    """

    noun: str
    kinds: tuple[str, ...]
    find: Callable[[str], tuple[Any, Any] | None]
    overdue: Kind
    due_soon: Kind | None = None
    escalated: Kind | None = None
    at_once: Callable[[], QuerySet[Any]] | None = None


WATCHED: list[Watched] = []


def register(watched: Watched) -> Watched:
    """Watch over these promises, too. Twice is an error."""
    if any(row.noun == watched.noun and set(row.kinds) & set(watched.kinds) for row in WATCHED):
        raise ValueError(f"The promises of {watched.noun} are watched already.")
    WATCHED.append(watched)
    return watched


@to_the_end()
def watch(now: datetime, nouns: Collection[str]) -> int:
    """Note each promise about these that is nearly due, past, or past for too long, once each. The number noted."""
    promises.end_pauses(now, before=WARN_BEFORE)
    noted = 0
    for watched in WATCHED:
        if watched.noun in nouns:
            # One after the other: what is noted as broken may have to be escalated at once.
            for field, kind, rows in _due(watched, now):
                note = partial(_note, watched, field, kind, now)
                noted += one_by_one(rows.order_by("due_at")[:BATCH], note)
    return noted


def _due(watched: Watched, now: datetime) -> Iterator[tuple[str, Kind, QuerySet[Promise]]]:
    running = Promise.objects.running().filter(subject_kind=watched.noun, kind__in=watched.kinds)
    if watched.due_soon is not None:
        nearly = Q(due_at__lt=now + WARN_BEFORE, due_at__gte=now, given_at__lte=now - NOT_WARNED_OF)
        yield "warned_at", watched.due_soon, running.filter(nearly, warned_at=None)
    yield "breached_at", watched.overdue, running.filter(breached_at=None, due_at__lt=now)
    if watched.escalated is not None:
        for rows in _to_escalate(watched, running, now):
            yield "escalated_at", watched.escalated, rows


def _to_escalate(watched: Watched, running: QuerySet[Promise], now: datetime) -> Iterator[QuerySet[Promise]]:
    """Broken promises whose grace is over."""
    broken = running.filter(breached_at__isnull=False, breached_at__lte=now, escalated_at=None)
    if watched.at_once is not None:
        yield broken.filter(subject_reference__in=watched.at_once().values("reference"))
    for publication in Publication.objects.filter(pk__in=broken.order_by().values("publication")):
        grace = timedelta(hours=int(publication.policy("escalate_after_hours")))
        yield broken.filter(publication=publication, breached_at__lte=now - grace)


def _note(watched: Watched, field: str, kind: Kind, now: datetime, promise: Promise) -> bool:
    with transaction.atomic():
        found = watched.find(promise.subject_reference)
        taken = Promise.objects.filter(pk=promise.pk, **{field: None}).update(**{field: now})
        if not taken or found is None:
            return False
        subject, article = found
        record(kind, subject, by=THE_CLOCK, article=article, data={"promise": promise.kind})
        return True
