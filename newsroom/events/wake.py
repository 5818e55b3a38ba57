"""Telling the worker that there is something to send: best effort, never slow, never an error.

The sweep finds whatever a lost wake-up missed. A broker that refuses or hangs costs at most a tenth of a second, then
is left alone for five seconds, wherever something is recorded: in a request, in a command, in a worker's task.
"""

from __future__ import annotations

import logging
import time

from django.conf import settings
from kombu.pools import producers

from newsroom.celery import app
from newsroom.events.failpoints import reach

logger = logging.getLogger(__name__)
REST_SECONDS = 5.0
LANES = ("newsroom.events.drain", "newsroom.events.post_hooks")
# For these connections alone: a worker's blocking read is longer than that.
PROMPT = {
    "socket_timeout": 0.1,
    "socket_connect_timeout": 0.1,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
_quiet_until = 0.0


def after_commit() -> None:
    """Called once the transaction is safe. Swallows every trouble of the broker: the database has the truth."""
    global _quiet_until  # one breaker per process is the point
    reach("after_commit_before_wake")
    if not settings.REDIS_URL or time.monotonic() < _quiet_until:
        return
    try:
        pool = producers[app.connection_for_write(transport_options=PROMPT)]
        with pool.acquire(block=True, timeout=PROMPT["socket_timeout"]) as producer:
            for name in LANES:
                app.send_task(name, producer=producer, retry=False, ignore_result=True, expires=15)
    except Exception as error:  # noqa: BLE001 -- whatever the broker does, the reader's request has succeeded
        _quiet_until = time.monotonic() + REST_SECONDS
        logger.warning("wake-up not sent, the sweep will find it: %s", type(error).__name__)
