"""Days that promises are counted in, in the publication's zone: business days (Monday to Friday without its holidays),
and calendar days. Either ends at six in the evening, local time; daylight saving moves the UTC hour, not the local one.

What somebody else may do “until Saturday” ends with that Saturday: see `last_moment`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

END_OF_DAY = time(18, 0)
LIMIT_DAYS = 3660


def add_business_days(start: datetime, days: int, *, zone: ZoneInfo, holidays: Collection[str]) -> datetime:
    """The end of the n-th business day after `start`, as UTC. `holidays` are ISO dates."""
    day = start.astimezone(zone).date()
    left = days
    for _step in range(LIMIT_DAYS):
        if left <= 0:
            break
        day += timedelta(days=1)
        if day.weekday() < 5 and day.isoformat() not in holidays:
            left -= 1
    return _end_of(day, zone)


def add_calendar_days(start: datetime, days: int, *, zone: ZoneInfo) -> datetime:
    """The end of the n-th day after `start`, weekends and holidays counted, as UTC."""
    return _end_of(start.astimezone(zone).date() + timedelta(days=min(max(0, days), LIMIT_DAYS)), zone)


def last_moment(start: datetime, days: int, *, zone: ZoneInfo) -> datetime:
    """The last moment of the n-th day after `start` in that zone, as UTC."""
    day = start.astimezone(zone).date() + timedelta(days=min(max(0, days), LIMIT_DAYS))
    return datetime.combine(day, time.max, tzinfo=zone).astimezone(UTC)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, END_OF_DAY, tzinfo=zone).astimezone(UTC)
