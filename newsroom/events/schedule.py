"""How long a lease lasts, how long a send may take, and how long to wait before the next try."""

from __future__ import annotations

import random
from datetime import timedelta

from django.conf import settings

from newsroom.events.models import Delivery

EMAIL, WEBHOOK = Delivery.Channel.EMAIL.value, Delivery.Channel.WEBHOOK.value
_S, _M, _H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

DEADLINE = {EMAIL: 60 * _S, WEBHOOK: 15 * _S}
"""The whole of one send, from the first packet to the answer."""

LEASE = {EMAIL: 5 * _M, WEBHOOK: 60 * _S}
"""At least four deadlines, so that a worker that lives never loses its lease."""

GRACE = 5 * _S
WAITS: dict[str, list[timedelta]] = {
    # Standard Webhooks 1.0.0, the example schedule: 75 h 35 min in all.
    WEBHOOK: [5 * _S, 5 * _M, 30 * _M, 2 * _H, 5 * _H, 10 * _H, 14 * _H, 20 * _H, 24 * _H],
    # 72 h in all.
    EMAIL: [30 * _S, 2 * _M, 10 * _M, 30 * _M, 1 * _H, 2 * _H, 4 * _H, *[8 * _H] * 8],
}
AMBIGUOUS_MAIL_WAIT = 10 * _M
RESTS = [5 * _S, 5 * _M, 30 * _M]
"""How long a whole endpoint is left alone after so many failures in a row: the beginning of a hook's own waits. Never
longer than half an hour, so that it gets what it is owed soon after it is well again.
"""


def lease_of(channel: str) -> timedelta:
    """How long a claim lasts. `DELIVERY_LEASE_SECONDS` shortens it for every channel, and the deadlines with it."""
    return settings.DELIVERY_LEASE_SECONDS * _S if settings.DELIVERY_LEASE_SECONDS else LEASE[channel]


def deadline_of(channel: str) -> timedelta:
    """How long one send may take: never more than a quarter of the lease."""
    return min(DEADLINE[channel], lease_of(channel) / 4)


def latest_start(channel: str) -> timedelta:
    """How long after the claim a send may still begin and be sure to end within the lease."""
    lease = lease_of(channel)
    return lease - deadline_of(channel) - min(GRACE, lease / 12)


def wait_before(channel: str, attempts: int) -> timedelta | None:
    """How long after the n-th failed try, jittered by a fifth either way; None when the schedule is used up."""
    steps = WAITS[channel]
    return _jittered(steps[attempts - 1]) if attempts <= len(steps) else None


def rest_after(failures: int) -> timedelta:
    """How long the endpoint rests after the n-th failure in a row, jittered in the same way."""
    return _jittered(RESTS[min(failures, len(RESTS)) - 1])


def _jittered(wait: timedelta) -> timedelta:
    return scaled(wait) * random.uniform(0.8, 1.2)  # noqa: S311 -- jitter is not a secret


def scaled(wait: timedelta) -> timedelta:
    """The wait as it is; fault tests divide it by `DELIVERY_WAIT_DIVISOR`."""
    return wait / settings.DELIVERY_WAIT_DIVISOR
