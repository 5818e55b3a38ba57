"""Telling the worker that there is something to send: best effort, never slow, never an error.

The sweep finds whatever a lost wake-up missed. A broker that refuses or hangs costs at most a quarter of a second, then
is left alone for five seconds.
"""

from __future__ import annotations

import logging
import time

from django.conf import settings

from newsroom.celery import app
from newsroom.events.failpoints import reach

logger = logging.getLogger(__name__)
REST_SECONDS = 5.0
_quiet_until = 0.0


def after_commit() -> None:
    """Called once the transaction is safe. Swallows every trouble of the broker: the database has the truth."""
    global _quiet_until  # one breaker per process is the point
    reach("after_commit_before_wake")
    if not settings.REDIS_URL or time.monotonic() < _quiet_until:
        return
    try:
        app.send_task("newsroom.events.drain", retry=False, ignore_result=True, expires=15)
    except Exception as error:  # noqa: BLE001 -- whatever the broker does, the reader's request has succeeded
        _quiet_until = time.monotonic() + REST_SECONDS
        logger.warning("wake-up not sent, the sweep will find it: %s", type(error).__name__)
