"""The sign-in log: who came in, who was refused, who gave which right to whom. Written here, forgotten by `retain`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from newsroom.accounts.access import REFUSALS, Access, AccessEntry
from newsroom.accounts.models import User


def note(
    action: Access, *, person: User | None = None, by: User | None = None, network: str = "", detail: str = ""
) -> AccessEntry:
    """Write one line. `person` is whom it is about, `by` who did it when that is somebody else or there is no person.

    `network` is a mark of `api.networks`, never an address; `detail` a role, a slug or an id, never typed words.
    """
    return AccessEntry.objects.create(
        at=timezone.now(),
        action=action,
        refused=action in REFUSALS,
        person=person,
        by=by,
        network=network,
        detail=detail[:120],
    )


def forget(*, now: datetime, dry_run: bool) -> int:
    """Delete what is older than `ACCESS_LOG_DAYS`; 0 keeps everything. How many."""
    if settings.ACCESS_LOG_DAYS <= 0:
        return 0
    rows = AccessEntry.objects.filter(at__lt=now - timedelta(days=settings.ACCESS_LOG_DAYS))
    return rows.count() if dry_run else rows.delete()[0]
