"""Tokens of private pages: HMAC of the server's key over what the page is and a stored nonce.

The nonce is in the database, the key is not: neither alone opens a page, and a later mail can carry the same link.
128 bits each, base64url without padding: `<22 characters nonce><22 characters mac>`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from django.conf import settings

PART = 22
_TOKEN = re.compile(f"[A-Za-z0-9_-]{{{2 * PART}}}")


def new_nonce() -> str:
    """128 random bits."""
    return _text(secrets.token_bytes(16))


def token(purpose: str, reference: str, nonce: str) -> str:
    """The token of the page of `reference`; `purpose` keeps the pages of one record apart."""
    return nonce + _mac(settings.SECRET_KEY, purpose, reference, nonce)


def nonce_of(text: str) -> str:
    """The part that finds the row; an empty string when the shape is wrong."""
    return text[:PART] if _TOKEN.fullmatch(text) else ""


def opens(text: str, purpose: str, reference: str, nonce: str) -> bool:
    """Whether the token is this page's, under today's key or one of yesterday's."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    given = text[PART:].encode("ascii", "replace")
    return text[:PART] == nonce and any(
        hmac.compare_digest(given, _mac(key, purpose, reference, nonce).encode()) for key in keys
    )


def _mac(key: str, purpose: str, reference: str, nonce: str) -> str:
    message = "\n".join(("masthead", purpose, reference, nonce)).encode()
    return _text(hmac.new(key.encode(), message, hashlib.sha256).digest()[:16])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
