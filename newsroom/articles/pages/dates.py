"""Moments as publishers write them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

MOMENT = re.compile(
    r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})"
    r"(?:[T\s]{1,3}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,12})?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)


def first_moment(candidates: Iterable[str]) -> datetime | None:
    """The first candidate that states its offset, else the first with a time, else the first date; in UTC.

    A time without an offset is taken as UTC, a date as its midnight. Fractions of a second are dropped.
    """
    ranked: dict[int, datetime] = {}
    for text in candidates:
        read = _moment(text)
        if read is not None:
            ranked.setdefault(read[0], read[1])
    return ranked[min(ranked)] if ranked else None


def _moment(text: str) -> tuple[int, datetime] | None:
    """How vague it is (0 offset, 1 time, 2 date) and the moment."""
    stripped = text.strip()[:60]
    found = MOMENT.match(stripped)
    try:
        if not found:
            read = parsedate_to_datetime(stripped)
            return (0, read.astimezone(UTC)) if read.tzinfo else (1, read.replace(tzinfo=UTC))
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        offset = found.group(7)
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone(offset))
        vagueness = 0 if offset else (1 if found.group(4) else 2)
        return vagueness, local.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _zone(offset: str | None) -> timezone:
    if not offset or offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(ahead if offset[0] == "+" else -ahead)
