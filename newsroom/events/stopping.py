"""Winding up when asked: SIGTERM and SIGINT set a flag that the loops look at; what hangs is ended by an alarm."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

logger = logging.getLogger(__name__)
PATIENCE = timedelta(seconds=19)
_TICK = 0.1


class Stop:
    """Asked to stop, or not yet. A plain flag: a lock taken inside a signal's handler could wait for itself."""

    def __init__(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        """Whether to wind up."""
        return self._set

    def set(self) -> None:
        """Wind up at the next opportunity."""
        self._set = True

    def wait(self, seconds: float) -> bool:
        """Sleep that long, or until asked to stop. Whether to stop."""
        end = time.monotonic() + seconds
        while not self._set and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _TICK))
        return self._set


REQUESTED = Stop()
"""The flag of this process: set by its signals, read by every `drain` in it."""


@contextmanager
def on_signal(stop: Stop = REQUESTED, *, patience: timedelta = PATIENCE) -> Iterator[Stop]:
    """SIGTERM and SIGINT set the flag for as long as the block; a process still here after `patience` ends at once.

    Whatever it was sending then is as if it had been killed: the lease runs out and the next worker tries again.
    """

    def wind_up(_number: int, _frame: Any) -> None:
        stop.set()
        signal.setitimer(signal.ITIMER_REAL, patience.total_seconds())

    def give_up(_number: int, _frame: Any) -> None:
        logger.error("still sending %s s after the request to stop: ended", patience.total_seconds())
        os._exit(1)

    before = {
        number: signal.signal(number, handler)
        for number, handler in ((signal.SIGTERM, wind_up), (signal.SIGINT, wind_up), (signal.SIGALRM, give_up))
    }
    try:
        yield stop
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
