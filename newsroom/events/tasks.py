"""The clock's tasks about deliveries. Doormen: the work is in `delivery` and `upkeep`."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import shared_task
from django.conf import settings

from newsroom.events import delivery, schedule, upkeep


@shared_task(name="newsroom.events.drain", ignore_result=True)
def drain() -> None:
    """Plan, and send the mails that are due."""
    _drain(schedule.EMAIL)


@shared_task(name="newsroom.events.post_hooks", ignore_result=True)
def post_hooks() -> None:
    """Plan, and post the hooks that are due."""
    _drain(schedule.WEBHOOK)


@shared_task(name="newsroom.events.reconcile", ignore_result=True)
def reconcile() -> None:
    """Find what should have been owed and is not."""
    upkeep.reconcile()


@shared_task(name="newsroom.events.prune", ignore_result=True)
def prune() -> None:
    """Forget what was sent long ago."""
    upkeep.prune()


def _drain(lane: str) -> None:
    with _alone(lane) as first:
        if first:
            delivery.drain([lane])


@contextmanager
def _alone(lane: str) -> Iterator[bool]:
    """Whether no other process of this machine is at this lane: a server that hangs must not hold every process of a
    worker's pool, one wake-up after the other. The system lets the lock go when a process is killed.
    """
    with (Path(settings.VAR) / f"{lane}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
