"""The clock's task about what is remembered of staff. A doorman."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsroom.accounts import privacy


@shared_task(name="newsroom.accounts.retain", ignore_result=True)
def retain() -> None:
    """Forget old reveals and old lines of the sign-in log."""
    privacy.retain(now=timezone.now(), dry_run=False)
