"""What the licensing desk promises, for the watch over promises."""

from __future__ import annotations

from typing import Any

from newsroom.events.watch import Watched, register
from reprints import events
from reprints.models import LicenseRequest


def _request(reference: str) -> tuple[Any, Any] | None:
    """A request that people wait for: nobody waits for a test request."""
    row = LicenseRequest.objects.filter(reference=reference, test=False).first()
    return (row, row.first_article) if row is not None else None


register(
    Watched(
        LicenseRequest.noun,
        ("quote",),
        _request,
        overdue=events.REQUEST_OVERDUE,
        due_soon=events.REQUEST_DUE_SOON,
        escalated=events.REQUEST_ESCALATED,
    )
)
