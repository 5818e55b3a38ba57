"""The network that a report came from, stored so that abuse of one day can be linked, and nothing after eight.

HMAC under a random key of the day. The key is in a table of its own and is deleted after eight days: whoever holds the
rest of the database, or SECRET_KEY, cannot derive it again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, date, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from newsroom.api.models import NetworkKey
from newsroom.api.throttles import client_network
from newsroom.events import sealed

KEEP = timedelta(days=8)
LENGTH = 32
MOST_DAYS = 16


def network_mark(request: HttpRequest | Request) -> str:
    """32 hex digits, the same for one network on one day (UTC). Writes the key of the day when it is the first."""
    key = _key_of(timezone.now().astimezone(UTC).date())
    return hmac.new(key, client_network(request).encode(), hashlib.sha256).hexdigest()[:LENGTH]


def network_marks(request: HttpRequest | Request) -> list[str]:
    """What the caller's network was called on each day whose key is kept: compare it with what those days stored."""
    network = client_network(request).encode()
    keys = [bytes.fromhex(sealed.open_text(row.key_sealed)) for row in NetworkKey.objects.order_by("-day")[:MOST_DAYS]]
    return [hmac.new(key, network, hashlib.sha256).hexdigest()[:LENGTH] for key in keys]


def forget_network_keys(*, now: datetime | None = None) -> int:
    """Delete the keys of days that ended eight days ago or more. How many."""
    today = (now or timezone.now()).astimezone(UTC).date()
    return NetworkKey.objects.filter(day__lt=today - KEEP).delete()[0]


def _key_of(day: date) -> bytes:
    row, _made = NetworkKey.objects.get_or_create(day=day, defaults={"key_sealed": sealed.seal(secrets.token_hex(32))})
    return bytes.fromhex(sealed.open_text(row.key_sealed))
