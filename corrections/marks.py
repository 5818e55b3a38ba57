"""How an address is known again while it can be read only sealed: an HMAC of it under the server's key."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "corrections.reader-address"


def mark_of(email: str) -> str:
    """The mark under the key of today, whatever the case and the spaces around; empty for an empty address."""
    return _mark(email, settings.SECRET_KEY)


def marks_of(email: str) -> list[str]:
    """The marks under every key that is still in use, for a search."""
    return [_mark(email, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)] if email.strip() else []


def _mark(email: str, key: str) -> str:
    address = email.strip().casefold()
    return salted_hmac(SALT, address, secret=key, algorithm="sha256").hexdigest() if address else ""
