"""Sending what is owed: claim by lease, send outside any transaction, finish under the lease's token.

A worker that dies has merely scheduled its own retry. At least once, with the same id each time; the only duplicates
are sends whose answer was lost. What dies three times while it is sent is `dead`, for a person to look at.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.availability import is_away, read_only
from newsroom.errors import Conflict
from newsroom.events import bounces, channels, failures, judging, leases, planning, schedule, stopping
from newsroom.events.failpoints import reach
from newsroom.events.models import Delivery
from newsroom.events.verdicts import Verdict

logger = logging.getLogger(__name__)

LANES = (schedule.EMAIL, schedule.WEBHOOK)
"""Each has senders of its own, so that neither waits for the other's servers."""

MAIL_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


@dataclass(frozen=True)
class Drained:
    """What one drain did. A digest counts as one."""

    planned: int
    sent: int
    tried: int


def drain(
    lanes: Sequence[str] = LANES, *, budget: timedelta = timedelta(seconds=20), stop: channels.Stop | None = None
) -> Drained:
    """Plan what is unplanned and send what is due in these lanes, until nothing is or the budget is spent.

    The one function behind all three triggers: the wake after a commit, the clock's sweep, and the `deliver` loops.
    `stop` is asked before each send; what was claimed and not begun is given back. While `DELIVERIES_PAUSED` events are
    planned and nothing is sent; in read-only mode neither.
    """
    stop = stop or stopping.REQUESTED
    end = time.monotonic() + budget.total_seconds()
    planned = sent = tried = 0
    while not read_only() and time.monotonic() < end and not stop.is_set():
        planned_now = planning.plan_due()
        planned += planned_now
        claimed_now = 0
        for lane in () if settings.DELIVERIES_PAUSED else lanes:
            claimed_at = time.monotonic()
            claimed = leases.claim(lane)
            claimed_now += len(claimed)
            for position, delivery in enumerate(claimed):
                now = time.monotonic()
                if stop.is_set() or now >= end or now - claimed_at > schedule.latest_start(lane).total_seconds():
                    leases.give_back(claimed[position:])
                    break
                tried += 1
                try:
                    sent += attempt(delivery)
                except DatabaseTrouble:
                    with contextlib.suppress(DatabaseTrouble):
                        leases.give_back(claimed[position + 1 :])
                    raise
        if not claimed_now and not planned_now:  # a reaction may have recorded events that are to be planned in turn
            break
    return Drained(planned, sent, tried)


def attempt(delivery: Delivery) -> bool:
    """Send it, whatever comes of it, and write the verdict down. True when it was sent.

    A database that goes away is raised, not judged: the lease runs out and another try follows.
    """
    begun = leases.begin(delivery)
    if not begun:
        logger.warning("lease of %s was lost before it was sent", delivery.uuid)
        return False
    held = leases.held_with(delivery) if begun > 1 else [delivery]
    started = timezone.now()
    try:
        verdict = channels.send(delivery, held)
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("sending %s failed", delivery.uuid)
        # What a hook is answered with, its owner reads.
        ours = delivery.channel == Delivery.Channel.WEBHOOK
        verdict = Verdict.permanent(failures.OURS if ours else f"{type(error).__name__}: {error}")
    reach("after_send_before_finish")
    finish(delivery, verdict, started=started)
    reach("after_finish")
    return verdict.name == "ok"


def finish(delivery: Delivery, verdict: Verdict, *, started: datetime | None = None) -> bool:
    """Write the verdict, close the try and judge the endpoint, if the lease is still ours. False when another worker
    has taken it over meanwhile: what it wrote stands.
    """
    mine = leases.held_under(delivery)
    with transaction.atomic():
        judging.lock(delivery.endpoint_id)  # endpoints before their deliveries, everywhere
        leases.tries_under(mine).update(
            verdict=verdict.name,
            status_code=verdict.status_code,
            excerpt=_storable(verdict.detail, 1000),
            finished_at=timezone.now(),
            **({"started_at": started} if started else {}),
        )
        written = mine.update(
            last_verdict=verdict.name,
            last_error=_storable(verdict.detail, 500),
            lease_token=None,
            lease_until=None,
            **_outcome(delivery, verdict),
        )
        if written and verdict.address_refused:
            bounces.note_refusal(delivery)
        if written and delivery.endpoint_id is not None:
            judging.judge(
                delivery.endpoint_id,
                verdict,
                said=_storable(verdict.detail, 200),
                lease_until=delivery.lease_until,
                pinged=delivery.endpoint.url if delivery.endpoint and delivery.event_id is None else "",
            )
    if not written:
        logger.warning("lease of %s was lost before its verdict %s", delivery.uuid, verdict.name)
    return bool(written)


def retry(delivery: Delivery) -> None:
    """Try a delivery again by hand, with the same id, whatever became of it, and whether or not its endpoint rests.
    `Conflict` while it is being sent, and when retention has cleared what was to be sent.
    """
    if delivery.channel == Delivery.Channel.WEBHOOK and not delivery.body:
        raise Conflict(_("What was sent is no longer kept."), code="cleared")
    with transaction.atomic():
        if delivery.endpoint_id is not None:
            leases.end_rest(delivery.endpoint_id)
        written = (
            Delivery.objects.filter(pk=delivery.pk)
            .exclude(state=Delivery.State.LEASED)
            .update(state=Delivery.State.PENDING, not_before=Now(), crashes=0, sent_at=None)
        )
        if not written:
            raise Conflict(_("It is being sent at this moment."), code="being_sent")


def cancel(delivery: Delivery, *, note: str) -> None:
    """Owe it no longer. `Conflict` unless it is pending or given up."""
    written = Delivery.objects.filter(pk=delivery.pk, state__in=[Delivery.State.PENDING, Delivery.State.DEAD]).update(
        state=Delivery.State.CANCELED, last_error=_storable(note, 500)
    )
    if not written:
        raise Conflict(_("Only what is pending or given up can be canceled."), code="not_pending")


def _outcome(delivery: Delivery, verdict: Verdict) -> dict[str, Any]:
    if verdict.name == "ok":
        return {"state": Delivery.State.SENT, "sent_at": Now()}
    if verdict.name == "canceled":
        return {"state": Delivery.State.CANCELED}
    wait = schedule.wait_before(delivery.channel, delivery.attempts)
    if verdict.name == "permanent" or wait is None:
        logger.error("delivery %s is given up after %s tries: %s", delivery.uuid, delivery.attempts, verdict.name)
        return {"state": Delivery.State.DEAD}
    if verdict.retry_after is not None:
        wait = max(wait, verdict.retry_after)
    if verdict.name == "ambiguous" and delivery.channel == Delivery.Channel.EMAIL:
        wait = max(wait, schedule.scaled(schedule.AMBIGUOUS_MAIL_WAIT))
    return {"state": Delivery.State.PENDING, "not_before": Now() + wait}


def _storable(text: str, length: int) -> str:
    """What the other side said, without what a database refuses (NUL, lone surrogates), and without mail addresses:
    servers quote the recipient's, and that is kept in one place only.
    """
    said = text[: 4 * length].encode("utf-8", "replace").decode().replace("\x00", " ")
    return MAIL_ADDRESS.sub("…@…", said)[:length]
