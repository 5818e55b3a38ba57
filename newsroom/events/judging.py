"""What becomes of an endpoint after a send: well again, failing, paused, gone. Its owner is mailed once.

Nothing is posted to a paused endpoint: what was owed to it waits, what happens meanwhile is in the stream to pull.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Contact, Role
from newsroom.accounts.notices import people_with
from newsroom.events import schedule
from newsroom.events.kinds import STAFF, Kind, Recipient, declare, mail_context, notice
from newsroom.events.log import record
from newsroom.events.models import Delivery, Endpoint, Event
from newsroom.events.verdicts import Verdict
from newsroom.workflow import THE_CLOCK

logger = logging.getLogger(__name__)

ENDPOINT_PATIENCE = timedelta(days=5)
MAX_FAILURES = 1000  # counted no further
NO_SUCCESS = "no success for five days"
PAUSED = declare("endpoint.paused", STAFF, _("Webhook paused"), on_request=True)
CLOSED = declare("endpoint.closed", STAFF, _("Webhook closed by its 410"), on_request=True)
RESUMED = declare("endpoint.resumed", STAFF, _("Webhook resumed"), on_request=True)


def lock(endpoint_id: int | None) -> Endpoint | None:
    """The endpoint's row, to be held before any of its deliveries; None for a mail, or when it was deleted."""
    return Endpoint.objects.select_for_update().filter(pk=endpoint_id).first() if endpoint_id is not None else None


@transaction.atomic
def judge(
    endpoint_id: int, verdict: Verdict, *, said: str, lease_until: datetime | None = None, pinged: str = ""
) -> None:
    """Note how a send ended, and until when nothing more is sent there. `said` is what the other side answered, fit to
    be stored, of 200 characters at most; `lease_until` the end of the lease it was sent under: whoever has the endpoint
    by now keeps it.

    `pinged` is the address that a ping went to: its 2xx verifies an endpoint that still has this address.
    """
    endpoint = lock(endpoint_id)
    if endpoint is None:
        return
    free = Q(pk=endpoint_id, ready_at=lease_until) if lease_until is not None else Q(pk=endpoint_id)
    Endpoint.objects.filter(free).update(ready_at=Now() + _rest(endpoint, verdict))
    if verdict.name == "ok":
        if endpoint.failures or endpoint.failing_since is not None:
            Endpoint.objects.filter(pk=endpoint_id).update(failing_since=None, failures=0)
        if endpoint.state == Endpoint.State.UNVERIFIED and pinged == endpoint.url:
            Endpoint.objects.filter(pk=endpoint_id).update(state=Endpoint.State.ACTIVE)
    elif verdict.endpoint_gone:
        _close(endpoint, reason=said)
    elif verdict.endpoint_refused:
        _pause(endpoint, reason=said)
    elif verdict.name != "canceled":
        endpoint.failures = min(endpoint.failures + 1, MAX_FAILURES)
        endpoint.failing_since = endpoint.failing_since or timezone.now()
        endpoint.save(update_fields=["failures", "failing_since"])
        if endpoint.failing_since < timezone.now() - ENDPOINT_PATIENCE:
            _pause(endpoint, reason=NO_SUCCESS)


def _rest(endpoint: Endpoint, verdict: Verdict) -> timedelta:
    """After a failure the whole endpoint rests, longer with each in a row: whatever else it is owed would fail too."""
    if verdict.name not in {"transient", "ambiguous"}:
        return timedelta(0)
    rest = schedule.rest_after(endpoint.failures + 1)
    return max(rest, verdict.retry_after) if verdict.retry_after is not None else rest


def _close(endpoint: Endpoint, *, reason: str) -> None:
    if endpoint.state == Endpoint.State.GONE:
        return
    endpoint.state, endpoint.paused_reason = Endpoint.State.GONE, reason
    endpoint.save(update_fields=["state", "paused_reason"])
    logger.warning("endpoint %s is gone: it answered 410", endpoint.pk)
    Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.PENDING).update(
        state=Delivery.State.CANCELED, last_error="the endpoint is gone"
    )
    tell(CLOSED, endpoint, reason="410 Gone")


def tell(kind: Kind, endpoint: Endpoint, *, reason: str = "") -> Event:
    """Record it, so that the owner is mailed. Inside the transaction that changes the endpoint."""
    return record(kind, endpoint, by=THE_CLOCK, data={"endpoint": endpoint.pk, "reason": reason})


def _pause(endpoint: Endpoint, *, reason: str) -> None:
    if endpoint.state != Endpoint.State.ACTIVE:
        return
    endpoint.state, endpoint.paused_reason = Endpoint.State.PAUSED, reason
    endpoint.save(update_fields=["state", "paused_reason"])
    logger.warning("endpoint %s is paused: %s", endpoint.pk, reason)
    tell(PAUSED, endpoint, reason=reason)


@notice("endpoint.paused", "events/mail/endpoint_paused")
@notice("endpoint.closed", "events/mail/endpoint_closed")
@notice("endpoint.resumed", "events/mail/endpoint_resumed")
def the_owner(event: Event) -> Iterable[Recipient]:
    """The organization's contacts who may ask; of a CMS, the administrators of its publication, else its mailbox."""
    if event.organization_id is not None:
        people = Contact.objects.filter(organization=event.organization_id, is_active=True)
        asking = people.filter(is_requester=True).order_by("pk") or people.order_by("pk")
        return [Recipient("contact", str(person.pk)) for person in asking]
    if event.publication is None:
        return []
    admins = people_with(event.publication, Role.ADMIN)
    shared = [Recipient("publication", f"{event.publication.slug}:corrections")]
    return [Recipient("user", str(person.pk)) for person in admins] or shared


@mail_context("endpoint")
def about_endpoint(event: Event, recipient: Recipient) -> dict[str, Any]:
    """The address without what may be secret in it, the reason, and what waits."""
    endpoint = Endpoint.objects.filter(pk=event.data["endpoint"]).first()
    parts = urlsplit(endpoint.url if endpoint else "")
    waiting = Delivery.objects.filter(endpoint=event.data["endpoint"], state=Delivery.State.PENDING)
    return {
        "endpoint": endpoint,
        "shown_url": f"{parts.scheme}://{parts.netloc}{parts.path}" if endpoint else "",
        "reason": event.data["reason"],
        "waiting": waiting.count(),
        "api_url": f"{settings.BASE_URL}/api/v1/webhook-endpoints/{endpoint.public_id if endpoint else ''}/",
        "stream_url": f"{settings.BASE_URL}/api/v1/events/",
    }
