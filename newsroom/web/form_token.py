"""The token of a form that anyone may send, instead of a cookie: signed, for one purpose, good for a day.

An anonymous form has no login that a foreign page could abuse, so a CSRF cookie would protect nothing; what counts is
that the form was really fetched from here, when, and that sending it twice does a thing once. The nonce is that last
part: whoever stores it makes it unique.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

from newsroom import links

MAX_AGE_SECONDS = 24 * 3600
MAX_LENGTH = 200


class UnusableToken(ValueError):
    """Not a token of this form (`forged`), or older than a day (`expired`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class FormToken:
    """A genuine token: its nonce (22 characters), and the seconds since the form was handed out."""

    nonce: str
    age: float


def issue(purpose: str, *, about: str = "", head_start: float = 0) -> str:
    """A fresh token for one sending of the form `purpose`, about one record if `about` names it.

    `head_start` makes it look that many seconds older: for someone who already filled in the form once.
    """
    issued_ms = int((time.time() - head_start) * 1000)
    return _signer(purpose, about).sign(f"{issued_ms}.{links.new_nonce()}")


def read(text: str, purpose: str, *, about: str = "") -> FormToken:
    """The token that was sent. Raises `UnusableToken` unless it is ours, for this purpose and record, and of today."""
    if not text.isascii() or len(text) > MAX_LENGTH:
        raise UnusableToken("forged")
    try:
        issued_ms, _, nonce = _signer(purpose, about).unsign(text).partition(".")
    except BadSignature as error:
        raise UnusableToken("forged") from error
    age = time.time() - int(issued_ms) / 1000
    if age > MAX_AGE_SECONDS:
        raise UnusableToken("expired")
    return FormToken(nonce, age)


def _signer(purpose: str, about: str) -> Signer:
    return Signer(salt=f"masthead.form\n{purpose}\n{about}")
