"""What time it is: the real time, or for a partner who tries the desk out, the time of that partner's test clock.

A test clock runs as the real one does, a number of seconds ahead of it. Whoever handles test records says so with
`ahead`; everything inside that asks for the time gets the clock's. The log of events keeps real time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.utils import timezone

_AHEAD: ContextVar[int] = ContextVar("masthead_test_clock", default=0)


def now() -> datetime:
    """The time, in UTC."""
    return timezone.now() + timedelta(seconds=_AHEAD.get())


@contextmanager
def ahead(seconds: int) -> Iterator[None]:
    """Inside, the clock is so many seconds ahead; afterwards as it was before."""
    token = _AHEAD.set(seconds)
    try:
        yield
    finally:
        _AHEAD.reset(token)


def follow(seconds: int) -> None:
    """From now on, until the surrounding `ahead` ends: for what learns only inside whose clock counts."""
    _AHEAD.set(seconds)
