"""The clock's task about what the API remembers. A doorman."""

from __future__ import annotations

from celery import shared_task

from newsroom.api.idempotency import prune_idempotency
from newsroom.api.networks import forget_network_keys
from newsroom.api.throttles import prune_counters


@shared_task(name="newsroom.api.prune", ignore_result=True)
def prune() -> None:
    """Forget old answers, old counters, and the keys of old networks."""
    prune_idempotency()
    prune_counters()
    forget_network_keys()
