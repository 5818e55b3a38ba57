"""Days and moments that people type. A year that no calendar of ours reaches is a slip, and breaks arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now

Day = TypeVar("Day", bound=date)
FIRST_YEAR, LAST_YEAR = 1600, 2999
"""Far enough from the ends of Python's and the databases' calendars that a zone or a duration can be added."""


def out_of_range(value: date) -> str:
    """The sentence that refuses the day or moment; empty for one of the years 1600 to 2999."""
    if FIRST_YEAR <= value.year <= LAST_YEAR:
        return ""
    return _now("Give a date of the years %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}


class DayField(forms.DateField):
    """A day of the years 1600 to 2999."""

    def to_python(self, value: Any) -> date | None:
        """The day."""
        day = super().to_python(value)
        return None if day is None else _checked(day)


class LocalMomentField(forms.DateTimeField):
    """A date and time in `zone`, which the form sets; aware, of the years 1600 to 2999.

    What the clock change skips or repeats is refused.
    """

    zone: tzinfo = UTC

    def to_python(self, value: Any) -> datetime | None:
        """The moment."""
        with timezone.override(self.zone):
            moment = super().to_python(value)
        return None if moment is None else _checked(moment)

    def prepare_value(self, value: Any) -> Any:
        """As the local clock shows it, to the minute."""
        if isinstance(value, datetime):
            return timezone.localtime(value, self.zone).strftime("%Y-%m-%d %H:%M")
        return value


def _checked(value: Day) -> Day:
    if sentence := out_of_range(value):
        raise forms.ValidationError(sentence, code="out_of_range")
    return value
