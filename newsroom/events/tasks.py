"""The clock's tasks about deliveries. Doormen: the work is in `delivery` and `upkeep`."""

from __future__ import annotations

from celery import shared_task

from newsroom.events import delivery, upkeep


@shared_task(name="newsroom.events.drain", ignore_result=True)
def drain() -> None:
    """Plan and send what is due."""
    delivery.drain()


@shared_task(name="newsroom.events.reconcile", ignore_result=True)
def reconcile() -> None:
    """Find what should have been owed and is not."""
    upkeep.reconcile()


@shared_task(name="newsroom.events.prune", ignore_result=True)
def prune() -> None:
    """Forget what was sent long ago."""
    upkeep.prune()
