"""Time that promises are counted in, on the publication's own clock: business days and hours, and calendar days.

Opening hours are those of a weekday; a holiday is closed. A day ends when its opening hours do; daylight saving moves
the UTC hour, not the local one. What somebody else may do “until Saturday” ends with that Saturday: see `last_moment`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LIMIT_DAYS = 3660
BUSINESS, CALENDAR, CLOCK = "business", "calendar", "clock"
"""How a date is counted: in opening hours, in whole days, or by the clock."""


@dataclass(frozen=True)
class Calendar:
    """When somebody works. `opening`: weekday (Monday is 0) → minutes after midnight at which it opens and closes.

    `holidays` are ISO dates. At least one weekday is open.
    """

    zone: ZoneInfo
    opening: Mapping[int, tuple[int, int]]
    holidays: Collection[str] = ()

    def is_open(self, day: date) -> bool:
        """Whether anybody works on that day."""
        return day.weekday() in self.opening and day.isoformat() not in self.holidays

    def end_of(self, day: date) -> datetime:
        """When that day ends, as UTC; a closed one at the latest hour of the week."""
        closing = self.opening.get(day.weekday()) or (0, max(closes for _opens, closes in self.opening.values()))
        return self._at(day, closing[1])

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """From when to when, as UTC; nothing on a closed day."""
        if not self.is_open(day):
            return self._at(day, 0), self._at(day, 0)
        opens, closes = self.opening[day.weekday()]
        return self._at(day, opens), self._at(day, closes)

    def _at(self, day: date, minutes: int) -> datetime:
        hour, minute = divmod(minutes, 60)
        local = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24, minute), tzinfo=self.zone)
        return local.astimezone(UTC)


@dataclass(frozen=True)
class Term:
    """A date to promise, how it is counted when the clock stands in between, and the moment that it never passes."""

    due_at: datetime
    counting: str = CLOCK
    latest_at: datetime | None = None


def add_business_days(start: datetime, days: int, *, calendar: Calendar) -> datetime:
    """The end of the n-th business day after `start`, as UTC."""
    day = start.astimezone(calendar.zone).date()
    left = days
    for _step in range(LIMIT_DAYS):
        if left <= 0:
            break
        day += timedelta(days=1)
        left -= calendar.is_open(day)
    return calendar.end_of(day)


def add_calendar_days(start: datetime, days: int, *, calendar: Calendar) -> datetime:
    """The end of the n-th day after `start`, weekends and holidays counted, as UTC."""
    day = start.astimezone(calendar.zone).date()
    return calendar.end_of(day + timedelta(days=min(max(0, days), LIMIT_DAYS)))


def business_time(start: datetime, end: datetime, *, calendar: Calendar) -> timedelta:
    """How much opening time lies between two moments; none when the second is not after the first."""
    found = timedelta()
    day, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    for _step in range(LIMIT_DAYS):
        if day > last:
            break
        opens, closes = calendar.hours_of(day)
        found += max(timedelta(), min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return found


def add_business_time(start: datetime, amount: timedelta, *, calendar: Calendar) -> datetime:
    """The moment at which so much opening time has passed since `start`, as UTC."""
    day, left, moment = start.astimezone(calendar.zone).date(), amount, start
    for _step in range(LIMIT_DAYS):
        if left <= timedelta():
            break
        opens, closes = calendar.hours_of(day)
        opens = max(opens, start)
        spent = min(left, max(timedelta(), closes - opens))
        if spent:
            left, moment = left - spent, opens + spent
        day += timedelta(days=1)
    return moment.astimezone(UTC)


def last_moment(start: datetime, days: int, *, zone: ZoneInfo) -> datetime:
    """The last moment of the n-th day after `start` in that zone, as UTC."""
    return end_of_day(start.astimezone(zone).date() + timedelta(days=min(max(0, days), LIMIT_DAYS)), zone=zone)


def end_of_day(day: date, *, zone: ZoneInfo) -> datetime:
    """The last moment of that day in that zone, as UTC."""
    return datetime.combine(day, time.max, tzinfo=zone).astimezone(UTC)


def minutes_of(hours: str) -> tuple[int, int]:
    """“09:00-18:00” as minutes after midnight; “24:00” is the end of the day. ValueError for anything else."""
    opens, dash, closes = hours.partition("-")
    found = _minutes(opens), _minutes(closes)
    if not dash or found[0] >= found[1]:
        raise ValueError(hours)
    return found


def _minutes(text: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if not colon or len(minute) != 2 or not (hour + minute).isdecimal() or int(minute) > 59:
        raise ValueError(text)
    found = int(hour) * 60 + int(minute)
    if found > 24 * 60:
        raise ValueError(text)
    return found
