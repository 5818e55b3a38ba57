"""Sending what is owed: claim by lease, send outside any transaction, finish under the lease's token.

A worker that dies has merely scheduled its own retry. At least once, with the same id each time; the only duplicates
are sends whose answer was lost. What dies three times while it is sent is `dead`, for a person to look at.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.availability import is_away, read_only
from newsroom.errors import Conflict
from newsroom.events import bounces, channels, judging, planning, schedule, stopping
from newsroom.events.failpoints import reach
from newsroom.events.models import Attempt, Delivery, Endpoint
from newsroom.events.verdicts import Verdict

logger = logging.getLogger(__name__)

MAX_CRASHES = 3
BATCH = 5
BURST = timedelta(minutes=2)
MAX_DIGEST = 50
SENDING = "sending"
STAFF_RECIPIENTS = frozenset({"user", "publication"})
MAIL_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


@dataclass(frozen=True)
class Drained:
    """What one drain did. A digest counts as one."""

    planned: int
    sent: int
    tried: int


def drain(*, budget: timedelta = timedelta(seconds=20), stop: channels.Stop | None = None) -> Drained:
    """Plan what is unplanned and send what is due, until nothing is or the budget is spent.

    The one function behind all three triggers: the wake after a commit, the clock's sweep, and the `deliver` loop.
    `stop` is asked before each send; what was claimed and not begun is given back. While `DELIVERIES_PAUSED` events are
    planned and nothing is sent; in read-only mode neither.
    """
    stop = stop or stopping.REQUESTED
    end = time.monotonic() + budget.total_seconds()
    planned = sent = tried = 0
    while not read_only() and time.monotonic() < end and not stop.is_set():
        planned_now = planning.plan_due()
        planned += planned_now
        claimed_at = time.monotonic()
        claimed = [] if settings.DELIVERIES_PAUSED else claim()
        if not claimed and not planned_now:  # a reaction may have recorded events that are to be planned in their turn
            break
        for position, delivery in enumerate(claimed):
            now = time.monotonic()
            if stop.is_set() or now >= end or now - claimed_at > _latest_start(delivery):
                give_back(claimed[position:])
                break
            tried += 1
            try:
                sent += attempt(delivery)
            except DatabaseTrouble:
                with contextlib.suppress(DatabaseTrouble):
                    give_back(claimed[position + 1 :])
                raise
    return Drained(planned, sent, tried)


def due() -> Q:
    """What a worker may take now, by the database's clock: pending and due, or left behind by a worker that died."""
    pending = Q(state=Delivery.State.PENDING, not_before__lte=Now())
    left_behind = Q(state=Delivery.State.LEASED, lease_until__lt=Now())
    return (pending | left_behind) & ~Q(endpoint__state=Endpoint.State.PAUSED)


def claim(limit: int = BATCH) -> list[Delivery]:
    """Lease what is due in one short transaction, and note a try for each.

    Mails of a burst to one member of staff share the lease of the first, which alone is answered: see `held_with`.
    """
    if not Delivery.objects.filter(due()).exists():  # an idle poll takes no write lock
        return []
    leased: list[int] = []
    with transaction.atomic():
        rows = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(due())
            .order_by("priority", "not_before", "pk")[:limit]
        )
        taken: set[int] = set()
        for row in rows:
            if row.pk in taken:
                continue
            group = [row, *(other for other in _burst(row) if other.pk not in taken)]
            taken.update(member.pk for member in group)
            alive = [member for member in group if not _bury_poison(member)]
            if alive:
                _lease(alive)
                leased.append(alive[0].pk)
    reach("after_claim")
    found = Delivery.objects.filter(pk__in=leased).select_related("event", "endpoint", "event__publication")
    return sorted(found, key=lambda row: leased.index(row.pk))


def held_with(delivery: Delivery) -> list[Delivery]:
    """Every delivery under this lease, oldest first: itself alone, or a burst. Empty once the lease is lost."""
    return list(
        Delivery.objects.filter(state=Delivery.State.LEASED, lease_token=delivery.lease_token)
        .select_related("event", "endpoint", "event__publication")
        .order_by("pk")
    )


def attempt(delivery: Delivery) -> bool:
    """Send it, whatever comes of it, and write the verdict down. True when it was sent.

    A database that goes away is raised, not judged: the lease runs out and another try follows.
    """
    begun = _begin(delivery)
    if not begun:
        logger.warning("lease of %s was lost before it was sent", delivery.uuid)
        return False
    held = held_with(delivery) if begun > 1 else [delivery]
    started = timezone.now()
    try:
        verdict = channels.send(delivery, held)
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("sending %s failed", delivery.uuid)
        verdict = Verdict.permanent(f"{type(error).__name__}: {error}")
    reach("after_send_before_finish")
    finish(delivery, verdict, started=started)
    reach("after_finish")
    return verdict.name == "ok"


def finish(delivery: Delivery, verdict: Verdict, *, started: datetime | None = None) -> bool:
    """Write the verdict and close the try, if the lease is still ours. False when another worker has taken it over
    meanwhile: what it wrote stands.
    """
    mine = Delivery.objects.filter(state=Delivery.State.LEASED, lease_token=delivery.lease_token)
    with transaction.atomic():
        _tries_under(mine).update(
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
    if not written:
        logger.warning("lease of %s was lost before its verdict %s", delivery.uuid, verdict.name)
        return False
    if delivery.endpoint_id is not None and verdict.name != "canceled":
        judging.judge(delivery.endpoint_id, verdict, said=_storable(verdict.detail, 200))
    return True


def give_back(deliveries: list[Delivery]) -> None:
    """Return leases whose sending was not begun, as if they had never been taken. A begun one is left to its end."""
    for delivery in deliveries:
        with transaction.atomic():
            held = Delivery.objects.filter(state=Delivery.State.LEASED, lease_token=delivery.lease_token)
            held = held.exclude(last_verdict=SENDING)
            _tries_under(held).delete()
            held.update(state=Delivery.State.PENDING, lease_token=None, lease_until=None, attempts=F("attempts") - 1)


def retry(delivery: Delivery) -> None:
    """Try a delivery again by hand, with the same id, whatever became of it. `Conflict` while it is being sent, and
    when retention has cleared what was to be sent.
    """
    if delivery.channel == Delivery.Channel.WEBHOOK and not delivery.body:
        raise Conflict(_("What was sent is no longer kept."), code="cleared")
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


def _begin(delivery: Delivery) -> int:
    """Mark what this lease holds as being sent, if the lease is still ours: how many deliveries it holds.

    Only a worker that dies after this mark counts against a delivery. Others of its batch are innocent.
    """
    return Delivery.objects.filter(
        state=Delivery.State.LEASED, lease_token=delivery.lease_token, lease_until__gt=Now()
    ).update(last_verdict=SENDING)


def _latest_start(delivery: Delivery) -> float:
    return schedule.latest_start(delivery.channel).total_seconds()


def _burst(row: Delivery) -> list[Delivery]:
    """The other mails of the same burst: same template, same member of staff, all of the last two minutes.

    What was together when a worker died stays together, so that the digest keeps its Message-ID.
    """
    if row.channel != Delivery.Channel.EMAIL or row.recipient_kind not in STAFF_RECIPIENTS:
        return []
    if row.state == Delivery.State.LEASED:
        together = Q(state=Delivery.State.LEASED, lease_token=row.lease_token)
    elif row.attempts == 0 and row.created_at > timezone.now() - BURST:
        together = Q(state=Delivery.State.PENDING, attempts=0, not_before__lte=Now(), created_at__gt=Now() - BURST)
    else:
        return []
    return list(
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(
            together,
            channel=row.channel,
            template=row.template,
            recipient_kind=row.recipient_kind,
            recipient_key=row.recipient_key,
        )
        .exclude(pk=row.pk)
        .order_by("priority", "not_before", "pk")[: MAX_DIGEST - 1]
    )


def _lease(rows: list[Delivery]) -> None:
    """One lease over these rows, which are all pending or all left behind."""
    changes: dict[str, Any] = {}
    if rows[0].state == Delivery.State.LEASED:
        _close_attempts(rows)
        if rows[0].last_verdict == SENDING:
            changes = {
                "crashes": F("crashes") + 1,
                "last_verdict": "crash",
                "last_error": "lease ended without a verdict",
            }
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Delivery.State.LEASED,
        lease_token=uuid.uuid4(),
        lease_until=Now() + schedule.lease_of(rows[0].channel),
        attempts=F("attempts") + 1,
        **changes,
    )
    now = timezone.now()
    Attempt.objects.bulk_create([Attempt(delivery=row, number=row.attempts + 1, started_at=now) for row in rows])


def _bury_poison(row: Delivery) -> bool:
    died_sending = row.state == Delivery.State.LEASED and row.last_verdict == SENDING
    if not died_sending or row.crashes + 1 < MAX_CRASHES:
        return False
    logger.error("delivery %s is given up: three leases ended without a verdict", row.uuid)
    _close_attempts([row])
    Delivery.objects.filter(pk=row.pk).update(
        state=Delivery.State.DEAD,
        last_verdict="crash",
        last_error="The worker died three times while sending this.",
        crashes=row.crashes + 1,
        lease_token=None,
        lease_until=None,
    )
    return True


def _close_attempts(rows: list[Delivery]) -> None:
    Attempt.objects.filter(delivery__in=rows, finished_at=None).update(verdict="crash", finished_at=timezone.now())


def _tries_under(leased: QuerySet[Delivery]) -> QuerySet[Attempt]:
    """The try that each of these leases noted, and no older one."""
    return Attempt.objects.filter(delivery__in=leased, number=F("delivery__attempts"))


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
