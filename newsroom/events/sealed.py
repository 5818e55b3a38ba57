"""Small secrets and contact details, encrypted at rest with the key ring of the environment (`FIELD_KEYS`).

Fernet (AES-128-CBC + HMAC-SHA256); the first key encrypts, every key decrypts, `manage.py rotate_keys` re-encrypts.
"""

from __future__ import annotations

import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """None of the keys opens this."""


def seal(text: str) -> str:
    """Encrypted, as ASCII. An empty text stays empty."""
    return _ring(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode() if text else ""


def open_text(token: str) -> str:
    """What was sealed. Raises `Unreadable` when no key fits."""
    if not token:
        return ""
    try:
        return _ring(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("No key of FIELD_KEYS opens this value.") from error


def rotate(token: str) -> str:
    """The same text under the first key."""
    return _ring(tuple(settings.FIELD_KEYS)).rotate(token.encode()).decode() if token else ""


def is_newest(token: str) -> bool:
    """Whether the first key alone opens it, or there is nothing in it."""
    if not token:
        return True
    try:
        _ring(tuple(settings.FIELD_KEYS[:1])).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


@functools.lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key.encode()) for key in keys])
