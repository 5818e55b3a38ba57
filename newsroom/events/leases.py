"""Who may send what now: a lease with a token, on the database's clock, of one mailbox at a time and each in its turn.

Mails take turns by recipient, hooks by endpoint. An endpoint has one hook on its way at most, and rests as a whole
after a failure, so that one that hangs costs one sender one deadline and nobody else's hooks wait behind its own.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from newsroom.events import schedule
from newsroom.events.failpoints import reach
from newsroom.events.models import Attempt, Delivery, Endpoint

logger = logging.getLogger(__name__)

MAX_CRASHES = 3
BATCH = {schedule.EMAIL: 5, schedule.WEBHOOK: 1}
"""How many are claimed at once. Hooks one by one: what waits in a lease behind one that hangs is held up with it."""

WINDOW = 200
"""How many due mails, the most urgent and oldest, take turns by recipient."""

OF_ONE_OWNER = 2
"""How many hooks of one organization or publication are on their way at most: fewer than there are senders."""

BURST = timedelta(minutes=2)
MAX_DIGEST = 50
SENDING = "sending"
STAFF_RECIPIENTS = frozenset({"user", "publication"})
TURN = ("priority", "not_before", "pk")


def due() -> Q:
    """What a sender may take now, by the database's clock: pending and due, or left behind by a worker that died; not
    what an endpoint is owed that is paused, rests, or has a hook on its way, nor more than pings to an unverified one.
    """
    ready = Q(endpoint=None) | (Q(endpoint__ready_at=None) | Q(endpoint__ready_at__lte=Now()))
    allowed = Q(event=None) | ~Q(endpoint__state=Endpoint.State.UNVERIFIED)
    return _time_has_come() & ready & allowed & ~Q(endpoint__state=Endpoint.State.PAUSED)


def claim(channel: str, limit: int | None = None) -> list[Delivery]:
    """Lease what is due in one short transaction, and note a try for each.

    Mails of a burst to one member of staff share the lease of the first, which alone is answered: see `held_with`.
    """
    take = _take_mails if channel == schedule.EMAIL else _take_hooks
    leased = take(BATCH[channel] if limit is None else limit)
    if not leased:
        return []
    reach("after_claim")
    found = Delivery.objects.filter(pk__in=leased).select_related("event", "endpoint", "event__publication")
    return sorted(found, key=lambda row: leased.index(row.pk))


def held_with(delivery: Delivery) -> list[Delivery]:
    """Every delivery under this lease, oldest first: itself alone, or a burst. Empty once the lease is lost."""
    return list(held_under(delivery).select_related("event", "endpoint", "event__publication").order_by("pk"))


def held_under(delivery: Delivery) -> QuerySet[Delivery]:
    """The rows of this lease, while it is ours."""
    return Delivery.objects.filter(state=Delivery.State.LEASED, lease_token=delivery.lease_token)


def begin(delivery: Delivery) -> int:
    """Mark what this lease holds as being sent, if it has not run out: how many deliveries it holds.

    Only a worker that dies after this mark counts against a delivery. Others of its batch are innocent.
    """
    return held_under(delivery).filter(lease_until__gt=Now()).update(last_verdict=SENDING)


def give_back(deliveries: list[Delivery]) -> None:
    """Return leases whose sending was not begun, as if they had never been taken. A begun one is left to its end."""
    for delivery in deliveries:
        with transaction.atomic():
            held = held_under(delivery).exclude(last_verdict=SENDING)
            tries_under(held).delete()
            held.update(state=Delivery.State.PENDING, lease_token=None, lease_until=None, attempts=F("attempts") - 1)
            if delivery.endpoint_id is not None:
                Endpoint.objects.filter(pk=delivery.endpoint_id, ready_at=delivery.lease_until).update(ready_at=None)


def tries_under(leased: QuerySet[Delivery]) -> QuerySet[Attempt]:
    """The try that each of these leases noted, and no older one."""
    return Attempt.objects.filter(delivery__in=leased, number=F("delivery__attempts"))


def end_rest(endpoint_id: int) -> None:
    """A person asks: the endpoint's rest is over, unless a hook is on its way there now. Inside a transaction."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    on_its_way = Delivery.objects.filter(endpoint=endpoint_id, state=Delivery.State.LEASED, lease_until__gt=Now())
    if endpoint is not None and endpoint.ready_at is not None and not on_its_way.exists():
        endpoint.ready_at = None
        endpoint.save(update_fields=["ready_at"])


def _time_has_come() -> Q:
    pending = Q(state=Delivery.State.PENDING, not_before__lte=Now())
    return pending | Q(state=Delivery.State.LEASED, lease_until__lt=Now())


# --- mails ------------------------------------------------------------


def _take_mails(limit: int) -> list[int]:
    leased: list[int] = []
    taken: set[int] = set()
    waiting = _in_turn()
    if not waiting:  # an idle poll takes no write lock
        return []
    with transaction.atomic():
        for key in waiting:
            if len(leased) == limit:
                break
            row = None if key in taken else _locked(Q(pk=key)).first()
            if row is None:
                continue
            group = [row, *_burst(row)]
            taken.update(member.pk for member in group)
            alive = [member for member in group if not _bury_poison(member)]
            if alive:
                _lease(alive)
                leased.append(alive[0].pk)
    return leased


def _in_turn() -> list[int]:
    """The keys of what is due, by priority; within one, each recipient's first before anybody's second."""
    rows = Delivery.objects.filter(_time_has_come(), channel=schedule.EMAIL).order_by(*TURN)
    seen: Counter[Any] = Counter()
    turns = []
    window = rows.values_list("pk", "priority", "recipient_kind", "recipient_key")[:WINDOW]
    for place, (key, *mailbox) in enumerate(window):
        turns.append((mailbox[0], seen[*mailbox], place, key))
        seen[*mailbox] += 1
    return [key for *_turn, key in sorted(turns)]


def _locked(which: Q) -> QuerySet[Delivery]:
    """Those of the due mails that no other worker takes at this moment."""
    return Delivery.objects.select_for_update(skip_locked=True).filter(which, _time_has_come(), channel=schedule.EMAIL)


def _burst(row: Delivery) -> list[Delivery]:
    """The other mails of the same burst: same template, same member of staff, all of the last two minutes.

    What left in one digest goes in it at every try, whatever ended the last one.
    """
    if row.digest is not None:
        together = Q(digest=row.digest)
    elif (
        row.recipient_kind in STAFF_RECIPIENTS
        and row.state == Delivery.State.PENDING
        and row.attempts == 0
        and row.created_at > timezone.now() - BURST
    ):
        together = Q(state=Delivery.State.PENDING, attempts=0, digest=None, created_at__gt=Now() - BURST)
    else:
        return []
    alike = Q(template=row.template, recipient_kind=row.recipient_kind, recipient_key=row.recipient_key)
    others = _locked(together & alike).exclude(pk=row.pk).order_by(*TURN)
    return list(others[: MAX_DIGEST - 1])


# --- hooks ------------------------------------------------------------


def _take_hooks(limit: int) -> list[int]:
    leased: list[int] = []
    if not _endpoints_in_turn().exists():
        return []
    with transaction.atomic():
        # Whether it is ready is judged again once it is locked: two senders never hold hooks of one endpoint.
        for endpoint in _endpoints_in_turn().select_for_update(skip_locked=True, of=("self",))[:limit]:
            row = _next_for(endpoint)
            if row is None or _bury_poison(row):
                continue
            endpoint.ready_at = _lease([row])
            endpoint.save(update_fields=["ready_at"])
            leased.append(row.pk)
    return leased


def _endpoints_in_turn() -> QuerySet[Endpoint]:
    """Where something is due and may be sent: live before test, then the one that was served longest ago."""
    theirs = Delivery.objects.filter(_time_has_come(), endpoint=OuterRef("pk"))
    something = Exists(theirs) & ~Q(state=Endpoint.State.UNVERIFIED)
    a_ping = Exists(theirs.filter(event=None)) & Q(state=Endpoint.State.UNVERIFIED)
    on_the_way = Delivery.objects.filter(
        Q(endpoint__organization=OuterRef("organization")) | Q(endpoint__publication=OuterRef("publication")),
        state=Delivery.State.LEASED,
        lease_until__gte=Now(),
    )
    return (
        Endpoint.objects.exclude(state=Endpoint.State.PAUSED)
        .filter(Q(ready_at=None) | Q(ready_at__lte=Now()), something | a_ping)
        .annotate(of_its_owner=_count(on_the_way))
        .filter(of_its_owner__lt=OF_ONE_OWNER)
        .order_by("test", F("ready_at").asc(nulls_first=True), "pk")
    )


def _count(rows: QuerySet[Delivery]) -> Coalesce:
    counted = rows.order_by().values("channel").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _next_for(endpoint: Endpoint) -> Delivery | None:
    """What is sent there next: by priority and age; while it fails, first what was tried least, so that one message
    that it cannot take does not keep the others from it.
    """
    turn = ("attempts", *TURN) if endpoint.failures else TURN
    rows = Delivery.objects.select_for_update(skip_locked=True).filter(_time_has_come(), endpoint=endpoint)
    if endpoint.state == Endpoint.State.UNVERIFIED:
        rows = rows.filter(event=None)
    return rows.order_by(*turn).first()


# --- both ------------------------------------------------------------


def _lease(rows: list[Delivery]) -> Any:
    """One lease over these rows; when it ends. More than one make a digest, under the name of the first."""
    _close_attempts(rows)
    died = [row.pk for row in rows if _died_sending(row)]
    Delivery.objects.filter(pk__in=died).update(
        crashes=F("crashes") + 1, last_verdict="crash", last_error="The worker died while sending this."
    )
    changes: dict[str, Any] = {"digest": rows[0].digest or rows[0].uuid} if len(rows) > 1 else {}
    leased = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    leased.update(
        state=Delivery.State.LEASED,
        lease_token=uuid.uuid4(),
        lease_until=Now() + schedule.lease_of(rows[0].channel),
        attempts=F("attempts") + 1,
        **changes,
    )
    now = timezone.now()
    Attempt.objects.bulk_create([Attempt(delivery=row, number=row.attempts + 1, started_at=now) for row in rows])
    return leased.values_list("lease_until", flat=True)[0]


def _died_sending(row: Delivery) -> bool:
    return row.state == Delivery.State.LEASED and row.last_verdict == SENDING


def _bury_poison(row: Delivery) -> bool:
    if not _died_sending(row) or row.crashes + 1 < MAX_CRASHES:
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
