"""From an event to what is owed: its public position, its reactions, and one `Delivery` a recipient."""

from __future__ import annotations

import json
import logging
from datetime import UTC, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from newsroom.events import kinds
from newsroom.events.models import Audience, Delivery, Endpoint, Event, Position, Unplanned

logger = logging.getLogger(__name__)
PLAN_RETRY = timedelta(seconds=30)


def plan_due(limit: int = 100) -> int:
    """Plan what is unplanned, oldest first. One that fails waits half a minute and does not hold up the others."""
    due = Unplanned.objects.filter(not_before__lte=timezone.now()).order_by("pk").values_list("pk", flat=True)
    planned = 0
    for event_id in list(due[:limit]):
        try:
            planned += plan(event_id)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("planning event %s failed", event_id)
            Unplanned.objects.filter(pk=event_id).update(
                failures=F("failures") + 1,
                not_before=timezone.now() + PLAN_RETRY,
                last_error=f"{type(error).__name__}: {error}"[:500],
            )
    return planned


@transaction.atomic
def plan(event_id: int) -> bool:
    """Give the event its position, run its reactions, write its deliveries, forget that it was unplanned: all or nothing.

    Twice adds nothing: the `Unplanned` row is taken first, and deliveries are unique by `dedupe_key`.
    """
    unplanned = Unplanned.objects.select_for_update(skip_locked=True).filter(pk=event_id).first()
    if unplanned is None:
        return False
    event = Event.objects.select_related("publication", "article", "organization").get(pk=event_id)
    for name, react in kinds.REACTIONS:
        if name == event.kind:
            react(event)
    owed = [*_mails(event), *_hooks(event)]
    Delivery.objects.bulk_create(owed, ignore_conflicts=True)
    unplanned.delete()
    _give_position(event)
    return True


def expected_keys(event: Event) -> set[str]:
    """The dedupe keys that the event's notices ask for today: what the reconciler compares with what is there."""
    return {delivery.dedupe_key for delivery in _mails(event)}


def _give_position(event: Event) -> None:
    # The lock on the newest position makes positions commit in their own order, so a cursor never skips one.
    list(Position.objects.select_for_update().order_by("-number")[:1])
    if event.test and event.kind == "ping":
        return
    newest = Position.objects.aggregate(newest=Max("number"))["newest"] or 0
    Position.objects.create(event=event, number=newest + 1)


def _mails(event: Event) -> list[Delivery]:
    if event.test:
        return []
    rows = []
    for notice in kinds.NOTICES:
        if notice.kind != event.kind:
            continue
        for recipient in dict.fromkeys(notice.recipients(event)):
            # A mail to the person who did it says nothing new.
            if recipient.kind == "user" and event.actor_id and recipient.key == str(event.actor_id):
                continue
            rows.append(
                Delivery(
                    event=event,
                    channel=Delivery.Channel.EMAIL,
                    template=notice.template,
                    recipient_kind=recipient.kind,
                    recipient_key=recipient.key,
                    dedupe_key=f"mail:{event.pk}:{notice.template}:{recipient.kind}:{recipient.key}",
                )
            )
    return rows


def _hooks(event: Event) -> list[Delivery]:
    body = ""
    rows = []
    for endpoint in endpoints_for(event):
        name = outside_name(event, endpoint)
        if endpoint.types and name not in endpoint.types:
            continue
        body = body or hook_body(event, name)
        rows.append(
            Delivery(
                event=event,
                channel=Delivery.Channel.WEBHOOK,
                endpoint=endpoint,
                body=hook_body(event, name),
                priority=4,
                dedupe_key=f"hook:{event.pk}:{endpoint.pk}",
            )
        )
    return rows


def endpoints_for(event: Event) -> QuerySet[Endpoint]:
    """The endpoints that may hear of this event: the CMS of its publication, the organization concerned, or anyone."""
    cms = Q(publication=event.publication_id, publication__isnull=False)
    concerned = Q(organization=event.organization_id, organization__isnull=False)
    audience = {
        Audience.STAFF.value: cms,
        Audience.ORGANIZATION.value: cms | concerned,
        Audience.PUBLIC.value: Q(),
    }[event.audience]
    if kinds.KINDS[event.kind].outside_name:
        audience = Q()
    return Endpoint.objects.filter(audience, state=Endpoint.State.ACTIVE, test=event.test)


def outside_name(event: Event, endpoint: Endpoint) -> str:
    """The type an endpoint is told: a kind that is for staff may have a blander name outside (`correction.gone`)."""
    declared = kinds.KINDS[event.kind]
    if declared.outside_name and endpoint.publication_id != event.publication_id:
        return declared.outside_name
    return event.kind


def hook_body(event: Event, name: str) -> str:
    """The body of a hook, frozen so that a retry signs the same bytes: type, time, and a thin `data`."""
    return json.dumps(
        {"type": name, "timestamp": timestamp(event), "data": hook_data(event)}, separators=(",", ":"), ensure_ascii=False
    )


def hook_data(event: Event) -> dict[str, Any]:
    """Reference, status and the URL to fetch; whatever else the kind declares public."""
    make = kinds.PAYLOADS.get(event.subject_kind)
    data: dict[str, Any] = make(event) if make else {"reference": event.subject_reference}
    for key in kinds.KINDS[event.kind].public_data:
        if key in event.data:
            data[key] = event.data[key]
    return data


def timestamp(event: Event) -> str:
    """RFC 3339 in UTC."""
    return event.happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def absolute(path: str) -> str:
    """An address that outsiders can open."""
    return f"{settings.BASE_URL}{path}"
