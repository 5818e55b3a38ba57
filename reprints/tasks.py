"""The clock of the licensing desk."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from reprints.services import clock, retention


@shared_task(name="reprints.tick")
def tick() -> dict[str, int]:
    """Reminders, lapses, ends of licenses, overdue notices: whatever is due now."""
    return clock.tick(timezone.now())


@shared_task(name="reprints.retain")
def retain() -> dict[str, int]:
    """Forget what is older than the policies say."""
    return retention.retain(now=timezone.now(), dry_run=False)
