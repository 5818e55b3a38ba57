"""The event stream of one owner: what their webhooks would be told, to pull instead."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q, QuerySet

from newsroom.accounts.models import ApiKey
from newsroom.events import kinds
from newsroom.events.models import Audience, Event, Position
from newsroom.events.planning import hook_data, timestamp


def end_of_stream() -> int:
    """The newest position. Positions are committed in their order, so everything up to it is there."""
    return Position.objects.aggregate(newest=Max("number"))["newest"] or 0


def events_of(key: ApiKey, publications: set[int]) -> QuerySet[Position]:
    """The positions of every event that the key's owner may receive, by the rules of `planning.endpoints_for`."""
    mine = Q(event__publication__in=publications)
    audience = Q(event__audience=Audience.PUBLIC)
    audience |= Q(event__audience__in=[Audience.STAFF, Audience.ORGANIZATION]) & mine
    if key.organization_id is not None:
        audience |= Q(event__audience=Audience.ORGANIZATION, event__organization=key.organization_id)
    told_blandly = [kind.name for kind in kinds.KINDS.values() if kind.outside_name]
    audience |= Q(event__kind__in=told_blandly)
    return Position.objects.filter(audience, event__kind__in=list(kinds.KINDS), event__test=key.test).select_related(
        "event", "event__publication", "event__article", "event__organization"
    )


def as_pulled(position: Position, publications: set[int]) -> dict[str, Any]:
    """Place, type, time and the thin data: what the hook's body says."""
    event = position.event
    return {
        "position": position.number,
        "type": name_for(event, publications),
        "timestamp": timestamp(event),
        "data": hook_data(event),
    }


def name_for(event: Event, publications: set[int]) -> str:
    """The type that this owner is told: outside the publication some kinds have a blander name."""
    declared = kinds.KINDS[event.kind]
    return declared.outside_name if declared.outside_name and event.publication_id not in publications else event.kind
