"""What the figures of both desks are counted by: the last twelve months, and times in hours. No models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

MONTHS = 12
HOUR = 3600


def last_months(now: datetime, *, zone: ZoneInfo) -> list[date]:
    """The first days of the month that it is there and of the eleven before, oldest first."""
    this = month_of(now, zone=zone)
    last = this.year * 12 + this.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS + 1, last + 1)]


def month_of(at: datetime, *, zone: ZoneInfo) -> date:
    """The first day of the month which that moment is in there."""
    return at.astimezone(zone).date().replace(day=1)


def beginning(month: date, *, zone: ZoneInfo) -> datetime:
    """The first moment of that month there."""
    return datetime(month.year, month.month, 1, tzinfo=zone)


def hours_of(seconds: Sequence[float], share: float) -> float | None:
    """The hours, to one decimal, that at least this share of the times does not exceed (nearest rank); None without
    any.
    """
    ordered = sorted(seconds)
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)] / HOUR, 1) if ordered else None
