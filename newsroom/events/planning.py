"""From an event to what is owed: its public position, its reactions, and one `Delivery` a recipient."""

from __future__ import annotations

import json
import logging
from datetime import UTC, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from newsroom.events import kinds
from newsroom.events.failpoints import reach
from newsroom.events.models import Audience, Delivery, Endpoint, Event, Position, Unplanned

logger = logging.getLogger(__name__)
PLAN_RETRY = timedelta(seconds=30)
MAX_PLAN_RETRY = timedelta(hours=1)
POSITION_LOCK = 0x6D617374  # any number that no other advisory lock of this database uses


def plan_due(limit: int = 100) -> int:
    """Plan what is unplanned, oldest first. One that fails waits (30 s, then twice as long each time, at most an hour)
    and does not hold up the others; only a database that is away ends the round.
    """
    due = Unplanned.objects.filter(not_before__lte=timezone.now()).order_by("pk").values_list("pk", flat=True)
    planned = 0
    for event_id in list(due[:limit]):
        try:
            planned += plan(event_id)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            logger.exception("planning event %s failed", event_id)
            _postpone(event_id, f"{type(error).__name__}: {error}")
    return planned


def _postpone(event_id: int, reason: str) -> None:
    with transaction.atomic():
        unplanned = Unplanned.objects.select_for_update().filter(pk=event_id).first()
        if unplanned is None:
            return
        wait = min(PLAN_RETRY * 2 ** min(unplanned.failures, 10), MAX_PLAN_RETRY)
        unplanned.failures += 1
        unplanned.not_before = timezone.now() + wait
        unplanned.last_error = reason[:500]
        unplanned.save(update_fields=["failures", "not_before", "last_error"])


@transaction.atomic
def plan(event_id: int) -> bool:
    """Run the event's reactions, write its deliveries, give it its position, forget that it was unplanned: all or none.

    Twice adds nothing: the `Unplanned` row is taken first, and deliveries are unique by `dedupe_key`.
    """
    unplanned = Unplanned.objects.select_for_update(skip_locked=True).filter(pk=event_id).first()
    if unplanned is None:
        return False
    event = Event.objects.select_related("publication", "article", "organization").get(pk=event_id)
    for name, react in kinds.REACTIONS:
        if name == event.kind:
            react(event)
    mails, hooks = ([], []) if _was_closed_since(event) else (_mails(event), _hooks(event))
    Delivery.objects.bulk_create([*mails, *hooks], ignore_conflicts=True)
    unplanned.delete()
    _give_position(event, mails, hooks)
    reach("while_planning")
    return True


def await_planners(subject: Any) -> None:
    """Wait for whoever turns events of this record into mails and hooks at this moment, so that they can be canceled.

    Before the record itself is locked: a planner's reactions may wait for that.
    """
    waiting = Unplanned.objects.select_for_update(of=("self",)).order_by("pk")
    list(waiting.filter(event__subject_kind=subject.noun, event__subject_reference=subject.reference))


def owe_again(event: Event) -> int:
    """Write the mails that the event's notices ask for and the hooks it was turned into, as far as they are not there:
    the reconciler's repair. How many.
    """
    there = set(Delivery.objects.filter(event=event).values_list("dedupe_key", flat=True))
    missing = [mail for mail in _mails(event) if mail.dedupe_key not in there]
    missing += [_hook(event, endpoint) for endpoint in endpoints_lacking(event)]
    Delivery.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def endpoints_lacking(event: Event) -> list[Endpoint]:
    """The endpoints that the event was planned for and that have no hook of it; not those deleted or gone since."""
    there = event.deliveries.exclude(endpoint=None).values("endpoint")
    planned = Endpoint.objects.filter(pk__in=event.position.endpoints or [])
    return list(planned.exclude(state=Endpoint.State.GONE).exclude(pk__in=there))


def _was_closed_since(event: Event) -> bool:
    is_closed = kinds.CLOSED.get(event.subject_kind)
    return is_closed is not None and event.audience != Audience.NOBODY and is_closed(event.subject_reference)


def _give_position(event: Event, mails: list[Delivery], hooks: list[Delivery]) -> None:
    if Position.objects.filter(event=event).exists():
        return
    _lock_positions()
    newest = Position.objects.aggregate(newest=Max("number"))["newest"] or 0
    Position.objects.create(
        event=event,
        number=newest + 1,
        mails=len(mails),
        hooks=len(hooks),
        endpoints=[hook.endpoint_id for hook in hooks],
    )


def _lock_positions() -> None:
    """One planner at a time from here to its commit, so that positions commit in their order and no cursor skips one.

    A lock on the newest row would not do: two planners may each hold a different row for the newest. SQLite's write
    transactions exclude each other anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSITION_LOCK])


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
                    priority=notice.priority,
                    not_before=event.happened_at,
                    dedupe_key=f"mail:{event.pk}:{notice.template}:{recipient.kind}:{recipient.key}",
                )
            )
    return rows


def _hooks(event: Event) -> list[Delivery]:
    rows = []
    for endpoint in endpoints_for(event):
        name = outside_name(event, endpoint)
        unasked = bool(endpoint.types) or kinds.KINDS[event.kind].on_request
        if unasked and name not in endpoint.types:
            continue
        rows.append(_hook(event, endpoint))
    return rows


def _hook(event: Event, endpoint: Endpoint) -> Delivery:
    return Delivery(
        event=event,
        channel=Delivery.Channel.WEBHOOK,
        endpoint=endpoint,
        body=hook_body(event, outside_name(event, endpoint)),
        priority=4,
        not_before=event.happened_at,
        dedupe_key=f"hook:{event.pk}:{endpoint.pk}",
    )


def endpoints_for(event: Event) -> QuerySet[Endpoint]:
    """The endpoints that may hear of this event: the CMS of its publication, the organization concerned, or anyone."""
    cms = Q(publication=event.publication_id, publication__isnull=False)
    concerned = Q(organization=event.organization_id, organization__isnull=False)
    audience = {
        Audience.STAFF.value: cms,
        Audience.ORGANIZATION.value: cms | concerned,
        Audience.PUBLIC.value: Q(),
        Audience.NOBODY.value: Q(pk__in=[]),
    }[event.audience]
    if kinds.KINDS[event.kind].outside_name and event.audience != Audience.NOBODY:
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
        {"type": name, "timestamp": timestamp(event), "data": hook_data(event)},
        separators=(",", ":"),
        ensure_ascii=False,
    )


def hook_data(event: Event) -> dict[str, Any]:
    """Reference, status and the URL to fetch; whatever else the kind declares public; `test` for what is one."""
    make = kinds.PAYLOADS.get(event.subject_kind)
    data: dict[str, Any] = make(event) if make else {"reference": event.subject_reference}
    for key in kinds.KINDS[event.kind].public_data:
        if key in event.data:
            data[key] = event.data[key]
    return {**data, "test": True} if event.test else data


def timestamp(event: Event) -> str:
    """RFC 3339 in UTC."""
    return event.happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
