"""The time at which the demo's people act: earlier days, told one after the other, and never later than now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Field
from django.utils import timezone

ZONE = ZoneInfo("America/New_York")
"""Where the house is: a scene at ten is at ten there."""


MORNING, EVENING = 9, 19
SATURDAY = 5
BETWEEN = timedelta(minutes=20)


class Clock:
    """Stands at `moment`. `today` is when the demo is made."""

    def __init__(self, today: datetime) -> None:
        self.today = self.moment = today
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The moment; a second passes, so that nothing happens at the same time."""
        self.moment = min(self.moment + timedelta(seconds=1), self.today)
        return self.moment

    def go(self, days: float, hour: int = 10, minute: int = 0) -> None:
        """To this hour, so many days ago."""
        day = (self.today.astimezone(ZONE) - timedelta(days=days)).date()
        self.moment = min(datetime.combine(day, time(hour, minute), tzinfo=ZONE).astimezone(UTC), self.today)

    def wait(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Let so much time pass."""
        self.moment = min(self.moment + timedelta(days=days, hours=hours, minutes=minutes), self.today)

    def work(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Let so much time pass, and then go on to an hour at which people are at their desks."""
        self.wait(days=days, hours=hours, minutes=minutes)
        there = self.moment.astimezone(ZONE)
        if there.hour >= EVENING:
            there = there.replace(hour=MORNING) + timedelta(days=1)
        there = there.replace(hour=max(there.hour, MORNING))
        while there.weekday() >= SATURDAY:
            there += timedelta(days=1)
        self.moment = min(there.astimezone(UTC), self.today)

    def go_on(self) -> None:
        """To no earlier than after the last call of this: the public log tells what was published in its order."""
        self.moment = self._latest = min(max(self.moment, self._latest + BETWEEN), self.today)

    @contextmanager
    def telling(self) -> Iterator[Clock]:
        """Inside, it is the moment for every service and every row that is made.

        Django asks `timezone.now` for the time, and a field keeps it as its default: both are lent to this clock, so
        that the demo is made by the same moves as real work, with the dates that these promise and keep.
        """
        real = timezone.now
        fields: list[Field] = [
            field
            for model in apps.get_models()
            for field in model._meta.fields  # noqa: SLF001 -- Django's documented way to a model's fields
            if field.default is real
        ]
        timezone.now = self.now
        for field in fields:
            field.__dict__["_get_default"] = self.now
        try:
            yield self
        finally:
            timezone.now = real
            for field in fields:
                field.__dict__.pop("_get_default", None)
