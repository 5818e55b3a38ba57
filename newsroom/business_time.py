"""Business days: Monday to Friday in the publication's zone, without its holidays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

END_OF_DAY = time(18, 0)
LIMIT_DAYS = 3660


def add_business_days(start: datetime, days: int, *, zone: ZoneInfo, holidays: Collection[str]) -> datetime:
    """Six in the evening, local time, of the n-th business day after `start`, as UTC.

    `holidays` are ISO dates. Daylight saving moves the UTC hour, not the local one.
    """
    day = start.astimezone(zone).date()
    left = days
    for _step in range(LIMIT_DAYS):
        if left <= 0:
            break
        day += timedelta(days=1)
        if day.weekday() < 5 and day.isoformat() not in holidays:
            left -= 1
    return datetime.combine(day, END_OF_DAY, tzinfo=zone).astimezone(UTC)
