"""Keeping deliveries honest and small: what should be there and is not, what may go, and how far behind we are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone

from newsroom.availability import read_only
from newsroom.events import leases, planning
from newsroom.events.models import Attempt, Delivery, Endpoint, Event, Unplanned
from newsroom.rounds import one_by_one

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=7)
KEEP_BODY = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=90)
KEEP_ROWS = timedelta(days=180)
BATCH = 1000

GAUGES: dict[str, Callable[[], float]] = {}
"""Name → what else an operator watches; each desk adds its own. Shown by `/metrics`."""


def reconcile(now: datetime | None = None) -> int:
    """Compare the events of the last seven days with what is owed about them; write what is missing. How much was.

    Missing is an event that is neither planned nor waiting for it, and each mail or hook fewer than the planner counted
    when it planned the event, but for endpoints that are deleted or gone. Who would be told *today* is no measure:
    people join desks, and addresses are confirmed later. Anything but 0 is a fault in our code or in the database's
    keepers, and is logged as an error.
    """
    since = (now or timezone.now()) - LOOK_BACK
    recent = Event.objects.filter(happened_at__gte=since)
    missing = 0
    for event in recent.filter(unplanned=None, position=None):
        Unplanned.objects.get_or_create(event=event)
        logger.error("reconcile: event %s was never planned", event.pk)
        missing += 1
    counted = recent.select_related("position").annotate(
        mails_there=Count("deliveries", filter=Q(deliveries__channel=Delivery.Channel.EMAIL)),
        hooks_there=Count("deliveries", filter=Q(deliveries__channel=Delivery.Channel.WEBHOOK)),
    )
    fewer = Q(position__mails__gt=F("mails_there")) | Q(position__hooks__gt=F("hooks_there"))
    return missing + one_by_one(counted.filter(fewer), _write_again)


def _write_again(event: Any) -> int:
    mails = max(event.position.mails - event.mails_there, 0)
    hooks = len(planning.endpoints_lacking(event))
    if mails or hooks:
        again = planning.owe_again(event)
        logger.error("reconcile: event %s lacks %s mails, %s hooks; %s written again", event.pk, mails, hooks, again)
    return mails + hooks


def prune(now: datetime | None = None) -> dict[str, int]:
    """Clear what was sent after 30 days, drop attempts after 90 and settled rows after 180: how many of each.

    What is pending or given up stays until a person decides.
    """
    now = now or timezone.now()
    settled = Delivery.objects.filter(state__in=[Delivery.State.SENT, Delivery.State.CANCELED])
    bodies = settled.filter(created_at__lt=now - KEEP_BODY).exclude(body="").update(body="")
    attempts = _drop(Attempt.objects.filter(started_at__lt=now - KEEP_ATTEMPTS))
    rows = _drop(settled.filter(created_at__lt=now - KEEP_ROWS))
    return {"bodies": bodies, "attempts": attempts, "rows": rows}


def forget_recipient(*, kinds: Collection[str], key: str) -> int:
    """Owe nothing more to somebody whose address is erased, and keep nothing of what their mail server said.

    How many mails were canceled. One that is being sent at this moment finds no address at its next try.
    """
    rows = Delivery.objects.filter(channel=Delivery.Channel.EMAIL, recipient_kind__in=kinds, recipient_key=key)
    Attempt.objects.filter(delivery__in=rows).exclude(excerpt="").update(excerpt="")
    rows.exclude(last_error="").update(last_error="")
    owed = rows.filter(state__in=[Delivery.State.PENDING, Delivery.State.DEAD])
    return owed.update(state=Delivery.State.CANCELED, last_error="the address was erased")


def cancel_owed(subject: Any, *, note: str) -> int:
    """Send nothing of what is still owed about this record, by mail or hook. How many; one being sent now is sent."""
    owed = Delivery.objects.filter(
        event__subject_kind=subject.noun,
        event__subject_reference=subject.reference,
        state__in=[Delivery.State.PENDING, Delivery.State.DEAD],
    )
    return owed.update(state=Delivery.State.CANCELED, last_error=note)


def cancel_before(moment: datetime, *, note: str) -> dict[str, int]:
    """Send nothing of what is still owed about anything that happened before that moment: how many, by channel.

    For the time after a restore, when what was sent after the backup looks unsent. What is not planned yet is planned
    first, so that it counts; what a worker sends at this moment is sent.
    """
    while planning.plan_due():
        pass
    waits = Q(state=Delivery.State.PENDING) | Q(state=Delivery.State.LEASED, lease_until__lt=Now())
    earlier = Q(event__happened_at__lt=moment) | Q(event=None, created_at__lt=moment)
    return {
        channel: Delivery.objects.filter(waits, earlier, channel=channel).update(
            state=Delivery.State.CANCELED, last_error=note, lease_token=None, lease_until=None
        )
        for channel in Delivery.Channel.values
    }


def cancel_to(*, kinds: Collection[str], key: str, note: str) -> int:
    """Send nothing of what is still pending to this recipient. How many; one being sent now is sent."""
    rows = Delivery.objects.filter(recipient_kind__in=kinds, recipient_key=key, state=Delivery.State.PENDING)
    return rows.update(state=Delivery.State.CANCELED, last_error=note)


def deliveries_to(*, kinds: Collection[str], keys: Collection[str]) -> list[dict[str, Any]]:
    """What was or is owed to a recipient, as plain values, oldest first."""
    rows = Delivery.objects.filter(recipient_kind__in=kinds, recipient_key__in=keys).order_by("pk")
    return [
        {
            "id": str(row.uuid),
            "mail": row.template,
            "state": row.state,
            "created_at": row.created_at,
            "sent_at": row.sent_at,
        }
        for row in rows
    ]


def oldest_due_seconds() -> float:
    """How long the oldest thing that should have been done by now has waited; 0 when nothing has. The worker's pulse.

    While sending is paused on purpose, only planning counts; in read-only mode nothing does. What waits for the rest of
    its endpoint is late from the end of that rest on.
    """
    if read_only():
        return 0.0
    now = timezone.now()
    moments: list[datetime | None] = [
        Unplanned.objects.filter(not_before__lte=now).aggregate(oldest=Min("not_before"))["oldest"]
    ]
    if not settings.DELIVERIES_PAUSED:
        owed = Delivery.objects.filter(leases.due())
        since = Greatest("not_before", Coalesce("endpoint__ready_at", "not_before"))
        pending, left_behind = owed.filter(state=Delivery.State.PENDING), owed.filter(state=Delivery.State.LEASED)
        moments.append(pending.aggregate(oldest=Min(since))["oldest"])
        moments.append(left_behind.aggregate(oldest=Min("lease_until"))["oldest"])
    return max(((now - moment).total_seconds() for moment in moments if moment), default=0.0)


def health() -> dict[str, Any]:
    """What an operator watches: alarm when `oldest_due_seconds` > 300, look when `dead` or `unplannable` > 0."""
    states = dict(
        Delivery.objects.filter(state__in=[Delivery.State.PENDING, Delivery.State.LEASED, Delivery.State.DEAD])
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    return {
        "oldest_due_seconds": round(oldest_due_seconds(), 1),
        "pending": states.get("pending", 0),
        "leased": states.get("leased", 0),
        "dead": states.get("dead", 0),
        "unplanned": Unplanned.objects.count(),
        "unplannable": Unplanned.objects.filter(failures__gt=0).count(),
        "endpoints_paused": Endpoint.objects.filter(state=Endpoint.State.PAUSED).count(),
        "paused": settings.DELIVERIES_PAUSED,
    }


def gauges() -> dict[str, float]:
    """What the desks watch besides, by name, rounded to a tenth."""
    return {name: round(read(), 1) for name, read in GAUGES.items()}


def _drop(rows: Any) -> int:
    """In batches, so that no lock is held for long."""
    dropped = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model.objects.filter(pk__in=keys).delete()
        dropped += len(keys)
    return dropped
