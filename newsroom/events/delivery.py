"""Sending what is owed: claim by lease, send outside any transaction, finish under the lease's token.

A worker that dies has merely scheduled its own retry. At least once, with the same id each time; the only duplicates are
sends whose answer was lost. Three leases that end without a verdict make a delivery `dead`, for a person to look at.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from newsroom.events import channels, planning
from newsroom.events.failpoints import reach
from newsroom.events.models import Attempt, Delivery, Endpoint
from newsroom.events.verdicts import Verdict

logger = logging.getLogger(__name__)

LEASE = {Delivery.Channel.EMAIL.value: timedelta(minutes=5), Delivery.Channel.WEBHOOK.value: timedelta(seconds=60)}
MAX_CRASHES = 3
BATCH = 5
_S, _M, _H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SCHEDULE: dict[str, list[timedelta]] = {
    # Standard Webhooks 1.0.0, the example schedule: 75 h 35 min in all.
    "webhook": [5 * _S, 5 * _M, 30 * _M, 2 * _H, 5 * _H, 10 * _H, 14 * _H, 20 * _H, 24 * _H],
    # 72 h in all.
    "email": [30 * _S, 2 * _M, 10 * _M, 30 * _M, 1 * _H, 2 * _H, 4 * _H, *[8 * _H] * 8],
}
AMBIGUOUS_MAIL_WAIT = 10 * _M
ENDPOINT_PATIENCE = timedelta(days=5)


@dataclass(frozen=True)
class Drained:
    """What one drain did."""

    planned: int
    sent: int
    tried: int


def drain(*, budget: timedelta = timedelta(seconds=20), stop: channels.Stop | None = None) -> Drained:
    """Plan what is unplanned and send what is due, until nothing is or the budget is spent.

    The one function behind all three triggers: the wake after a commit, the clock's sweep, and the `deliver` loop.
    """
    end = time.monotonic() + budget.total_seconds()
    planned = sent = tried = 0
    while time.monotonic() < end and not (stop and stop.is_set()):
        planned += planning.plan_due()
        if settings.DELIVERIES_PAUSED:
            break
        claimed = claim()
        if not claimed:
            break
        for position, delivery in enumerate(claimed):
            if stop and stop.is_set():
                give_back(claimed[position:])
                break
            tried += 1
            sent += attempt(delivery)
    return Drained(planned, sent, tried)


def claim(limit: int = BATCH) -> list[Delivery]:
    """Lease what is due, by the database's clock, in one short transaction."""
    due = Q(state=Delivery.State.PENDING, not_before__lte=Now()) | Q(
        state=Delivery.State.LEASED, lease_until__lt=Now()
    )
    leased: list[int] = []
    with transaction.atomic():
        rows = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(due)
            .exclude(endpoint__state=Endpoint.State.PAUSED)
            .order_by("priority", "not_before", "pk")[:limit]
        )
        for row in rows:
            crashed = row.state == Delivery.State.LEASED
            if crashed and row.crashes + 1 >= MAX_CRASHES:
                _bury(row, "crash", "The worker died three times while sending this.", crashes=row.crashes + 1)
                continue
            Delivery.objects.filter(pk=row.pk).update(
                state=Delivery.State.LEASED,
                lease_token=uuid.uuid4(),
                lease_until=Now() + LEASE[row.channel],
                attempts=F("attempts") + 1,
                crashes=F("crashes") + int(crashed),
                **({"last_verdict": "crash", "last_error": "lease ended without a verdict"} if crashed else {}),
            )
            leased.append(row.pk)
    reach("after_claim")
    found = Delivery.objects.filter(pk__in=leased).select_related("event", "endpoint", "event__publication")
    return sorted(found, key=lambda row: leased.index(row.pk))


def attempt(delivery: Delivery) -> bool:
    """Send it, whatever comes of it, and write the verdict down. True when it was sent."""
    started = timezone.now()
    try:
        verdict = channels.send(delivery)
    except Exception as error:
        logger.exception("sending %s failed", delivery.uuid)
        verdict = Verdict.permanent(f"{type(error).__name__}: {error}")
    reach("after_send_before_finish")
    finish(delivery, verdict)
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        started_at=started,
        finished_at=timezone.now(),
        verdict=verdict.name,
        status_code=verdict.status_code,
        excerpt=verdict.detail[:1000],
    )
    reach("after_finish")
    return verdict.name == "ok"


def finish(delivery: Delivery, verdict: Verdict) -> bool:
    """Write the verdict if the lease is still ours. False when another worker has taken it over meanwhile."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.LEASED, lease_token=delivery.lease_token)
    outcome = _outcome(delivery, verdict)
    written = mine.update(
        last_verdict=verdict.name, last_error=verdict.detail[:500], lease_token=None, lease_until=None, **outcome
    )
    if not written:
        logger.warning("lease of %s was lost before its verdict %s", delivery.uuid, verdict.name)
        return False
    if delivery.endpoint_id:
        _judge_endpoint(delivery, verdict)
    return True


def give_back(deliveries: list[Delivery]) -> None:
    """Return leases whose sending was not begun, as if they had never been taken."""
    for delivery in deliveries:
        Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token).update(
            state=Delivery.State.PENDING, lease_token=None, lease_until=None, attempts=F("attempts") - 1
        )


def retry(delivery: Delivery) -> None:
    """Try a dead or sent delivery again by hand, with the same id."""
    Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.LEASED).update(
        state=Delivery.State.PENDING, not_before=Now(), crashes=0, sent_at=None
    )


def cancel(delivery: Delivery, *, note: str) -> None:
    """Owe it no longer."""
    Delivery.objects.filter(pk=delivery.pk, state__in=[Delivery.State.PENDING, Delivery.State.DEAD]).update(
        state=Delivery.State.CANCELED, last_error=note[:500]
    )


def wait_before(channel: str, attempts: int) -> timedelta | None:
    """How long after the n-th failed try, jittered by a fifth either way; None when the schedule is used up."""
    steps = SCHEDULE[channel]
    if attempts > len(steps):
        return None
    return steps[attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311 -- jitter is not a secret


def _outcome(delivery: Delivery, verdict: Verdict) -> dict[str, object]:
    if verdict.name == "ok":
        return {"state": Delivery.State.SENT, "sent_at": Now()}
    if verdict.name == "canceled":
        return {"state": Delivery.State.CANCELED}
    if verdict.name == "permanent":
        return {"state": Delivery.State.DEAD}
    wait = wait_before(delivery.channel, delivery.attempts)
    if wait is None:
        return {"state": Delivery.State.DEAD}
    if verdict.retry_after is not None:
        wait = max(wait, verdict.retry_after)
    if verdict.name == "ambiguous" and delivery.channel == Delivery.Channel.EMAIL:
        wait = max(wait, AMBIGUOUS_MAIL_WAIT)
    return {"state": Delivery.State.PENDING, "not_before": Now() + wait}


def _judge_endpoint(delivery: Delivery, verdict: Verdict) -> None:
    endpoint = Endpoint.objects.filter(pk=delivery.endpoint_id)
    if verdict.name == "ok":
        endpoint.update(failing_since=None)
    elif verdict.endpoint_gone:
        endpoint.update(state=Endpoint.State.GONE, paused_reason=verdict.detail[:200])
        Delivery.objects.filter(endpoint_id=delivery.endpoint_id, state=Delivery.State.PENDING).update(
            state=Delivery.State.CANCELED, last_error="the endpoint is gone"
        )
    elif verdict.endpoint_refused:
        endpoint.update(state=Endpoint.State.PAUSED, paused_reason=verdict.detail[:200])
    else:
        endpoint.filter(failing_since=None).update(failing_since=Now())
        endpoint.filter(failing_since__lt=Now() - ENDPOINT_PATIENCE, state=Endpoint.State.ACTIVE).update(
            state=Endpoint.State.PAUSED, paused_reason="no success for five days"
        )


def _bury(row: Delivery, verdict: str, error: str, *, crashes: int) -> None:
    Delivery.objects.filter(pk=row.pk).update(
        state=Delivery.State.DEAD,
        last_verdict=verdict,
        last_error=error,
        crashes=crashes,
        lease_token=None,
        lease_until=None,
    )
