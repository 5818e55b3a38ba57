"""How long a license runs, as people count: in whole months where it is some, else in days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def as_long(starts_on: date, ends_on: date, *, starting: date) -> date:
    """The last day of a term that begins at `starting` and is as long as the one given, last days included.

    2026-12-01 to 2027-11-30 is a year: from 2027-12-01 to 2028-11-30, whether or not a February had 29 days.
    """
    months = whole_months(starts_on, ends_on)
    if months is None:
        return starting + (ends_on - starts_on)
    return _later(starting, months) - ONE_DAY


def whole_months(starts_on: date, ends_on: date) -> int | None:
    """How many months it is to the day; None for any other number of days."""
    after = ends_on + ONE_DAY
    months = (after.year - starts_on.year) * 12 + after.month - starts_on.month
    return months if months > 0 and _later(starts_on, months) == after else None


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
