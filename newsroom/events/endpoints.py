"""Webhook endpoints: made, given new secrets, paused, resumed, deleted, pinged. Standard Webhooks 1.0.0."""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Iterable
from datetime import UTC, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts.models import Organization, Publication
from newsroom.errors import Conflict, Fault, Invalid
from newsroom.events import judging, kinds, leases, outbound, sealed, wake
from newsroom.events.models import Delivery, Endpoint

SECRET_BYTES = 32
BOTH_SECRETS_VALID = timedelta(hours=24)
MAX_ENDPOINTS = 20
MAX_URL = 500  # as the column
PING = "endpoint.ping"
MAX_PINGS = 3
NO_TROUBLE = {"paused_reason": "", "failing_since": None, "failures": 0}
WAITING = (Delivery.State.PENDING, Delivery.State.LEASED)


def create(
    owner: Organization | Publication, *, url: str, types: Iterable[str] = (), test: bool = False
) -> tuple[Endpoint, str]:
    """A new endpoint of an organization, or of a publication for its CMS; and its secret, which is shown this once.

    It is owed a ping at once, and hears of nothing else until it answered one (see `judging.judge`).

    `types` empty means all that the owner may receive. Raises `Invalid` for a URL that is not talked to, an unknown
    type or one that the owner never hears, `Conflict` when the owner has twenty endpoints.
    """
    wanted = list(dict.fromkeys(types))
    _check(url, wanted, to_partner=isinstance(owner, Organization))
    whose = {"organization": owner} if isinstance(owner, Organization) else {"publication": owner}
    with transaction.atomic():
        _lock(owner)  # so that twenty stays twenty
        if owner.endpoints.exclude(state=Endpoint.State.GONE).count() >= MAX_ENDPOINTS:
            raise Conflict(_("There are %(count)s endpoints already.") % {"count": MAX_ENDPOINTS}, code="too_many")
        secret = _new_secret()
        endpoint = Endpoint.objects.create(
            url=url, types=wanted, test=test, secret_encrypted=sealed.seal(secret), **whose
        )
        ping(endpoint)
    return endpoint, secret


def change(endpoint: Endpoint, *, url: str, types: Iterable[str]) -> Endpoint:
    """Another address, or other types. Refuses what `create` refuses, but no type that it has already.

    Another address is unverified as a new one is: what is owed already waits until it answered its ping.
    """
    wanted = list(dict.fromkeys(types))
    _check(url, wanted, to_partner=endpoint.organization_id is not None, kept=endpoint.types)
    with transaction.atomic():
        here = Endpoint.objects.filter(pk=endpoint.pk)
        moved = here.exclude(Q(url=url) | Q(state=Endpoint.State.GONE)).update(
            state=Endpoint.State.UNVERIFIED, **NO_TROUBLE
        )
        here.update(url=url, types=wanted)
        endpoint.refresh_from_db()
        if moved:
            Delivery.objects.filter(endpoint=endpoint, event=None, state=Delivery.State.PENDING).update(
                state=Delivery.State.CANCELED, last_error="the address was changed"
            )
            ping(endpoint)
    return endpoint


def rotate_secret(endpoint: Endpoint) -> str:
    """A new secret, shown this once. For a day both it and the one before sign each hook, and until then `Conflict`
    refuses another: the one before was promised that day.
    """
    secret = _new_secret()
    with transaction.atomic():
        fresh = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if fresh.has_two_secrets:
            words = _("Two secrets are valid for a day, this one and the one before. Make another one after that.")
            raise Conflict(words, code="two_secrets")
        fresh.previous_secret_encrypted = fresh.secret_encrypted
        fresh.previous_until = timezone.now() + BOTH_SECRETS_VALID
        fresh.secret_encrypted = sealed.seal(secret)
        fresh.save(update_fields=["previous_secret_encrypted", "previous_until", "secret_encrypted"])
    endpoint.refresh_from_db()
    return secret


def pause(endpoint: Endpoint, *, reason: str = "") -> Endpoint:
    """Send nothing there for now; what is owed already waits. `Conflict` when it is gone or not verified yet."""
    return _switch(endpoint, Endpoint.State.PAUSED, paused_reason=reason[:200])


def resume(endpoint: Endpoint) -> Endpoint:
    """Send again at once, what waited first, and forget the failures before; whoever was mailed about a pause hears of
    its end. `Conflict` when the URL is no longer one we talk to, and while it is not verified.
    """
    try:
        outbound.judge_url(endpoint.url)
    except outbound.Refused as error:
        raise Conflict(str(error), code="refused_address") from error
    with transaction.atomic():
        ours = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.PAUSED).exclude(paused_reason="").exists()
        leases.end_rest(endpoint.pk)
        resumed = _switch(endpoint, Endpoint.State.ACTIVE, paused_reason="")
        if ours:
            judging.tell(judging.RESUMED, resumed)
    wake.after_commit()
    return resumed


def delete(endpoint: Endpoint) -> None:
    """Forget it, with all that was owed and sent to it."""
    endpoint.delete()


def ping(endpoint: Endpoint) -> Delivery:
    """Owe it a signed `endpoint.ping` at once, rest or not, so that its owner sees the signature verify. An answer of
    2xx verifies an endpoint that is not yet. `Conflict` when paused or gone, and while three wait to be sent.
    """
    if endpoint.state not in {Endpoint.State.ACTIVE, Endpoint.State.UNVERIFIED}:
        raise Conflict(_("This endpoint is not active."), code="not_active")
    body = {
        "type": PING,
        "timestamp": timezone.now().astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"endpoint": str(endpoint.public_id)},
    }
    with transaction.atomic():
        leases.end_rest(endpoint.pk)  # locks the endpoint, so that three stay three
        waiting = Delivery.objects.filter(endpoint=endpoint, event=None, state__in=WAITING).count()
        if waiting >= MAX_PINGS:
            words = _("%(count)s pings to this endpoint wait to be sent.") % {"count": MAX_PINGS}
            raise Conflict(words, code="too_many_pings")
        delivery = Delivery.objects.create(
            channel=Delivery.Channel.WEBHOOK,
            endpoint=endpoint,
            body=json.dumps(body, separators=(",", ":")),
            priority=3,
            dedupe_key=f"ping:{endpoint.pk}:{uuid.uuid4()}",
        )
        transaction.on_commit(wake.after_commit, robust=True)
    return delivery


def known_types() -> list[str]:
    """Every type that a hook may have, sorted."""
    return sorted({name for kind in kinds.KINDS.values() for name in (kind.name, kind.outside_name) if name})


def _check(url: str, types: list[str], *, to_partner: bool, kept: Iterable[str] = ()) -> None:
    faults = []
    try:
        outbound.judge_url(url)
    except outbound.Refused as error:
        faults.append(Fault("/url", str(error), "refused_address"))
    if len(url) > MAX_URL:
        faults.append(Fault("/url", _("The address is too long."), "max_length"))
    known, theirs = set(known_types()), {kind.partner_name for kind in kinds.KINDS.values()}
    for place, name in enumerate(types):
        if name not in known:
            faults.append(Fault(f"/types/{place}", _("There is no such event type."), "unknown_type"))
        elif to_partner and name not in {*theirs, *kept}:
            faults.append(Fault(f"/types/{place}", _("Partners do not hear of this."), "not_for_partners"))
    if faults:
        raise Invalid(faults)


def _lock(owner: Organization | Publication) -> None:
    if isinstance(owner, Organization):
        Organization.objects.select_for_update().get(pk=owner.pk)
    else:
        Publication.objects.select_for_update().get(pk=owner.pk)


def _switch(endpoint: Endpoint, state: str, *, paused_reason: str) -> Endpoint:
    row = Endpoint.objects.filter(pk=endpoint.pk)
    switched = row.filter(state__in=[Endpoint.State.ACTIVE, Endpoint.State.PAUSED])
    if not switched.update(state=state, **NO_TROUBLE | {"paused_reason": paused_reason}):
        if row.filter(state=Endpoint.State.UNVERIFIED).exists():
            raise Conflict(_("This endpoint has not answered a test message yet."), code="unverified")
        raise Conflict(_("This endpoint answered that it is gone for good."), code="gone")
    endpoint.refresh_from_db()
    return endpoint


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
