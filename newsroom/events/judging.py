"""What becomes of an endpoint after a send: well again, failing, paused, gone. Its owner is mailed once.

Nothing is posted to a paused endpoint: what was owed to it waits, what happens meanwhile is in the stream to pull.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Contact, Role
from newsroom.accounts.notices import people_with
from newsroom.events.kinds import STAFF, Kind, Recipient, declare, mail_context, notice
from newsroom.events.log import record
from newsroom.events.models import Delivery, Endpoint, Event
from newsroom.events.verdicts import Verdict
from newsroom.workflow import THE_CLOCK

logger = logging.getLogger(__name__)

ENDPOINT_PATIENCE = timedelta(days=5)
NO_SUCCESS = "no success for five days"
PAUSED = declare("endpoint.paused", STAFF, _("Webhook paused"), on_request=True)
CLOSED = declare("endpoint.closed", STAFF, _("Webhook closed by its 410"), on_request=True)
RESUMED = declare("endpoint.resumed", STAFF, _("Webhook resumed"), on_request=True)


@transaction.atomic
def judge(endpoint_id: int, verdict: Verdict, *, said: str) -> None:
    """Note how a send ended. `said` is what the other side answered, fit to be stored."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id)
    if verdict.name == "ok":
        endpoint.exclude(failing_since=None).update(failing_since=None)
    elif verdict.endpoint_gone:
        if endpoint.exclude(state=Endpoint.State.GONE).update(state=Endpoint.State.GONE, paused_reason=said[:200]):
            logger.warning("endpoint %s is gone: it answered 410", endpoint_id)
            Delivery.objects.filter(endpoint_id=endpoint_id, state=Delivery.State.PENDING).update(
                state=Delivery.State.CANCELED, last_error="the endpoint is gone"
            )
            tell(CLOSED, endpoint.get(), reason="410 Gone")
    elif verdict.endpoint_refused:
        _pause(endpoint, reason=said)
    else:
        endpoint.filter(failing_since=None).update(failing_since=Now())
        _pause(endpoint.filter(failing_since__lt=Now() - ENDPOINT_PATIENCE), reason=NO_SUCCESS)


def tell(kind: Kind, endpoint: Endpoint, *, reason: str = "") -> Event:
    """Record it, so that the owner is mailed. Inside the transaction that changes the endpoint."""
    return record(kind, endpoint, by=THE_CLOCK, data={"endpoint": endpoint.pk, "reason": reason})


def _pause(rows: Any, *, reason: str) -> None:
    found = rows.filter(state=Endpoint.State.ACTIVE).select_for_update().first()
    if found is None:
        return
    found.state, found.paused_reason = Endpoint.State.PAUSED, reason[:200]
    found.save(update_fields=["state", "paused_reason"])
    logger.warning("endpoint %s is paused: %s", found.pk, reason)
    tell(PAUSED, found, reason=reason[:200])


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
